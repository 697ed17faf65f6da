"""The check's evidence: what counts as followed, and what happened in each slot."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from battery_commons.domain.time import SLOT, TimeGrid
from battery_commons.simulation.village import load_village
from demo.battery_simulator import Step
from demo.evidence import AcceptedPlan, Reported, carried_out, loads, obeyed, reported, slot_means, within
from tests.village.demo.conftest import SPEC, VILLAGE

STEP = Step(VILLAGE, hours=0.25, power_w=1_000, energy_wh=5_000, setpoint_w=1_000, house_w=0)


def steps(*powers_w: float) -> list[Step]:
    return [replace(STEP, start=VILLAGE + n * SLOT, power_w=power_w) for n, power_w in enumerate(powers_w)]


def plan(*powers_w: float | None, accepted_after: timedelta = timedelta(0)) -> AcceptedPlan:
    return AcceptedPlan(
        VILLAGE + accepted_after, VILLAGE + 3 * SLOT, VILLAGE, powers_w, ["hold"] * len(powers_w)
    )


def test_the_deviation_from_the_setpoint_is_weighted_by_time() -> None:
    short = replace(STEP, hours=0.75, power_w=1_400)
    assert obeyed([STEP, short], SPEC).mean_deviation_w == pytest.approx(300)


def test_time_without_a_setpoint_counts_for_nothing() -> None:
    assert obeyed([replace(STEP, setpoint_w=None, power_w=-3_000)], SPEC).hours == 0


@pytest.mark.parametrize("energy_wh", [1_000, 10_000])
def test_a_battery_at_its_limits_cannot_be_blamed(energy_wh: float) -> None:
    assert obeyed([replace(STEP, power_w=0, energy_wh=energy_wh)], SPEC).hours == 0


def test_a_battery_that_serves_its_house_instead_of_the_plan_is_found_out() -> None:
    ignoring = [replace(step, setpoint_w=2_000) for step in steps(-800, -800)]
    assert carried_out(ignoring, SPEC, [plan(2_000, 2_000)]).mean_deviation_w == 2_800


def test_the_newest_plan_that_was_accepted_by_then_counts() -> None:
    newer = replace(plan(0, 500), accepted_at=VILLAGE + SLOT)
    followed = carried_out(steps(1_000, 500), SPEC, [plan(1_000, 1_000), newer])
    assert (followed.hours, followed.mean_deviation_w) == (0.5, 0)


def test_a_plan_asks_nothing_after_its_lease_nor_beyond_its_slots() -> None:
    short = plan(1_000)
    assert short.power_at(VILLAGE) == 1_000
    assert short.power_at(VILLAGE + SLOT) is None
    assert replace(short, power_w=[1_000] * 9).power_at(VILLAGE + 3 * SLOT) is None
    assert short.power_at(VILLAGE - SLOT) is None


def test_a_reading_around_a_change_of_the_setpoint_says_nothing() -> None:
    first = Reported(VILLAGE, power_w=0, setpoint_w=1_000, state_of_charge=0.5)
    second = replace(first, at=VILLAGE + SLOT, power_w=990)
    third = replace(second, at=VILLAGE + 2 * SLOT, setpoint_w=3_000)
    followed = reported([first, second, third], SPEC)
    assert (followed.hours, followed.mean_deviation_w) == (0.25, 10)


@given(st.lists(st.floats(-5_000, 5_000), min_size=4, max_size=4))
def test_slot_means_hold_the_energy_of_the_trajectory(powers_w: list[float]) -> None:
    means = slot_means(steps(*powers_w), TimeGrid(VILLAGE, 4))
    np.testing.assert_allclose(means, powers_w, atol=1e-9)


def test_a_gap_in_the_trajectory_is_not_papered_over() -> None:
    with pytest.raises(ValueError, match="gap"):
        slot_means(steps(1, 2, 3)[::2], TimeGrid(VILLAGE, 3))


def test_only_whole_steps_lie_within_a_stretch() -> None:
    assert within(steps(1, 2, 3), VILLAGE + SLOT, VILLAGE + 2 * SLOT) == [steps(1, 2, 3)[1]]


def test_a_transformer_carries_its_houses_and_the_batteries_behind_it() -> None:
    village, grid = load_village(), TimeGrid(VILLAGE, 4)
    alone = loads(village, grid, {})
    together = loads(village, grid, {"t1": [np.full(4, 1_000.0), np.full(4, 500.0)]})
    np.testing.assert_allclose(together["t1"] - alone["t1"], 1_500)
    np.testing.assert_allclose(together["t2"], alone["t2"])
