"""Between two plans: an overload that is measured moves the batteries behind it, and nobody else."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from aiohttp import ClientSession
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from battery_commons.control.bands import Extremes
from battery_commons.dispatch.dispatcher import Dispatcher
from battery_commons.domain.battery import Battery
from battery_commons.domain.grid import FEEDER_ID, Transformer
from battery_commons.domain.operator import FlexCall, OperatorSignals, PowerLimit
from battery_commons.domain.plan import ControlModel, Plan
from battery_commons.domain.reading import BatteryReading, MeterReading
from battery_commons.domain.series import MeasuredSeries
from battery_commons.domain.settings import TariffChoice, VillageSettings
from battery_commons.domain.situation import Situation
from battery_commons.domain.tariff import AFTER_NET_METERING
from battery_commons.domain.time import SLOT, WallClock
from battery_commons.sense.present import Present
from battery_commons.store import Store, StoreError
from battery_commons.store.records import HomeBattery
from battery_commons.tick.guard import WORTH_SENDING_W, corrected
from battery_commons.tick.planner import Decision, VillagePlanner
from battery_commons.tick.service import VillageService

START = datetime(2026, 6, 21, 8, 0, tzinfo=UTC)
NOW = START + timedelta(minutes=3)
LIMIT_W = 250_000.0
BATTERIES = {
    id_: Battery(id_, transformer, 10_000, 5_000, 5_000)
    for id_, transformer in (("a/b", "t1"), ("b/b", "t1"), ("c/b", "t1"), ("d/b", "t2"), ("e/b", "t2"))
}
FLAT = {START + i * SLOT: 0.1 for i in range(96)}
CHEAP_NOW = FLAT | {START: -0.05, START + SLOT: -0.05}


def decide(
    model: ControlModel = ControlModel.M2,
    prices: Mapping[datetime, float] = FLAT,
    signals: OperatorSignals | None = None,
) -> Decision:
    """Return what is decided where nothing has been measured: at a flat price, to stand still.

    Of M2's plan the guard holds transformers to their limit.
    """
    situation = Situation(
        now=START,
        transformers=[Transformer("t1", "Brink", LIMIT_W), Transformer("t2", "Es", LIMIT_W)],
        base_load={id_: MeasuredSeries(START, np.zeros(0)) for id_ in ("t1", "t2")},
        batteries=list(BATTERIES.values()),
        stored_wh=dict.fromkeys(BATTERIES, 5_000.0),
        prices=prices,
        operator=signals or OperatorSignals(),
    )
    return VillagePlanner(model, lambda _: AFTER_NET_METERING).decide(situation, Extremes.of_a_new_day(2))


STILL, CHARGING = decide(), decide(prices=CHEAP_NOW)


def present(
    base_w: Mapping[str, float], stored: Mapping[str, float] | None = None, *, silent: str | None = None
) -> Present:
    """Return a present in which batteries are half full, or as `stored` says; `silent` is not heard of."""
    shares = dict.fromkeys(BATTERIES, 0.5) | dict(stored or {})
    readings = {
        id_: BatteryReading(id_, NOW, share, 0.0, 0.0, "village", "hold", 1)
        for id_, share in shares.items()
        if id_ != silent
    }
    return Present(base_w, readings)


def guarded(
    seen: Present, decision: Decision = STILL, in_force: Plan | None = None, now: datetime = NOW
) -> tuple[Plan, set[str]]:
    return corrected(decision, in_force or decision.plan, BATTERIES, seen, now)


def powers(plan: Plan, slot: int = 0) -> dict[str, float]:
    return {battery.battery_id: battery.power_w[slot] or 0.0 for battery in plan.batteries}


QUIET = {"t1": 50_000.0, "t2": 50_000.0}


def test_the_plan_stands_where_nothing_is_overloaded() -> None:
    plan, changed = guarded(present(QUIET))

    assert changed == set()
    assert plan == STILL.plan


def test_too_much_import_moves_the_batteries_behind_it_and_no_others() -> None:
    plan, changed = guarded(present(QUIET | {"t1": LIMIT_W + 6_000}))

    assert changed == {"a/b", "b/b", "c/b"}
    assert powers(plan) == {"a/b": -2_000, "b/b": -2_000, "c/b": -2_000, "d/b": 0, "e/b": 0}


def test_too_much_feed_in_is_stored() -> None:
    plan, changed = guarded(present(QUIET | {"t2": -LIMIT_W - 3_000}))

    assert changed == {"d/b", "e/b"}
    assert powers(plan)["d/b"] == powers(plan)["e/b"] == 1_500


def test_an_overload_beyond_what_batteries_can_do_is_met_as_far_as_they_can() -> None:
    plan, _ = guarded(present(QUIET | {"t1": LIMIT_W + 90_000}))

    assert {powers(plan)[id_] for id_ in ("a/b", "b/b", "c/b")} == {-5_000}


def test_a_battery_at_its_reserve_is_not_asked() -> None:
    plan, changed = guarded(present(QUIET | {"t1": LIMIT_W + 6_000}, {"a/b": 0.1, "b/b": 0.04}))

    assert changed == {"c/b"}
    assert powers(plan)["c/b"] == -5_000


def test_a_battery_near_its_reserve_gives_what_it_can_keep_up_for_a_quarter_hour() -> None:
    plan, _ = guarded(present(QUIET | {"t1": LIMIT_W + 90_000}, {"a/b": 0.15}))

    assert powers(plan)["a/b"] == pytest.approx(-0.05 * 10_000 * 0.95 * 4, abs=1)


def test_a_limit_that_an_operator_asks_is_held_while_it_counts() -> None:
    limit = PowerLimit("e", "t1", START, START + SLOT, 40_000, None)
    asked = decide(signals=OperatorSignals(limits=[limit]))
    seen = present(QUIET | {"t1": 46_000.0})

    now, _ = guarded(seen, asked)
    later, changed = guarded(seen, asked, now=NOW + SLOT)

    assert powers(now) == {"a/b": -2_000, "b/b": -2_000, "c/b": -2_000, "d/b": 0, "e/b": 0}
    assert later == asked.plan
    assert not changed


def test_batteries_that_are_called_on_are_not_charged_to_relieve_feed_in_beyond_their_ceiling() -> None:
    asked = decide(signals=OperatorSignals(calls=[FlexCall("e", "t2", START, [1_000.0])]))

    plan, _ = guarded(present(QUIET | {"t2": -LIMIT_W - 3_000}), asked)

    # The grid's own limit comes first: 3 kW have to go somewhere.
    assert powers(plan)["d/b"] + powers(plan)["e/b"] == 3_000


def test_what_a_battery_that_is_not_heard_of_draws_is_left_to_the_others_of_a_call() -> None:
    asked = decide(prices=CHEAP_NOW, signals=OperatorSignals(calls=[FlexCall("e", "t2", START, [4_000.0])]))

    plan, _ = guarded(present(QUIET), asked)

    assert powers(plan)["d/b"] + powers(plan)["e/b"] <= 4_000 + 20


@pytest.mark.parametrize(("seen", "relief_w"), [({"t1": 70_000.0}, 10_000), ({}, 0)])
def test_a_limit_of_the_whole_village_is_held_where_all_of_it_is_measured(
    seen: dict[str, float], relief_w: float
) -> None:
    limit = PowerLimit("e", FEEDER_ID, START, START + SLOT, 110_000, None)
    asked = decide(signals=OperatorSignals(limits=[limit]))

    plan, _ = guarded(present(QUIET | seen), asked)

    assert sum(powers(plan).values()) == -relief_w


def test_a_full_battery_stores_no_feed_in() -> None:
    plan, changed = guarded(present(QUIET | {"t2": -LIMIT_W - 3_000}, {"d/b": 1.0}))

    assert changed == {"e/b"}
    assert powers(plan)["e/b"] == 3_000


def test_a_battery_in_shadow_is_not_asked() -> None:
    """Its home shows a plan and leaves it alone, so what it does is a part of the load."""
    shown = [replace(each, shadow=each.battery_id == "a/b") for each in CHARGING.plan.batteries]
    decision = replace(CHARGING, plan=replace(CHARGING.plan, batteries=shown))
    steered = {id_: battery for id_, battery in BATTERIES.items() if id_ != "a/b"}

    plan, changed = corrected(decision, decision.plan, steered, present(QUIET | {"t1": LIMIT_W + 6_000}), NOW)

    assert changed == {"b/b", "c/b"}
    assert powers(plan)["a/b"] == 5_000


def test_only_the_present_quarter_hour_is_corrected() -> None:
    plan, _ = guarded(present(QUIET | {"t1": LIMIT_W + 6_000}), now=NOW + SLOT)

    assert powers(plan, 1)["a/b"] == -2_000
    for slot in (0, 2, 3):
        assert powers(plan, slot) == powers(STILL.plan, slot)


def test_the_correction_starts_from_what_is_planned() -> None:
    """Five kilowatts of planned charging count as load, and are what is given up first."""
    plan, _ = guarded(present(QUIET | {"t1": LIMIT_W - 12_000}), CHARGING)

    assert powers(CHARGING.plan)["a/b"] == 5_000
    assert powers(plan)["a/b"] == powers(plan)["b/b"] == 4_000
    assert powers(plan)["d/b"] == 5_000


def test_a_correction_that_is_no_longer_needed_is_taken_back() -> None:
    in_force, _ = guarded(present(QUIET | {"t1": LIMIT_W + 6_000}))

    plan, changed = guarded(present(QUIET), in_force=in_force)

    assert changed == {"a/b", "b/b", "c/b"}
    assert powers(plan) == powers(STILL.plan)


def test_a_correction_that_is_still_needed_is_not_sent_again() -> None:
    overload = present(QUIET | {"t1": LIMIT_W + 6_000})
    in_force, _ = guarded(overload)

    plan, changed = guarded(overload, in_force=in_force)

    assert changed == set()
    assert plan == in_force


@pytest.mark.parametrize(
    ("excess_w", "sent"), [(3 * (WORTH_SENDING_W - 1), False), (3 * WORTH_SENDING_W, True)]
)
def test_a_change_that_is_not_worth_a_message_is_not_sent(excess_w: float, *, sent: bool) -> None:
    plan, changed = guarded(present(QUIET | {"t1": LIMIT_W + excess_w}))

    assert bool(changed) == sent
    assert (plan == STILL.plan) == (not sent)


def test_behind_a_transformer_that_is_not_measured_nothing_moves() -> None:
    plan, changed = guarded(present({"t1": LIMIT_W + 6_000}), CHARGING)

    assert changed == {"a/b", "b/b", "c/b"}
    assert powers(plan)["d/b"] == powers(CHARGING.plan)["d/b"]
    assert guarded(present({}), CHARGING) == (CHARGING.plan, set())


def test_a_battery_that_is_not_heard_of_is_not_moved() -> None:
    _, changed = guarded(present(QUIET | {"t1": LIMIT_W + 6_000}, silent="b/b"))

    assert changed == {"a/b", "c/b"}


def test_m1_is_never_guarded() -> None:
    decision = decide(ControlModel.M1)

    assert guarded(present({"t1": 2 * LIMIT_W, "t2": 2 * LIMIT_W}), decision) == (decision.plan, set())


@pytest.mark.parametrize("now", [START - SLOT, START + 96 * SLOT, START + 200 * SLOT])
def test_a_plan_that_says_nothing_of_the_present_is_left_as_it_is(now: datetime) -> None:
    assert guarded(present({"t1": 2 * LIMIT_W, "t2": 0.0}), now=now) == (STILL.plan, set())


def test_a_battery_that_is_nearly_full_needs_no_message_while_nothing_is_overloaded() -> None:
    """It stops by itself: that it cannot keep its planned power up is no reason to write to its home."""
    assert guarded(present(QUIET, {"a/b": 0.99, "d/b": 1.0}), CHARGING) == (CHARGING.plan, set())


@given(
    base_w=st.tuples(*[st.floats(-4e5, 4e5)] * 2),
    stored=st.lists(st.floats(0, 1), min_size=5, max_size=5),
    decision=st.sampled_from([STILL, CHARGING]),
)
@settings(deadline=None)
def test_nobody_is_moved_beyond_its_limits_or_its_reserve(
    base_w: tuple[float, float], stored: list[float], decision: Decision
) -> None:
    shares = dict(zip(BATTERIES, stored, strict=True))

    plan, changed = guarded(present(dict(zip(("t1", "t2"), base_w, strict=True)), shares), decision)

    for id_ in changed:
        power_w, battery = powers(plan)[id_], BATTERIES[id_]
        assert -battery.max_discharge_w <= power_w <= battery.max_charge_w
        assert power_w >= 0 or shares[id_] > battery.reserve
        assert power_w <= 0 or shares[id_] < 1
    untouched = BATTERIES.keys() - changed
    assert {id_: powers(plan)[id_] for id_ in untouched} == {
        id_: powers(decision.plan)[id_] for id_ in untouched
    }


# The same through the service, on a real store.


@dataclass
class SetClock(WallClock):
    """A clock that shows what the test sets it to."""

    time: datetime = NOW

    def now(self) -> datetime:
        """Return the moment that is set."""
        return self.time


@dataclass
class Street:
    """Two homes behind Brink and one behind Es, each with a battery, under a service that has ticked."""

    store: Store
    clock: SetClock
    service: VillageService
    homes: dict[str, str]

    def measure(self, load_w: Mapping[str, float], *, silent: str | None = None) -> None:
        """Let every meter and battery report how it stands now; batteries do what the plan asks."""
        now, plan = self.clock.time, self.service.plan
        for transformer_id, power_w in load_w.items():
            self.store.add_meter_readings(transformer_id, [MeterReading(now, power_w)])
        for name, home_id in self.homes.items():
            if name != silent:
                power_w = 0.0 if plan is None else powers(plan)[f"{home_id}/b1"]
                reading = BatteryReading(f"{home_id}/b1", now, 0.5, power_w, power_w, "village", "hold", None)
                self.store.add_battery_readings(home_id, [reading])

    def sent(self) -> dict[str, int]:
        """Return how many plans each home has been sent."""
        end = NOW + timedelta(days=1)
        return {name: len(self.store.dispatches_of(id_, START, end)) for name, id_ in self.homes.items()}

    def told_w(self, name: str) -> float:
        """Return what a home's newest message asks of its battery now."""
        message = json.loads(self.store.latest_dispatches()[self.homes[name]].plan_json)
        power_w: float = message["batteries"][0]["power_w"][0]
        return power_w

    async def guard(self, after: timedelta = timedelta(minutes=1)) -> None:
        await self.service.guard()
        self.clock.time += after


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store.open(tmp_path / "village.db")
    for id_, name in (("t1", "Brink"), ("t2", "Es")):
        store.put_transformer(Transformer(id_, name, LIMIT_W))
    yield store
    store.close()


