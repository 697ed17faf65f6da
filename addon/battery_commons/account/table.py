"""A table of an account, as CSV: each row vouched for."""

import csv
import hashlib
import io
from dataclasses import dataclass
from typing import Self

_BETWEEN = "\x1f"
_CHECK = "check"

type Row = tuple[str, ...]


class TableError(ValueError):
    """A table is not what it was, or not what it has to be."""


@dataclass(frozen=True, slots=True)
class WrittenTable:
    """A table as it is kept: a tenth of what it takes to be read."""

    digest: str
    text: str


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of text, under a digest that no row can leave, join or change without changing it."""

    name: str
    header: Row
    rows: tuple[Row, ...]

    def __post_init__(self) -> None:
        """Refuse text in which a cell could pass for two."""
        if not all(cell.isprintable() for row in (self.header, *self.rows) for cell in row):
            raise TableError(f"{self.name}: a name holds characters that cannot be printed")

    def checks(self) -> list[str]:
        """Return the running SHA-256 after the header, and after each row."""
        running = hashlib.sha256(_BETWEEN.join((self.name, *self.header)).encode()).digest()
        checks = [running.hex()]
        for row in self.rows:
            running = hashlib.sha256(running + _BETWEEN.join(row).encode()).digest()
            checks.append(running.hex())
        return checks

    @property
    def digest(self) -> str:
        """The running SHA-256 after the last row."""
        return self.checks()[-1]

    @property
    def text(self) -> str:
        """The table as CSV, each row with the first eight figures of its running digest."""
        return self.written().text

    def written(self) -> WrittenTable:
        """Return the table as it is kept."""
        checks = self.checks()
        file = io.StringIO()
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow((*self.header, _CHECK))
        writer.writerows((*row, check[:8]) for row, check in zip(self.rows, checks[1:], strict=True))
        return WrittenTable(checks[-1], file.getvalue())

    @classmethod
    def read(cls, name: str, text: str) -> Self:
        """Return the table of a CSV text.

        Raises TableError where a row is not the one that was written.
        """
        lines = [tuple(line) for line in csv.reader(io.StringIO(text))]
        if not lines or lines[0][-1:] != (_CHECK,) or any(len(line) != len(lines[0]) for line in lines):
            raise TableError(f"{name} is no table of an account")
        table = cls(name, lines[0][:-1], tuple(line[:-1] for line in lines[1:]))
        checks = table.checks()[1:]
        for number, (line, check) in enumerate(zip(lines[1:], checks, strict=True), start=2):
            if line[-1] != check[:8]:
                raise TableError(f"{name}, line {number}: the row was changed after it was settled")
        return table
