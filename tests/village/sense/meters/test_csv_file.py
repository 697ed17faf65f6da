"""A file of a meter's readings says what was measured, or is refused with a line and a reason."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from battery_commons.domain.time import SLOT
from battery_commons.sense.meters.csv_file import (
    FileProblem,
    Gap,
    MeterFile,
    MeterFileError,
    Zone,
    read_meter_file,
)

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)


def read(text: str | bytes, zone: Zone = Zone.OWN, limit_w: float = 250_000) -> MeterFile:
    data = text if isinstance(text, bytes) else text.encode()
    return read_meter_file(data, zone, "t1", limit_w, NOW)


def powers(file: MeterFile) -> list[tuple[datetime, float]]:
    return [(reading.at, reading.power_w) for reading in file.readings]


@pytest.mark.parametrize(
    "text",
    [
        "start,power_kw\n2026-03-02T09:00Z,12.5\n2026-03-02T09:15Z,-3\n",
        "start,power_w\n2026-03-02T10:00+01:00,12500\n2026-03-02T10:15+01:00,-3000\n",
        "start,t1\r\n2026-03-02 09:00Z,12.5\r\n2026-03-02 09:15Z,-3\r\n",
        "\ufeffstart;power_kw\n2026-03-02T09:00Z;12,5\n2026-03-02T09:15Z;-3\n",
        '"start","power_kw"\n"2026-03-02T09:00Z","12.5"\n"2026-03-02T09:15Z","-3"\n',
    ],
)
def test_spreadsheets_of_both_kinds_say_the_same(text: str) -> None:
    assert powers(read(text)) == [(NINE, 12_500.0), (NINE + SLOT, -3_000.0)]


def test_stamps_without_an_offset_are_in_the_zone_that_is_given() -> None:
    text = "start,power_kw\n2026-07-02T11:00,1\n2026-07-02T11:15,1\n"
    starts = {zone: read(text, zone).readings[0].at.hour for zone in (Zone.UTC, Zone.WINTER, Zone.DUTCH)}
    assert starts == {Zone.UTC: 11, Zone.WINTER: 10, Zone.DUTCH: 9}


def test_the_day_of_a_hundred_quarter_hours_has_them_all() -> None:
    midnight = datetime(2026, 10, 24, 22, tzinfo=UTC)
    local = [midnight + i * SLOT + timedelta(hours=2 if i < 12 else 1) for i in range(100)]
    file = read("start,power_kw\n" + "".join(f"{at:%Y-%m-%d %H:%M},1\n" for at in local), Zone.DUTCH)
    assert [reading.at for reading in file.readings] == [midnight + i * SLOT for i in range(100)]
    assert not file.gaps


def test_a_row_of_an_hour_stands_for_its_four_quarter_hours() -> None:
    file = read("start,power_kw\n2026-03-02T09:00Z,12\n2026-03-02T10:00Z,13\n")
    assert [reading.power_w for reading in file.readings] == [12_000.0] * 4 + [13_000.0] * 4
    assert file.end == NINE + timedelta(hours=2)


def test_what_is_missing_is_told_and_what_is_there_again_is_counted() -> None:
    rows = ["09:00Z,1", "09:15Z,2", "09:15Z,2", "10:30Z,3"]
    file = read("start,power_kw\n" + "".join(f"2026-03-02T{row}\n" for row in rows))
    assert len(file.readings) == 3
    assert file.repeated == 1
    assert file.gaps == [Gap(NINE + 2 * SLOT, NINE + 6 * SLOT)]


ROW = "2026-03-02T09:00Z,1"


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        (b"start,power_kw\n\xff", 2, FileProblem.NO_TEXT),
        ("", 1, FileProblem.HEADER),
        (f"start,power_kw\n{ROW}\n2026-03-02T09:15Z,1", 3, FileProblem.CUT_OFF),
        (f"time,power_kw\n{ROW}\n", 1, FileProblem.HEADER),
        (f"start,power\n{ROW}\n", 1, FileProblem.HEADER),
        (f"start,power_kw\n{ROW}\n", 2, FileProblem.EMPTY),
        (f"start,power_kw\n{ROW},5\n", 2, FileProblem.FIELDS),
        (f"start,power_kw\n{ROW}\n\n", 3, FileProblem.FIELDS),
        (f'start,power_kw\n{ROW}\n2026-03-02T09:15Z,"1\n', 3, FileProblem.QUOTES),
        (f"start,power_kw\n{ROW}\n02-03-2026 09:15,1\n", 3, FileProblem.STAMP),
        (f"start,power_kw\n{ROW}\n2026-02-30T09:15Z,1\n", 3, FileProblem.STAMP),
        (f"start,power_kw\n{ROW}\n2026-03-02T09:15,1\n", 3, FileProblem.NO_ZONE),
        (f"start,power_kw\n{ROW}\n{ROW.replace('02T', '01T')}\n", 3, FileProblem.ORDER),
        (f"start,power_kw\n{ROW}\n{ROW}2\n", 3, FileProblem.CONTRADICTION),
        (f"start,power_kw\n{ROW}\n2026-03-02T09:15Z,nan\n", 3, FileProblem.NUMBER),
        (f"start,power_kw\n{ROW}\n2026-03-02T09:15Z,1e999\n", 3, FileProblem.NUMBER),
        (f"start,power_kw\n{ROW}\n2026-03-02T09:15Z,\n", 3, FileProblem.NUMBER),
        ("start;power_kw\n2026-03-02T09:00Z;1,5\n2026-03-02T09:15Z;1.234\n", 3, FileProblem.POINT),
        (f"start,power_kw\n{ROW}\n2026-03-02T09:50Z,3\n", 3, FileProblem.STEP),
        (f"start,power_kw\n{ROW}\n2026-11-28T12:15Z,1\n", 3, FileProblem.IN_THE_FUTURE),
        (f"start,power_kw\n{ROW}2000\n2026-03-02T09:15Z,9000\n", 2, FileProblem.IN_WATTS),
        (f"start,power_kw\n{ROW}\n2026-03-02T09:15Z,0.1\n", 2, FileProblem.IN_MEGAWATTS),
    ],
)
def test_what_cannot_be_trusted_is_refused_with_its_line(
    text: str | bytes, line: int, problem: FileProblem
) -> None:
    with pytest.raises(MeterFileError) as refused:
        read(text, limit_w=1_000_000)
    assert (refused.value.line, refused.value.problem) == (line, problem)


def test_an_hour_that_no_dutch_clock_shows_is_refused() -> None:
    with pytest.raises(MeterFileError) as refused:
        read("start,power_kw\n2026-03-29 01:45,1\n2026-03-29 02:00,1\n", Zone.DUTCH)
    assert (refused.value.line, refused.value.problem) == (3, FileProblem.NO_SUCH_TIME)


@given(
    start=st.integers(0, 30_000),
    values=st.lists(st.floats(-9e4, 9e4).map(lambda value: round(value, 1)), min_size=2, max_size=300),
    zone=st.sampled_from([Zone.UTC, Zone.WINTER, Zone.DUTCH]),
    delimiter=st.sampled_from(",;"),
)
def test_whatever_was_measured_is_read_back(
    start: int, values: list[float], zone: Zone, delimiter: str
) -> None:
    first = datetime(2025, 12, 1, tzinfo=UTC) + start * SLOT
    starts = [first + i * SLOT for i in range(len(values))]
    cells = [f"{value / 1000:.4f}" for value in values]
    if delimiter == ";":
        cells = [cell.replace(".", ",") for cell in cells]
    lines = [
        f"{at.astimezone(zone.tzinfo):%Y-%m-%dT%H:%M}{delimiter}{cell}\n"
        for at, cell in zip(starts, cells, strict=True)
    ]
    # A file that begins within the second of two hours cannot say so.
    if starts[0].astimezone(zone.tzinfo).fold:
        return
    file = read(f"start{delimiter}power_kw\n{''.join(lines)}", zone, float("inf"))
    assert [reading.at for reading in file.readings] == starts
    assert [round(reading.power_w, 1) for reading in file.readings] == values


@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda text: f"start,t1\n{text}\n".encode()))
def test_no_file_breaks_the_reader(data: bytes) -> None:
    try:
        file = read(data, Zone.DUTCH)
    except MeterFileError:
        return
    assert len(file.readings) >= 2
