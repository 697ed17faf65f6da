"""Changing a battery that takes part: it stays the same one."""

from types import MappingProxyType
from typing import Any

from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.home.battery.entities.simulated import Accu
from tests.home.config_flow.batteries import BY_MODE, HERE, NO_TEST, WHERE, added, let_take_part, look_behind
from tests.home.config_flow.flows import fill, suggested
from tests.home.conftest import BATTERY_DATA, SUBENTRY
from tests.home.device import BatteryDevice


async def test_a_battery_that_has_moved_is_found_again_and_keeps_its_identity(
    hass: HomeAssistant, home: MockConfigEntry
) -> None:
    asked: Any = await home.start_subentry_reconfigure_flow(hass, SUBENTRY)
    assert (asked["step_id"], suggested(asked)) == ("where", HERE)
    moved = HERE | {"host": "192.0.2.99"}
    shown = await fill(hass, asked["flow_id"], moved)
    assert shown["step_id"] == "confirm_idle"
    done = await fill(hass, asked["flow_id"], NO_TEST)
    await hass.async_block_till_done()

    assert done["reason"] == "reconfigure_successful"
    assert home.subentries[SUBENTRY].data == BATTERY_DATA | moved
    assert home.subentries[SUBENTRY].unique_id == "example ex-0001"


async def test_a_battery_may_be_renamed_where_it_is_and_is_not_tried_out_again(
    hass: HomeAssistant, home: MockConfigEntry
) -> None:
    asked: Any = await home.start_subentry_reconfigure_flow(hass, SUBENTRY)

    shown = await fill(hass, asked["flow_id"], HERE | {"name": "Cellar"})
    assert not shown["data_schema"].schema
    done = await fill(hass, asked["flow_id"], {})
    await hass.async_block_till_done()

    assert done["reason"] == "reconfigure_successful"
    assert home.subentries[SUBENTRY].title == "Cellar"


async def test_another_battery_at_the_address_does_not_take_the_place_of_the_first(
    hass: HomeAssistant, home: MockConfigEntry, device: BatteryDevice
) -> None:
    asked: Any = await home.start_subentry_reconfigure_flow(hass, SUBENTRY)
    device.registers.put(1, "SN", "EX-0002")
    refused = await fill(hass, asked["flow_id"], HERE)
    assert (refused["step_id"], refused["errors"]) == ("where", {"base": "other_battery"})

    device.registers.put(1, "SN", "EX-0001")
    assert (await fill(hass, asked["flow_id"], HERE))["step_id"] == "confirm_idle"


async def test_a_battery_cannot_move_to_where_another_is(hass: HomeAssistant, home: MockConfigEntry) -> None:
    other = ConfigSubentry(
        data=MappingProxyType(BATTERY_DATA | WHERE | {"serial_number": "EX-0002"}),
        subentry_type="battery",
        title="Schuur",
        unique_id=None,
    )
    hass.config_entries.async_add_subentry(home, other)
    await hass.async_block_till_done()
    asked: Any = await home.start_subentry_reconfigure_flow(hass, SUBENTRY)

    result = await fill(hass, asked["flow_id"], WHERE)

    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "already_configured")


async def test_the_entities_of_a_battery_can_be_changed_and_its_start_is_left_alone(
    hass: HomeAssistant, home: MockConfigEntry, accu: Accu
) -> None:
    shown = await look_behind(hass, home, "generic_mode", BY_MODE)
    await let_take_part(hass, shown["flow_id"], shadow=True)

    asked: Any = await home.start_subentry_reconfigure_flow(hass, added(home, "Accu").subentry_id)
    assert (asked["step_id"], suggested(asked)) == ("mapping", BY_MODE)
    await fill(hass, asked["flow_id"], BY_MODE | {"option_standby": "standby", "name": "Accu 2"})
    done = await fill(hass, asked["flow_id"], NO_TEST)
    await hass.async_block_till_done()

    assert done["reason"] == "reconfigure_successful"
    battery = added(home, "Accu 2")
    assert battery.data["options"] == {"own_house": "zero", "charge": "to_full", "standby": "standby"}
    assert battery.data["shadow"] is True


async def test_no_battery_is_changed_while_the_village_is_not_set_up(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    result: Any = await entry.start_subentry_reconfigure_flow(hass, SUBENTRY)

    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "entry_not_loaded")
