"""The ledger's chain of hashes, and the village's signatures on it."""

import base64
import hashlib
import json
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from battery_commons.audit.report import Report

COLUMNS = ["number", "at", "period", "account", "kind", "cents", "detail", "corrects", "previous", "hash"]
SIGNED = ["number", "hash", "signature"]
CONTEXT = b"battery-commons-account/1\n"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of ledger.csv."""

    number: int
    at: str
    period: str
    account: str
    kind: str
    cents: int
    detail: str
    corrects: int | None
    hash: str


def read_ledger(rows: list[list[str]], report: Report) -> list[Line]:
    """Return the ledger's lines, each held against its hash and against the line before."""
    if rows[:1] != [COLUMNS]:
        report.differ("ledger.csv, line 1", ",".join(COLUMNS), ",".join(rows[0]) if rows else "nothing")
        return []
    before = "0" * 64
    lines = []
    for expected, cells in enumerate(rows[1:], start=1):
        where = f"ledger.csv, entry {expected}"
        try:
            number, at, period, account, kind, cents, detail, corrects, previous, stated = cells
            corrected = int(corrects) if corrects else None
            line = Line(int(number), at, period, account, kind, int(cents), detail, corrected, stated)
        except ValueError:
            report.differ(where, "an entry", ",".join(cells))
            continue
        if line.number != expected:
            report.differ(where, f"number {expected}", f"number {line.number}")
        if previous != before:
            report.differ(where, f"the hash of the entry before, {before}", previous)
        fields = [line.number, at, period, account, kind, line.cents, detail, line.corrects, previous]
        text = json.dumps(fields, ensure_ascii=False, separators=(",", ":"))
        if (digest := hashlib.sha256(text.encode()).hexdigest()) != stated:
            report.differ(where, f"an entry whose hash is {stated}", f"one whose hash is {digest}")
        before = stated
        lines.append(line)
    return lines


def check_signatures(rows: list[list[str]], lines: list[Line], public_key: str, report: Report) -> None:
    """Check each signature, and that the last of what was settled is signed."""
    hashes = {line.number: line.hash for line in lines}
    signed = 0
    if rows[:1] != [SIGNED]:
        report.differ("signatures.csv, line 1", ",".join(SIGNED), ",".join(rows[0]) if rows else "nothing")
    for position, cells in enumerate(rows[1:], start=2):
        where = f"signatures.csv, line {position}"
        try:
            number, stated, signature = int(cells[0]), cells[1], base64.b64decode(cells[2], validate=True)
            key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public_key, validate=True))
            key.verify(signature, CONTEXT + stated.encode())
        except ValueError, IndexError:
            report.differ(where, "a number, a hash and a signature by a key of Ed25519", ",".join(cells))
        except InvalidSignature:
            report.differ(where, "a signature of the village", "one that is not of its key")
        else:
            if hashes.get(number) == stated:
                signed = max(signed, number)
            else:
                report.differ(
                    f"ledger.csv, entry {number}", f"the hash that is signed, {stated}", hashes.get(number)
                )
    if lines and signed < lines[-1].number:
        report.differ(
            "signatures.csv", f"a signature on entry {lines[-1].number}", f"one up to entry {signed}"
        )
