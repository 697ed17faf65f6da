"""A home that starts, restarts, loses touch and leaves; its batteries never go on by themselves."""

import asyncio
from datetime import timedelta
from http import HTTPStatus
from typing import Any

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.modbus import async_get_unit
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from modbus_connection import ModbusTlsParams
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.battery_commons.battery.driver import BatteryError, BatteryReading
from custom_components.battery_commons.battery.modbus.sunspec_der import SunSpecBattery
from tests.home.conftest import SUBENTRY
from tests.home.coordinator import FakeCoordinator
from tests.home.device import BatteryDevice
from tests.home.doorstep import Doorstep
from tests.home.living import BATTERY_LOOK, VILLAGE_LOOK, pass_time, restart, state
from tests.home.village import NOW

MODE = "sensor.garage_mode"
REASON = "sensor.garage_reason"


@pytest.mark.usefixtures("noon", "home")
async def test_a_home_describes_its_batteries_when_it_starts(coordinator: FakeCoordinator) -> None:
    (described,) = coordinator.bodies("PUT", "/api/v1/home")

    assert described["webhook_urls"] == ["http://192.0.2.2:8123/api/webhook/the-webhook-of-this-home"]
    assert described["batteries"] == [
        {
            "battery_id": SUBENTRY,
            "name": "Garage",
            "capacity_wh": 10_000,
            "max_charge_w": 5_000,
            "max_discharge_w": 5_000,
            "reserve": 0.1,
        }
    ]


async def test_a_home_tells_how_its_batteries_stand(
    hass: HomeAssistant,
    noon: FrozenDateTimeFactory,
    doorstep: Doorstep,
    device: BatteryDevice,
    coordinator: FakeCoordinator,
) -> None:
    await doorstep.post(doorstep.signed_plan())
    device.stand(state_of_charge=0.61, injecting_w=1990)
    await pass_time(hass, noon, BATTERY_LOOK)
    await pass_time(hass, noon, BATTERY_LOOK)

    told = coordinator.bodies("POST", "/api/v1/telemetry")[-1]["batteries"]
    assert told[0] | {"at": None} == {
        "battery_id": SUBENTRY,
        "at": None,
        "state_of_charge": 0.61,
        "power_w": -1990,
        "setpoint_w": -2000,
        "mode": "village",
        "reason": "relieve_import",
        "plan_sequence": 7,
    }


async def test_a_lease_that_still_runs_is_resumed_after_a_restart(
    hass: HomeAssistant,
    noon: FrozenDateTimeFactory,
    home: MockConfigEntry,
    doorstep: Doorstep,
    device: BatteryDevice,
) -> None:
    await doorstep.post(doorstep.signed_plan())
    await hass.async_block_till_done()

    await restart(hass, home, device, noon, timedelta(minutes=5))

    assert (state(hass, MODE), device.order_w) == ("village", 2000)
    stale = await doorstep.post(doorstep.signed_plan(sequence=6))
    assert stale["reason"] == "stale_sequence"


async def test_a_battery_that_was_left_discharging_is_released_when_its_lease_ended_during_a_restart(
    hass: HomeAssistant,
    noon: FrozenDateTimeFactory,
    home: MockConfigEntry,
    doorstep: Doorstep,
    device: BatteryDevice,
) -> None:
    await doorstep.post(doorstep.signed_plan())
    await hass.async_block_till_done()

    await restart(hass, home, device, noon, timedelta(hours=1))

    assert (state(hass, REASON), device.order_w) == ("lease_expired", None)


@pytest.mark.usefixtures("noon")
async def test_a_battery_found_under_an_order_without_any_plan_is_released(
    hass: HomeAssistant, entry: MockConfigEntry, device: BatteryDevice
) -> None:
    device.registers.put(704, "WSet", 5000)
    device.registers.put(704, "WSetEna", 1)

    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()

    assert (state(hass, REASON), device.order_w) == ("no_plan", None)


async def test_unloading_a_home_releases_its_batteries(
    hass: HomeAssistant,
    noon: FrozenDateTimeFactory,
    home: MockConfigEntry,
    doorstep: Doorstep,
    device: BatteryDevice,
) -> None:
    await doorstep.post(doorstep.signed_plan())
    await hass.async_block_till_done()
    assert device.order_w == 2000

    assert await hass.config_entries.async_unload(home.entry_id)
    await pass_time(hass, noon, timedelta(minutes=15))

    assert device.order_w is None


