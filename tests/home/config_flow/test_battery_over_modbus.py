"""A battery over Modbus: where it is, and whether what is found there is right."""

from typing import Any
from unittest.mock import patch

import pytest
from homeassistant.components.modbus import async_get_unit
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from modbus_connection import ModbusTlsParams
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.battery_commons.battery.driver import BatteryLimits
from custom_components.battery_commons.battery.modbus.catalogue import MAPS, ModbusMap
from tests.home.config_flow.batteries import HERE, NO_TEST, RATED, WHERE, added, begin, let_take_part, look_at
from tests.home.config_flow.flows import fill, suggested
from tests.home.conftest import BATTERY_DATA
from tests.home.coordinator import FakeCoordinator
from tests.home.device import BatteryDevice


@pytest.mark.parametrize("key", MAPS)
async def test_the_usual_port_and_unit_are_filled_in(
    hass: HomeAssistant, home: MockConfigEntry, key: str
) -> None:
    flow = (await begin(hass, home, "modbus"))["flow_id"]

    asked = await fill(hass, flow, {"map": key})

    assert asked["description_placeholders"] == {"kind": MAPS[key].name}
    fields = {str(field): field for field in asked["data_schema"].schema}
    assert (fields["port"].default(), fields["unit_id"].default()) == (MAPS[key].port, MAPS[key].unit_id)
    assert ("capacity_kwh" in fields) == MAPS[key].asks_ratings


@pytest.mark.parametrize(
    ("injecting_w", "step"),
    [(-1200, "confirm_charging"), (1200, "confirm_discharging"), (0, "confirm_idle")],
)
async def test_a_resident_confirms_what_was_found_with_its_direction_in_words(
    hass: HomeAssistant, home: MockConfigEntry, another: BatteryDevice, injecting_w: float, step: str
) -> None:
    another.stand(state_of_charge=0.42, injecting_w=injecting_w)

    shown = await look_at(hass, home, WHERE | {"host": " 192.0.2.8 "})

    assert shown["step_id"] == step
    assert shown["description_placeholders"] == {
        "device": "Example Wall 10",
        "capacity_kwh": "10.0",
        "charge_kw": "5.0",
        "discharge_kw": "5.0",
        "state_of_charge": "42",
        "power_kw": f"{abs(injecting_w) / 1000:.2f}",
    }
    last = await fill(hass, shown["flow_id"], NO_TEST)
    assert (last["step_id"], last["last_step"]) == ("finish", True)
    done = await fill(hass, shown["flow_id"], {"shadow": True})
    await hass.async_block_till_done()

    assert done["type"] is FlowResultType.CREATE_ENTRY
    battery = added(home, "Schuur")
    assert battery.data == BATTERY_DATA | WHERE | {"serial_number": "EX-0002", "shadow": True}
    assert battery.unique_id == "example ex-0002"


async def test_a_battery_that_does_not_say_what_it_can_is_told_of_by_its_resident(
    hass: HomeAssistant, home: MockConfigEntry, another: BatteryDevice
) -> None:
    told: list[Any] = []

    async def probe(unit: Any, now: Any, rated: Any) -> Any:
        told.append(rated)
        return await MAPS["sunspec_der"].probe(unit, now, rated)

    silent = ModbusMap(name="Silent", probe=probe, source="", tested_on_hardware=False, asks_ratings=True)
    with patch.dict(MAPS, {"silent": silent}):
        flow = (await begin(hass, home, "modbus"))["flow_id"]
        await fill(hass, flow, {"map": "silent"})
        await fill(hass, flow, WHERE | RATED)
        await let_take_part(hass, flow)
        asked: Any = await home.start_subentry_reconfigure_flow(hass, added(home, "Schuur").subentry_id)

    assert told[0] == BatteryLimits(10_000, 2_400, 2_000)
    assert not RATED.keys() & added(home, "Schuur").data.keys()
    assert suggested(asked) == WHERE | {"capacity_kwh": 10, "max_charge_kw": 5, "max_discharge_kw": 5}


async def test_the_village_hears_of_a_battery_that_was_added(
    hass: HomeAssistant, home: MockConfigEntry, another: BatteryDevice, coordinator: FakeCoordinator
) -> None:
    shown = await look_at(hass, home, WHERE)
    await let_take_part(hass, shown["flow_id"])

    described = coordinator.bodies("PUT", "/api/v1/home")[-1]["batteries"]
    assert [battery["name"] for battery in described] == ["Garage", "Schuur"]


async def test_a_battery_that_does_not_answer_is_not_added(
    hass: HomeAssistant, home: MockConfigEntry, another: BatteryDevice
) -> None:
    another.lose_link()
    refused = await look_at(hass, home, WHERE)
    assert (refused["step_id"], refused["errors"]) == ("where", {"base": "no_battery"})
    assert suggested(refused) == WHERE

    another.restore_link()
    assert (await fill(hass, refused["flow_id"], WHERE))["step_id"] == "confirm_idle"


async def test_a_device_that_is_in_use_with_other_link_settings_is_not_added(
    hass: HomeAssistant, home: MockConfigEntry, another: BatteryDevice
) -> None:
    async_get_unit(hass, home, ModbusTlsParams(host="192.0.2.8", port=502), 9)
    refused = await look_at(hass, home, WHERE)
    assert refused["errors"] == {"base": "link_settings_in_use"}

    elsewhere = WHERE | {"host": "192.0.2.9"}
    assert (await fill(hass, refused["flow_id"], elsewhere))["step_id"] == "confirm_idle"


async def test_a_battery_takes_part_once(hass: HomeAssistant, home: MockConfigEntry) -> None:
    result = await look_at(hass, home, HERE | {"name": "Again"})

    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "already_configured")


async def test_a_battery_is_known_at_any_address(hass: HomeAssistant, home: MockConfigEntry) -> None:
    result = await look_at(hass, home, WHERE)

    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "already_configured")


async def test_batteries_without_a_serial_number_are_told_apart_by_their_address(
    hass: HomeAssistant, home: MockConfigEntry, device: BatteryDevice
) -> None:
    device.registers.put(1, "SN", "")

    shown = await look_at(hass, home, WHERE)
    await let_take_part(hass, shown["flow_id"])

    assert added(home, "Schuur").unique_id is None


async def test_a_rating_that_nobody_filled_in_is_asked_for_over_modbus_too(
    hass: HomeAssistant, home: MockConfigEntry
) -> None:
    flow = (await begin(hass, home, "modbus"))["flow_id"]
    await fill(hass, flow, {"map": "victron_ess"})
    refused = await fill(hass, flow, WHERE | RATED | {"capacity_kwh": 0})

    assert (refused["step_id"], refused["errors"]) == ("where", {"capacity_kwh": "rating_missing"})