def join(store: Store, name: str, transformer_id: str) -> str:
    store.add_invitation(transformer_id, name, NOW + timedelta(days=1))
    urls = ["http://127.0.0.1:9/"]  # nobody's: plans are recorded and never answered
    home_id = store.join(name, name, urls, NOW).home_id
    battery = Battery(f"{home_id}/b1", transformer_id, 10_000, 5_000, 5_000)
    store.describe_home(home_id, urls, [HomeBattery(home_id, "b1", "b", battery)])
    return home_id


@pytest.fixture
async def street(store: Store) -> AsyncIterator[Street]:
    homes = {
        "one": join(store, "one", "t1"),
        "two": join(store, "two", "t1"),
        "far": join(store, "far", "t2"),
    }
    clock = SetClock()
    session = ClientSession()
    dispatcher = Dispatcher(store, Ed25519PrivateKey.generate(), clock, session)
    store.change_settings(lambda _: VillageSettings(ControlModel.M2, TariffChoice.AFTER_NET_METERING))
    service = VillageService(store, clock, dispatcher)
    street = Street(store, clock, service, homes)
    street.measure({})
    try:
        await service.tick()
        clock.time += timedelta(minutes=1)  # the plan has settled
        yield street
        await asyncio.gather(*filter(None, [service._training]))
    finally:
        await dispatcher.close()
        await session.close()


