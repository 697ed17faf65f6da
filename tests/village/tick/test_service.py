"""The tick, on a real store: what is sensed becomes a plan for exactly the batteries that take part."""

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from battery_commons.dispatch.dispatcher import Dispatcher
from battery_commons.domain.battery import Battery
from battery_commons.domain.flash_mob import Change, MeasuredResponse, of_transformer
from battery_commons.domain.grid import CongestionSignal, Transformer
from battery_commons.domain.plan import BatteryPlan, ControlModel, PlanReason
from battery_commons.domain.reading import BatteryReading, MeterReading
from battery_commons.domain.settings import TariffChoice, VillageSettings
from battery_commons.domain.time import SLOT, WallClock
from battery_commons.experiment.schedule import Design
from battery_commons.sense.situation import without_batteries
from battery_commons.store import Store, StoreError
from battery_commons.store.audit import Author
from battery_commons.store.records import HomeBattery
from battery_commons.tick.service import VillageService

NOW = datetime(2026, 6, 21, 8, 3, tzinfo=UTC)


class StillClock(WallClock):
    """A clock that stands still."""

    def now(self) -> datetime:
        """Return always the same moment."""
        return NOW


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store.open(tmp_path / "village.db")
    store.put_transformer(Transformer("t1", "Brink", 250_000))
    yield store
    store.close()


def home_with_battery(store: Store, code: str, *, mode: str, heard: timedelta) -> str:
    """Let a home join whose battery was last heard of `heard` ago, and return the battery's id."""
    store.add_invitation("t1", code, NOW + timedelta(days=1))
    # Port 9 is nobody's: plans are recorded and never answered.
    home = store.join(code, code, ["http://127.0.0.1:9/"], NOW)
    battery = Battery(f"{home.home_id}/b1", "t1", 10_000, 5_000, 5_000)
    store.describe_home(
        home.home_id, ["http://127.0.0.1:9/"], [HomeBattery(home.home_id, "b1", "b", battery)]
    )
    reading = BatteryReading(battery.id, NOW - heard, 0.5, 0.0, None, mode, "no_plan", None)
    store.add_battery_readings(home.home_id, [reading])
    return battery.id


def measure_a_sunny_yesterday(store: Store) -> None:
    """Keep a day of the transformer's load: 200 kW of feed-in around noon, 100 kW of import else."""
    yesterday = NOW.replace(hour=0, minute=0) - timedelta(days=1)
    store.add_meter_readings(
        "t1",
        [MeterReading(yesterday + i * SLOT, -200_000.0 if 40 <= i < 60 else 100_000.0) for i in range(96)],
    )


@asynccontextmanager
async def running(store: Store, model: ControlModel = ControlModel.M4) -> AsyncIterator[VillageService]:
    async with ClientSession() as session:
        dispatcher = Dispatcher(store, Ed25519PrivateKey.generate(), StillClock(), session)
        store.change_settings(lambda _: VillageSettings(model, TariffChoice.AFTER_NET_METERING))
        yield VillageService(store, StillClock(), dispatcher)
        await dispatcher.close()


async def plans_after_a_tick(store: Store, model: ControlModel) -> dict[str, BatteryPlan]:
    async with running(store, model) as service:
        await service.tick()
    assert service.plan is not None
    return {battery.battery_id: battery for battery in service.plan.batteries}


async def test_m4_charges_at_noon_what_yesterday_fed_in(store: Store) -> None:
    battery = home_with_battery(store, "code-one", mode="self_consumption", heard=SLOT)
    measure_a_sunny_yesterday(store)

    plan = (await plans_after_a_tick(store, ControlModel.M4))[battery]

    morning, noon = slice(0, 8), slice(8, 28)
    assert sum(power or 0 for power in plan.power_w[noon]) > 10_000
    assert sum(power or 0 for power in plan.power_w[morning]) < 0


async def model_of_a_tick(store: Store, model: ControlModel) -> ControlModel:
    async with running(store, model) as service:
        await service.tick()
    assert service.plan is not None
    return service.plan.model


