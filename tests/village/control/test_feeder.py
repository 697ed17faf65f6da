"""What is asked of the feeder, and what its peaks cost, is the matter of those that hang on it alone."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from battery_commons.control.alike import AlikeBatteries, merge_alike
from battery_commons.control.asked_limits import AskedLimits
from battery_commons.control.bands import Extremes, promise
from battery_commons.control.guard import Band, FeederWatch, GuardTask, guard
from battery_commons.control.interior_point.solve import solve
from battery_commons.control.models import OBJECTIVES, make_plan
from battery_commons.control.objective import Objective
from battery_commons.control.problem import BillingMeter, Bools, ControlProblem, FeederOutlook, Floats
from battery_commons.control.program import QuadraticProgram
from battery_commons.control.reasons import explain
from battery_commons.control.schedule import Flows, schedule_of, transformer_loads_w
from battery_commons.control.valuation import value_eur
from battery_commons.domain.battery import Battery
from battery_commons.domain.grid import Feeder, Transformer
from battery_commons.domain.plan import ControlModel, PlanReason
from battery_commons.domain.time import SLOTS_PER_DAY, TimeGrid

START = datetime(2025, 6, 1, tzinfo=UTC)
EVENING = slice(68, 76)
"""Two hours."""
SOLVERS: dict[str, Callable[[AlikeBatteries, Objective], Flows]] = {
    "program": lambda alike, objective: QuadraticProgram(alike, objective).solve(),
    "interior point": solve,
}
masks = st.lists(st.booleans(), min_size=2, max_size=4).map(np.array)


def village(carries: Bools, seed: int, *, limit_w: float = 30_000.0) -> ControlProblem:
    """Return a day of transformers with a meter each, on the feeder or not, which nothing else couples."""
    rng = np.random.default_rng(seed)
    slots, hour = SLOTS_PER_DAY, np.arange(SLOTS_PER_DAY) / 4
    base_w = 1000 * (
        rng.uniform(5, 20, (len(carries), 1))
        - rng.uniform(5, 30, (len(carries), 1)) * np.exp(-(((hour - 12) / 3) ** 2))
        + rng.uniform(5, 20, (len(carries), 1)) * np.exp(-(((hour - 19) / 2) ** 2))
    )
    capacity_wh = rng.uniform(5_000, 20_000, 3 * len(carries))
    batteries = [
        Battery(f"home-{n}/b", f"t{n % len(carries)}", capacity, capacity / 2, capacity / 2)
        for n, capacity in enumerate(capacity_wh.tolist())
    ]
    price = 0.30 + 0.08 * np.sin((hour - 3) / 24 * 4 * np.pi)
    return ControlProblem(
        grid=TimeGrid(START, slots),
        batteries=batteries,
        stored_wh=0.6 * capacity_wh,
        transformers=[Transformer(f"t{k}", "Brink", limit_w) for k in range(len(carries))],
        base_load_w=base_w,
        meters=[
            BillingMeter(
                base_w[k], price, price - 0.1, [b.id for b in batteries if b.transformer_id == f"t{k}"]
            )
            for k in range(len(carries))
        ],
        feeder=FeederOutlook(
            Feeder("feeder", "Zuid", np.inf), 1000 * (60 + 40 * np.sin(hour / 4)), carries=carries
        ),
    )


def limited(problem: ControlProblem, share: float) -> ControlProblem:
    """Return it with less asked of the feeder's evening, by a share of what those on it can deliver then."""
    assert problem.feeder is not None
    asked = AskedLimits.nothing((problem.grid.slots,))
    behind_w = sum(
        0.25 * battery.capacity_wh / 2
        for battery, counts in zip(problem.batteries, problem.behind_feeder(), strict=True)
        if counts
    )
    asked.highest_w[EVENING] = problem.base_feeder_w()[EVENING] - share * behind_w
    return replace(problem, feeder=replace(problem.feeder, asked=asked))


def planned_w(problem: ControlProblem, objective: Objective, solver: str) -> Floats:
    alike = merge_alike(problem)
    flows = SOLVERS[solver](alike, objective)
    power_w = 1000 * alike.spread(flows.charge - flows.discharge)
    return schedule_of(problem, power_w, 1000 * flows.curtailed, optimal=flows.optimal).power_w


@pytest.mark.parametrize("solver", SOLVERS)
@settings(max_examples=15, deadline=None)
@given(carries=masks.filter(np.any), seed=st.integers(0, 2**32 - 1), share=st.floats(0.1, 0.9))
def test_a_limit_of_the_feeder_is_kept_by_what_hangs_on_it(
    solver: str, carries: Bools, seed: int, share: float
) -> None:
    # No transformer is near its own limit, which would come first.
    problem = limited(village(carries, seed, limit_w=100_000), share)
    assert problem.feeder is not None
    assert problem.feeder.asked is not None
    objective = OBJECTIVES[ControlModel.M4](problem)

    power_w = planned_w(problem, objective, solver)

    on_it = [each.id for each, hangs in zip(problem.transformers, carries, strict=True) if hangs]
    load_w = problem.feeder.background_w + sum(problem.base_load_w[int(id_[1:])] for id_ in on_it)
    load_w = load_w + sum(
        power_w[n] for n, battery in enumerate(problem.batteries) if battery.transformer_id in on_it
    )
    assert (load_w - problem.feeder.asked.highest_w).max() <= 20


