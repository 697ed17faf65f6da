"""The interior-point method finds what the exact program finds, and knows how near it is to it."""

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from battery_commons.control.alike import merge_alike
from battery_commons.control.asked_limits import AskedLimits
from battery_commons.control.interior_point.bound import lower_bound
from battery_commons.control.interior_point.layout import lay_out
from battery_commons.control.interior_point.solve import solve
from battery_commons.control.objective import Objective, stored_value
from battery_commons.control.optimise import optimise
from battery_commons.control.problem import BillingMeter, ControlProblem, CurtailablePv, FeederOutlook, Floats
from battery_commons.control.program import QuadraticProgram
from battery_commons.control.schedule import BURNING_KW, Flows, Schedule, schedule_of
from battery_commons.control.valuation import value_eur
from battery_commons.domain.battery import Battery
from battery_commons.domain.grid import Feeder, Transformer
from battery_commons.domain.time import TimeGrid
from script.bench_solver import heterogeneous_village, objectives_for

START = datetime(2025, 6, 1, tzinfo=UTC)
ROUNDING_EUR = 1e-6


def _some_battery(rng: np.random.Generator, number: int, transformers: int) -> Battery:
    capacity, hours = rng.uniform(5_000, 20_000), rng.uniform(1, 4)
    power = capacity / hours * rng.choice([0.0, 1.0], p=[0.05, 0.95])
    return Battery(
        f"home-{number}/b",
        f"t{rng.integers(transformers)}",
        capacity,
        power,
        power * rng.choice([0.0, 0.6, 1.0], p=[0.05, 0.45, 0.5]),
        rng.uniform(0.88, 0.97),
        rng.uniform(0.88, 0.97),
        rng.choice([0.0, 0.1, 0.2, 1.0], p=[0.3, 0.3, 0.35, 0.05]),
    )


def _some_meters(
    rng: np.random.Generator, batteries: list[Battery], count: int, slots: int
) -> list[BillingMeter]:
    price = rng.uniform(-0.1, 0.4) + 0.15 * rng.normal(size=slots)
    spread = rng.choice([0.0, 0.12])
    owner = rng.integers(count + 1, size=len(batteries)) if count > 1 else np.zeros(len(batteries), dtype=int)
    return [
        BillingMeter(
            rng.normal(0, 20_000, slots),
            price + spread,
            price * rng.choice([1.0, 1.1], p=[0.8, 0.2]),
            None if count == 1 else [b.id for b, m in zip(batteries, owner, strict=True) if m == number],
        )
        for number in range(count)
    ]


def _asked(rng: np.random.Generator, shape: tuple[int, ...]) -> AskedLimits:
    """Return what operators ask of a grid point, or several, here and there."""

    def mostly(nothing: float, figures: Floats) -> Floats:
        return np.where(rng.random(shape) < 0.6, nothing, figures)

    return AskedLimits(
        highest_w=mostly(np.inf, rng.uniform(0, 40_000, shape)),
        lowest_w=mostly(-np.inf, -rng.uniform(0, 40_000, shape)),
        ceiling_w=mostly(np.inf, rng.normal(0, 10_000, shape)),
    )


@st.composite
def problems(draw: st.DrawFn) -> ControlProblem:
    """Draw villages with everything that makes a problem awkward."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    slots = draw(st.sampled_from([1, 2, 9, 24, 92, 96, 100]))
    transformers, meters = draw(st.integers(1, 3)), draw(st.integers(0, 3))
    batteries = [_some_battery(rng, n, transformers) for n in range(draw(st.integers(1, 12)))]
    n = len(batteries)
    base_w = rng.normal(0, 30_000, (transformers, slots))
    capacity_wh = np.array([b.capacity_wh for b in batteries])
    feeder = FeederOutlook(
        Feeder("f", "Feeder", draw(st.sampled_from([60_000.0, np.inf]))),
        rng.normal(0, 20_000, slots),
        rng.uniform(0, 10_000, slots),
        _asked(rng, (slots,)) if draw(st.booleans()) else None,
        carries=draw(
            st.none() | st.lists(st.booleans(), min_size=transformers, max_size=transformers).map(np.array)
        ),
    )
    curtailable = [
        CurtailablePv(
            f"t{rng.integers(transformers)}", int(rng.integers(meters)), rng.uniform(0, 15_000, slots)
        )
        for _ in range(draw(st.integers(0, 2)) if meters else 0)
    ]
    former = rng.normal(0, 2_000, (n, slots))
    former[rng.random((n, slots)) < 0.3] = np.nan
    return ControlProblem(
        grid=TimeGrid(START, slots),
        batteries=batteries,
        stored_wh=capacity_wh * rng.choice([0.0, 0.05, 0.4, 0.8, 1.0], size=n),
        transformers=[
            Transformer(f"t{k}", "Brink", rng.uniform(10_000, 80_000)) for k in range(transformers)
        ],
        base_load_w=base_w,
        meters=_some_meters(rng, batteries, meters, slots),
        feeder=feeder if draw(st.booleans()) else None,
        import_margin_w=rng.uniform(0, 20_000, (transformers, slots)) if draw(st.booleans()) else None,
        export_margin_w=None,
        available=rng.random((n, slots)) < draw(st.sampled_from([0.0, 0.7])) if draw(st.booleans()) else None,
        former_power_w=former if draw(st.booleans()) else None,
        curtailable=curtailable,
        asked=_asked(rng, (transformers, slots)) if draw(st.booleans()) else None,
    )


@st.composite
def objectives(draw: st.DrawFn, problem: ControlProblem) -> Objective:
    """Draw the weights of any model."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    slots = problem.grid.slots
    mu = draw(st.sampled_from([0.0, 0.001]))
    watched = problem.feeder is not None and draw(st.booleans())
    return Objective(
        bill=draw(st.sampled_from([0.0, 1.0])),
        transformer_eur_per_kw2h=mu,
        transformer_target_kw=rng.normal(0, 10, problem.base_load_w.shape)
        if mu and rng.random() < 0.5
        else None,
        feeder_eur_per_kw2h=rng.choice([0.0, 0.002], size=slots) if watched else None,
        feeder_target_kw=rng.normal(0, 10, slots) if watched and rng.random() < 0.5 else None,
        feeder_peak_eur_per_kw=draw(st.sampled_from([0.0, 0.2])) if problem.feeder else 0.0,
        stored_eur_per_kwh=stored_value(problem) * draw(st.sampled_from([0.0, 1.0])),
    )


