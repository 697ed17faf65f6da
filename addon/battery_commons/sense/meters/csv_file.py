"""A file of a meter's readings: `start` and a power, checked line by line. docs/meters.md shows one.

Either commas separate the columns and decimals have a point, or semicolons do and decimals may have a comma.
"""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from enum import StrEnum
from itertools import pairwise
from math import isfinite
from statistics import median

from battery_commons.domain.csv_cell import NUMBER, read_stamp
from battery_commons.domain.reading import MeterReading
from battery_commons.domain.time import MARKET_ZONE, SLOT
from battery_commons.sense.meters.power import MOST_W

START = "start"
KILOWATTS, WATTS = "power_kw", "power_w"
HOUR = timedelta(hours=1)
_LEAST_OF_LIMIT = 0.002
"""A meter whose highest load is below this share of the limit is not the one that is meant."""
_LONGEST_SHOWN = 60
_COLUMNS = 2


class Zone(StrEnum):
    """What stamps without an offset are in."""

    OWN = "own"
    """There are none: each stamp names its own."""
    UTC = "utc"
    WINTER = "winter"
    """Dutch winter time all year round, as many meters keep it."""
    DUTCH = "dutch"
    """What a Dutch clock shows, with summer time."""

    @property
    def tzinfo(self) -> tzinfo | None:
        """The zone; None where every stamp needs its own."""
        match self:
            case Zone.OWN:
                return None
            case Zone.UTC:
                return UTC
            case Zone.WINTER:
                return timezone(HOUR)
            case Zone.DUTCH:
                return MARKET_ZONE


class FileProblem(StrEnum):
    """What can be wrong with a file; web/pages/words/meter.py says it in words."""

    NO_TEXT = "no_text"
    EMPTY = "empty"
    CUT_OFF = "cut_off"
    HEADER = "header"
    FIELDS = "fields"
    QUOTES = "quotes"
    STAMP = "stamp"
    NO_ZONE = "no_zone"
    NO_SUCH_TIME = "no_such_time"
    ORDER = "order"
    CONTRADICTION = "contradiction"
    NUMBER = "number"
    POINT = "point"
    STEP = "step"
    IN_WATTS = "in_watts"
    IN_MEGAWATTS = "in_megawatts"
    IN_THE_FUTURE = "in_the_future"


class MeterFileError(ValueError):
    """A file that cannot be trusted: nothing of it is taken in."""

    def __init__(self, line: int, problem: FileProblem, said: str = "") -> None:
        """Say what is wrong with a line, counted from 1, and what stands there."""
        super().__init__(f"line {line}: {problem} {said[:_LONGEST_SHOWN]!r}")
        self.line = line
        self.problem = problem
        self.said = said[:_LONGEST_SHOWN]


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch of which a file says nothing, of a quarter hour or longer."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class MeterFile:
    """What a file says."""

    readings: list[MeterReading]
    """In order; of a file by the hour one for every quarter hour."""
    end: datetime
    """When the last of them ends."""
    gaps: list[Gap]
    repeated: int
    """Rows that say again what another says."""


@dataclass(frozen=True, slots=True)
class _Row:
    line: int
    stamp: str
    start: datetime
    power_w: float