async def test_an_overload_between_ticks_is_a_new_plan_for_the_homes_concerned(street: Street) -> None:
    street.measure({"t1": LIMIT_W + 4_000, "t2": 10_000.0})

    await street.guard()

    assert street.sent() == {"one": 2, "two": 2, "far": 1}
    assert street.told_w("one") == street.told_w("two") == -2_000


async def test_once_the_overload_is_over_the_homes_are_told_so(street: Street) -> None:
    street.measure({"t1": LIMIT_W + 4_000, "t2": 10_000.0})
    await street.guard()
    street.measure({"t1": LIMIT_W, "t2": 10_000.0})  # the meter sees the relief, not the cause
    await street.guard()
    assert street.sent() == {"one": 2, "two": 2, "far": 1}

    street.measure({"t1": 100_000.0, "t2": 10_000.0})
    await street.guard()

    assert street.sent() == {"one": 3, "two": 3, "far": 1}
    assert street.told_w("one") == 0


async def test_a_meter_that_was_read_before_a_correction_had_settled_corrects_nothing(street: Street) -> None:
    street.measure({"t1": LIMIT_W + 4_000, "t2": 10_000.0})
    await street.guard(after=timedelta(seconds=10))
    # The batteries do what they were asked, which this meter has not seen yet: the load is not 4 kW higher.
    street.measure({"t1": LIMIT_W + 4_000, "t2": LIMIT_W + 4_000})

    await street.guard()

    assert street.sent() == {"one": 2, "two": 2, "far": 2}