def _schedule(problem: ControlProblem, flows: Flows) -> Schedule:
    power_w = 1000 * merge_alike(problem).spread(flows.charge - flows.discharge)
    return schedule_of(problem, power_w, 1000 * flows.curtailed, optimal=flows.optimal)


def _value(problem: ControlProblem, objective: Objective, schedule: Schedule) -> float:
    return value_eur(problem, objective, schedule.power_w, schedule.curtailed_w)


def _saving(problem: ControlProblem, objective: Objective, value: float) -> float:
    idle = np.zeros((len(problem.batteries), problem.grid.slots))
    off = np.zeros((len(problem.curtailable), problem.grid.slots))
    return value_eur(problem, objective, idle, off) - value


def _crossed(problem: ControlProblem) -> bool:
    """Say whether the formulation counts other prices than the bill (objective.counted_prices)."""
    return any((m.import_price < m.export_price).any() for m in problem.meters)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_it_is_no_worse_than_the_exact_program_and_no_better_than_its_bound(data: st.DataObject) -> None:
    problem = data.draw(problems())
    objective = data.draw(objectives(problem))
    alike = merge_alike(problem)

    flows = solve(alike, objective)
    value = _value(problem, objective, _schedule(problem, flows))

    exact = _value(problem, objective, _schedule(problem, QuadraticProgram(alike, objective).solve()))
    tolerance = 1e-3 * max(_saving(problem, objective, exact), 0.0) + ROUNDING_EUR
    assert flows.optimal
    assert value <= exact + tolerance or _crossed(problem)
    assert flows.bound_eur is not None
    assert flows.bound_eur <= min(value, exact) + ROUNDING_EUR or _crossed(problem)
    assert np.minimum(flows.charge, flows.discharge).max() <= BURNING_KW


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_any_prices_give_a_bound_that_no_schedule_undercuts(data: st.DataObject) -> None:
    problem = data.draw(problems().filter(lambda drawn: not _crossed(drawn)))
    objective = data.draw(objectives(problem))
    rng = np.random.default_rng(data.draw(st.integers(0, 2**32 - 1)))
    shape = (len(problem.batteries), problem.grid.slots)
    everywhere = np.ones(shape, dtype=bool)
    layout = lay_out(merge_alike(problem), objective, everywhere, everywhere)
    columns = layout.batteries.most_charge.shape

    bound = lower_bound(
        layout,
        rng.normal(0, 0.1, layout.loads.base.shape),
        rng.normal(0, 0.3, columns),
        rng.normal(0, 0.01, (2, shape[1])) if layout.loads.days.size else None,
    )

    curtailed_w = np.array([rng.random(shape[1]) * pv.yield_w for pv in problem.curtailable])
    curtailed_w = curtailed_w.reshape(-1, shape[1])
    anything = schedule_of(problem, rng.normal(0, 5_000, shape), curtailed_w, optimal=False)
    assert bound <= _value(problem, objective, anything) + ROUNDING_EUR


def _village(batteries: int, transformers: int = 3) -> ControlProblem:
    return heterogeneous_village(batteries, transformers)


@pytest.mark.parametrize("model", ["M2", "M3", "M4", "M5", "peak"])
def test_the_bound_is_tight_at_the_optimum(model: str) -> None:
    problem = _village(9)
    objective = objectives_for(problem)[model]

    flows = solve(merge_alike(problem), objective)

    value = _value(problem, objective, _schedule(problem, flows))
    assert flows.bound_eur is not None
    assert value - flows.bound_eur <= 1e-3 * _saving(problem, objective, value)


