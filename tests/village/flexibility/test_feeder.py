"""Of a feeder on which some transformers hang, plan, activation, proof and contract count the same."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from battery_commons.control.bands import Extremes
from battery_commons.domain.activation import Activation, Ask, Asked
from battery_commons.domain.battery import Battery
from battery_commons.domain.contract import Contract, ContractKind, KeptContract
from battery_commons.domain.grid import FEEDER_ID, Transformer
from battery_commons.domain.operator import FlexCall, OperatorSignals
from battery_commons.domain.operator_line import OperatorLine
from battery_commons.domain.plan import ControlModel
from battery_commons.domain.reading import BatteryReading, MeterReading
from battery_commons.domain.tariff import AFTER_NET_METERING
from battery_commons.domain.time import SLOT
from battery_commons.flexibility.activations import homes_behind, planned_slots
from battery_commons.flexibility.contracts import Snag, snags, template
from battery_commons.flexibility.keeping.delivery_proof import proof_of
from battery_commons.flexibility.proof.baselines import Method
from battery_commons.openadr.ven import village_resources
from battery_commons.sense.situation import StockTaker
from battery_commons.store import Store
from battery_commons.store.records import HomeBattery
from battery_commons.tick.planner import Decision, VillagePlanner

START = datetime(2026, 6, 26, 8, tzinfo=UTC)
"""A Friday."""
BEGIN, END = START + 4 * SLOT, START + 8 * SLOT
CALL = FlexCall("call", FEEDER_ID, BEGIN, [-4_000.0] * 4)
ASK = Ask("call", FEEDER_ID, Asked.CALL, BEGIN, END)
FEEDER_W = 900_000.0


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Keep a village with a battery behind each of three transformers, of which two hang on its feeder."""
    with closing(Store.open(tmp_path / "village.db")) as store:
        for id_ in ("t1", "t2", "t3"):
            store.put_transformer(Transformer(id_, id_, 250_000))
            store.add_invitation(id_, id_, START + timedelta(days=1))
            home_id = store.join(id_, id_, [], START - timedelta(days=30)).home_id
            battery = Battery(f"{home_id}/b", id_, 20_000, 5_000, 4_000)
            store.describe_home(home_id, [], [HomeBattery(home_id, "b", "b", battery)])
            stood = BatteryReading(battery.id, START, 0.8, 0.0, None, "village", "hold", None)
            store.add_battery_readings(home_id, [stood])
            store.add_meter_readings(id_, [MeterReading(START - n * SLOT, 40_000.0) for n in range(1, 97)])
        yield store


def decide(store: Store) -> Decision:
    situation = StockTaker(store, lambda _now: OperatorSignals(calls=[CALL])).take_stock(START)
    return VillagePlanner(ControlModel.M4, lambda _: AFTER_NET_METERING).decide(
        situation, Extremes.of_a_new_day(3)
    )


def home_behind(store: Store, id_: str) -> str:
    return next(each.home_id for each in store.batteries() if each.battery.transformer_id == id_)


@pytest.mark.parametrize(
    ("on_it", "counted"), [(["t1", "t2"], ["t1", "t2"]), ([], []), (None, ["t1", "t2", "t3"])]
)
def test_plan_activation_and_proof_count_the_same_batteries(
    store: Store, on_it: list[str] | None, counted: list[str]
) -> None:
    if on_it is not None:
        store.put_feeder("Zuid", np.inf, on_it)
    decision = decide(store)
    powers = {each.battery_id: each.power_w for each in decision.plan.batteries}
    power_w = np.array([powers[each.id] for each in decision.problem.batteries], dtype=float)

    slots = planned_slots(ASK, OperatorSignals(calls=[CALL]), decision.problem, power_w)
    store.keep_activation(Activation(ASK, START, planned_at=START), slots)
    for each in store.batteries():
        followed = [
            BatteryReading(each.battery.id, BEGIN + n * SLOT, 0.5, power, None, "village", "", 1)
            for n, power in enumerate(powers[each.battery.id][4:8])
            if power is not None
        ]
        store.add_battery_readings(each.home_id, followed)
    activation = store.activation("call", FEEDER_ID)
    assert activation is not None
    proven = proof_of(store, activation, END + timedelta(hours=1)).slots

    assert homes_behind(FEEDER_ID, decision.problem) == {home_behind(store, id_) for id_ in counted}
    assert [each.batteries and each.batteries.power_w for each in proven] == (
        [pytest.approx(slot.batteries_w) for slot in slots] if counted else [None] * 4
    )
    if counted:
        assert max(slot.batteries_w for slot in slots) <= -4_000 + 20


