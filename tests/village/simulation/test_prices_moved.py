"""Prices of another year keep their weekday, their hour in UTC and their season on the village's year."""

import os
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from battery_commons.domain.tariff import Price
from battery_commons.domain.time import SLOT, TimeGrid
from battery_commons.sense.prices.csv_file import read_prices
from battery_commons.sense.prices.synthetic import synthetic_prices
from battery_commons.simulation.prices import prices_for

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
VILLAGE_YEAR = TimeGrid(datetime(2015, 12, 31, 23, tzinfo=UTC), 366 * 96)
WEEKS = timedelta(weeks=52)


def numbered(start: datetime, slots: int) -> list[Price]:
    """Return prices that tell which slot they are of."""
    return [Price(start + i * SLOT, i * 1e-6) for i in range(slots)]


def year(number: int) -> list[Price]:
    start, end = (datetime(n, 1, 1, tzinfo=AMSTERDAM).astimezone(UTC) for n in (number, number + 1))
    return numbered(start, (end - start) // SLOT)


def sources(grid: TimeGrid, prices: Sequence[Price]) -> list[datetime]:
    """Return where the price of every slot comes from, by the numbers that `numbered` gives."""
    steps = np.rint(prices_for(grid, prices) * 1e6).astype(int)
    return [prices[0].start + int(step) * SLOT for step in steps]


def test_prices_of_2025_move_by_470_weeks() -> None:
    moved = sources(VILLAGE_YEAR, year(2025))
    for slot, source in zip(VILLAGE_YEAR.starts(), moved, strict=True):
        assert source - slot in (timedelta(weeks=470), timedelta(weeks=470 - 52))
    assert moved[0] == datetime(2025, 1, 2, 23, tzinfo=UTC)


def test_the_days_beyond_the_moved_prices_take_those_of_52_weeks_earlier() -> None:
    moved = dict(zip(VILLAGE_YEAR.starts(), sources(VILLAGE_YEAR, year(2025)), strict=True))
    last = datetime(2016, 12, 28, 22, 45, tzinfo=UTC)
    assert moved[last] == datetime(2025, 12, 31, 22, 45, tzinfo=UTC)
    assert moved[last + SLOT] == datetime(2025, 1, 1, 23, tzinfo=UTC)


def test_the_days_before_the_moved_prices_take_those_of_52_weeks_later() -> None:
    moved = dict(zip(VILLAGE_YEAR.starts(), sources(VILLAGE_YEAR, year(2024)), strict=True))
    first = datetime(2016, 1, 3, 23, tzinfo=UTC)
    assert moved[first] == datetime(2023, 12, 31, 23, tzinfo=UTC)
    assert moved[first - SLOT] == datetime(2023, 12, 31, 22, 45, tzinfo=UTC) + WEEKS


@settings(max_examples=25, deadline=None)
@given(
    start=st.integers(0, 12 * 366 * 24).map(
        lambda hours: datetime(2018, 1, 1, tzinfo=UTC) + timedelta(hours=hours)
    ),
    days=st.integers(364, 800),
    grid_days=st.integers(1, 900),
)
def test_every_slot_gets_a_price_of_its_weekday_hour_and_season(
    start: datetime, days: int, grid_days: int
) -> None:
    grid = TimeGrid(VILLAGE_YEAR.start, grid_days * 96)
    for slot, source in zip(grid.starts(), sources(grid, numbered(start, days * 96)), strict=True):
        assert (source - slot) % timedelta(weeks=1) == timedelta()
        season = (source - slot) % timedelta(days=365.2425)
        # Four days to whole weeks, and a day and a quarter for each year of 52 weeks that it was moved by.
        assert min(season, timedelta(days=365.2425) - season) < timedelta(days=9)


def test_prices_of_the_days_themselves_stay_where_they_are() -> None:
    prices = synthetic_prices(2016)
    assert prices_for(VILLAGE_YEAR, prices).tolist() == [price.eur_per_kwh for price in prices]
    week = TimeGrid(datetime(2016, 5, 1, tzinfo=UTC), 7 * 96)
    assert sources(week, numbered(week.start - 5 * SLOT, 8 * 96)) == week.starts()


@pytest.mark.parametrize(
    "day", [datetime(2016, 3, 27, tzinfo=AMSTERDAM), datetime(2016, 10, 30, tzinfo=AMSTERDAM)]
)
def test_a_day_of_23_or_25_local_hours_gets_each_price_once(day: datetime) -> None:
    start, end = (moment.astimezone(UTC) for moment in (day, day + timedelta(days=1)))
    grid = TimeGrid(start, (end - start) // SLOT)
    assert grid.slots in (92, 100)
    moved = sources(grid, year(2025))
    assert moved == [moved[0] + i * SLOT for i in range(grid.slots)]


def test_between_the_years_changes_of_the_clock_prices_are_an_hour_off_in_local_time() -> None:
    # Summer time ended on 26 October in 2025, moved to 23 October 2016: a week before it ended in 2016.
    moved = dict(zip(VILLAGE_YEAR.starts(), sources(VILLAGE_YEAR, year(2025)), strict=True))
    hours_off = {
        slot.astimezone(AMSTERDAM).date()
        for slot, source in moved.items()
        if slot.astimezone(AMSTERDAM).hour != source.astimezone(AMSTERDAM).hour
    }
    assert (min(hours_off), max(hours_off)) == (date(2016, 10, 23), date(2016, 10, 30))


def test_a_gap_takes_the_prices_of_52_weeks_away_where_there_are_any() -> None:
    prices = numbered(datetime(2024, 12, 31, 23, tzinfo=UTC), 2 * 366 * 96)
    lost = prices[30 * 96 : 30 * 96 + 8]
    moved = sources(VILLAGE_YEAR, prices[: 30 * 96] + prices[30 * 96 + 8 :])
    assert not {price.start for price in lost} & set(moved)
    assert lost[0].start + WEEKS in moved


def test_a_gap_that_nothing_can_fill_is_refused() -> None:
    prices = year(2025)
    with pytest.raises(ValueError, match=r"no price for 2016-06-02T23:00:00\+00:00.*\(8 such quarter hours"):
        prices_for(VILLAGE_YEAR, [p for p in prices if not lost_in_june(p.start)])


def lost_in_june(start: datetime) -> bool:
    return datetime(2025, 6, 5, 23, tzinfo=UTC) <= start < datetime(2025, 6, 6, 1, tzinfo=UTC)


def test_less_than_52_weeks_is_refused_unless_it_covers_the_grid() -> None:
    prices = numbered(datetime(2025, 1, 1, tzinfo=UTC), 52 * 7 * 96)
    prices_for(VILLAGE_YEAR, prices)
    with pytest.raises(ValueError, match=r"the prices are of 363 days, .* at least 364 days"):
        prices_for(VILLAGE_YEAR, prices[:-1])


def test_no_prices_and_prices_out_of_order_are_refused() -> None:
    with pytest.raises(ValueError, match="there are no prices"):
        prices_for(VILLAGE_YEAR, [])
    prices = year(2025)
    with pytest.raises(ValueError, match="order of time"):
        prices_for(VILLAGE_YEAR, [*prices, prices[5]])


def test_the_real_prices_of_2025_fit_the_villages_year() -> None:
    path = os.environ.get("BATTERY_COMMONS_PRICES_2025")
    if not path:
        pytest.skip(
            "BATTERY_COMMONS_PRICES_2025 names no file of real prices; years made up are tested above"
        )
    prices = read_prices(Path(path))
    moved = prices_for(VILLAGE_YEAR, prices)
    assert moved.mean() == pytest.approx(np.mean([price.eur_per_kwh for price in prices]), abs=0.001)