@pytest.mark.usefixtures("noon")
async def test_a_battery_that_was_released_for_good_is_given_no_more_orders(
    hass: HomeAssistant, home: MockConfigEntry, doorstep: Doorstep, device: BatteryDevice
) -> None:
    """A plan may still come in while a home unloads."""
    await home.runtime_data.batteries[SUBENTRY].async_release()

    await doorstep.post(doorstep.signed_plan())
    await hass.async_block_till_done()

    assert device.order_w is None


@pytest.mark.usefixtures("noon")
async def test_a_battery_that_cannot_be_released_does_not_keep_a_home_from_unloading(
    hass: HomeAssistant, home: MockConfigEntry, device: BatteryDevice, caplog: pytest.LogCaptureFixture
) -> None:
    device.lose_link()

    assert await hass.config_entries.async_unload(home.entry_id)

    assert "could not be released" in caplog.text


@pytest.mark.usefixtures("noon")
async def test_a_home_starts_while_its_village_and_its_battery_are_away(
    hass: HomeAssistant, entry: MockConfigEntry, coordinator: FakeCoordinator, device: BatteryDevice
) -> None:
    coordinator.unreachable = True
    device.lose_link()

    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()

    assert entry.state is ConfigEntryState.LOADED
    assert state(hass, MODE) == "unreachable"
    assert state(hass, "binary_sensor.ansen_coordinator") == "off"


@pytest.mark.usefixtures("noon")
async def test_a_battery_whose_link_another_integration_uses_otherwise_is_lost_with_that_reason(
    hass: HomeAssistant, entry: MockConfigEntry, caplog: pytest.LogCaptureFixture
) -> None:
    async_get_unit(hass, entry, ModbusTlsParams(host="192.0.2.7", port=502), 9)

    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()

    assert state(hass, MODE) == "unreachable"
    assert "already in use with different link settings" in caplog.text


async def test_a_battery_that_was_away_at_the_start_is_followed_once_it_is_there(
    hass: HomeAssistant, noon: FrozenDateTimeFactory, entry: MockConfigEntry, device: BatteryDevice
) -> None:
    device.lose_link()
    assert await hass.config_entries.async_setup(entry.entry_id)
    for _ in range(3):
        await pass_time(hass, noon, BATTERY_LOOK)

    device.restore_link()
    await pass_time(hass, noon, BATTERY_LOOK)

    assert (state(hass, MODE), state(hass, REASON)) == ("self_consumption", "no_plan")


@pytest.mark.usefixtures("noon")
async def test_a_home_that_is_removed_leaves_its_village_and_forgets(
    hass: HomeAssistant,
    home: MockConfigEntry,
    doorstep: Doorstep,
    coordinator: FakeCoordinator,
    device: BatteryDevice,
    hass_storage: dict[str, Any],
) -> None:
    await doorstep.post(doorstep.signed_plan())
    await hass.async_block_till_done()
    stored = f"battery_commons.{home.entry_id}"
    assert stored in hass_storage

    await hass.config_entries.async_remove(home.entry_id)
    await hass.async_block_till_done()

    assert len(coordinator.bodies("DELETE", "/api/v1/home")) == 1
    assert stored not in hass_storage
    assert device.order_w is None


@pytest.mark.usefixtures("noon")
async def test_a_village_that_cannot_be_told_does_not_keep_a_home_from_leaving(
    hass: HomeAssistant,
    home: MockConfigEntry,
    coordinator: FakeCoordinator,
    caplog: pytest.LogCaptureFixture,
) -> None:
    coordinator.unreachable = True

    await hass.config_entries.async_remove(home.entry_id)
    await hass.async_block_till_done()

    assert not hass.config_entries.async_entries("battery_commons")
    assert "ask its volunteer to erase your data" in caplog.text


async def test_a_village_that_no_longer_knows_the_home_is_not_connected(
    hass: HomeAssistant, noon: FrozenDateTimeFactory, home: MockConfigEntry, coordinator: FakeCoordinator
) -> None:
    assert home.state is ConfigEntryState.LOADED
    coordinator.refusal = (HTTPStatus.UNAUTHORIZED, "unauthorized")

    await pass_time(hass, noon, VILLAGE_LOOK)

    assert state(hass, "binary_sensor.ansen_coordinator") == "off"


