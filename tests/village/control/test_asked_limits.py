"""What grid operators ask is kept wherever that is possible, and missed by as little as can be where not."""

from collections.abc import Callable
from dataclasses import replace
from itertools import product
from typing import Any

import highspy
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from battery_commons.control.asked_limits import AskedLimits
from battery_commons.control.bands import Extremes, promise, within
from battery_commons.control.guard import Band, FeederWatch, GuardTask, guard
from battery_commons.control.models import OBJECTIVES, make_plan
from battery_commons.control.optimise import optimise
from battery_commons.control.problem import ControlProblem, FeederOutlook, Floats
from battery_commons.control.schedule import transformer_loads_w
from battery_commons.domain.battery import Battery
from battery_commons.domain.grid import Feeder
from battery_commons.domain.plan import ControlModel, PlanReason

from .conftest import make_problem

EVENING = slice(72, 80)
PLANNED = [ControlModel.M2, ControlModel.M3, ControlModel.M4, ControlModel.M5, ControlModel.LAYERED]
WATTS = 20.0
"""What a solver's tolerance, and rounding, may come to."""


def asking(problem: ControlProblem, **limits: tuple[slice, float]) -> ControlProblem:
    """Return `problem` with limits asked of its one transformer, each in some slots."""
    asked = AskedLimits.nothing(problem.base_load_w.shape)
    for name, (slots, limit_w) in limits.items():
        getattr(asked, f"{name}_w")[0, slots] = limit_w
    return replace(problem, asked=asked)


def on_feeder(problem: ControlProblem, **limits: tuple[slice, float]) -> ControlProblem:
    """Return `problem` below a feeder with 500 kW of others, with limits asked of that."""
    asked = AskedLimits.nothing((problem.grid.slots,))
    for name, (slots, limit_w) in limits.items():
        getattr(asked, f"{name}_w")[slots] = limit_w
    others_w = np.full(problem.grid.slots, 500_000.0)
    return replace(problem, feeder=FeederOutlook(Feeder("f", "Ring", np.inf), others_w, asked=asked))


def planned_w(problem: ControlProblem, model: ControlModel) -> Floats:
    """Return (N, T) the powers of a model's plan."""
    return optimise(problem, OBJECTIVES[model](problem)).power_w


def load_w(problem: ControlProblem, power_w: Floats) -> Floats:
    """Return (T,) the one transformer's load."""
    load: Floats = transformer_loads_w(problem, power_w)[0]
    return load


def is_followed(problem: ControlProblem, power_w: Floats) -> bool:
    """Say whether the batteries stay between reserve and full."""
    energy_wh = problem.stored_wh[:, np.newaxis] + np.cumsum(
        np.where(power_w > 0, 0.95 * power_w, power_w / 0.95) / 4, axis=1
    )
    return bool((energy_wh >= 1_000 - 0.1).all() and (energy_wh <= 10_000 + 0.1).all())


@pytest.mark.parametrize("model", PLANNED)
@pytest.mark.parametrize("batteries", [10, 60])  # One solver, and the other.
def test_every_model_keeps_a_limit_of_import_that_its_batteries_can_keep(
    model: ControlModel, batteries: int
) -> None:
    problem = on_feeder(make_problem(batteries=batteries, stored_share=0.9))
    limit_w = float(problem.base_load_w[0, EVENING].max()) - 1_000 * batteries
    asked = asking(problem, highest=(EVENING, limit_w))

    power_w = planned_w(asked, model)

    assert load_w(asked, power_w)[EVENING].max() <= limit_w + WATTS
    assert is_followed(asked, power_w)


@pytest.mark.parametrize("model", PLANNED)
def test_every_model_keeps_a_limit_of_feed_in(model: ControlModel) -> None:
    noon = slice(44, 52)
    problem = on_feeder(make_problem(batteries=20, stored_share=0.3))
    limit_w = float(problem.base_load_w[0, noon].min()) + 20_000
    asked = asking(problem, lowest=(noon, limit_w))

    assert load_w(asked, planned_w(asked, model))[noon].min() >= limit_w - WATTS


