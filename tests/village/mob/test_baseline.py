"""What would have been drawn without a code: from the days before its announcement, and nothing else."""

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from battery_commons.domain.series import Weather
from battery_commons.domain.time import MARKET_ZONE, SLOT, TimeGrid
from battery_commons.mob.baseline import (
    ALIKE,
    AROUND,
    LEAST_ALIKE,
    LEAST_PLACEBOS,
    Floats,
    around,
    baseline,
    earlier_days,
    whole_slots,
)

EVENING = TimeGrid(datetime(2026, 2, 12, 16, tzinfo=UTC), 8)
"""A Thursday, 17:00 to 19:00 on the wall's clock."""
WIDE = around(EVENING)
ANNOUNCED = EVENING.start - timedelta(hours=5)
DAY = timedelta(days=1)


def past(load_w: float = 1_000.0, noise_w: float = 10.0, seed: int = 1) -> dict[datetime, Floats]:
    """Return the same hours of all days before, with those around them, at weekends twice as high."""
    rng = np.random.default_rng(seed)
    return {
        day.start: load_w * (2 if day.start.weekday() >= 5 else 1)
        + rng.normal(0, noise_w)
        + np.zeros(WIDE.slots)
        for day in earlier_days(WIDE, ANNOUNCED, ())
    }


def test_it_is_the_mean_of_the_last_days_of_the_same_kind() -> None:
    days = past()

    found = baseline(EVENING, ANNOUNCED, days)

    assert found is not None
    assert len(found.days) == ALIKE[False]
    assert all(day.weekday() < 5 for day in found.days)
    assert found.days[-1] == date(2026, 2, 11)
    of_days = [loads[AROUND:-AROUND] for start, loads in days.items() if start.date() in found.days]
    assert np.allclose(found.expected_w, np.mean(of_days, axis=0))


def test_what_is_measured_after_the_announcement_does_not_count() -> None:
    days = past()
    later = days | {start: np.full(WIDE.slots, 9e6) for start in (WIDE.start, WIDE.start + DAY)}

    assert baseline(EVENING, ANNOUNCED, later) == baseline(EVENING, ANNOUNCED, days)


def test_a_code_announced_days_ahead_rests_on_days_before_that() -> None:
    early = ANNOUNCED - 3 * DAY

    days = [day.start.date() for day in earlier_days(EVENING, early, ())]

    assert days[-1] == date(2026, 2, 8)


def test_no_hour_from_the_announcement_of_a_code_to_the_end_of_its_aftermath_counts() -> None:
    busy = (EVENING.start - 4 * DAY - timedelta(hours=1), EVENING.start - 3 * DAY + timedelta(hours=1))

    left = {day.start.date() for day in earlier_days(EVENING, ANNOUNCED, [busy])}

    assert {date(2026, 2, 8), date(2026, 2, 9)}.isdisjoint(left)
    assert {date(2026, 2, 7), date(2026, 2, 10)} <= left


@given(st.dates(date(2026, 3, 20), date(2026, 4, 10)) | st.dates(date(2026, 10, 20), date(2026, 11, 5)))
def test_earlier_days_keep_the_clocks_hours_when_the_clock_is_changed(day: date) -> None:
    start = datetime(day.year, day.month, day.day, 17, tzinfo=MARKET_ZONE).astimezone(UTC)

    found = earlier_days(TimeGrid(start, 8), start - timedelta(hours=3), ())

    assert {each.start.astimezone(MARKET_ZONE).hour for each in found} == {17}
    assert all(each.end <= start for each in found)


