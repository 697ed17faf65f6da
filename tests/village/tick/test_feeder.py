"""An operator's word on the feeder, of a village of which a transformer hangs elsewhere."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from battery_commons.control.bands import Extremes
from battery_commons.domain.battery import Battery
from battery_commons.domain.grid import FEEDER_ID, Transformer
from battery_commons.domain.operator import FlexCall, OperatorSignals, PowerLimit
from battery_commons.domain.plan import ControlModel, PlanReason
from battery_commons.domain.reading import BatteryReading, MeterReading
from battery_commons.domain.situation import Situation
from battery_commons.domain.tariff import AFTER_NET_METERING
from battery_commons.domain.time import SLOT
from battery_commons.sense.present import Present
from battery_commons.sense.situation import StockTaker
from battery_commons.store import Store
from battery_commons.store.records import HomeBattery
from battery_commons.tick.decision_record import read_record, record_of, replayed
from battery_commons.tick.guard import corrected
from battery_commons.tick.planner import Decision, VillagePlanner
from battery_commons.tick.why import expected_at

START = datetime(2026, 6, 21, 8, tzinfo=UTC)
NOW = START + timedelta(minutes=3)
FEEDER_W, LOAD_W = 900_000.0, 40_000.0
HERE, ELSEWHERE = "t1", "t2"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Keep a village with a battery behind each of its transformers; both carry the same all day."""
    with closing(Store.open(tmp_path / "village.db")) as store:
        for id_ in (HERE, ELSEWHERE):
            store.put_transformer(Transformer(id_, id_, 250_000))
            store.add_invitation(id_, id_, NOW + timedelta(days=1))
            home_id = store.join(id_, id_, [], NOW).home_id
            battery = Battery(f"{home_id}/b", id_, 20_000, 5_000, 5_000)
            store.describe_home(home_id, [], [HomeBattery(home_id, "b", "b", battery)])
            stood = BatteryReading(battery.id, NOW, 0.8, 0.0, None, "village", "hold", None)
            store.add_battery_readings(home_id, [stood])
            store.add_meter_readings(id_, [MeterReading(START - n * SLOT, LOAD_W) for n in range(1, 97)])
        store.put_feeder("Zuid", np.inf, [HERE])
        yield store


def measure_feeder(store: Store) -> None:
    store.add_meter_readings(FEEDER_ID, [MeterReading(START - n * SLOT, FEEDER_W) for n in range(1, 97)])


def decided(store: Store, signals: OperatorSignals, model: ControlModel) -> tuple[Situation, Decision]:
    situation = StockTaker(store, lambda _now: signals).take_stock(NOW)
    planner = VillagePlanner(model, lambda _: AFTER_NET_METERING)
    return situation, planner.decide(situation, Extremes.of_a_new_day(2))


def of(store: Store, transformer_id: str) -> Battery:
    [battery] = [each.battery for each in store.batteries() if each.battery.transformer_id == transformer_id]
    return battery


def powers_w(store: Store, decision: Decision, transformer_id: str) -> np.ndarray:
    [plan] = [b for b in decision.plan.batteries if b.battery_id == of(store, transformer_id).id]
    return np.array(plan.power_w, dtype=float)


CALL = OperatorSignals(calls=[FlexCall("call", FEEDER_ID, START + 8 * SLOT, [-3_000.0] * 8)])


@pytest.mark.parametrize("model", [ControlModel.M3, ControlModel.M4])
@pytest.mark.parametrize("metered", [True, False])
def test_who_hangs_on_the_feeder_delivers_what_is_called_of_it(
    store: Store, model: ControlModel, *, metered: bool
) -> None:
    if metered:
        measure_feeder(store)

    _, decision = decided(store, CALL, model)

    assert powers_w(store, decision, HERE)[8:16].max() <= -3_000 + 20
    [plan] = [b for b in decision.plan.batteries if b.battery_id == of(store, ELSEWHERE).id]
    assert PlanReason.GRID_OPERATOR not in plan.reasons


def test_a_limit_of_the_feeder_is_kept_by_its_own_load_and_asks_nothing_of_others(store: Store) -> None:
    measure_feeder(store)
    limit = PowerLimit("limit", FEEDER_ID, START + 8 * SLOT, START + 16 * SLOT, FEEDER_W - 4_000, None)

    _, without = decided(store, OperatorSignals(), ControlModel.M3)
    _, decision = decided(store, OperatorSignals(limits=[limit]), ControlModel.M3)

    assert decision.problem.feeder is not None
    carried_w = decision.problem.base_feeder_w() + powers_w(store, decision, HERE)
    assert carried_w[8:16].max() <= FEEDER_W - 4_000 + 20
    elsewhere_w, before_w = (powers_w(store, each, ELSEWHERE) for each in (decision, without))
    assert elsewhere_w == pytest.approx(before_w, abs=20)


@pytest.mark.parametrize("model", [ControlModel.M5, ControlModel.LAYERED])
def test_regional_models_steer_those_on_the_feeder_by_it_and_no_others(
    store: Store, model: ControlModel
) -> None:
    measure_feeder(store)

    situation, decision = decided(store, OperatorSignals(), model)

    assert decision.promise is not None
    carried_w = decision.problem.base_feeder_w() + powers_w(store, decision, HERE)
    today = slice(0, 14 * 4)  # to midnight of the market
    assert decision.promise.feeder_peak_w == pytest.approx(np.abs(carried_w)[today].max())
    assert decision.plan.feeder_w({of(store, HERE).id}) == pytest.approx(carried_w.tolist())
    [plan] = [b for b in decision.plan.batteries if b.battery_id == of(store, ELSEWHERE).id]
    assert PlanReason.RELIEVE_FEEDER not in plan.reasons
    assert replayed(read_record(record_of(decision, situation)))


def test_a_decision_on_record_says_of_whom_it_was_asked(store: Store) -> None:
    situation, decision = decided(store, CALL, ControlModel.M4)

    record = read_record(record_of(decision, situation))

    assert replayed(record)
    expected = expected_at(record, START + 8 * SLOT)
    assert {id_: each.asked_of_feeder for id_, each in expected.items()} == {HERE: True, ELSEWHERE: False}


@pytest.mark.parametrize(
    ("seen", "moved"),
    [
        ({HERE: 43_000.0, ELSEWHERE: 90_000.0}, True),
        ({HERE: 43_000.0}, True),
        ({HERE: 39_000.0, ELSEWHERE: 90_000.0}, False),
        ({ELSEWHERE: 90_000.0}, False),
    ],
)
def test_between_plans_a_limit_of_the_feeder_is_held_by_those_on_it(
    store: Store, seen: dict[str, float], *, moved: bool
) -> None:
    limit = PowerLimit("limit", FEEDER_ID, START, START + SLOT, 40_000.0, None)
    _, decision = decided(store, OperatorSignals(limits=[limit]), ControlModel.M2)
    planned_w = {id_: powers_w(store, decision, id_)[0] for id_ in (HERE, ELSEWHERE)}
    batteries = {each.battery.id: each.battery for each in store.batteries()}

    plan, changed = corrected(
        decision, decision.plan, batteries, Present(seen, store.latest_battery_readings()), NOW
    )

    power_w = {batteries[b.battery_id].transformer_id: b.power_w[0] or 0.0 for b in plan.batteries}
    assert power_w[ELSEWHERE] == planned_w[ELSEWHERE]
    assert changed == ({of(store, HERE).id} if moved else set())
    if moved:
        assert seen[HERE] + power_w[HERE] == pytest.approx(40_000, abs=1)