async def test_a_correction_that_could_not_be_recorded_is_made_again(
    street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    street.measure({"t1": LIMIT_W + 4_000, "t2": 10_000.0})

    with monkeypatch.context() as full:
        full.setattr(Store, "record_dispatch", _fails)
        with pytest.raises(StoreError):
            await street.guard()
    assert street.sent() == {"one": 1, "two": 1, "far": 1}
    street.measure({"t1": LIMIT_W + 4_000, "t2": 10_000.0})
    await street.guard()

    assert street.told_w("one") == -2_000


def _fails(*_: object) -> None:
    raise StoreError("the disk is full")


async def test_a_quiet_street_is_sent_nothing_between_ticks(street: Street) -> None:
    street.measure({"t1": 100_000.0, "t2": 10_000.0})

    await street.guard()

    assert set(street.sent().values()) == {1}


async def test_a_meter_that_has_gone_stale_moves_nobody(street: Street) -> None:
    street.measure({"t1": LIMIT_W + 4_000})
    street.clock.time += timedelta(minutes=2, seconds=1)
    street.measure({})

    await street.guard()

    assert set(street.sent().values()) == {1}


async def test_a_silent_battery_leaves_its_transformer_unguarded_and_others_guarded(street: Street) -> None:
    street.clock.time += timedelta(minutes=2, seconds=1)
    street.measure({"t1": LIMIT_W + 4_000, "t2": LIMIT_W + 1_000}, silent="two")

    await street.guard()

    assert street.sent() == {"one": 1, "two": 1, "far": 2}


async def test_before_the_first_tick_there_is_nothing_to_guard(store: Store) -> None:
    async with ClientSession() as session:
        dispatcher = Dispatcher(store, Ed25519PrivateKey.generate(), SetClock(), session)
        service = VillageService(store, SetClock(), dispatcher)
        store.add_meter_readings("t1", [MeterReading(NOW, 2 * LIMIT_W)])

        await service.guard()

    assert service.plan is None
    assert store.latest_dispatches() == {}


async def test_under_m1_an_overload_is_sent_to_nobody(street: Street) -> None:
    service = street.service
    street.store.change_settings(lambda former: replace(former, control_model=ControlModel.M1))
    await service.tick()
    await asyncio.gather(*filter(None, [service._training]))
    before = street.sent()
    street.measure({"t1": 2 * LIMIT_W, "t2": 2 * LIMIT_W})

    await service.guard()

    assert street.sent() == before
