"""What every control model promises, whatever the village looks like."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from battery_commons.control.m3 import objective_m3
from battery_commons.control.models import OBJECTIVES, make_plan
from battery_commons.control.optimise import optimise
from battery_commons.control.problem import BillingMeter, ControlProblem, CurtailablePv, FeederOutlook
from battery_commons.control.reasons import explain
from battery_commons.control.schedule import Schedule, transformer_loads_w
from battery_commons.control.valuation import value_eur
from battery_commons.domain.battery import Battery
from battery_commons.domain.grid import Feeder, Transformer
from battery_commons.domain.plan import ControlModel, PlanReason
from battery_commons.domain.time import TimeGrid

from .conftest import START, make_problem

MODELS = sorted(OBJECTIVES)
ROUNDING_WH = 1.0

anywhere = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@st.composite
def problems(draw: st.DrawFn, *, most_batteries: int = 5) -> ControlProblem:
    """Draw a village: batteries of any kind behind one or two transformers under a feeder, at any prices."""
    slots = draw(st.sampled_from([1, 2, 7, 24]))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    transformers = [Transformer(f"t{k}", f"T{k}", float(rng.uniform(20e3, 300e3))) for k in range(2)]
    batteries = [
        Battery(
            f"h{n}/b",
            f"t{rng.integers(2)}",
            capacity_wh=float(rng.uniform(500, 30_000)),
            max_charge_w=float(rng.choice([0.0, rng.uniform(100, 15_000)])),
            max_discharge_w=float(rng.choice([0.0, rng.uniform(100, 15_000)])),
            charge_efficiency=float(rng.uniform(0.7, 1.0)),
            discharge_efficiency=float(rng.uniform(0.7, 1.0)),
            reserve=float(rng.choice([0.0, 0.2, 1.0])),
        )
        for n in range(draw(st.integers(0, most_batteries)))
    ]
    base_w = rng.uniform(-300e3, 300e3, (2, slots))
    buy = rng.uniform(-0.5, 0.9, slots)
    return ControlProblem(
        grid=TimeGrid(START, slots),
        batteries=batteries,
        stored_wh=np.array([b.capacity_wh * rng.choice([0.0, 1.0, rng.uniform()]) for b in batteries]),
        transformers=transformers,
        base_load_w=base_w,
        meters=[BillingMeter(base_w.sum(axis=0), buy, buy - rng.uniform(0, 0.3, slots))],
        feeder=FeederOutlook(Feeder("f", "F", float(rng.choice([np.inf, 500e3]))), rng.normal(0, 3e5, slots)),
        import_margin_w=rng.uniform(0, 30e3, (2, slots)),
        export_margin_w=rng.uniform(0, 30e3, (2, slots)),
        available=rng.random((len(batteries), slots)) < 0.8,
        former_power_w=np.where(rng.random((len(batteries), slots)) < 0.5, np.nan, 1_000.0),
    )


def stored_wh(problem: ControlProblem, power_w: np.ndarray) -> np.ndarray:
    """Return (N, T) the energy after each slot."""
    gain = np.array([[b.charge_efficiency] for b in problem.batteries]).reshape(-1, 1)
    loss = np.array([[1 / b.discharge_efficiency] for b in problem.batteries]).reshape(-1, 1)
    change = np.where(power_w > 0, power_w * gain, power_w * loss) / 4
    return np.asarray(problem.stored_wh[:, np.newaxis] + np.cumsum(change, axis=1))


def solve(problem: ControlProblem, model: ControlModel) -> Schedule:
    return optimise(problem, OBJECTIVES[model](problem))


def value(problem: ControlProblem, model: ControlModel, schedule: Schedule) -> float:
    return value_eur(problem, OBJECTIVES[model](problem), schedule.power_w, schedule.curtailed_w)


@pytest.mark.parametrize("model", MODELS)
@anywhere
@given(problem=problems())
def test_power_energy_reserve_and_availability_are_kept(model: ControlModel, problem: ControlProblem) -> None:
    power_w = solve(problem, model).power_w

    energy_wh = stored_wh(problem, power_w)
    capacity_wh = np.array([[b.capacity_wh] for b in problem.batteries]).reshape(-1, 1)
    floor_wh = np.minimum(
        [[b.reserve * b.capacity_wh] for b in problem.batteries], problem.stored_wh.reshape(-1, 1)
    ).reshape(-1, 1)
    assert (energy_wh <= capacity_wh + ROUNDING_WH).all()
    assert (energy_wh >= floor_wh - ROUNDING_WH).all()
    assert (power_w <= np.array([[b.max_charge_w] for b in problem.batteries]).reshape(-1, 1)).all()
    assert (power_w >= -np.array([[b.max_discharge_w] for b in problem.batteries]).reshape(-1, 1)).all()
    assert not power_w[~problem.is_available()].any()


@pytest.mark.parametrize("model", MODELS)
@anywhere
@given(problem=problems())
def test_a_limit_is_kept_or_its_overload_reported(model: ControlModel, problem: ControlProblem) -> None:
    schedule = solve(problem, model)

    highest_kw, lowest_kw = problem.limits_kw()
    load_w = transformer_loads_w(problem, schedule.power_w)
    assert (load_w <= 1000 * highest_kw + schedule.overload_w + 1e-6).all()
    assert (load_w >= 1000 * lowest_kw - schedule.overload_w - 1e-6).all()
    assert problem.feeder is not None
    feeder_w = np.abs(problem.feeder.background_w + load_w.sum(axis=0))
    assert (feeder_w <= problem.feeder.feeder.limit_w + schedule.feeder_overload_w + 1e-6).all()


@pytest.mark.parametrize("model", MODELS)
@anywhere
@given(problem=problems())
def test_standing_still_is_never_better(model: ControlModel, problem: ControlProblem) -> None:
    """With crossed prices (import below feed-in) a plan counts one price for both, so those are left out."""
    meter = problem.meters[0]
    problem = replace(problem, former_power_w=None)
    schedule = solve(problem, model)
    idle = Schedule(
        0 * schedule.power_w, schedule.curtailed_w, schedule.overload_w, schedule.feeder_overload_w
    )
    assert (meter.import_price >= meter.export_price).all()
    scale = abs(value(problem, model, idle)) + 1

    assert value(problem, model, schedule) <= value(problem, model, idle) + 1e-4 * scale


@pytest.mark.parametrize("model", [ControlModel.M2, ControlModel.M3, ControlModel.M4, ControlModel.M5])
@anywhere
@given(problem=problems(most_batteries=3))
def test_one_more_battery_is_never_worse(model: ControlModel, problem: ControlProblem) -> None:
    problem = replace(problem, available=None, former_power_w=None)
    extra = Battery("extra/b", "t0", 10_000, 5_000, 5_000, reserve=0.0)
    # Empty, so that the newcomer brings no energy of its own.
    larger = replace(
        problem, batteries=[*problem.batteries, extra], stored_wh=np.append(problem.stored_wh, 0.0)
    )

    before, after = (value(p, model, solve(p, model)) for p in (problem, larger))

    assert after <= before + 1e-4 * (abs(before) + 1)


@pytest.mark.parametrize("model", MODELS)
@anywhere
@given(problem=problems(), seed=st.integers(0, 1000))
def test_the_order_of_the_batteries_changes_nothing(
    model: ControlModel, problem: ControlProblem, seed: int
) -> None:
    order = np.random.default_rng(seed).permutation(len(problem.batteries))
    shuffled = replace(
        problem,
        batteries=[problem.batteries[n] for n in order],
        stored_wh=problem.stored_wh[order],
        available=problem.is_available()[order],
        former_power_w=problem.former_power_w[order] if problem.former_power_w is not None else None,
    )

    straight, turned = solve(problem, model).power_w, solve(shuffled, model).power_w

    assert turned == pytest.approx(straight[order], abs=60)


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("slots", [1, 92, 96, 100])
def test_days_of_any_length_are_planned(model: ControlModel, slots: int) -> None:
    problem = with_feeder(make_problem(base_load_kw=np.linspace(-150, 100, slots)))

    plan = make_plan(problem, model)

    assert all(len(battery.power_w) == slots == len(battery.reasons) for battery in plan.batteries)


@pytest.mark.parametrize("model", MODELS)
def test_batteries_that_are_all_unavailable_stand_still(model: ControlModel) -> None:
    problem = with_feeder(make_problem())
    problem = replace(problem, available=np.zeros((3, 96), dtype=bool))

    assert not solve(problem, model).power_w.any()


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("share", [0.0, 1.0])
def test_full_and_empty_batteries_are_planned_from_where_they_are(model: ControlModel, share: float) -> None:
    problem = with_feeder(make_problem(stored_share=share, reserve=0.0))
    first_w = solve(problem, model).power_w[:, 0]

    assert (first_w <= 0).all() if share else (first_w >= 0).all()


def test_alike_batteries_get_alike_plans() -> None:
    powers = solve(make_problem(batteries=5), ControlModel.M4).power_w

    assert (powers == powers[0]).all()


def test_a_home_with_a_tariff_of_its_own_is_planned_for_its_own_meter() -> None:
    """Behind a meter of its own, a battery serves its house's evening and not its neighbour's."""
    dear = np.where(np.arange(96) >= 72, 0.60, 0.20)
    house = BillingMeter(np.full(96, 1_000.0), dear, np.zeros(96), batteries=["home-0/b"])
    others = BillingMeter(np.full(96, 40_000.0), np.full(96, 0.30), np.zeros(96), batteries=["home-1/b"])
    problem = replace(make_problem(batteries=2, base_load_kw=np.full(96, 41.0)), meters=[house, others])

    own, neighbour = solve(problem, ControlModel.M2).power_w

    assert own[72:].mean() == pytest.approx(-1_000, abs=20)
    assert np.abs(neighbour).max() == pytest.approx(5_000, abs=50) or np.abs(neighbour[72:]).max() < 50


def test_pv_is_curtailed_only_where_a_limit_needs_it() -> None:
    base_kw = np.where((np.arange(96) >= 40) & (np.arange(96) < 56), -280.0, 20.0)
    problem = make_problem(base_load_kw=base_kw, batteries=1)
    problem = replace(problem, curtailable=[CurtailablePv("t1", 0, np.maximum(-1000 * base_kw, 0))])

    schedule = solve(problem, ControlModel.M2)

    assert schedule.overload_w.max() == pytest.approx(0, abs=10)
    assert schedule.curtailed_w[0, 40:56].min() > 20_000
    assert schedule.curtailed_w[0, :40].max() < 10


def test_a_margin_is_kept_free_below_the_limit() -> None:
    base_kw = np.where((np.arange(96) >= 70) & (np.arange(96) < 74), 245.0, 100.0)
    problem = make_problem(base_load_kw=base_kw)
    cautious = replace(problem, import_margin_w=np.full((1, 96), 15_000.0))

    load_w = transformer_loads_w(cautious, solve(cautious, ControlModel.M2).power_w)

    assert load_w.max() <= 235_000 + 10


def test_a_plan_in_force_is_kept_where_another_is_worth_the_same() -> None:
    """Two dear hours, energy for one: alone it is spread over both, a former plan keeps it in its hour."""
    price = np.where(np.arange(96) >= 88, 0.60, 0.30)
    problem = make_problem(batteries=1, base_load_kw=np.full(96, 20.0), import_price=price)
    former = np.full((1, 96), np.nan)
    former[:, 88:92], former[:, 92:] = 0.0, -4_000.0

    (afresh,) = solve(problem, ControlModel.M2).power_w
    (again,) = solve(replace(problem, former_power_w=former), ControlModel.M2).power_w

    assert afresh[92:].mean() == pytest.approx(afresh[88:92].mean(), abs=20)
    assert again[92:].mean() < again[88:92].mean() - 1_000


@pytest.mark.parametrize("model", [ControlModel.M5, ControlModel.LAYERED])
def test_a_feeder_peak_is_named_as_the_reason(model: ControlModel) -> None:
    problem = with_feeder(make_problem(base_load_kw=np.full(96, 5.0)))

    reasons = {r for battery in make_plan(problem, model).batteries for r in battery.reasons}

    assert PlanReason.RELIEVE_FEEDER in reasons


def test_what_a_model_does_not_weigh_is_never_a_reason() -> None:
    problem = with_feeder(make_problem(batteries=1, base_load_kw=np.repeat([5.0, 10.0], 48)))
    against_the_transformer = np.full((1, 96), 2_000.0)

    [reasons] = explain(problem, objective_m3(problem), against_the_transformer)

    assert set(reasons) <= {PlanReason.RELIEVE_IMPORT, PlanReason.RELIEVE_EXPORT}


@pytest.mark.parametrize("model", [ControlModel.M5, ControlModel.LAYERED])
def test_the_service_lowers_the_feeders_peak_without_lifting_the_transformer_over_its_limit(
    model: ControlModel,
) -> None:
    problem = with_feeder(make_problem(batteries=5))

    schedule = solve(problem, model)

    assert problem.feeder is not None
    before_w = np.abs(problem.base_feeder_w()).max()
    after_w = np.abs(problem.base_feeder_w() + schedule.power_w.sum(axis=0)).max()
    assert after_w < before_w - 10_000
    assert not schedule.overload_w.any()


def with_feeder(problem: ControlProblem) -> ControlProblem:
    """Return `problem` under a feeder that imports most in the evening."""
    hour = np.arange(problem.grid.slots) / 4
    background_w = 1e3 * (300 + 300 * np.exp(-(((hour - 18) / 3) ** 2)))
    return replace(problem, feeder=FeederOutlook(Feeder("f", "Feeder", np.inf), background_w))