@pytest.mark.parametrize("model", PLANNED)
def test_batteries_that_are_called_on_deliver_and_do_not_draw_more_before_or_after_than_the_grid_bears(
    model: ControlModel,
) -> None:
    problem = on_feeder(make_problem(batteries=20, stored_share=0.9, limit_kw=160))
    asked = asking(problem, ceiling=(EVENING, -30_000.0))

    power_w = planned_w(asked, model)

    assert power_w.sum(axis=0)[EVENING].max() <= -30_000 + WATTS
    assert np.abs(load_w(asked, power_w)).max() <= 160_000 + WATTS


def test_a_ceiling_keeps_no_margin_but_a_limit_does() -> None:
    problem = make_problem(base_load_kw=np.full(96, 50.0))
    margin_w = np.full((1, 96), 7_000.0)
    asked = replace(
        asking(problem, ceiling=(EVENING, -4_000.0), highest=(slice(0, 8), 40_000.0)),
        import_margin_w=margin_w,
    )

    highest_kw, _ = asked.limits_kw()

    assert (highest_kw[0, EVENING] == 46.0).all()
    assert (highest_kw[0, :8] == 33.0).all()
    assert (highest_kw[0, 8:72] == 243.0).all()


@pytest.mark.parametrize("batteries", [10, 60])
def test_a_call_for_a_gigawatt_is_a_call_for_all_there_is(batteries: int) -> None:
    problem = make_problem(batteries=batteries, stored_share=0.9, limit_kw=1_000)
    all_w = -5_000.0 * batteries

    asked = [planned_w(asking(problem, ceiling=(EVENING, w)), ControlModel.M4) for w in (all_w, -1e9)]

    assert np.abs(asked[0] - asked[1]).max() < 1
    assert asked[0].sum(axis=0)[EVENING].min() < -0.5e3 * batteries


def test_a_ceiling_does_not_take_the_grid_beyond_its_own_limit_of_feed_in() -> None:
    problem = make_problem(base_load_kw=np.full(96, -95.0), limit_kw=100)
    asked = asking(problem, ceiling=(EVENING, -20_000.0))

    assert load_w(asked, planned_w(asked, ControlModel.M4)).min() >= -100_000 - WATTS


@pytest.mark.parametrize("model", PLANNED)
def test_the_feeder_is_kept_below_what_is_asked_of_it(model: ControlModel) -> None:
    problem = make_problem(batteries=20, stored_share=0.9)
    limit_w = 500_000 + float(problem.base_load_w[0, EVENING].max()) - 15_000
    asked = on_feeder(problem, highest=(EVENING, limit_w))

    power_w = planned_w(asked, model)

    assert (500_000 + load_w(asked, power_w))[EVENING].max() <= limit_w + WATTS


@pytest.mark.parametrize("model", PLANNED)
@pytest.mark.parametrize("batteries", [10, 60])
def test_what_is_asked_of_the_feeder_in_vain_takes_no_transformer_beyond_its_own_limit(
    model: ControlModel, batteries: int
) -> None:
    limit_kw = 25 + batteries
    problem = make_problem(
        batteries=batteries, stored_share=0.9, base_load_kw=np.full(96, -25.0), limit_kw=limit_kw
    )
    asked = on_feeder(problem, highest=(EVENING, 0.0), ceiling=(EVENING, -1e6))

    assert load_w(asked, planned_w(asked, model)).min() >= -1_000 * limit_kw - WATTS


def test_a_limit_below_what_batteries_can_do_is_missed_by_no_more_than_they_leave() -> None:
    problem = make_problem(batteries=2, stored_share=1.0, base_load_kw=np.full(96, 50.0))
    asked = asking(problem, highest=(EVENING, 10_000.0))

    schedule = optimise(asked, OBJECTIVES[ControlModel.M4](asked))

    # Two batteries of 9 kWh above their reserve, over two hours, at 95 %.
    delivered_kwh = 2 * 9 * 0.95
    assert schedule.overload_w.sum() / 4000 == pytest.approx(40 * 2 - delivered_kwh, abs=0.05)


