"""The account as files that anybody can check: docs/account.md describes them, and `audit` reads them."""

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from battery_commons.account.ledger import Entry, Signature, stamp

FORMAT = "battery-commons account 1"
_WRITTEN = (1980, 1, 1, 0, 0, 0)
"""The same account is the same file, byte for byte, whenever it is written."""


@dataclass(frozen=True, eq=False)
class Export:
    """The whole account."""

    village: str
    public_key: str
    """Ed25519, base64 of its 32 bytes: compare it with the one that your home knows."""
    entries: tuple[Entry, ...]
    signatures: tuple[Signature, ...]
    tables: Mapping[tuple[str, str, str], str]
    """By month, name and digest, the text of each table that a closing names."""


def write_export(path: Path, export: Export) -> None:
    """Write the account to a ZIP archive where `path` ends in .zip, to a folder otherwise.

    Raises OSError where that cannot be written, or the folder is there already.
    """
    if path.suffix == ".zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, text in _files(export):
                info = zipfile.ZipInfo(name, _WRITTEN)
                info.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(info, text)
        return
    path.mkdir(parents=True)
    for name, text in _files(export):
        file = path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8", newline="")


def table_file(period: str, name: str, digest: str) -> str:
    """Return where a table stands in an export."""
    return f"tables/{period}/{name}-{digest[:12]}.csv"


def _files(export: Export) -> Iterator[tuple[str, str]]:
    about = {"format": FORMAT, "village": export.village, "public_key": export.public_key}
    yield "account.json", json.dumps(about, ensure_ascii=False, indent=1) + "\n"
    yield (
        "ledger.csv",
        _csv(
            ("number", "at", "period", "account", "kind", "cents", "detail", "corrects", "previous", "hash"),
            (
                (
                    entry.number,
                    stamp(entry.at),
                    entry.period,
                    entry.account,
                    entry.kind.value,
                    entry.cents,
                    entry.detail,
                    "" if entry.corrects is None else entry.corrects,
                    entry.previous,
                    entry.hash,
                )
                for entry in export.entries
            ),
        ),
    )
    yield (
        "signatures.csv",
        _csv(("number", "hash", "signature"), ((s.number, s.hash, s.signature) for s in export.signatures)),
    )
    for key in sorted(export.tables):
        yield table_file(*key), export.tables[key]


def _csv(header: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return file.getvalue()
