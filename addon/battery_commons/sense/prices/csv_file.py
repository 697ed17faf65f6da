"""Day-ahead prices from a CSV file, in either of two formats, checked line by line.

- `datum_nl;datum_utc;prijs_excl_belastingen`: Dutch local time, UTC, EUR/kWh with a decimal comma;
- `start,eur_per_kwh`: ISO 8601 with an offset, EUR/kWh with a decimal point.

Hourly or quarter-hourly; docs/prices.md shows both.
"""

import csv
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

from battery_commons.domain.tariff import Price
from battery_commons.domain.time import MARKET_ZONE, SLOT

HOUR = timedelta(hours=1)
NUMBER = re.compile(r"[-+]?\d+(\.\d+)?([eE][-+]?\d+)?")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a file."""

    line: int
    start: datetime
    eur_per_kwh: float


class PriceFileError(ValueError):
    """A price file that cannot be trusted: names the line and the problem."""

    def __init__(self, line: int, problem: str) -> None:
        """Say what is wrong with a line, counted from 1."""
        super().__init__(f"line {line}: {problem}")
        self.line = line


def read_prices(path: Path) -> list[Price]:
    """Return the prices in a file, one per quarter hour.

    Raises:
        OSError: The file cannot be read.
        PriceFileError: The file is not what it should be.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise PriceFileError(1, "this is not a text file in UTF-8") from error
    return parse_prices(text)


def parse_prices(text: str) -> list[Price]:
    """Return the prices in the text of a file, one per quarter hour; an hour becomes four of the same.

    Raises:
        PriceFileError: A line is wrong, or lines are missing, doubled, out of order or cut off.
    """
    lines = text.splitlines()
    header = lines[0].strip() if lines else ""
    if header not in FORMATS:
        raise PriceFileError(1, f"the header is {header!r}, not one of: {' or '.join(FORMATS)}")
    if not text.endswith(("\n", "\r")):
        raise PriceFileError(len(lines), "the last line has no line break: the file may be cut off")
    delimiter, parse = FORMATS[header]
    rows: list[Row] = []
    reader = csv.reader(lines[1:], delimiter=delimiter, strict=True)
    try:
        for fields in reader:
            start, eur_per_kwh = parse(fields)
            Price(start, eur_per_kwh)  # refuses what no price can be, while the line is still known
            rows.append(Row(reader.line_num + 1, start, eur_per_kwh))
    except (ValueError, csv.Error) as error:
        raise PriceFileError(reader.line_num + 1, str(error)) from error
    _check_order(rows)
    if parse is _parse_dutch:
        rows = _with_doubled_hours(rows)
    step = _step(rows)
    return [Price(row.start + i * SLOT, row.eur_per_kwh) for row in rows for i in range(step // SLOT)]


def _check_order(rows: list[Row]) -> None:
    for earlier, row in pairwise(rows):
        if row.start == earlier.start:
            raise PriceFileError(row.line, f"{row.start.isoformat()} occurs twice")
        if row.start < earlier.start:
            raise PriceFileError(row.line, f"{row.start.isoformat()} comes after {earlier.start.isoformat()}")


def _with_doubled_hours(rows: list[Row]) -> list[Row]:
    """Let the price of a doubled local hour count for both, where the file has it once.

    Files kept by local time lose the second of the two hours from 02:00 on the day that summer time ends.
    """
    given = {row.start.date() for row in rows if row.start.astimezone(MARKET_ZONE).fold}
    again = [
        replace(row, start=row.start + HOUR)
        for row in rows
        if (row.start + HOUR).astimezone(MARKET_ZONE).fold and row.start.date() not in given
    ]
    return sorted(rows + again, key=lambda row: row.start)


def _step(rows: list[Row]) -> timedelta:
    """Return how long each row lasts, having checked that all last equally long."""
    if len(rows) < 2:  # noqa: PLR2004 - two rows make a step
        raise PriceFileError(rows[-1].line if rows else 1, "the file ends here, with fewer than two prices")
    step = rows[1].start - rows[0].start
    if step not in (SLOT, HOUR):
        raise PriceFileError(rows[1].line, f"prices are {step} apart, not an hour or a quarter of an hour")
    for earlier, row in pairwise(rows):
        if row.start - earlier.start != step:
            problem = (
                f"prices are not {step} apart from {earlier.start.isoformat()} to {row.start.isoformat()}"
            )
            raise PriceFileError(row.line, problem)
    return step


def _parse_dutch(fields: list[str]) -> tuple[datetime, float]:
    """Read local time, UTC and a price with a decimal comma."""
    local_text, utc_text, price = _fields(fields, 3)
    start = _moment(utc_text)
    if start.tzinfo is not None:
        raise ValueError(f"datum_utc has an offset of its own: {utc_text}")
    start = start.replace(tzinfo=UTC)
    # Says whether the columns are what their names claim, above all on the days of 23 and 25 hours.
    if start.astimezone(MARKET_ZONE).replace(tzinfo=None) != _moment(local_text):
        raise ValueError(f"{utc_text} UTC is not {local_text} in the Netherlands")
    return start, _number(price.replace(",", "."))


def _parse_iso(fields: list[str]) -> tuple[datetime, float]:
    """Read a moment with an offset and a price with a decimal point."""
    start_text, price = _fields(fields, 2)
    start = _moment(start_text)
    if start.tzinfo is None:
        raise ValueError(
            f"{start_text} has no offset, so it may mean two moments: write {start_text}+01:00, say"
        )
    return start.astimezone(UTC), _number(price)


def _fields(fields: list[str], count: int) -> list[str]:
    if len(fields) != count:
        raise ValueError(f"{len(fields)} fields where {count} belong")
    return [field.strip() for field in fields]


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"{text!r} is no date and time") from error


def _number(text: str) -> float:
    if not NUMBER.fullmatch(text):
        raise ValueError(f"{text!r} is no price")
    return float(text)


FORMATS: dict[str, tuple[str, Callable[[list[str]], tuple[datetime, float]]]] = {
    "datum_nl;datum_utc;prijs_excl_belastingen": (";", _parse_dutch),
    "start,eur_per_kwh": (",", _parse_iso),
}
"""The delimiter and the reader of a row, by the header."""
