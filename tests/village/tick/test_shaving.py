"""Today's peak without the batteries less the peak with them: measured so far, planned from here on."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from battery_commons.domain.plan import BatteryPlan, ControlModel, Plan, PlanReason
from battery_commons.domain.series import MeasuredSeries
from battery_commons.domain.time import SLOT, TimeGrid
from battery_commons.tick.shaving import local_midnight, peak_shaved_w

MIDNIGHT = datetime(2026, 6, 20, 22, tzinfo=UTC)
"""Of 21 June in the Netherlands."""
PAST = 40
"""So many quarter hours of the day are over."""


def plan(base_w: list[float], battery_w: list[float | None], *, past: int = PAST, known: bool = True) -> Plan:
    grid = TimeGrid(MIDNIGHT + past * SLOT, len(base_w))
    battery = BatteryPlan("a/b", battery_w, [PlanReason.HOLD] * len(battery_w))
    return Plan(ControlModel.M4, grid, [battery], {"t1": base_w}, () if known else ("t1",))


def shaved_w(made: Plan, with_w: list[float], without_w: list[float]) -> float | None:
    measured = {MIDNIGHT + i * SLOT: load for i, load in enumerate(with_w) if np.isfinite(load)}
    return peak_shaved_w("t1", {"a/b"}, made, measured, MeasuredSeries(MIDNIGHT, np.array(without_w)))


QUIET = plan([10_000.0] * 96, [0.0] * 96)


def test_a_peak_that_was_lowered_this_morning_counts() -> None:
    with_w, without_w = [10_000.0] * PAST, [10_000.0] * PAST
    with_w[30], without_w[30] = 80_000.0, 95_000.0

    assert shaved_w(QUIET, with_w, without_w) == 15_000


def test_a_peak_that_will_be_lowered_this_evening_counts() -> None:
    base_w, battery_w = [10_000.0] * 96, [0.0] * 96
    base_w[30], battery_w[30] = 90_000.0, -20_000.0

    assert shaved_w(plan(base_w, [*battery_w]), [10_000.0] * PAST, [10_000.0] * PAST) == 20_000


def test_feed_in_is_a_peak_too() -> None:
    with_w, without_w = [-60_000.0] * PAST, [-100_000.0] * PAST

    assert shaved_w(QUIET, with_w, without_w) == 40_000


def test_batteries_that_raise_the_peak_are_not_praised() -> None:
    assert shaved_w(QUIET, [50_000.0] * PAST, [30_000.0] * PAST) == -20_000


def test_tomorrow_does_not_count() -> None:
    base_w, battery_w = [10_000.0] * 96, [0.0] * 96
    base_w[96 - PAST], battery_w[96 - PAST] = 200_000.0, -50_000.0

    assert shaved_w(plan(base_w, [*battery_w]), [10_000.0] * PAST, [10_000.0] * PAST) == 0


@pytest.mark.parametrize("missing", [0, 20, PAST - 1])
def test_a_quarter_hour_that_was_not_measured_may_have_held_the_peak(missing: int) -> None:
    with_w = [10_000.0] * PAST
    with_w[missing] = np.nan

    assert shaved_w(QUIET, with_w, with_w) is None


def test_what_the_transformer_would_carry_must_be_known_too() -> None:
    unknown = plan([0.0] * 96, [0.0] * 96, known=False)

    assert shaved_w(unknown, [10_000.0] * PAST, [10_000.0] * PAST) is None


def test_at_midnight_all_of_the_day_is_planned() -> None:
    made = plan([50_000.0] * 96, [-5_000.0] * 96, past=0)

    assert shaved_w(made, [], []) == 5_000


@pytest.mark.parametrize(("day", "slots"), [(29, 92), (30, 96)])
def test_a_day_is_as_long_as_its_clock_says(day: int, slots: int) -> None:
    """On 29 March 2026 it has 23 hours: what comes after them is tomorrow's."""
    start = local_midnight(datetime(2026, 3, day, 12, tzinfo=UTC))
    base_w, battery_w = [10_000.0] * 120, [0.0] * 120
    base_w[slots - 1], battery_w[slots - 1] = 30_000.0, -1_000.0
    base_w[slots], battery_w[slots] = 90_000.0, -50_000.0
    battery = BatteryPlan("a/b", battery_w, [PlanReason.HOLD] * 120)
    made = Plan(ControlModel.M4, TimeGrid(start.astimezone(UTC), 120), [battery], {"t1": base_w})

    assert peak_shaved_w("t1", {"a/b"}, made, {}, MeasuredSeries(MIDNIGHT, np.zeros(0))) == 1_000


@given(
    load_w=st.lists(st.floats(-1e6, 1e6), min_size=96, max_size=96),
    past=st.integers(0, 95),
)
def test_batteries_that_do_nothing_shave_nothing(load_w: list[float], past: int) -> None:
    made = plan([*load_w[past:], *load_w[:past]], [0.0] * 96, past=past)

    assert shaved_w(made, load_w[:past], load_w[:past]) == 0


def test_local_midnight_is_that_of_the_netherlands() -> None:
    assert local_midnight(MIDNIGHT) == MIDNIGHT
    assert local_midnight(MIDNIGHT - timedelta(seconds=1)) == MIDNIGHT - timedelta(days=1)
