"""What a resident sees of a battery."""

from datetime import timedelta
from typing import Any

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.components.diagnostics import get_diagnostics_for_config_entry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from tests.home.conftest import SUBENTRY
from tests.home.coordinator import TOKEN
from tests.home.device import BatteryDevice
from tests.home.doorstep import Doorstep
from tests.home.living import BATTERY_LOOK, entity, pass_time, state
from tests.home.village import NOW

pytestmark = pytest.mark.usefixtures("noon", "home")


async def test_power_and_setpoint_are_positive_while_discharging_as_elsewhere_in_home_assistant(
    hass: HomeAssistant, noon: FrozenDateTimeFactory, doorstep: Doorstep, device: BatteryDevice
) -> None:
    device.stand(state_of_charge=0.42, injecting_w=1995)
    await doorstep.post(doorstep.signed_plan(power_w=[-2000.0]))
    await pass_time(hass, noon, BATTERY_LOOK)

    assert state(hass, "sensor.garage_state_of_charge") == "42.0"
    assert float(state(hass, "sensor.garage_power")) == 1995
    assert float(state(hass, "sensor.garage_setpoint")) == 2000
    assert float(state(hass, "sensor.garage_plan")) == 2000


async def test_without_a_plan_the_battery_serves_its_own_house_and_says_so(hass: HomeAssistant) -> None:
    assert state(hass, "sensor.garage_mode") == "self_consumption"
    assert state(hass, "sensor.garage_reason") == "no_plan"
    for nothing_to_tell in ("setpoint", "plan", "plan_valid_until", "next_action", "next_action_at"):
        assert state(hass, f"sensor.garage_{nothing_to_tell}") == "unavailable"


async def test_the_plan_shows_the_slots_to_come_and_leaves_them_out_of_the_recorder(
    hass: HomeAssistant, doorstep: Doorstep
) -> None:
    await doorstep.post(doorstep.signed_plan())
    await hass.async_block_till_done()

    plan = entity(hass, "sensor.garage_plan")
    assert plan.attributes["sequence"] == 7
    assert [(slot["start"], slot["power_w"], slot["reason"]) for slot in plan.attributes["slots"]] == [
        ("2026-06-21T12:00:00+00:00", 2000, "relieve_import"),
        ("2026-06-21T12:15:00+00:00", -3000, "relieve_export"),
        ("2026-06-21T12:30:00+00:00", None, "own_house"),
        ("2026-06-21T12:45:00+00:00", 0, "hold"),
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


async def test_each_slot_tells_its_end_how_full_the_battery_will_be_and_what_the_village_expects(
    hass: HomeAssistant, noon: FrozenDateTimeFactory, doorstep: Doorstep, device: BatteryDevice
) -> None:
    device.stand(state_of_charge=0.5, injecting_w=0)
    await pass_time(hass, noon, BATTERY_LOOK)
    outlook = {
        "transformer_limit_w": 250_000,
        "transformer_load_w": [240_000, 200_000],
        "price_per_kwh": [0.31, 0.12],
    }
    await doorstep.post(
        doorstep.signed_plan(power_w=[0.0, -1900.0, None], start=NOW.isoformat(), outlook=outlook)
    )
    await hass.async_block_till_done()

    first, second, third = entity(hass, "sensor.garage_plan").attributes["slots"]
    assert (first["end"], first["state_of_charge"]) == ("2026-06-21T12:16:00+00:00", 50)
    assert (first["price_per_kwh"], second["price_per_kwh"], third["price_per_kwh"]) == (0.31, 0.12, None)
    assert (first["transformer_load_w"], first["transformer_limit_w"]) == (240_000, 250_000)
    assert second["state_of_charge"] == 45
    assert third["state_of_charge"] is None
    assert all(slot["explanation"] for slot in (first, second, third))


async def test_the_slots_are_not_written_anew_with_every_reading(
    hass: HomeAssistant, noon: FrozenDateTimeFactory, doorstep: Doorstep, device: BatteryDevice
) -> None:
    await doorstep.post(doorstep.signed_plan())
    await pass_time(hass, noon, BATTERY_LOOK)
    before = entity(hass, "sensor.garage_plan")

    device.stand(state_of_charge=0.49, injecting_w=2000)
    await pass_time(hass, noon, BATTERY_LOOK)
    assert entity(hass, "sensor.garage_plan") is before

    await doorstep.post(doorstep.signed_plan(sequence=8))
    await hass.async_block_till_done()
    assert entity(hass, "sensor.garage_plan").attributes["slots"] != before.attributes["slots"]


async def test_what_comes_next_is_told_with_its_moment(hass: HomeAssistant, doorstep: Doorstep) -> None:
    await doorstep.post(doorstep.signed_plan())
    await hass.async_block_till_done()

    assert state(hass, "sensor.garage_next_action") == "charge"
    assert state(hass, "sensor.garage_next_action_at") == "2026-06-21T12:15:00+00:00"


async def test_a_plan_whose_lease_is_over_tells_nothing_next(
    hass: HomeAssistant, noon: FrozenDateTimeFactory, doorstep: Doorstep
) -> None:
    await doorstep.post(doorstep.signed_plan(lease_until=(NOW + timedelta(minutes=3)).isoformat()))
    await pass_time(hass, noon, timedelta(minutes=4))

    assert state(hass, "sensor.garage_next_action") == "unavailable"
    assert state(hass, "sensor.garage_next_action_at") == "unavailable"


async def test_the_reason_comes_with_a_sentence_that_is_left_out_of_the_recorder(
    hass: HomeAssistant, doorstep: Doorstep
) -> None:
    before = entity(hass, "sensor.garage_reason").attributes["explanation"]
    await doorstep.post(doorstep.signed_plan())
    await hass.async_block_till_done()

    reason = entity(hass, "sensor.garage_reason")
    assert reason.attributes["explanation"] not in {"", before}
    assert reason.state_info is not None
    assert "explanation" in reason.state_info["unrecorded_attributes"]


async def test_stored_energy_is_what_the_state_of_charge_makes_of_the_capacity(
    hass: HomeAssistant, noon: FrozenDateTimeFactory, device: BatteryDevice
) -> None:
    device.stand(state_of_charge=0.42, injecting_w=0)
    await pass_time(hass, noon, BATTERY_LOOK)

    assert float(state(hass, "sensor.garage_stored_energy")) == 4.2


MEASURED = ("state_of_charge", "power", "stored_energy")


async def test_a_lost_battery_shows_no_figures_of_before(
    hass: HomeAssistant, noon: FrozenDateTimeFactory, device: BatteryDevice
) -> None:
    device.lose_link()
    await pass_time(hass, noon, BATTERY_LOOK)

    for measured in MEASURED:
        assert state(hass, f"sensor.garage_{measured}") == "unavailable"
    assert state(hass, "sensor.garage_mode") == "unreachable"

    device.restore_link()
    await pass_time(hass, noon, BATTERY_LOOK)
    for measured in MEASURED:
        assert state(hass, f"sensor.garage_{measured}") != "unavailable"


async def test_a_reading_that_has_become_old_is_not_shown_as_a_fresh_one(
    hass: HomeAssistant, noon: FrozenDateTimeFactory, home: MockConfigEntry
) -> None:
    battery = home.runtime_data.batteries[SUBENTRY]
    noon.tick(timedelta(minutes=2))
    battery.async_update_listeners()

    for measured in MEASURED:
        assert state(hass, f"sensor.garage_{measured}") == "unavailable"


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
