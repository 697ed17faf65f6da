"""What the village chooses acts: in plans, in their replay, live and in backtests."""

import asyncio
import json
from dataclasses import replace
from datetime import timedelta
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from battery_commons.control.models import OBJECTIVES, make_plan
from battery_commons.domain.grid import Transformer
from battery_commons.domain.plan import ControlModel
from battery_commons.domain.tariff import AFTER_NET_METERING
from battery_commons.simulation.backtest import BacktestRequest, run_model
from battery_commons.simulation.chosen import AS_USUAL, Chosen
from battery_commons.simulation.outcome import Mode, Outcome
from battery_commons.store import Store
from battery_commons.tick.decision_record import read_record, record_of, replayed
from battery_commons.tick.planner import Decision, VillagePlanner
from tests.village.simulation.lived import summer
from tests.village.tick.test_planner import decide, village
from tests.village.tick.test_service import home_with_battery, measure_a_sunny_yesterday, running

M2, M3, M4, LAYERED = ControlModel.M2, ControlModel.M3, ControlModel.M4, ControlModel.LAYERED
HEAVY = 4.0


def weighed(weight: float, model: ControlModel = M4) -> Decision:
    planner = VillagePlanner(model, lambda _: AFTER_NET_METERING, congestion_weight=weight)
    return decide(village(), planner=planner)


def mean_square_kw2(decision: Decision) -> float:
    """Return how hard the plan of `decision` loads its transformers."""
    problem = decision.problem
    load_w = problem.base_load_w.copy()
    planned = {each.battery_id: each.power_w for each in decision.plan.batteries}
    for battery, k in zip(problem.batteries, problem.transformer_of(), strict=True):
        load_w[k] += [power_w or 0.0 for power_w in planned[battery.id]]
    return float((load_w**2).mean() / 1e6)


@pytest.mark.parametrize("model", [M4, LAYERED])
def test_the_heavier_congestion_weighs_the_less_the_plan_loads_the_grid(model: ControlModel) -> None:
    loads = [mean_square_kw2(weighed(weight, model)) for weight in (0.25, 1.0, HEAVY)]

    assert loads == sorted(loads, reverse=True)
    assert loads[2] < 0.99 * loads[0]


@pytest.mark.parametrize("model", [M2, M3])
def test_models_without_a_price_on_congestion_do_not_heed_its_weight(model: ControlModel) -> None:
    assert weighed(HEAVY, model).plan.batteries == weighed(1.0, model).plan.batteries


def test_a_weight_that_cannot_be_is_refused() -> None:
    for weight in (float("nan"), -1.0, float("inf")):
        with pytest.raises(ValueError, match="weighs"):
            weighed(weight)


def test_a_decision_is_made_again_with_the_weight_and_the_reserve_that_it_was_made_with() -> None:
    reserved = replace(village(), batteries=[battery.keeping(0.45) for battery in village().batteries])
    planner = VillagePlanner(M4, lambda _: AFTER_NET_METERING, congestion_weight=HEAVY)
    decision = decide(reserved, planner=planner)
    kept = record_of(decision, reserved)
    record = read_record(kept)

    assert replayed(record)
    assert record.problem.congestion_weight == HEAVY
    assert all(battery.reserve == 0.45 for battery in record.problem.batteries)
    unweighed = json.loads(kept.village)
    del unweighed["congestion_weight"]
    former = read_record(replace(kept, village=json.dumps(unweighed)))
    assert former.problem.congestion_weight == 1.0
    assert not replayed(former)


async def test_the_live_village_plans_by_what_was_chosen(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "village.db")
    store.put_transformer(Transformer("t1", "Dorpsstraat", 250_000))
    home_with_battery(store, "welcome-1", mode="village", heard=timedelta(minutes=1))
    measure_a_sunny_yesterday(store)

    async with running(store) as service:
        store.change_settings(lambda former: replace(former, congestion_weight=2.5, minimum_reserve=0.4))
        await service.tick()
    # What is cancelled on the way reads the store to its end all the same.
    await asyncio.get_running_loop().shutdown_default_executor()

    kept = store.decision_at(service.clock.now())
    assert kept is not None
    problem = read_record(kept).problem
    assert problem.congestion_weight == 2.5
    assert [battery.reserve for battery in problem.batteries] == [0.4]
    store.close()


@cache
def lived(mode: Mode, chosen: Chosen, model: ControlModel = M4) -> Outcome:
    request = BacktestRequest(summer(2), AFTER_NET_METERING, [M4], mode, chosen=chosen)
    return run_model(request, model, lambda _: None)


@pytest.mark.parametrize("mode", list(Mode))
def test_a_backtest_leaves_the_minimum_reserve_alone(mode: Mode) -> None:
    capacity_wh = np.array([[battery.capacity_wh] for battery in summer(2).batteries])

    assert (lived(mode, AS_USUAL).energy_wh / capacity_wh).min() < 0.35
    assert (lived(mode, Chosen(minimum_reserve=0.4)).energy_wh / capacity_wh).min() > 0.399


@pytest.mark.parametrize("mode", list(Mode))
def test_a_backtest_goes_by_the_weight_of_congestion(mode: Mode) -> None:
    usual, heavy = (lived(mode, Chosen(congestion_weight=weight)) for weight in (1.0, HEAVY))

    assert (heavy.transformer_load_w**2).mean() < (usual.transformer_load_w**2).mean()


def test_what_a_battery_does_for_its_own_house_goes_by_its_own_reserve() -> None:
    m1 = ControlModel.M1

    reserved = lived(Mode.ROLLING, Chosen(minimum_reserve=0.4), m1)

    np.testing.assert_array_equal(reserved.power_w, lived(Mode.ROLLING, AS_USUAL, m1).power_w)


def test_the_formula_is_the_same_for_who_chose_nothing() -> None:
    problem = decide(village()).problem

    assert problem.congestion_weight == 1.0
    assert OBJECTIVES[M4](problem).transformer_eur_per_kw2h == 0.001
    assert make_plan(problem, M4).model is M4
