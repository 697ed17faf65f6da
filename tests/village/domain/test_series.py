"""What was measured, slot by slot: gaps stay gaps, and what nobody measured is never a figure."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from battery_commons.domain.series import MeasuredSeries, Weather
from battery_commons.domain.time import SLOT, TimeGrid

START = datetime(2025, 3, 29, 22, 0, tzinfo=UTC)
"""Three hours before the Dutch clock goes forward: slots are counted in UTC, so it changes nothing."""

loads = st.floats(-1e6, 1e6)
slots = st.dictionaries(st.integers(-50, 50).map(lambda number: START + number * SLOT), loads, max_size=20)
grids = st.builds(
    lambda first, length: TimeGrid(START + first * SLOT, length), st.integers(-80, 80), st.integers(1, 80)
)


def series(*values_w: float) -> MeasuredSeries:
    return MeasuredSeries(START, np.array(values_w))


def test_slots_in_any_order_make_a_series_with_nan_in_its_gaps() -> None:
    measured = MeasuredSeries.of_slots({START + 3 * SLOT: 4.0, START: 1.0, START + SLOT: 2.0}, START)

    assert measured.start == START
    np.testing.assert_array_equal(measured.values_w, [1.0, 2.0, np.nan, 4.0])


def test_nothing_measured_is_an_empty_series_from_the_moment_that_is_asked_for() -> None:
    nothing = MeasuredSeries.of_slots({}, START)

    assert nothing.start == nothing.end == START
    assert np.isnan(nothing.over(TimeGrid(START - SLOT, 3))).all()


def test_a_series_ends_where_its_last_slot_ends() -> None:
    assert series(1, 2, 3).end == START + timedelta(minutes=45)


@pytest.mark.parametrize("off", [timedelta(seconds=1), timedelta(minutes=-7)])
def test_a_series_that_does_not_start_on_a_quarter_hour_is_refused(off: timedelta) -> None:
    with pytest.raises(ValueError, match="starts on a quarter hour"):
        MeasuredSeries(START + off, np.zeros(1))


@pytest.mark.parametrize(
    ("minutes", "ended"),
    [(-60, 0), (0, 0), (14, 0), (15, 1), (44, 2), (45, 3), (600, 3)],
)
def test_until_a_moment_only_the_slots_that_have_ended_count(minutes: int, ended: int) -> None:
    measured = series(1, 2, 3).until(START + timedelta(minutes=minutes))

    assert measured.values_w.tolist() == [1, 2, 3][:ended]
    assert measured.start == START


def test_until_is_a_view_and_over_is_a_copy() -> None:
    whole = series(1, 2, 3)

    assert np.shares_memory(whole.until(START + 2 * SLOT).values_w, whole.values_w)
    assert not np.shares_memory(whole.over(TimeGrid(START, 3)), whole.values_w)


@given(slots, grids)
def test_over_any_grid_each_slot_is_what_was_measured_there_or_nan(
    measured: dict[datetime, float], grid: TimeGrid
) -> None:
    values_w = MeasuredSeries.of_slots(measured, START).over(grid)

    np.testing.assert_array_equal(values_w, [measured.get(start, np.nan) for start in grid.starts()])


@given(slots, grids, st.integers(0, 120))
def test_until_a_moment_nothing_later_shows(
    measured: dict[datetime, float], grid: TimeGrid, quarters: int
) -> None:
    moment = START + quarters * SLOT + timedelta(minutes=3)
    values_w = MeasuredSeries.of_slots(measured, START).until(moment).over(grid)

    expected_w = [measured.get(s, np.nan) if s + SLOT <= moment else np.nan for s in grid.starts()]
    np.testing.assert_array_equal(values_w, expected_w)


@given(grids)
def test_weather_is_known_where_its_columns_are_and_nan_elsewhere(grid: TimeGrid) -> None:
    columns = {"radiation": np.arange(30.0), "wind": np.where(np.arange(30) == 7, np.nan, 5.0)}

    over = Weather(START, columns).over(grid)

    assert list(over) == ["radiation", "wind"]
    for name, values in columns.items():
        np.testing.assert_array_equal(over[name], MeasuredSeries(START, values).over(grid))


def test_weather_reaches_into_the_future() -> None:
    weather = Weather(START, {"radiation": np.array([1.0, 2.0, 3.0])})

    assert weather.over(TimeGrid(START + 2 * SLOT, 2))["radiation"][0] == 3
    assert np.isnan(weather.over(TimeGrid(START + 2 * SLOT, 2))["radiation"][1])