@settings(max_examples=30, deadline=None)
@given(
    carries=masks,
    seed=st.integers(0, 2**32 - 1),
    models=st.sampled_from(
        [
            (ControlModel.M4, ControlModel.M4),
            (ControlModel.M5, ControlModel.M2),
            (ControlModel.LAYERED, ControlModel.M4),
        ]
    ),
    is_asked=st.booleans(),
)
def test_a_battery_elsewhere_is_planned_as_if_there_were_no_feeder(
    carries: Bools, seed: int, models: tuple[ControlModel, ControlModel], *, is_asked: bool
) -> None:
    with_feeder = village(carries, seed)
    if is_asked:
        with_feeder = limited(with_feeder, 0.9)
    without = replace(with_feeder, feeder=None)
    elsewhere = ~with_feeder.behind_feeder()

    found_w, alone_w = (
        planned_w(problem, OBJECTIVES[model](problem), "program")
        for problem, model in zip((with_feeder, without), models, strict=True)
    )

    # To what the solver is exact to.
    np.testing.assert_allclose(found_w[elsewhere], alone_w[elsewhere], atol=200)
    nothing = np.zeros((0, SLOTS_PER_DAY))
    objective = OBJECTIVES[models[1]](without)
    mixed_w = np.where(elsewhere[:, np.newaxis], found_w, alone_w)
    found_eur, alone_eur = (value_eur(without, objective, each, nothing) for each in (mixed_w, alone_w))
    assert found_eur == pytest.approx(alone_eur, abs=1e-5)


def test_only_those_on_the_feeder_are_told_that_they_serve_it() -> None:
    problem = village(np.array([True, False]), 1)
    asked = limited(problem, 0.9)

    for each, model, reason in (
        (problem, ControlModel.M5, PlanReason.RELIEVE_FEEDER),
        (asked, ControlModel.M4, PlanReason.GRID_OPERATOR),
    ):
        plan = make_plan(each, model)
        told = {b.battery_id for b in plan.batteries if reason in b.reasons}
        behind = {b.id for b in problem.batteries if b.transformer_id == "t0"}
        assert told
        assert told <= behind


def test_a_feeder_that_carries_none_of_them_asks_nothing_of_anybody() -> None:
    problem = village(np.array([False, False]), 1)

    assert problem.base_feeder_w() == pytest.approx(problem.feeder and problem.feeder.background_w)
    reasons = explain(problem, OBJECTIVES[ControlModel.M5](problem), np.full((6, SLOTS_PER_DAY), -1_000.0))
    assert PlanReason.RELIEVE_FEEDER not in {reason for row in reasons for reason in row}


def test_the_promise_of_the_feeders_peak_is_of_what_hangs_on_it() -> None:
    problem = village(np.array([True, False]), 1)
    power_w = np.zeros((6, SLOTS_PER_DAY))
    power_w[1::2] = 4_000.0  # behind t1, which hangs elsewhere

    promised = promise(problem, ControlModel.M5, power_w, Extremes.of_a_new_day(2))

    load_w = transformer_loads_w(problem, power_w)[0]
    assert problem.feeder is not None
    today = slice(0, 88)  # to midnight of the market, two hours before that of UTC
    assert promised.feeder_peak_w == pytest.approx(np.abs(problem.feeder.background_w + load_w)[today].max())


@given(
    carries=masks,
    base_w=st.lists(st.floats(-60_000, 60_000), min_size=4, max_size=4),
    planned_w=st.lists(st.floats(-5_000, 5_000), min_size=8, max_size=8),
    peak_w=st.floats(0, 100_000),
    reached_w=st.none() | st.floats(0, 100_000),
    ceiling_w=st.just(np.inf) | st.floats(-40_000, 40_000),
)
def test_the_guard_holds_the_feeder_with_those_on_it_and_moves_no_others_for_it(
    carries: Bools,
    base_w: list[float],
    planned_w: list[float],
    peak_w: float,
    reached_w: float | None,
    ceiling_w: float,
) -> None:
    count = len(carries)
    edge_w = np.full(count, 50_000.0)
    task = GuardTask(
        planned_w=np.array(planned_w),
        least_w=np.full(8, -5_000.0),
        most_w=np.full(8, 5_000.0),
        transformer_of=np.arange(8) % count,
        base_w=np.array(base_w[:count]),
        band=Band(-edge_w, edge_w),
    )
    watch = FeederWatch(20_000.0, peak_w, reached_w, ceiling_w=ceiling_w, carries=carries)
    behind = carries[task.transformer_of]

    without, held = guard(task), guard(replace(task, feeder=watch))

    np.testing.assert_array_equal(held[~behind], without[~behind])
    if reached_w is None and np.isinf(ceiling_w):
        load_w, before_w = (
            20_000.0 + sum(task.base_w[carries]) + power_w[behind].sum() for power_w in (held, without)
        )
        assert abs(load_w) <= max(abs(before_w), peak_w) + 1e-6


def test_a_plan_in_whole_watts_is_corrected_to_less_than_one() -> None:
    limit_w = np.array([50_000])
    task = GuardTask(
        planned_w=np.array([0, 0, 0]),
        least_w=np.array([-5_000] * 3),
        most_w=np.array([5_000] * 3),
        transformer_of=np.array([0, 0, 0]),
        base_w=np.array([40_000.0]),
        band=Band(-limit_w, limit_w),
        feeder=FeederWatch(background_w=0.0, peak_w=39_000.0, reached_w=None, carries=np.array([True])),
    )

    assert guard(task).sum() == pytest.approx(-1_000)