def least_overload_kwh(problem: ControlProblem) -> float:
    """Return the least energy beyond the limits, by HiGHS: batteries of make_problem, written out."""
    highs = highspy.Highs()
    highs.silent()
    highest, lowest = problem.limits_kw()
    loads = [float(load) / 1000 for load in problem.base_load_w[0]]
    total = 0.0
    for n in range(len(problem.batteries)):
        energy = problem.stored_wh[n] / 1000
        for t in range(problem.grid.slots):
            charge, discharge = highs.addVariable(0, 5), highs.addVariable(0, 5)
            after = highs.addVariable(1, 10)
            highs.addConstr(after == energy + 0.25 * (0.95 * charge - discharge / 0.95))
            loads[t] = loads[t] + charge - discharge
            energy = after
    for t in range(problem.grid.slots):
        over = highs.addVariable(0, 1e4)
        highs.addConstr(loads[t] - over <= float(highest[0, t]))
        highs.addConstr(loads[t] + over >= float(lowest[0, t]))
        total = total + 0.25 * over
    highs.minimize(total)
    return float(highs.getInfo().objective_function_value)


@settings(max_examples=25, deadline=None)
@given(
    st.integers(0, 2**32 - 1),
    st.sampled_from(
        [ControlModel.M2, ControlModel.M3, ControlModel.M4, ControlModel.M5, ControlModel.LAYERED]
    ),
)
def test_limits_are_kept_as_far_as_highs_can_keep_them(seed: int, model: ControlModel) -> None:
    rng = np.random.default_rng(seed)
    slots = int(rng.integers(4, 25))
    base_kw = 20 * rng.normal(size=slots)
    problem = on_feeder(make_problem(batteries=int(rng.integers(1, 5)), base_load_kw=base_kw, limit_kw=60))
    asked = AskedLimits(
        highest_w=np.where(rng.random((1, slots)) < 0.5, np.inf, rng.uniform(0, 30_000, (1, slots))),
        lowest_w=np.where(rng.random((1, slots)) < 0.5, -np.inf, -rng.uniform(0, 30_000, (1, slots))),
        ceiling_w=np.where(rng.random((1, slots)) < 0.7, np.inf, rng.normal(0, 5_000, (1, slots))),
    )
    # Only what is asked counts here, so that HiGHS and the models weigh every overload alike.
    everywhere = replace(asked, highest_w=np.minimum(asked.highest_w, 60_000))
    problem = replace(problem, asked=everywhere)

    schedule = optimise(problem, OBJECTIVES[model](problem))

    assert schedule.overload_w.sum() / 4000 <= least_overload_kwh(problem) + 0.02
    assert is_followed(problem, schedule.power_w)


def test_what_is_asked_is_told_as_the_reason_only_where_the_load_would_be_beyond_it() -> None:
    problem = make_problem(batteries=10, stored_share=0.9, base_load_kw=np.full(96, 50.0))
    asked = asking(problem, highest=(EVENING, 20_000.0))

    plan = make_plan(asked, ControlModel.M4)

    for battery in plan.batteries:
        assert set(battery.reasons[EVENING]) == {PlanReason.GRID_OPERATOR}
        assert PlanReason.GRID_OPERATOR not in battery.reasons[: EVENING.start]


@pytest.mark.parametrize("model", [ControlModel.M5, ControlModel.LAYERED])
def test_the_feeders_peaks_are_fought_in_called_windows_only(model: ControlModel) -> None:
    problem = on_feeder(make_problem(batteries=20, stored_share=0.9, base_load_kw=np.full(96, 50.0)))
    assert problem.feeder is not None
    others_w = problem.feeder.background_w.copy()
    others_w[72:80] += 300_000
    others_w[40:48] += 300_000
    called = np.zeros(96, dtype=bool)
    called[72:80] = True
    everywhere = replace(problem, feeder=replace(problem.feeder, background_w=others_w))
    in_windows = replace(problem, feeder=replace(problem.feeder, background_w=others_w, called=called))

    relief_w = [-planned_w(each, model).sum(axis=0) for each in (everywhere, in_windows)]

    assert relief_w[0][40:48].mean() > 20_000
    assert abs(relief_w[1][40:48].mean()) < 5_000
    assert relief_w[1][72:80].mean() > 60_000


