"""What a resident sees, and what they decide."""

from datetime import timedelta
from typing import Any

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import device_registry as dr
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.components.diagnostics import get_diagnostics_for_config_entry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from tests.home.conftest import SUBENTRY
from tests.home.coordinator import TOKEN, FakeCoordinator
from tests.home.device import BatteryDevice
from tests.home.doorstep import Doorstep
from tests.home.test_lifecycle import pass_time, restart, state
from tests.home.village import NOW

pytestmark = pytest.mark.usefixtures("noon", "home")
LOOK = timedelta(seconds=6)


def entity(hass: HomeAssistant, entity_id: str) -> State:
    found = hass.states.get(entity_id)
    assert found is not None
    return found


async def pause(hass: HomeAssistant, *, paused: bool) -> None:
    service = "turn_on" if paused else "turn_off"
    await hass.services.async_call("switch", service, {"entity_id": "switch.garage_paused"}, blocking=True)
    await hass.async_block_till_done()


async def keep_in_reserve(hass: HomeAssistant, percent: float) -> None:
    target = {"entity_id": "number.garage_reserve", "value": percent}
    await hass.services.async_call("number", "set_value", target, blocking=True)
    await hass.async_block_till_done()


async def test_power_and_setpoint_are_positive_while_discharging_as_elsewhere_in_home_assistant(
    hass: HomeAssistant, noon: FrozenDateTimeFactory, doorstep: Doorstep, device: BatteryDevice
) -> None:
    device.stand(state_of_charge=0.42, injecting_w=1995)
    await doorstep.post(doorstep.signed_plan(power_w=[-2000.0]))
    await pass_time(hass, noon, LOOK)

    assert state(hass, "sensor.garage_battery") == "42.0"
    assert float(state(hass, "sensor.garage_power")) == 1995
    assert float(state(hass, "sensor.garage_setpoint")) == 2000
    assert float(state(hass, "sensor.garage_plan")) == 2000


async def test_without_a_plan_the_battery_serves_its_own_house_and_says_so(hass: HomeAssistant) -> None:
    assert state(hass, "sensor.garage_mode") == "self_consumption"
    assert state(hass, "sensor.garage_reason") == "no_plan"
    for nothing_to_tell in ("setpoint", "plan", "plan_valid_until"):
        assert state(hass, f"sensor.garage_{nothing_to_tell}") == "unavailable"


async def test_the_plan_shows_the_slots_to_come_and_leaves_them_out_of_the_recorder(
    hass: HomeAssistant, doorstep: Doorstep
) -> None:
    await doorstep.post(doorstep.signed_plan())
    await hass.async_block_till_done()

    plan = entity(hass, "sensor.garage_plan")
    assert plan.attributes["sequence"] == 7
    assert plan.attributes["slots"] == [
        {"start": "2026-06-21T12:00:00+00:00", "power_w": 2000, "reason": "relieve_import"},
        {"start": "2026-06-21T12:15:00+00:00", "power_w": -3000, "reason": "relieve_export"},
        {"start": "2026-06-21T12:30:00+00:00", "power_w": None, "reason": "own_house"},
        {"start": "2026-06-21T12:45:00+00:00", "power_w": 0, "reason": "hold"},
    ]
    assert plan.state_info is not None
    assert "slots" in plan.state_info["unrecorded_attributes"]


async def test_the_lease_ends_at_its_moment_and_everything_says_so_at_once(
    hass: HomeAssistant, noon: FrozenDateTimeFactory, doorstep: Doorstep, device: BatteryDevice
) -> None:
    lease_until = NOW + timedelta(minutes=3)
    await doorstep.post(doorstep.signed_plan(lease_until=lease_until.isoformat()))
    await hass.async_block_till_done()
    assert state(hass, "sensor.garage_plan_valid_until") == lease_until.isoformat()

    noon.move_to(lease_until - timedelta(seconds=1.5))
    await pass_time(hass, noon, timedelta(seconds=0.4))
    assert (state(hass, "sensor.garage_mode"), device.order_w) == ("village", 2000)
    await pass_time(hass, noon, timedelta(seconds=0.2))

    assert device.order_w is None
    assert state(hass, "sensor.garage_mode") == "self_consumption"
    assert state(hass, "sensor.garage_reason") == "lease_expired"
    assert state(hass, "sensor.garage_setpoint") == "unavailable"
    await pass_time(hass, noon, timedelta(seconds=1))
    assert state(hass, "sensor.garage_plan") == "unavailable"