async def test_a_lost_link_is_logged_once_and_its_return_once(
    hass: HomeAssistant,
    noon: FrozenDateTimeFactory,
    doorstep: Doorstep,
    device: BatteryDevice,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await doorstep.post(doorstep.signed_plan())
    device.lose_link()
    for _ in range(3):
        await pass_time(hass, noon, BATTERY_LOOK)
    assert state(hass, "sensor.garage_power") == "unavailable"
    assert (state(hass, MODE), state(hass, REASON)) == ("unreachable", "device_unreachable")

    device.restore_link()
    for _ in range(3):
        await pass_time(hass, noon, BATTERY_LOOK)

    assert (state(hass, MODE), device.order_w) == ("village", 2000)
    assert caplog.text.count("Garage is lost") == 1
    assert caplog.text.count("Garage is back") == 1


async def test_short_slots_are_kept_pace_with(
    hass: HomeAssistant, noon: FrozenDateTimeFactory, doorstep: Doorstep, device: BatteryDevice
) -> None:
    plan = doorstep.signed_plan(power_w=[-1000.0, 1000.0, None], slot_seconds=2.5, start=NOW.isoformat())
    await doorstep.post(plan)
    await hass.async_block_till_done()

    orders = []
    for _ in range(3):
        orders.append(device.order_w)
        await pass_time(hass, noon, timedelta(seconds=2.5))

    assert orders == [1000, -1000, None]


async def test_the_entities_of_a_battery_that_is_removed_vanish(
    hass: HomeAssistant, home: MockConfigEntry, entity_registry: er.EntityRegistry
) -> None:
    assert hass.states.get(MODE) is not None

    hass.config_entries.async_remove_subentry(home, SUBENTRY)
    await hass.async_block_till_done()

    assert home.state is ConfigEntryState.LOADED
    assert hass.states.get(MODE) is None
    left = er.async_entries_for_config_entry(entity_registry, home.entry_id)
    assert left
    assert all(entity.config_subentry_id is None for entity in left)


@pytest.mark.usefixtures("noon")
async def test_a_battery_that_was_set_up_in_shadow_mode_begins_in_it(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    subentry = entry.subentries[SUBENTRY]
    hass.config_entries.async_update_subentry(entry, subentry, data={**subentry.data, "shadow": True})

    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()

    assert state(hass, MODE) == "shadow"
    assert state(hass, "switch.garage_shadow_mode") == "on"


async def test_a_home_of_an_older_version_keeps_its_battery_and_loses_the_switch_that_meant_the_opposite(
    hass: HomeAssistant, entry: MockConfigEntry, entity_registry: er.EntityRegistry
) -> None:
    subentry = entry.subentries[SUBENTRY]
    old = {key: value for key, value in subentry.data.items() if key not in {"kind", "map", "shadow"}}
    hass.config_entries.async_update_subentry(entry, subentry, data=old)
    hass.config_entries.async_update_entry(entry, minor_version=1)
    entity_registry.async_get_or_create(
        "switch", "battery_commons", f"{SUBENTRY}_paused", config_entry=entry, config_subentry_id=SUBENTRY
    )

    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()

    assert entry.minor_version == 3
    data = entry.subentries[SUBENTRY].data
    assert (data["kind"], data["map"], data["shadow"]) == ("modbus", "sunspec_der", False)
    assert entity_registry.async_get_entity_id("switch", "battery_commons", f"{SUBENTRY}_paused") is None
    assert state(hass, "switch.garage_takes_part") == "on"


async def test_a_home_that_joined_before_villages_had_certificates_calls_as_it_did(
    hass: HomeAssistant, entry: MockConfigEntry, coordinator: FakeCoordinator
) -> None:
    before = {key: value for key, value in entry.data.items() if key != "certificate"}
    hass.config_entries.async_update_entry(entry, data=before, minor_version=2)

    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()

    assert (entry.minor_version, entry.data) == (3, before | {"certificate": None})
    assert coordinator.bodies("POST", "/api/v1/telemetry")


async def test_a_home_of_a_newer_version_is_not_touched(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    hass.config_entries.async_update_entry(entry, version=2)

    assert not await hass.config_entries.async_setup(entry.entry_id)

    assert entry.state is ConfigEntryState.MIGRATION_ERROR


async def test_a_battery_that_is_slow_to_answer_does_not_hold_up_the_start(
    hass: HomeAssistant, entry: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = asyncio.Event()

    async def read_slowly(_driver: SunSpecBattery) -> BatteryReading:
        await answers.wait()
        raise BatteryError("too late to tell")

    monkeypatch.setattr(SunSpecBattery, "read", read_slowly)
    monkeypatch.setattr("custom_components.battery_commons.PATIENCE_S", 0.01)

    assert await hass.config_entries.async_setup(entry.entry_id)

    assert not answers.is_set()
    assert entry.state is ConfigEntryState.LOADED
    answers.set()
    await hass.async_block_till_done(wait_background_tasks=True)
    assert entry.runtime_data.village.last_update_success
