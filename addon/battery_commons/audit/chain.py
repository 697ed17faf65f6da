"""The ledger's chain of hashes, and the village's signatures on it."""

import base64
import hashlib
import json
from dataclasses import dataclass
from itertools import groupby

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from battery_commons.audit.files import whole
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
            corrected = whole(corrects) if corrects else None
            line = Line(whole(number), at, period, account, kind, whole(cents), detail, corrected, stated)
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
    """Check each signature, and that all that was booked at a moment is signed."""
    hashes = {line.number: line.hash for line in lines}
    signed: set[int] = set()
    if rows[:1] != [SIGNED]:
        report.differ("signatures.csv, line 1", ",".join(SIGNED), ",".join(rows[0]) if rows else "nothing")
    for position, cells in enumerate(rows[1:], start=2):
        where = f"signatures.csv, line {position}"
        try:
            entry, stated, signature = cells
            number = whole(entry)
            key = Ed25519PublicKey.from_public_bytes(_bytes_of(public_key))
            key.verify(_bytes_of(signature), CONTEXT + stated.encode())
        except ValueError:
            report.differ(where, "a number, a hash and a signature by a key of Ed25519", ",".join(cells))
        except InvalidSignature:
            report.differ(where, "a signature of the village", "one that is not of its key")
        else:
            if hashes.get(number) != stated:
                report.differ(
                    f"ledger.csv, entry {number}", f"the hash that is signed, {stated}", hashes.get(number)
                )
            elif number <= (newest := max(signed, default=0)):
                report.differ(where, f"a signature on an entry after {newest}", f"one on entry {number}")
            else:
                signed.add(number)
    for _, booked in groupby(lines, key=lambda line: line.at):
        last = list(booked)[-1].number
        if last not in signed:
            report.differ("signatures.csv", f"a signature on entry {last}", "none")


def _bytes_of(text: str) -> bytes:
    """Return what stands there in base64. Raises ValueError where it is written in another way."""
    found = base64.b64decode(text, validate=True)
    if base64.b64encode(found).decode() != text:
        raise ValueError(f"{text} is no base64")
    return found