@pytest.mark.parametrize("unknown_days", [0, 10])
def test_the_weather_of_the_day_moves_it(unknown_days: int) -> None:
    starts = [day.start for day in earlier_days(WIDE, ANNOUNCED, ())]
    rng = np.random.default_rng(2)
    whole = TimeGrid(starts[0], (WIDE.end - starts[0]) // SLOT)
    cold = np.repeat(rng.normal(5, 4, whole.slots // 96 + 1), 96)[: whole.slots]
    weather = Weather(whole.start, {"temperature": cold})
    days = {
        start: 5_000 - 200 * weather.over(TimeGrid(start, WIDE.slots))["temperature"] + rng.normal(0, 10)
        for start in starts
    }
    # The service was out of reach for some days: those count no more, the others do.
    known = cold.copy()
    known[40 * 96 : (40 + unknown_days) * 96] = np.nan

    found = baseline(EVENING, ANNOUNCED, days, Weather(whole.start, {"temperature": known}))

    assert found is not None
    expected_w = 5_000 - 200 * weather.over(EVENING)["temperature"].mean()
    assert np.mean(found.expected_w) == pytest.approx(expected_w, abs=40)
    assert found.error_w < 40


def test_weather_that_nobody_knows_yet_is_left_out() -> None:
    days = past()
    unknown = Weather(min(days), {"radiation": np.full(10, np.nan)})

    assert baseline(EVENING, ANNOUNCED, days, unknown) == baseline(EVENING, ANNOUNCED, days)


def test_a_trend_that_makes_every_baseline_late_is_taken_out() -> None:
    days = {start: loads + 20.0 * ((start - EVENING.start) / DAY) for start, loads in past(noise_w=1).items()}

    found = baseline(EVENING, ANNOUNCED, days)

    assert found is not None
    truth_w = 1_000.0
    assert np.mean(found.expected_w) < truth_w - 90
    assert np.mean(found.expected_w) + found.bias_w == pytest.approx(truth_w, abs=50)


def test_hours_that_were_the_highest_by_chance_are_not_taken_for_high() -> None:
    # Every day is 10 kW, more or less, in each two hours by itself.
    rng = np.random.default_rng(3)
    errors_w: dict[bool, list[float]] = {True: [], False: []}
    days = 60
    for _ in range(150):
        noise = rng.normal(0, 1_000, (days + 1, 7)).repeat(8, axis=1)
        smooth_w = 10_000 + np.lib.stride_tricks.sliding_window_view(noise, 9, axis=1).mean(axis=2)
        lately_w = np.lib.stride_tricks.sliding_window_view(smooth_w[-8:-1].mean(axis=0)[8:-8], 8)
        first = int(lately_w.mean(axis=1).argmax()) + AROUND
        hours = TimeGrid(EVENING.start + first * SLOT, 8)
        wide = around(hours)
        known = {
            wide.start - (days - n) * DAY: smooth_w[n, first - AROUND : first + 8 + AROUND]
            for n in range(days)
        }
        for chosen_by_it, errors in errors_w.items():
            found = baseline(hours, wide.start - timedelta(hours=1), known, chosen_by_it=chosen_by_it)
            assert found is not None
            load_w = smooth_w[days, first : first + 8].mean()
            errors.append(load_w - np.mean(found.expected_w) - found.bias_w)

    def off(errors: list[float]) -> float:
        return float(abs(np.mean(errors)) / np.std(errors) * len(errors) ** 0.5)

    assert off(errors_w[True]) < 2.5
    assert off(errors_w[False]) > 3


@pytest.mark.parametrize("known", [0, LEAST_ALIKE - 1, LEAST_PLACEBOS])
def test_too_little_known_makes_no_baseline(known: int) -> None:
    days = past()
    last = sorted(days)[len(days) - known :]

    assert baseline(EVENING, ANNOUNCED, {start: days[start] for start in last}) is None


def test_a_time_between_quarter_hours_is_of_those_that_it_reaches_into() -> None:
    start = datetime(2026, 2, 12, 16, 7, tzinfo=UTC)

    assert whole_slots(start, start + timedelta(minutes=20)) == TimeGrid(start.replace(minute=0), 2)
    assert whole_slots(EVENING.start, EVENING.end) == EVENING
