"""The tables that a month rests on, held against the digests in its closing entry."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

from battery_commons.audit.files import rows_of
from battery_commons.audit.report import Report


@dataclass(frozen=True, slots=True)
class Table:
    """A table as it was read."""

    file: str
    header: list[str]
    rows: list[list[str]]

    def records(self) -> list[dict[str, str]]:
        """Return the rows by column."""
        return [dict(zip(self.header, row, strict=True)) for row in self.rows]

    def column(self, name: str) -> list[str]:
        """Return the cells of one column. Raises ValueError where there is none of that name."""
        index = self.header.index(name)
        return [row[index] for row in self.rows]


def read_digests(detail: str) -> dict[str, str]:
    """Return the digests of tables by name, as a closing entry has them; none where it has no such thing."""
    try:
        return {str(name): str(digest) for name, digest in dict(json.loads(detail)).items()}
    except ValueError, TypeError, RecursionError:
        return {}


def read_tables(
    period: str, digests: Mapping[str, str], files: Mapping[str, str], report: Report
) -> dict[str, Table] | None:
    """Return by name the tables that a closing entry names; None where one is missing or is no table."""
    if not digests:
        report.differ(f"the closing of {period}", "the digests of its tables", "none")
        return None
    tables = {name: _read(period, name, digest, files, report) for name, digest in digests.items()}
    found = {name: table for name, table in tables.items() if table}
    return found if len(found) == len(tables) else None


def file_of(period: str, name: str, digest: str) -> str:
    """Return where a table stands."""
    return f"tables/{period}/{name}-{digest[:12]}.csv"


def _read(period: str, name: str, digest: str, files: Mapping[str, str], report: Report) -> Table | None:
    file = file_of(period, name, digest)
    lines = rows_of(files[file]) if file in files else []
    if not lines or lines[0][-1:] != ["check"] or any(len(line) != len(lines[0]) for line in lines):
        report.differ(file, "a table with a column of checks", "none" if file in files else "no such file")
        return None
    header = lines[0][:-1]
    running = hashlib.sha256("\x1f".join([name, *header]).encode()).digest()
    sound = True
    for position, (*cells, check) in enumerate(lines[1:], start=2):
        running = hashlib.sha256(running + "\x1f".join(cells).encode()).digest()
        if sound and running.hex()[:8] != check:
            # All checks after it differ too: the first is the row that was changed.
            report.differ(f"{file}, line {position}", f"a row whose check is {check}", f"{','.join(cells)}")
            sound = False
    if running.hex() != digest:
        report.differ(file, f"the table that was settled, {digest}", f"one whose digest is {running.hex()}")
    return Table(file, header, [line[:-1] for line in lines[1:]])
