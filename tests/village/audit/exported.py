"""An account as it is handed to whoever audits it, and what a forger does to it."""

import base64
import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from battery_commons.account.export import Export, write_export
from battery_commons.account.ledger import Entry, Signature, signed_bytes
from battery_commons.wire.envelope import public_key_text

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC_KEY = public_key_text(KEY.public_key())


def signature(entry: Entry, key: Ed25519PrivateKey = KEY) -> Signature:
    return Signature(entry.number, entry.hash, base64.b64encode(key.sign(signed_bytes(entry))).decode())


def signatures(entries: Sequence[Entry], key: Ed25519PrivateKey = KEY) -> tuple[Signature, ...]:
    """One for all that was booked at a moment."""
    booked = groupby(entries, key=lambda entry: entry.at)
    return tuple(signature([*together][-1], key) for _, together in booked)


def exported(path: Path, entries: Sequence[Entry], tables: Mapping[tuple[str, str, str], str]) -> Path:
    write_export(path, Export("Ansen", PUBLIC_KEY, tuple(entries), signatures(entries), tables))
    return path


@contextmanager
def tampered(export: Path, name: str, *, line: int, column: int) -> Iterator[str]:
    """Change one cell, and put it back; yields the line as it then is."""
    file = export / name
    before = file.read_text(encoding="utf-8")
    rows = list(csv.reader(io.StringIO(before)))
    rows[line - 1][column] = otherwise(rows[line - 1][column])
    after = io.StringIO()
    csv.writer(after, lineterminator="\n").writerows(rows)
    file.write_text(after.getvalue(), encoding="utf-8")
    try:
        yield ",".join(rows[line - 1])
    finally:
        file.write_text(before, encoding="utf-8")


def otherwise(cell: str) -> str:
    """A cell that could stand there as well."""
    if cell.lstrip("-").isdigit():
        return str(int(cell) + 1)
    if cell in {"yes", "no"}:
        return "no" if cell == "yes" else "yes"
    return f"{cell}0" if cell else "1"