def read_meter_file(data: bytes, zone: Zone, meter_id: str, limit_w: float, newest: datetime) -> MeterFile:
    """Return what a file says of the load of a meter.

    Args:
        data: The file.
        zone: What its stamps are in.
        meter_id: May stand in the header above kW, as in the files of a backtest.
        limit_w: Of what is metered, infinite where it is not known: tells W from kW.
        newest: No row may be after this.

    Raises:
        MeterFileError: Anything in it is not what it should be.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise MeterFileError(1 + data.count(b"\n", 0, error.start), FileProblem.NO_TEXT) from error
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if lines.pop():
        raise MeterFileError(len(lines) + 1, FileProblem.CUT_OFF)
    delimiter, watts = _header(lines[0] if lines else "", meter_id)
    rows = list(_rows(lines, delimiter, watts, zone.tzinfo))
    if len(rows) < 2:  # noqa: PLR2004 - two rows make a step
        raise MeterFileError(len(lines), FileProblem.EMPTY)
    rows, repeated = _in_order(rows)
    for row in rows:
        if row.start > newest:
            raise MeterFileError(row.line, FileProblem.IN_THE_FUTURE, row.stamp)
    _check_unit(rows, limit_w)
    step = _step(rows)
    parts = max(1, step // SLOT)
    lasts = max(step, SLOT)
    return MeterFile(
        readings=[MeterReading(row.start + i * SLOT, row.power_w) for row in rows for i in range(parts)],
        end=rows[-1].start + step,
        gaps=[
            Gap(earlier.start + lasts, row.start)
            for earlier, row in pairwise(rows)
            if row.start - earlier.start > lasts
        ],
        repeated=repeated,
    )


def _header(header: str, meter_id: str) -> tuple[str, float]:
    """Return what separates columns, and how many W the figures are in."""
    delimiter = ";" if ";" in header else ","
    columns = [column.strip().strip('"') for column in header.split(delimiter)]
    if len(columns) == _COLUMNS and columns[0].lower() == START:
        if columns[1].lower() == WATTS:
            return delimiter, 1.0
        if columns[1].lower() == KILOWATTS or columns[1] == meter_id:
            return delimiter, 1e3
    raise MeterFileError(1, FileProblem.HEADER, header)


def _rows(lines: Sequence[str], delimiter: str, watts: float, zone: tzinfo | None) -> Iterator[_Row]:
    reader = csv.reader(lines[1:], delimiter=delimiter, strict=True)
    has_commas = delimiter == ";" and any("," in line for line in lines)
    before: datetime | None = None
    try:
        for fields in reader:
            line = reader.line_num + 1
            if len(fields) != _COLUMNS:
                raise MeterFileError(line, FileProblem.FIELDS, lines[line - 1])
            stamp, cell = fields[0].strip(), fields[1].strip()
            if has_commas and "." in cell:
                raise MeterFileError(line, FileProblem.POINT, cell)
            number = cell.replace(",", ".") if has_commas else cell
            power_w = watts * float(number) if NUMBER.fullmatch(number) else float("nan")
            if not (isfinite(power_w) and abs(power_w) <= MOST_W):
                raise MeterFileError(line, FileProblem.NUMBER, cell)
            before = _moment(line, stamp, zone, before)
            yield _Row(line, stamp, before, power_w)
    except csv.Error as error:
        raise MeterFileError(reader.line_num + 1, FileProblem.QUOTES) from error


def _moment(line: int, stamp: str, zone: tzinfo | None, before: datetime | None) -> datetime:
    """Return the moment of a stamp; in an hour that a clock shows twice, the one after `before`."""
    try:
        moment = read_stamp(stamp)
        at, again = (
            moment.replace(tzinfo=moment.tzinfo or zone, fold=fold).astimezone(UTC) for fold in (0, 1)
        )
    except (ValueError, OverflowError) as error:
        raise MeterFileError(line, FileProblem.STAMP, stamp) from error
    if moment.tzinfo is not None:
        return at
    if zone is None:
        raise MeterFileError(line, FileProblem.NO_ZONE, stamp)
    if at.astimezone(zone).replace(tzinfo=None) != moment:
        raise MeterFileError(line, FileProblem.NO_SUCH_TIME, stamp)
    return again if before is not None and at <= before < again else at


def _in_order(rows: Sequence[_Row]) -> tuple[list[_Row], int]:
    """Return the rows without those that are there again, and how many those are."""
    kept = [rows[0]]
    for row in rows[1:]:
        last = kept[-1]
        if row.start < last.start:
            raise MeterFileError(row.line, FileProblem.ORDER, row.stamp)
        if row.start > last.start:
            kept.append(row)
        elif row.power_w != last.power_w:
            raise MeterFileError(row.line, FileProblem.CONTRADICTION, row.stamp)
    return kept, len(rows) - len(kept)


def _step(rows: Sequence[_Row]) -> timedelta:
    """Return how long a row lasts: the shortest time between two."""
    if len(rows) == 1:
        return SLOT
    step, row = min(((row.start - earlier.start, row) for earlier, row in pairwise(rows)), key=lambda e: e[0])
    if step > SLOT and (step > HOUR or step % SLOT):
        raise MeterFileError(row.line, FileProblem.STEP, str(step))
    return step


def _check_unit(rows: Sequence[_Row], limit_w: float) -> None:
    """Refuse what is wrong by a factor of 1000. A single value that cannot be is for plausibility.py."""
    if not isfinite(limit_w):
        return
    highest = max(rows, key=lambda row: abs(row.power_w))
    if median(abs(row.power_w) for row in rows) > limit_w:
        raise MeterFileError(highest.line, FileProblem.IN_WATTS, f"{highest.power_w / 1000:g} kW")
    if 0 < abs(highest.power_w) < _LEAST_OF_LIMIT * limit_w:
        raise MeterFileError(highest.line, FileProblem.IN_MEGAWATTS, f"{highest.power_w / 1000:g} kW")
