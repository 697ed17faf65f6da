"""Values by the quarter hour from a CSV file, checked cell by cell.

The first column is `start`, the start of each quarter hour (or hour); every other column has a name. Either
commas separate the columns and decimals have a point, or semicolons do and decimals may have a comma, as in
Dutch spreadsheets. docs/own-village.md shows both.
"""

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import tzinfo
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from battery_commons.domain.csv_cell import NUMBER
from battery_commons.domain.time import SLOT, TimeGrid
from battery_commons.simulation.csv_stamps import FIRST_LINE, read_stamps
from battery_commons.simulation.village_file_error import VillageFileError

type Floats = NDArray[np.float64]

START = "start"
NOT_IN_DATA = re.compile(r'[^0-9eETZ+\-.,;:" \t]')
"""What stands in no stamp and no number. It keeps out nan, inf and 1_000, which Python takes for numbers."""
HEADER_LINE = 1


@dataclass(frozen=True, eq=False)
class Series:
    """What one file says: C columns over T quarter hours."""

    file: str
    grid: TimeGrid
    columns: tuple[str, ...]
    values: Floats
    """(C, T) as they stand in the file; an hour's value four times."""
    slots_per_row: int
    """1 where the file is quarter-hourly, 4 where it is hourly."""
    first_line: int = FIRST_LINE
    """The line of the first slot."""

    def error_at(self, column: int, slot: int, problem: str) -> VillageFileError:
        """Return a problem with one cell."""
        return VillageFileError(
            self.file,
            self.first_line + slot // self.slots_per_row,
            f"column {self.columns[column]}: {self.values[column, slot]:g} {problem}",
        )

    def named(self, names: Sequence[str], kind: str) -> Series:
        """Return the columns in the order of `names`, having checked that there are exactly these.

        Args:
            names: What there has to be a column for.
            kind: What they are, in words: "site", say.
        """
        for column in self.columns:
            if column not in names:
                problem = f"column {column!r} is no {kind} of village.toml, which has: {', '.join(names)}"
                raise VillageFileError(self.file, HEADER_LINE, problem)
        for name in names:
            if name not in self.columns:
                problem = (
                    f"{kind} {name!r} of village.toml has no column: add one, or take it out of village.toml"
                )
                raise VillageFileError(self.file, HEADER_LINE, problem)
        order = [self.columns.index(name) for name in names]
        return replace(self, columns=tuple(names), values=self.values[order])

    def part(self, grid: TimeGrid) -> Series:
        """Return the slots of `grid`, all of which the series has."""
        first = (grid.start - self.grid.start) // SLOT
        return replace(
            self,
            grid=grid,
            values=self.values[:, first : first + grid.slots],
            first_line=self.first_line + first // self.slots_per_row,
        )


def read_text(path: Path) -> str:
    """Return the text of a file, with plain line ends. Raises VillageFileError where it is none."""
    try:
        return path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except OSError as error:
        raise VillageFileError(path.name, 1, f"the file cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise VillageFileError(
            path.name, 1, 'this is not a text file in UTF-8: save it from the spreadsheet as "CSV UTF-8"'
        ) from error


def read_series(path: Path, zone: tzinfo | None) -> Series:
    """Return what a file says.

    Args:
        path: The file.
        zone: What stamps without an offset are in; None where each needs one.

    Raises:
        VillageFileError: The file is not what it should be.
    """
    file = path.name
    text = read_text(path)
    if not text.endswith("\n"):
        problem = "the last line has no line break: the file may be cut off; save it again"
        raise VillageFileError(file, text.count("\n") + 1, problem)
    header, *lines = text.removesuffix("\n").split("\n")
    delimiter = ";" if ";" in header else ","
    columns = _columns(file, header, delimiter)
    if delimiter == ";":
        _check_decimals(file, lines)

    stamps: list[str] = []
    values = np.empty((len(lines), len(columns)))
    for row, line in enumerate(lines):
        fields = _fields(file, FIRST_LINE + row, line, delimiter)
        if len(fields) != len(columns) + 1:
            hint = "; with decimal commas, separate columns by semicolons" if delimiter == "," else ""
            problem = f"{len(fields)} fields where the header has {len(columns) + 1}{hint}"
            raise VillageFileError(file, FIRST_LINE + row, problem)
        stamps.append(fields[0].strip(" \t"))
        values[row] = _numbers(file, FIRST_LINE + row, line, columns, fields[1:])
    grid, slots_per_row = read_stamps(file, stamps, zone)
    series = Series(file, grid, columns, values.T.repeat(slots_per_row, axis=1), slots_per_row)
    for column, slot in np.argwhere(~np.isfinite(series.values))[:1]:
        raise series.error_at(column, slot, "is too large for a number")
    return series


def _columns(file: str, header: str, delimiter: str) -> tuple[str, ...]:
    first, *columns = (field.strip() for field in _fields(file, HEADER_LINE, header, delimiter) or [""])
    if first != START or not columns:
        problem = (
            f"the header is {header[:60]!r}; it begins with start, then a name for every column, "
            "separated by commas or semicolons"
        )
        raise VillageFileError(file, HEADER_LINE, problem)
    for position, column in enumerate(columns):
        if not column:
            problem = f"column {position + 2} has no name: give it one, or delete it from every row"
            raise VillageFileError(file, HEADER_LINE, problem)
        if column in columns[:position]:
            raise VillageFileError(file, HEADER_LINE, f"there are two columns {column!r}: delete one")
    return tuple(columns)


def _check_decimals(file: str, lines: Sequence[str]) -> None:
    """Refuse points where there are decimal commas: 1.234 may be a little or a thousand times as much."""
    if not any("," in line for line in lines):
        return
    for row, line in enumerate(lines):
        if "." in line:
            problem = (
                f"there is a point in {line[:60]!r}, and there are decimal commas elsewhere: "
                "write 1234,5 without points between thousands"
            )
            raise VillageFileError(file, FIRST_LINE + row, problem)


def _fields(file: str, line_number: int, line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter, strict=True), [])
    except csv.Error as error:
        raise VillageFileError(file, line_number, f"quotation marks do not match ({error})") from error


def _numbers(file: str, line_number: int, line: str, columns: Sequence[str], cells: list[str]) -> list[float]:
    """Return the numbers of a row: all at once where they are plain, else one by one to say which is not."""
    if ";" in line:
        cells = [cell.replace(",", ".") for cell in cells]
    if not NOT_IN_DATA.search(line):
        try:
            return list(map(float, cells))
        except ValueError:
            pass  # is found below
    for column, cell in zip(columns, cells, strict=True):
        if not NUMBER.fullmatch(cell.strip(" \t")):
            problem = (
                f"column {column}: {cell!r} is no number" if cell.strip() else f"column {column} is empty"
            )
            raise VillageFileError(file, line_number, f"{problem}; every quarter hour needs one")
    return list(map(float, cells))