@pytest.mark.parametrize(
    "spoil",
    [
        lambda asked: replace(asked, highest_w=np.full((1, 96), np.nan)),
        lambda asked: replace(asked, highest_w=np.full((1, 96), -1.0)),
        lambda asked: replace(asked, lowest_w=np.full((1, 96), 1.0)),
        lambda asked: replace(asked, ceiling_w=np.full((1, 96), -np.inf)),
        lambda asked: replace(asked, ceiling_w=np.full((1, 95), 0.0)),
    ],
)
def test_what_no_load_could_keep_is_refused(spoil: Callable[[AskedLimits], AskedLimits]) -> None:
    with pytest.raises(ValueError, match=r"asked for|asks in the shape"):
        replace(make_problem(), asked=spoil(AskedLimits.nothing((1, 96))))


def test_the_guard_holds_the_grid_to_what_is_asked_in_a_slot_and_to_its_own_promise_elsewhere() -> None:
    problem = asking(make_problem(), highest=(EVENING, 10_000.0))
    band = promise(problem, ControlModel.M2, np.zeros((3, 96)), Extremes.of_a_new_day(1)).transformers

    assert within(band, problem.asked, EVENING.start).highest_w == [10_000]
    assert within(band, problem.asked, 0).highest_w == [250_000]


FREE = Band(np.full(2, -250_000.0), np.full(2, 250_000.0))


def guarded(**figures: Any) -> Floats:
    """Return what the guard makes of three batteries that charge with 3 kW: two behind one transformer."""
    task = GuardTask(
        planned_w=np.full(3, 3_000.0),
        least_w=np.full(3, -5_000.0),
        most_w=np.full(3, 5_000.0),
        transformer_of=np.array([0, 0, 1]),
        base_w=np.full(2, 40_000.0),
        band=FREE,
    )
    return guard(replace(task, **figures))


def test_the_guard_has_batteries_draw_no_more_together_than_their_ceiling() -> None:
    power_w = guarded(ceiling_w=np.array([-4_000.0, np.inf]))

    assert power_w == pytest.approx([-2_000, -2_000, 3_000])


def test_the_guard_keeps_a_ceiling_of_all_batteries_and_a_limit_of_the_feeder() -> None:
    free = FeederWatch(background_w=0.0, peak_w=np.inf, reached_w=None)

    assert guarded(feeder=replace(free, ceiling_w=1_500.0)).sum() == pytest.approx(1_500)
    assert guarded(feeder=replace(free, highest_w=83_000.0)).sum() == pytest.approx(3_000)


def test_the_guard_takes_no_transformer_beyond_its_limit_for_a_ceiling() -> None:
    band = Band(np.array([44_000.0, -250_000.0]), FREE.highest_w)

    power_w = guarded(ceiling_w=np.array([-9_000.0, np.inf]), band=band)

    assert power_w[:2].sum() == pytest.approx(4_000)


def test_brute_force_agrees_on_a_limit_of_two_slots() -> None:
    """One battery, 2.25 kWh above its reserve, two slots: every split of it in steps of 100 W is tried."""
    battery = Battery("a/b", "t1", 10_000, 5_000, 5_000, reserve=0.1)
    base_kw = np.array([12.0, 9.0])
    problem = replace(make_problem(batteries=1, base_load_kw=base_kw), batteries=[battery])
    problem = replace(problem, stored_wh=np.array([2_000.0]))
    asked = asking(problem, highest=(slice(0, 2), 8_000.0))

    found = optimise(asked, OBJECTIVES[ControlModel.M2](asked)).overload_w.sum()

    steps_w = np.arange(-5_000, 1, 100)
    tried = [
        np.maximum(1000 * base_kw + np.array(split) - 8_000, 0).sum()
        for split in product(steps_w, steps_w)
        if -sum(split) / 4 / 0.95 <= 1_000
    ]
    assert found <= min(tried) + WATTS
