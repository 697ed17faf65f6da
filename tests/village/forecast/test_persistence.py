"""What persistence expects of the coming day."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from battery_commons.domain.series import MeasuredSeries
from battery_commons.domain.time import SLOT, TimeGrid
from battery_commons.forecast.load import LoadForecast, Method
from battery_commons.forecast.persistence import persist
from tests.village.forecast.series import at, known, load_of

MIDNIGHT = datetime(2025, 3, 30, tzinfo=UTC)  # the Dutch day of 92 quarter hours
TODAY = TimeGrid(MIDNIGHT, 96)


def day_of(start: datetime, load_w: float) -> dict[datetime, float]:
    return {slot: load_w + i for i, slot in enumerate(TimeGrid(start, 96).starts())}


def persisted(history: Mapping[datetime, float], grid: TimeGrid) -> LoadForecast:
    return persist(MeasuredSeries.of_slots(history, MIDNIGHT), grid, MIDNIGHT)


def test_today_is_expected_to_be_like_yesterday() -> None:
    forecast = persisted(day_of(MIDNIGHT - timedelta(days=1), 1000), TODAY)

    assert forecast.load_w.tolist() == [1000 + i for i in range(96)]
    assert forecast.age == timedelta(0)
    assert forecast.method == Method.PERSISTENCE


def test_a_quarter_hour_that_yesterday_lacks_is_taken_from_the_day_before() -> None:
    history = day_of(MIDNIGHT - timedelta(days=2), 500) | day_of(MIDNIGHT - timedelta(days=1), 1000)
    del history[MIDNIGHT - timedelta(days=1)]

    forecast = persisted(history, TODAY)

    assert forecast.load_w[:2].tolist() == [500, 1001]


def test_what_was_measured_a_week_ago_serves_for_the_same_weekday() -> None:
    history = day_of(MIDNIGHT - timedelta(days=7), 1000)

    assert persisted(history, TODAY).load_w.tolist() == [1000 + i for i in range(96)]


def test_what_lies_in_the_future_of_the_clock_does_not_count() -> None:
    yesterday, tomorrow = MIDNIGHT - timedelta(days=1), MIDNIGHT + timedelta(days=1)
    history = day_of(yesterday, 1000) | day_of(tomorrow, 9000)

    forecast = persisted(history, TimeGrid(tomorrow + timedelta(days=1), 4))

    assert forecast.load_w.max() < 2000


def test_the_age_is_that_of_the_newest_measurement() -> None:
    history = day_of(MIDNIGHT - timedelta(days=7), 0)

    assert persisted(history, TODAY).age == timedelta(days=6)


def test_nothing_measured_is_said_to_be_nothing() -> None:
    forecast = persisted({}, TODAY)

    assert forecast.age is None
    assert forecast.method == Method.NOTHING
    assert not np.any([forecast.load_w, forecast.low_w, forecast.high_w])


def test_one_measurement_is_a_forecast_without_a_band() -> None:
    forecast = persisted({MIDNIGHT - SLOT: 400.0}, TODAY)

    assert set(forecast.low_w) == set(forecast.load_w) == set(forecast.high_w) == {400.0}


def test_the_band_holds_eight_loads_of_ten() -> None:
    load_w = load_of(80)
    inside = []
    for day in range(30, 79):
        forecast = persist(known(load_w), TimeGrid(at(day * 96), 96), at(day * 96))
        measured_w = load_w[day * 96 : (day + 1) * 96]
        inside.append((forecast.low_w <= measured_w) & (measured_w <= forecast.high_w))

    assert np.mean(inside) == pytest.approx(0.8, abs=0.07)


@given(
    gaps=st.sets(st.integers(0, 191), max_size=191),
    slots=st.integers(1, 200),
)
def test_any_gap_leaves_a_forecast_within_what_was_measured(gaps: set[int], slots: int) -> None:
    start = MIDNIGHT - timedelta(days=2)
    history = {start + i * SLOT: float(i) for i in range(192) if i not in gaps}

    forecast = persisted(history, TimeGrid(MIDNIGHT, slots))

    assert forecast.load_w.shape == (slots,)
    assert 0 <= forecast.load_w.min() <= forecast.load_w.max() <= 191
    assert np.isfinite([forecast.low_w, forecast.high_w]).all()
    assert (forecast.low_w <= forecast.load_w).all()
    assert (forecast.load_w <= forecast.high_w).all()
