"""What persistence expects of the coming day."""

from datetime import UTC, datetime, timedelta

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from battery_commons.domain.time import SLOT, TimeGrid
from battery_commons.forecast.persistence import persist

MIDNIGHT = datetime(2025, 3, 30, tzinfo=UTC)  # the Dutch day of 92 quarter hours
TODAY = TimeGrid(MIDNIGHT, 96)


def day_of(start: datetime, load_w: float) -> dict[datetime, float]:
    return {slot: load_w + i for i, slot in enumerate(TimeGrid(start, 96).starts())}


def test_today_is_expected_to_be_like_yesterday() -> None:
    forecast = persist(day_of(MIDNIGHT - timedelta(days=1), 1000), TODAY, MIDNIGHT)

    assert forecast.load_w.tolist() == [1000 + i for i in range(96)]
    assert forecast.age == timedelta(0)


def test_a_quarter_hour_that_yesterday_lacks_is_taken_from_the_day_before() -> None:
    history = day_of(MIDNIGHT - timedelta(days=2), 500) | day_of(MIDNIGHT - timedelta(days=1), 1000)
    del history[MIDNIGHT - timedelta(days=1)]

    forecast = persist(history, TODAY, MIDNIGHT)

    assert forecast.load_w[:2].tolist() == [500, 1001]


def test_what_lies_in_the_future_of_the_clock_does_not_count() -> None:
    yesterday, tomorrow = MIDNIGHT - timedelta(days=1), MIDNIGHT + timedelta(days=1)
    history = day_of(yesterday, 1000) | day_of(tomorrow, 9000)

    forecast = persist(history, TimeGrid(tomorrow + timedelta(days=1), 4), MIDNIGHT)

    assert forecast.load_w.max() < 2000


def test_the_age_is_that_of_the_newest_measurement() -> None:
    history = day_of(MIDNIGHT - timedelta(days=7), 0)

    assert persist(history, TODAY, MIDNIGHT).age == timedelta(days=6)


def test_nothing_measured_is_said_to_be_nothing() -> None:
    forecast = persist({}, TODAY, MIDNIGHT)

    assert forecast.age is None
    assert not forecast.load_w.any()


@given(
    gaps=st.sets(st.integers(0, 191)),
    slots=st.integers(1, 200),
)
def test_any_gap_leaves_a_forecast_within_what_was_measured(gaps: set[int], slots: int) -> None:
    start = MIDNIGHT - timedelta(days=2)
    history = {start + i * SLOT: float(i) for i in range(192) if i not in gaps}

    load = persist(history, TimeGrid(MIDNIGHT, slots), MIDNIGHT).load_w

    assert load.shape == (slots,)
    assert np.isfinite(load).all()
    assert 0 <= load.min() <= load.max() <= 191