@pytest.mark.parametrize(("subject", "touched"), [("t2", True), ("t3", False)])
def test_what_moved_other_batteries_the_day_before_is_held_against_no_day(
    store: Store, subject: str, *, touched: bool
) -> None:
    store.put_feeder("Zuid", np.inf, ["t1", "t2"])
    days = [BEGIN - timedelta(days=n) for n in range(1, 9)]
    past = [BEGIN - n * SLOT for n in range(1, 12 * 96)]
    store.add_meter_readings(FEEDER_ID, [MeterReading(at, FEEDER_W) for at in past])
    for ask in (ASK, Ask("other", subject, Asked.CALL, days[2], days[2] + SLOT)):
        store.keep_activation(Activation(ask, ask.start, planned_at=ask.start), [])
    activation = store.activation("call", FEEDER_ID)
    assert activation is not None
    slots = planned_slots(ASK, OperatorSignals(calls=[CALL]), decide(store).problem, np.zeros((3, 96)))
    store.keep_activation(activation, slots)

    found = proof_of(store, activation, END + timedelta(hours=1)).baselines[Method.HIGH_4_OF_5].days

    assert (days[2].date() not in found) is touched


def cbc(subject: str, **more: object) -> Contract:
    of = template(ContractKind.CBC, "Enexis", subject, date(2026, 11, 30))
    return replace(of, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("has_feeder", "subject", "clash"),
    [(True, "t1", True), (True, "t3", False), (False, "t3", True), (True, FEEDER_ID, True)],
)
def test_batteries_elsewhere_are_not_sold_with_the_feeder(
    store: Store, subject: str, *, has_feeder: bool, clash: bool
) -> None:
    if has_feeder:
        store.put_feeder("Zuid", np.inf, ["t1", "t2"])
    behind = [each.battery for each in store.batteries()]

    def found(call_w: float) -> list[Snag]:
        others = [KeptContract("c", cbc(subject))]
        limits_w = dict.fromkeys(("t1", "t2", "t3", FEEDER_ID), 250000.0)
        asked = cbc(FEEDER_ID, call_w=call_w, longest_call=timedelta(hours=1))
        kept = snags(
            asked,
            others=others,
            limits_w=limits_w,
            of_feeder=store.on_feeder(),
            batteries=behind,
            brps=["A"],
        )
        return [each.snag for each in kept]

    assert (Snag.SOLD_TWICE in found(1_000)) is clash
    # Each delivers 4 kW for an hour.
    assert Snag.MORE_THAN_BATTERIES not in found(8_000)
    assert (Snag.MORE_THAN_BATTERIES in found(8_001)) is has_feeder


def test_operators_are_offered_what_is_behind_the_feeder(store: Store) -> None:
    store.put_feeder("Zuid", np.inf, ["t1", "t2"])
    store.add_operator_line(OperatorLine("Enexis", "https://example.com", "id", "Ansen", "secret"))
    [line] = store.operator_lines()

    offered = {each.name: each.attributes for each in village_resources(store, line)}

    assert [each["values"] for each in offered["t3"]] == [[5.0], [4.0]]
    assert [each["values"] for each in offered[FEEDER_ID]] == [[10.0], [8.0]]