async def test_a_pause_releases_the_battery_at_once_and_its_end_follows_the_plan_again(
    hass: HomeAssistant, doorstep: Doorstep, device: BatteryDevice
) -> None:
    await doorstep.post(doorstep.signed_plan())

    await pause(hass, paused=True)
    assert device.order_w is None
    assert (state(hass, "sensor.garage_mode"), state(hass, "sensor.garage_reason")) == ("paused", "paused")

    await pause(hass, paused=False)
    assert device.order_w == 2000


async def test_a_reserve_keeps_the_village_from_discharging_and_is_told_to_it(
    hass: HomeAssistant,
    noon: FrozenDateTimeFactory,
    doorstep: Doorstep,
    device: BatteryDevice,
    coordinator: FakeCoordinator,
) -> None:
    await doorstep.post(doorstep.signed_plan())

    await keep_in_reserve(hass, 60)
    await pass_time(hass, noon, 2 * LOOK)

    assert device.order_w == 0
    assert state(hass, "sensor.garage_reason") == "reserve_reached"
    assert coordinator.bodies("PUT", "/api/v1/home")[-1]["batteries"][0]["reserve"] == 0.6


async def test_what_the_resident_decided_survives_a_restart(
    hass: HomeAssistant, noon: FrozenDateTimeFactory, home: MockConfigEntry, device: BatteryDevice
) -> None:
    await pause(hass, paused=True)
    await keep_in_reserve(hass, 35)

    await restart(hass, home, device, noon, timedelta(minutes=1))

    assert state(hass, "switch.garage_paused") == "on"
    assert float(state(hass, "number.garage_reserve")) == 35


async def test_a_resident_decides_also_while_the_battery_is_away(
    hass: HomeAssistant, noon: FrozenDateTimeFactory, device: BatteryDevice
) -> None:
    device.lose_link()
    await pass_time(hass, noon, LOOK)

    await pause(hass, paused=True)

    assert state(hass, "switch.garage_paused") == "on"


async def test_the_village_is_shown(hass: HomeAssistant) -> None:
    assert state(hass, "binary_sensor.ansen_coordinator") == "on"
    assert float(state(hass, "sensor.ansen_transformer_load")) == 143.2
    assert float(state(hass, "sensor.ansen_transformer_limit")) == 250
    assert state(hass, "sensor.ansen_congestion_signal") == "neutral"
    assert state(hass, "sensor.ansen_control_model") == "M4"


async def test_an_old_load_is_not_shown_as_a_fresh_one(
    hass: HomeAssistant, noon: FrozenDateTimeFactory, coordinator: FakeCoordinator
) -> None:
    coordinator.load_at = (NOW - timedelta(minutes=16)).isoformat()

    await pass_time(hass, noon, 2 * LOOK)

    assert state(hass, "sensor.ansen_transformer_load") == "unavailable"
    assert state(hass, "sensor.ansen_congestion_signal") == "unavailable"
    assert float(state(hass, "sensor.ansen_transformer_limit")) == 250


async def test_a_lost_village_is_seen_and_its_figures_are_not_shown_on(
    hass: HomeAssistant, noon: FrozenDateTimeFactory, coordinator: FakeCoordinator
) -> None:
    coordinator.unreachable = True
    await pass_time(hass, noon, 2 * LOOK)
    assert state(hass, "binary_sensor.ansen_coordinator") == "off"
    assert state(hass, "sensor.ansen_transformer_limit") == "unavailable"

    coordinator.unreachable = False
    await pass_time(hass, noon, 2 * LOOK)
    assert state(hass, "binary_sensor.ansen_coordinator") == "on"


async def test_a_battery_hangs_below_its_village(hass: HomeAssistant, home: MockConfigEntry) -> None:
    registry = dr.async_get(hass)
    village = registry.async_get_device_by_identifier(("battery_commons", home.entry_id), home.entry_id)
    battery = registry.async_get_device_by_identifier(("battery_commons", SUBENTRY), home.entry_id)

    assert village is not None
    assert battery is not None
    assert battery.via_device_id == village.id
    assert (battery.manufacturer, battery.model, battery.serial_number) == ("Example", "Wall 10", "EX-0001")


async def test_diagnostics_open_no_door(
    hass: HomeAssistant, home: MockConfigEntry, hass_client: ClientSessionGenerator
) -> None:

    found: Any = await get_diagnostics_for_config_entry(hass, hass_client, home)

    assert found["village"]["reachable"] is True
    assert found["batteries"][0]["outcome"]["decision"]["reason"] == "no_plan"
    for secret in (TOKEN, home.data["webhook_id"], "192.0.2.7", "EX-0001"):
        assert secret not in str(found)
