"""What M1 and M4 promise, whatever the village looks like."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from battery_commons.control.m4 import objective_m4
from battery_commons.control.models import make_plan
from battery_commons.control.optimise import optimise
from battery_commons.control.problem import ControlProblem
from battery_commons.domain.plan import ControlModel, Plan, PlanReason

from .conftest import make_problem


def stored_wh(problem: ControlProblem, power_w: np.ndarray) -> np.ndarray:
    """Return (N, T) the energy after each slot, with the 0.95 / 0.95 of `make_problem`."""
    gained = np.where(power_w > 0, 0.95 * power_w, power_w / 0.95) / 4
    return problem.stored_wh[:, np.newaxis] + np.cumsum(gained, axis=1)


def plan_m4(problem: ControlProblem) -> Plan:
    return make_plan(problem, ControlModel.M4)


def powers(problem: ControlProblem) -> np.ndarray:
    return np.array([battery.power_w for battery in plan_m4(problem).batteries], dtype=float)


def test_m1_leaves_every_battery_to_its_own_house(sunny_day: ControlProblem) -> None:
    for battery in make_plan(sunny_day, ControlModel.M1).batteries:
        assert set(battery.power_w) == {None}
        assert set(battery.reasons) == {PlanReason.OWN_HOUSE}


def test_m4_lowers_both_the_import_peak_and_the_feed_in_peak(sunny_day: ControlProblem) -> None:
    base = sunny_day.base_load_w[0]
    load = np.array(plan_m4(sunny_day).load_w("t1", [b.id for b in sunny_day.batteries]))

    assert load.max() < base.max() - 2_000
    assert load.min() > base.min() + 2_000


def test_m4_names_the_grid_when_the_grid_is_the_motive(sunny_day: ControlProblem) -> None:
    plan = plan_m4(sunny_day)
    noon, evening = 48, 76

    for battery in plan.batteries:
        assert battery.reasons[noon] == PlanReason.RELIEVE_EXPORT
        assert battery.reasons[evening] == PlanReason.RELIEVE_IMPORT


def test_m4_names_the_price_when_the_price_is_the_motive() -> None:
    price = np.where(np.arange(96) < 48, 0.05, 0.60)
    plan = plan_m4(make_problem(base_load_kw=np.full(96, 5.0), import_price=price))
    reasons = {reason for battery in plan.batteries for reason in battery.reasons}

    assert PlanReason.LOW_PRICE in reasons
    assert PlanReason.HIGH_PRICE in reasons


def test_equal_batteries_share_the_work_equally(sunny_day: ControlProblem) -> None:
    first, *others = powers(sunny_day)
    for other in others:
        assert other == pytest.approx(first, abs=50)


def test_an_overload_that_cannot_be_avoided_is_reported_not_refused() -> None:
    problem = make_problem(base_load_kw=np.full(8, 300.0), limit_kw=250)

    schedule = optimise(problem, objective_m4(problem))

    relief = -schedule.power_w.sum(axis=0)
    assert schedule.overload_w[0] == pytest.approx(50_000 - relief, abs=10)


def test_energy_is_not_burned_when_it_is_worth_less_than_nothing() -> None:
    problem = make_problem(
        base_load_kw=np.full(96, -200.0), import_price=np.full(96, -0.5), stored_share=1.0, batteries=2
    )
    power_w = powers(problem)

    assert (stored_wh(problem, power_w) <= 10_000 + 20).all()


def test_a_village_without_batteries_has_a_plan() -> None:
    plan = plan_m4(make_problem(batteries=0))

    assert plan.batteries == []
    assert len(plan.base_load_w["t1"]) == 96


def test_a_figure_that_is_not_finite_is_refused() -> None:
    with pytest.raises(ValueError, match="base_load_w"):
        make_problem(base_load_kw=[1.0, float("nan")])


loads = st.lists(st.floats(-400, 400), min_size=1, max_size=24)


@settings(max_examples=40, deadline=None)
@given(
    base=loads,
    price_seed=st.integers(0, 2**16),
    stored=st.floats(0, 1),
    batteries=st.integers(0, 4),
    reserve=st.floats(0, 0.5),
)
def test_any_plan_keeps_power_energy_and_reserve_within_bounds(
    base: list[float], price_seed: int, stored: float, batteries: int, reserve: float
) -> None:
    price = np.random.default_rng(price_seed).uniform(-0.6, 0.9, len(base))
    problem = make_problem(
        base_load_kw=base, import_price=price, stored_share=stored, batteries=batteries, reserve=reserve
    )
    power_w = powers(problem).reshape(batteries, len(base))

    energy = stored_wh(problem, power_w)
    rounding_wh = len(base)
    floor = min(reserve, stored) * 10_000
    assert (np.abs(power_w) <= 5_000).all()
    assert (energy <= 10_000 + rounding_wh).all()
    assert (energy >= floor - rounding_wh).all()


@settings(max_examples=20, deadline=None)
@given(base=loads)
def test_planning_twice_gives_the_same_plan(base: list[float]) -> None:
    problem = make_problem(base_load_kw=base)

    assert (powers(problem) == powers(problem)).all()
