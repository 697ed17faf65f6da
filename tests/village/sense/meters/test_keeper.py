"""Every meter with a source is read for as long as it has one, whatever happens to the others."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import override

import pytest
from structlog.testing import capture_logs

from battery_commons.domain.meter_source import HomeAssistantSource, ModbusSource, MqttSource, Number
from battery_commons.domain.time import ScaledClock
from battery_commons.sense.meters.home_assistant import HomeAssistantAccess
from battery_commons.sense.meters.keeper import MeterKeeper, SourceStatus
from battery_commons.sense.meters.trouble import Trouble
from battery_commons.store import Store
from demo.process import free_port
from tests.village.meter_peers import (
    PASSWORD,
    TOKEN,
    USER,
    FakeHomeAssistant,
    home_assistant,
    modbus_meter,
    mqtt_broker,
    publish,
)

SENSOR = "sensor.power"
STARTED = datetime.now(UTC)
VILLAGE_STARTED = datetime(2016, 6, 21, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class VillageClock(ScaledClock):
    """A village in another year, whose clock runs with the wall's."""

    @override
    def now(self) -> datetime:
        return self.to_village(datetime.now(UTC))


CLOCK = VillageClock(speed=1, wall_origin=STARTED, village_origin=VILLAGE_STARTED)


@asynccontextmanager
async def keeping(store: Store, own: HomeAssistantAccess | None = None) -> AsyncIterator[MeterKeeper]:
    """Read meters, in a hurry."""
    keeper = MeterKeeper(store, CLOCK, own, every_s=0.02, silent_after_s=0.3, first_wait_s=0.05)
    task = asyncio.create_task(keeper.run())
    try:
        yield keeper
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def until(what: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not what():
            await asyncio.sleep(0.01)


def trouble(keeper: MeterKeeper, meter_id: str = "t1") -> Trouble | None:
    found = keeper.status(meter_id).trouble
    return found.trouble if found else None


def said(store: Store, meter_id: str = "t1") -> float | None:
    reading = store.latest_meter_reading(meter_id)
    return reading.power_w if reading else None


async def test_a_meter_is_read_into_the_store_in_village_time(store: Store) -> None:
    async with modbus_meter(52, [0, 1500]) as port, keeping(store) as keeper:
        store.choose_meter_source("t1", ModbusSource("127.0.0.1", 52, number=Number.INT32, port=port))
        keeper.changed()
        await until(lambda: keeper.status("t1").last is not None)
        last = keeper.status("t1").last
    assert last is not None
    assert said(store) == 1500.0
    assert timedelta() <= last.at - VILLAGE_STARTED < timedelta(minutes=5)


async def test_a_choice_counts_without_a_restart_and_another_takes_its_place(store: Store) -> None:
    async with home_assistant() as ha, keeping(store) as keeper:
        ha.say(SENSOR, "1", "W", datetime.now(UTC))
        ha.say("sensor.other", "2", "W", datetime.now(UTC))
        for entity_id, power_w in ((SENSOR, 1.0), ("sensor.other", 2.0)):
            store.choose_meter_source("t1", HomeAssistantSource(entity_id, ha.url, TOKEN))
            keeper.changed()
            await until(lambda: said(store) == power_w)  # noqa: B023 - waited for within the round

        store.drop_meter_source("t1")
        keeper.changed()
        await until(lambda: keeper.status("t1") == SourceStatus())
        asked = ha.asked
        await asyncio.sleep(0.1)
        assert ha.asked == asked


async def test_what_was_chosen_is_read_again_after_a_restart(store: Store) -> None:
    async with home_assistant() as ha:
        ha.say(SENSOR, "5", "W", datetime.now(UTC))
        store.choose_meter_source("t1", HomeAssistantSource(SENSOR))
        async with keeping(store, HomeAssistantAccess(f"{ha.url}/api", TOKEN)):
            await until(lambda: said(store) == 5.0)


async def test_a_meter_that_is_taken_away_is_no_longer_read(store: Store) -> None:
    store.put_feeder("Noord", 1e6, ["t1"])
    store.choose_meter_source("feeder", HomeAssistantSource(SENSOR))
    async with home_assistant() as ha:
        own = HomeAssistantAccess(f"{ha.url}/api", TOKEN)
        async with keeping(store, own) as keeper:
            ha.say(SENSOR, "5", "W", datetime.now(UTC))
            await until(lambda: said(store, "feeder") == 5.0)
            store.remove_feeder()
            ha.say(SENSOR, "6", "W", datetime.now(UTC))
            await until(lambda: keeper.status("feeder") == SourceStatus())


async def test_a_meter_that_fails_is_told_and_read_again_when_it_is_back(store: Store) -> None:
    port = free_port()
    store.choose_meter_source("t1", ModbusSource("127.0.0.1", 52, number=Number.INT16, port=port))
    async with keeping(store) as keeper:
        await until(lambda: trouble(keeper) is Trouble.UNREACHABLE)
        async with home_assistant() as ha:
            store.choose_meter_source("t1", HomeAssistantSource(SENSOR, ha.url, TOKEN))
            keeper.changed()
            await until(lambda: trouble(keeper) is Trouble.NOT_THERE)
            ha.say(SENSOR, "3", "W", datetime.now(UTC))
            await until(lambda: said(store) == 3.0 and trouble(keeper) is None)


async def test_one_meter_that_fails_leaves_the_others_alone(store: Store) -> None:
    store.choose_meter_source("t1", ModbusSource("127.0.0.1", 52, port=free_port()))
    async with home_assistant() as ha, keeping(store) as keeper:
        store.choose_meter_source("t2", HomeAssistantSource(SENSOR, ha.url, TOKEN))
        ha.say(SENSOR, "9", "W", datetime.now(UTC))
        keeper.changed()
        await until(lambda: said(store, "t2") == 9.0)
        await until(lambda: trouble(keeper) is Trouble.UNREACHABLE)


async def test_a_reading_whose_time_is_not_believed_is_not_kept(store: Store) -> None:
    async with home_assistant() as ha, keeping(store) as keeper:
        ha.say(SENSOR, "9", "W", datetime.now(UTC) + timedelta(minutes=5))
        store.choose_meter_source("t1", HomeAssistantSource(SENSOR, ha.url, TOKEN))
        keeper.changed()
        await until(lambda: trouble(keeper) is Trouble.NOT_TAKEN_IN)
    assert said(store) is None


async def test_a_broker_that_goes_silent_is_told_and_one_that_restarts_is_found_again(
    store: Store, tmp_path: Path
) -> None:
    port = free_port()
    source = MqttSource(f"mqtt://127.0.0.1:{port}", "grid/t1", user=USER, secret=PASSWORD)
    store.choose_meter_source("t1", source)
    async with keeping(store) as keeper:
        for power_w in (1.0, 2.0):
            async with mqtt_broker(tmp_path, port):
                while said(store) != power_w:
                    await publish(port, "grid/t1", str(power_w))
                await until(lambda: trouble(keeper) is Trouble.SILENT)
        await until(lambda: trouble(keeper) is Trouble.UNREACHABLE)


async def test_no_secret_is_logged(store: Store) -> None:
    async def failed(keeper: MeterKeeper, ha: FakeHomeAssistant) -> None:
        store.choose_meter_source("t1", HomeAssistantSource(SENSOR, ha.url, "very secret"))
        store.choose_meter_source(
            "t2", MqttSource(f"mqtt://127.0.0.1:{free_port()}", "grid", secret="very secret")
        )
        keeper.changed()
        await until(lambda: trouble(keeper) is Trouble.REFUSED)
        await until(lambda: trouble(keeper, "t2") is Trouble.UNREACHABLE)

    with capture_logs() as logs:
        async with home_assistant() as ha, keeping(store) as keeper:
            await failed(keeper, ha)
    assert {entry["event"] for entry in logs} == {"meter_not_read"}
    assert "very secret" not in str(logs)


async def test_a_mistake_of_ours_is_logged_and_shown(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("battery_commons.sense.meters.keeper.take_in", broken)
    with capture_logs() as logs:
        async with home_assistant() as ha, keeping(store) as keeper:
            ha.say(SENSOR, "9", "W", datetime.now(UTC))
            store.choose_meter_source("t1", HomeAssistantSource(SENSOR, ha.url, TOKEN))
            keeper.changed()
            await until(lambda: trouble(keeper) is Trouble.FAULT)
    assert "meter_reading_failed" in {entry["event"] for entry in logs}