@pytest.mark.parametrize("model", [ControlModel.M5, ControlModel.LAYERED])
async def test_regional_models_steer_where_the_feeder_is_measured(store: Store, model: ControlModel) -> None:
    home_with_battery(store, "code-one", mode="self_consumption", heard=SLOT)
    measure_a_sunny_yesterday(store)
    assert await model_of_a_tick(store, model) is ControlModel.M4

    store.put_feeder("Zuid", 5_000_000, ["t1"])
    store.add_meter_readings(
        "feeder", [MeterReading(NOW - i * SLOT, 1_000_000 + 10_000 * (i % 96)) for i in range(1, 97)]
    )
    assert await model_of_a_tick(store, model) is model


async def test_m6_plans_on_a_code_that_was_really_announced(store: Store) -> None:
    home_with_battery(store, "code-one", mode="self_consumption", heard=SLOT)
    measure_a_sunny_yesterday(store)
    evening = NOW.replace(hour=16, minute=0)
    change = Change(-20_000.0, -21_000.0, -19_000.0, 10.0)
    for day in (-3, -2, -1, 0):
        start = evening + timedelta(days=day)
        code = store.announce_code(CongestionSignal.RED, start, start + 8 * SLOT, start)
        store.fix_baselines(code, {}, 1, start)
        if day < 0:
            response = MeasuredResponse(change, None, ())
            store.keep_responses(code, {of_transformer("t1"): response}, start, closed=True)

    async with running(store, ControlModel.M6) as service:
        await service.tick()
        assert service.decided is not None
        situation, decision = service.decided

    shift_w = decision.problem.base_load_w[0] - decision.outlook.transformers["t1"].load_w
    inside = [slot in {evening + n * SLOT for n in range(8)} for slot in decision.outlook.grid.starts()]
    assert decision.plan.model is ControlModel.M6
    assert shift_w == pytest.approx([-10_000 if each else 0 for each in inside], rel=0.01)
    assert situation.transformers[0].id == "t1"


async def test_a_transformer_without_a_meter_is_planned_for_by_an_estimate(store: Store) -> None:
    home_with_battery(store, "code-one", mode="self_consumption", heard=SLOT)
    store.put_transformer(Transformer("t1", "Brink", 250_000, connections=99))

    async with running(store) as service:
        await service.tick()

    assert service.plan is not None
    assert (service.plan.estimated, service.plan.untold, service.plan.unmeasured) == ({"t1"}, {"t1"}, set())
    assert any(service.plan.base_load_w["t1"])
    assert service.estimated["t1"].spread_w > 0


async def test_an_experiment_steers_in_the_place_of_what_was_voted_and_leaves_that_as_it_is(
    store: Store,
) -> None:
    home_with_battery(store, "code-one", mode="self_consumption", heard=SLOT)
    design = Design((ControlModel.M1, ControlModel.M2), date(2026, 6, 21), 1, 3, 0, 1)
    author = Author("Anna", NOW - timedelta(days=1))
    experiment = store.plan_experiment("June", design, author)

    async with running(store, ControlModel.M4) as service:
        await service.tick()
        steered, until = service.plan, service.comparing_until
        store.pause_experiment(experiment, Author("Anna", NOW))
        await service.tick()

    assert steered is not None
    assert steered.model is design.model_at(NOW)
    assert until == design.end
    assert service.plan is not None
    assert (service.plan.model, service.model, service.comparing_until) == (
        ControlModel.M4,
        ControlModel.M4,
        None,
    )
    assert store.settings().control_model is ControlModel.M4


async def test_m1_leaves_everyone_to_the_own_house(store: Store) -> None:
    battery = home_with_battery(store, "code-one", mode="self_consumption", heard=SLOT)

    plan = (await plans_after_a_tick(store, ControlModel.M1))[battery]

    assert set(plan.power_w) == {None}


@pytest.mark.parametrize(
    ("mode", "heard"),
    [("paused", SLOT), ("unreachable", SLOT), ("village", 3 * SLOT)],
    ids=["paused", "unreachable", "not heard of for 45 minutes"],
)
async def test_a_battery_that_does_not_take_part_is_left_to_its_own_house(
    store: Store, mode: str, heard: timedelta
) -> None:
    taking_part = home_with_battery(store, "code-one", mode="village", heard=SLOT)
    not_taking_part = home_with_battery(store, "code-two", mode=mode, heard=heard)
    measure_a_sunny_yesterday(store)

    plans = await plans_after_a_tick(store, ControlModel.M4)

    assert any(plans[taking_part].power_w)
    assert set(plans[not_taking_part].power_w) == {None}
    assert set(plans[not_taking_part].reasons) == {PlanReason.OWN_HOUSE}


