"""Price files are read to the quarter hour, or refused with the line and the problem."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from battery_commons.sense.prices.csv_file import PriceFileError, parse_prices, read_prices

DUTCH = "datum_nl;datum_utc;prijs_excl_belastingen\n"
ISO = "start,eur_per_kwh\n"
AMSTERDAM = ZoneInfo("Europe/Amsterdam")
NEW_YEAR = datetime(2024, 12, 31, 23, tzinfo=UTC)


def dutch(start: datetime, price: str) -> str:
    local = start.astimezone(AMSTERDAM).replace(tzinfo=None)
    return f'"{local}";"{start.replace(tzinfo=None)}";{price}\n'


def dutch_hours(start: datetime, count: int, leave_out: datetime | None = None) -> str:
    hours = [start + i * timedelta(hours=1) for i in range(count)]
    return DUTCH + "".join(dutch(hour, f"0,{n:06}") for n, hour in enumerate(hours) if hour != leave_out)


def test_the_dutch_format_has_a_decimal_comma_and_says_utc() -> None:
    prices = parse_prices(
        DUTCH + dutch(NEW_YEAR, "0,013620") + dutch(NEW_YEAR + timedelta(minutes=15), "-0,2")
    )
    assert [(p.start, p.eur_per_kwh) for p in prices] == [
        (NEW_YEAR, 0.01362),
        (NEW_YEAR + timedelta(minutes=15), -0.2),
    ]


def test_the_plain_format_has_moments_with_an_offset() -> None:
    prices = parse_prices(ISO + "2025-06-01T00:00:00+02:00,0.08\n2025-05-31T22:15:00Z,-1e-2\n")
    assert [(p.start, p.eur_per_kwh) for p in prices] == [
        (datetime(2025, 5, 31, 22, tzinfo=UTC), 0.08),
        (datetime(2025, 5, 31, 22, 15, tzinfo=UTC), -0.01),
    ]


def test_an_hour_becomes_four_quarters() -> None:
    prices = parse_prices(dutch_hours(NEW_YEAR, 2))
    assert [p.start for p in prices] == [NEW_YEAR + i * timedelta(minutes=15) for i in range(8)]
    assert [p.eur_per_kwh for p in prices] == [0.0] * 4 + [0.000001] * 4


@pytest.mark.parametrize(
    ("day", "quarters"), [((2025, 3, 30), 92), ((2025, 6, 1), 96), ((2025, 10, 26), 100)]
)
def test_every_local_day_has_all_its_quarters(day: tuple[int, int, int], quarters: int) -> None:
    start = datetime(*day, tzinfo=AMSTERDAM).astimezone(UTC)
    prices = parse_prices(dutch_hours(start, quarters // 4))
    assert len({p.start for p in prices}) == quarters
    assert all(p.start.astimezone(AMSTERDAM).day == day[2] for p in prices)


def test_a_file_kept_by_local_time_counts_its_one_price_for_both_doubled_hours() -> None:
    start = datetime(2025, 10, 25, 22, tzinfo=UTC)
    lost = datetime(2025, 10, 26, 1, tzinfo=UTC)
    prices = {p.start: p.eur_per_kwh for p in parse_prices(dutch_hours(start, 25, leave_out=lost))}
    assert len(prices) == 100
    assert prices[lost] == prices[lost - timedelta(hours=1)] == pytest.approx(2e-6)
    assert prices[lost + timedelta(hours=1)] == pytest.approx(4e-6)


def test_doubled_hours_that_are_both_given_stay_as_they_are() -> None:
    start = datetime(2025, 10, 25, 22, tzinfo=UTC)
    assert parse_prices(dutch_hours(start, 25))[3 * 4].eur_per_kwh == pytest.approx(3e-6)


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(tmp_path: Path) -> None:
    file = tmp_path / "prices.csv"
    file.write_bytes(b"\xef\xbb\xbf" + dutch_hours(NEW_YEAR, 3).replace("\n", "\r\n").encode())
    assert len(read_prices(file)) == 12


HOURS = [
    "2025-06-01T00:00:00+00:00,0.1\n",
    "2025-06-01T01:00:00+00:00,0.1\n",
    "2025-06-01T02:00:00+00:00,0.1\n",
    "2025-06-01T03:00:00+00:00,0.1\n",
]


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ("", 1, "header"),
        ("time;price\n1;2\n", 1, "header is 'time;price'"),
        (ISO, 1, "fewer than two"),
        (ISO + HOURS[0], 2, "fewer than two"),
        (ISO + HOURS[0] + "2025-06-01T01:00:00,0.1\n", 3, "no offset"),
        (ISO + HOURS[0] + HOURS[1] + HOURS[1], 4, "occurs twice"),
        (ISO + HOURS[1] + HOURS[0] + HOURS[2], 3, "comes after"),
        (ISO + HOURS[0] + HOURS[1] + HOURS[3], 4, "not 1:00:00 apart"),
        (ISO + HOURS[0] + HOURS[2], 3, "not an hour or a quarter"),
        (ISO + "2025-06-01T00:00:00Z,85.3\n" + HOURS[1], 2, "EUR/MWh"),
        (ISO + HOURS[0] + "2025-06-01T01:00:00Z,nan\n", 3, "'nan' is no price"),
        (ISO + HOURS[0] + "2025-06-01T01:00:00Z,inf\n", 3, "'inf' is no price"),
        (ISO + HOURS[0] + "2025-06-01T01:00:00Z,1e999\n", 3, "no day-ahead price"),
        (ISO + HOURS[0] + "2025-06-01T01:00:00Z,\n", 3, "'' is no price"),
        (ISO + HOURS[0] + "2025-06-01T01:00:00Z,1_0\n", 3, "no price"),
        (ISO + HOURS[0] + "2025-06-01T01:00:00Z,0,1\n", 3, "3 fields where 2"),
        (ISO + HOURS[0] + "2025-06-01T01\n", 3, "1 fields where 2"),
        (ISO + HOURS[0] + "yesterday,0.1\n", 3, "no date"),
        (ISO + HOURS[0] + "2025-06-01T01:07:00Z,0.1\n", 3, "quarter hour"),
        (ISO + HOURS[0] + "\n" + HOURS[1], 3, "0 fields"),
        (ISO + HOURS[0] + '"2025-06-01T01:00:00Z,0.1\n', 3, "end of data"),
        (ISO + HOURS[0] + HOURS[1].rstrip()[:-1], 3, "cut off"),
        (DUTCH + '"2025-06-01 00:00:00";"2025-06-01 00:00:00";0,1\n', 2, "is not 2025-06-01 00:00:00 in the"),
        (DUTCH + '"2025-06-01 02:00:00";"2025-06-01 00:00:00+00:00";0,1\n', 2, "offset of its own"),
        (DUTCH + '"2025-06-01 02:00:00";"2025-06-01 00:00:00";85,30\n', 2, "EUR/MWh"),
    ],
)
def test_a_faulty_file_is_refused_with_the_line_and_the_problem(text: str, line: int, problem: str) -> None:
    with pytest.raises(PriceFileError) as refusal:
        parse_prices(text)
    assert refusal.value.line == line
    assert f"line {line}: " in str(refusal.value)
    assert problem in str(refusal.value)


def test_a_gap_in_the_dutch_format_is_refused_outside_the_doubled_hour() -> None:
    with pytest.raises(PriceFileError, match="apart from 2024-12-31T23:00:00"):
        parse_prices(dutch_hours(NEW_YEAR - timedelta(hours=3), 6, leave_out=NEW_YEAR + timedelta(hours=1)))


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "prices.csv"
    file.write_bytes(b"\xff\xfe\x00d")
    with pytest.raises(PriceFileError, match="line 1: this is not a text file"):
        read_prices(file)


@given(st.text() | st.text(alphabet='0123456789-:;,."\nTZ+ ').map(lambda rows: ISO + rows))
def test_any_other_text_is_refused_and_nothing_else_happens(text: str) -> None:
    with pytest.raises(PriceFileError):
        parse_prices(text)