def test_the_order_of_the_batteries_does_not_matter() -> None:
    problem = _village(12)
    objective = objectives_for(problem)["M4"]
    order = np.random.default_rng(3).permutation(12)
    mixed = replace(
        problem,
        batteries=[problem.batteries[n] for n in order],
        stored_wh=problem.stored_wh[order],
    )

    flows, of_mixed = (solve(merge_alike(p), objective) for p in (problem, mixed))

    assert np.abs(flows.charge[order] - of_mixed.charge).max() < 0.01
    assert np.abs(flows.discharge[order] - of_mixed.discharge).max() < 0.01


def test_the_same_problem_gives_the_same_plan_to_the_bit() -> None:
    problem = _village(30)
    objective = objectives_for(problem)["M2"]

    first, second = (solve(merge_alike(problem), objective) for _ in range(2))

    assert np.array_equal(first.charge, second.charge)
    assert np.array_equal(first.discharge, second.discharge)


def test_a_deadline_leaves_a_plan_that_batteries_can_follow() -> None:
    problem = _village(120)
    objective = objectives_for(problem)["M2"]
    ticks = iter(range(1_000))

    schedule = optimise(problem, objective, seconds=3.0, clock=lambda: float(next(ticks)))

    assert not schedule.optimal
    assert _saving(problem, objective, _value(problem, objective, schedule)) >= 0
    assert (_lowest_and_highest_wh(problem, schedule.power_w)[0] >= -ROUNDING_EUR).all()


def _lowest_and_highest_wh(problem: ControlProblem, power_w: Floats) -> tuple[Floats, Floats]:
    """Return each battery's least energy above its floor, and its least room below its capacity."""
    gain = np.array([[b.charge_efficiency] for b in problem.batteries]) / 4
    drain = np.array([[1 / b.discharge_efficiency] for b in problem.batteries]) / 4
    moved = np.where(power_w > 0, gain, drain) * power_w
    energy = problem.stored_wh[:, np.newaxis] + np.cumsum(moved, axis=1)
    capacity = np.array([b.capacity_wh for b in problem.batteries])
    floor = np.minimum([b.reserve for b in problem.batteries] * capacity, problem.stored_wh)
    return (energy - floor[:, np.newaxis]).min(axis=1), (capacity[:, np.newaxis] - energy).min(axis=1)


def test_a_thousand_batteries_that_differ_are_within_half_a_percent_of_the_bound() -> None:
    problem = _village(1_000, transformers=20)
    objective = objectives_for(problem)["M2"]

    flows = solve(merge_alike(problem), objective)

    schedule = _schedule(problem, flows)
    value = _value(problem, objective, schedule)
    above_floor, below_capacity = _lowest_and_highest_wh(problem, schedule.power_w)
    assert flows.optimal
    assert flows.bound_eur is not None
    assert value - flows.bound_eur <= 5e-3 * _saving(problem, objective, value)
    assert above_floor.min() >= -1e-6
    assert below_capacity.min() >= -1e-6


@pytest.mark.parametrize("seed", [61, 84, 122, 163])
def test_pv_is_curtailed_where_the_only_battery_is_dead(seed: int) -> None:
    rng = np.random.default_rng(seed)
    dead = Battery("home-0/b", "t0", 18_323, 0.0, 0.0, 0.92, 0.91, 0.1)
    meters = int(rng.integers(1, 4))
    problem = ControlProblem(
        grid=TimeGrid(START, 92),
        batteries=[dead],
        stored_wh=np.array([916.0]),
        transformers=[Transformer("t0", "Brink", rng.uniform(10_000, 80_000))],
        base_load_w=rng.normal(0, 30_000, (1, 92)),
        meters=_some_meters(rng, [dead], meters, 92),
        curtailable=[
            CurtailablePv("t0", int(rng.integers(meters)), rng.uniform(0, 15_000, 92))
            for _ in range(rng.integers(1, 3))
        ],
    )
    objective = Objective(bill=1.0)

    flows = solve(merge_alike(problem), objective)

    exact = QuadraticProgram(merge_alike(problem), objective).solve()
    value, best = (_value(problem, objective, _schedule(problem, which)) for which in (flows, exact))
    assert flows.optimal
    assert value <= best + 1e-3 * _saving(problem, objective, best)


def test_energy_that_is_worth_less_than_nothing_is_not_burned() -> None:
    problem = _village(12)
    meter = problem.meters[0]
    paid = replace(
        problem,
        meters=[replace(meter, import_price=meter.import_price - 1, export_price=meter.export_price - 1)],
    )
    objective = objectives_for(paid)["M2"]

    flows = solve(merge_alike(paid), objective)

    exact = _schedule(paid, QuadraticProgram(merge_alike(paid), objective).solve())
    value = _value(paid, objective, _schedule(paid, flows))
    best = _value(paid, objective, exact)
    assert np.minimum(flows.charge, flows.discharge).max() <= BURNING_KW
    assert value <= best + 1e-3 * _saving(paid, objective, best)