async def test_a_village_that_has_measured_nothing_yet_still_has_a_plan(store: Store) -> None:
    battery = home_with_battery(store, "code-one", mode="village", heard=SLOT)

    assert battery in await plans_after_a_tick(store, ControlModel.M4)


async def test_a_village_without_homes_or_transformers_has_an_empty_plan(tmp_path: Path) -> None:
    empty = Store.open(tmp_path / "empty.db")

    assert await plans_after_a_tick(empty, ControlModel.M4) == {}
    empty.close()


async def test_a_home_in_shadow_is_sent_what_it_would_be_asked(store: Store) -> None:
    battery = home_with_battery(store, "code-one", mode="shadow", heard=SLOT)
    measure_a_sunny_yesterday(store)

    plan = (await plans_after_a_tick(store, ControlModel.M4))[battery]

    [sent] = store.latest_dispatches().values()
    message = json.loads(sent.plan_json)
    assert plan.shadow
    assert message["batteries"][0]["power_w"] == plan.power_w
    assert max(power or 0 for power in plan.power_w) > 1_000
    # Nobody counts on it: the transformer is expected to carry what it would without.
    assert service_load_w(message) == [round(load) for load in yesterday_again()]


def service_load_w(message: dict[str, Any]) -> list[float]:
    load_w: list[float] = message["outlook"]["transformer_load_w"]
    return load_w


def yesterday_again() -> list[float]:
    """Return yesterday's load from the present quarter hour on: what one day on record lets expect."""
    day = [-200_000.0 if 40 <= i < 60 else 100_000.0 for i in range(96)]
    return day[32:] + day[:32]


async def test_a_newcomer_does_not_wait_for_the_quarter_hour(store: Store) -> None:
    steered = home_with_battery(store, "code-one", mode="village", heard=SLOT)
    shown = home_with_battery(store, "code-two", mode="shadow", heard=SLOT)
    paused = home_with_battery(store, "code-three", mode="paused", heard=SLOT)
    async with running(store) as service:
        await service.tick()

        for battery, mode, comes_in in (
            (steered, "village", False),
            (shown, "shadow", False),
            (paused, "paused", False),
            (shown, "village", True),
            (paused, "shadow", True),
            (paused, "self_consumption", True),
        ):
            service._newcomer.clear()
            service.readings_taken([BatteryReading(battery, NOW, 0.5, 0.0, None, mode, "no_plan", None)])
            assert service._newcomer.is_set() == comes_in, (battery, mode)


async def test_a_plan_that_could_not_be_recorded_is_not_believed_in(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    home_with_battery(store, "code-one", mode="village", heard=SLOT)
    async with running(store) as service:
        await service.tick()
        before = service.plan, service._decision, service._steered, dict(service._changed_at)
        newcomer = home_with_battery(store, "code-two", mode="village", heard=SLOT)

        with monkeypatch.context() as full:
            full.setattr(Store, "record_dispatch", _fails)
            with pytest.raises(StoreError):
                await service.tick()

        assert (service.plan, service._decision, service._steered, service._changed_at) == before
        await service.tick()
        assert newcomer in service._steered


def _fails(*_: object) -> None:
    raise StoreError("the disk is full")


async def test_how_much_todays_peak_is_lowered_is_known_when_all_of_today_was_measured(store: Store) -> None:
    home_with_battery(store, "code-one", mode="village", heard=SLOT)
    measure_a_sunny_yesterday(store)
    async with running(store) as service:
        await service.tick()
        assert service.peaks_shaved_w == {"t1": None}

        midnight = datetime(2026, 6, 20, 22, tzinfo=UTC)
        slots = (NOW - midnight) // SLOT
        store.add_meter_readings("t1", [MeterReading(midnight + i * SLOT, 50_000.0) for i in range(slots)])
        await service.tick()

        shaved_w = service.peaks_shaved_w["t1"]
        assert shaved_w is not None
        assert 0 < shaved_w <= 5_000


def test_the_base_load_is_what_the_meter_saw_less_what_the_batteries_did() -> None:
    measured = {NOW: 100_000.0, NOW + SLOT: 90_000.0}

    base = without_batteries(measured, [{NOW: 4_000.0}, {NOW: -1_000.0, NOW + SLOT: -5_000.0}])

    assert base == {NOW: 97_000.0, NOW + SLOT: 95_000.0}
