"""Naming a battery: which kind it is, where it is, and whether what is found there is right."""

from types import MappingProxyType
from typing import Any
from unittest.mock import patch

import pytest
from homeassistant.components.modbus import async_get_unit
from homeassistant.config_entries import SOURCE_USER, ConfigSubentry
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from modbus_connection import ModbusTlsParams
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.battery_commons.battery.driver import BatteryLimits
from custom_components.battery_commons.battery.entities.presets import PRESETS
from custom_components.battery_commons.battery.modbus.catalogue import MAPS, ModbusMap
from tests.home.battery.entities.simulated import MODE, MODES, POWER, SETPOINT, SOC, Accu
from tests.home.conftest import BATTERY_DATA, SUBENTRY
from tests.home.coordinator import FakeCoordinator
from tests.home.device import BatteryDevice
from tests.home.flows import fill
from tests.home.test_words import LANGUAGES, words

WHERE = {"name": "Schuur", "host": "192.0.2.8", "port": 502, "unit_id": 1}
HERE = {part: BATTERY_DATA[part] for part in ("name", "host", "port", "unit_id")}
NO_TEST = {"self_test": False}
MEASURED = {"name": "Accu", "state_of_charge": SOC, "power": POWER, "inverted": False}
RATED = {"capacity_kwh": 10, "max_charge_kw": 2.4, "max_discharge_kw": 2}
BY_WATTS = MEASURED | RATED | {"setpoint": SETPOINT, "setpoint_inverted": False}
BY_MODE = MEASURED | RATED | {"mode": MODE, "option_own_house": "zero", "option_charge": "to_full"}


async def begin(hass: HomeAssistant, home: MockConfigEntry, kind: str | None = None) -> Any:
    """Start to add a battery, and choose how it is reached."""
    shown = await hass.config_entries.subentries.async_init(
        (home.entry_id, "battery"), context={"source": SOURCE_USER}
    )
    return shown if kind is None else await fill(hass, shown["flow_id"], {"next_step_id": kind})


async def look_at(hass: HomeAssistant, home: MockConfigEntry, where: dict[str, Any]) -> Any:
    """Go as far as what is found at a SunSpec battery's address."""
    flow = (await begin(hass, home, "modbus"))["flow_id"]
    await fill(hass, flow, {"map": "sunspec_der"})
    return await fill(hass, flow, where)


async def look_behind(hass: HomeAssistant, home: MockConfigEntry, preset: str, mapped: dict[str, Any]) -> Any:
    """Go as far as what is found behind a battery's entities."""
    flow = (await begin(hass, home, "entities"))["flow_id"]
    await fill(hass, flow, {"preset": preset})
    return await fill(hass, flow, mapped)


def added(home: MockConfigEntry, title: str) -> ConfigSubentry:
    battery: ConfigSubentry
    (battery,) = [each for each in home.subentries.values() if each.title == title]
    return battery


def suggested(form: Any) -> dict[str, Any]:
    """Return what a form proposes."""
    fields = {str(field): (field.description or {}) for field in form["data_schema"].schema}
    return {
        name: told["suggested_value"]
        for name, told in fields.items()
        if told.get("suggested_value") is not None
    }


# --- Which kind -----------------------------------------------------------------------------------


async def test_a_resident_chooses_how_a_battery_is_reached(
    hass: HomeAssistant, home: MockConfigEntry
) -> None:
    shown = await begin(hass, home)

    assert (shown["type"], shown["menu_options"]) == (FlowResultType.MENU, ["modbus", "entities"])


async def test_every_modbus_battery_says_whether_it_was_tested_on_hardware(
    hass: HomeAssistant, home: MockConfigEntry
) -> None:
    shown = await begin(hass, home, "modbus")

    (select,) = shown["data_schema"].schema.values()
    labels = {option["value"]: option["label"] for option in select.config["options"]}
    assert labels == {
        key: f"{each.name} ({'' if each.tested_on_hardware else 'not yet '}tested on hardware)"
        for key, each in MAPS.items()
    }


async def test_the_integrations_that_are_here_come_first(hass: HomeAssistant, home: MockConfigEntry) -> None:
    MockConfigEntry(domain="sessy").add_to_hass(hass)

    shown = await begin(hass, home, "entities")

    ((field, select),) = shown["data_schema"].schema.items()
    assert select.config["options"][0] == field.default() == "sessy"
    assert sorted(select.config["options"]) == sorted(PRESETS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_integration_has_its_words(language: str) -> None:
    assert words(language)["selector"]["preset"]["options"].keys() == PRESETS.keys()


async def test_no_battery_is_added_while_the_village_is_not_set_up(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    result = await begin(hass, entry)

    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "entry_not_loaded")


# --- Over Modbus ----------------------------------------------------------------------------------


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
        await fill(hass, flow, NO_TEST)
        await fill(hass, flow, {"shadow": False})
        await hass.async_block_till_done()
        asked: Any = await home.start_subentry_reconfigure_flow(hass, added(home, "Schuur").subentry_id)

    assert told[0] == BatteryLimits(10_000, 2_400, 2_000)
    assert not RATED.keys() & added(home, "Schuur").data.keys()
    assert suggested(asked) == WHERE | {"capacity_kwh": 10, "max_charge_kw": 5, "max_discharge_kw": 5}


async def test_the_village_hears_of_a_battery_that_was_added(
    hass: HomeAssistant, home: MockConfigEntry, another: BatteryDevice, coordinator: FakeCoordinator
) -> None:
    shown = await look_at(hass, home, WHERE)
    await fill(hass, shown["flow_id"], NO_TEST)
    await fill(hass, shown["flow_id"], {"shadow": False})
    await hass.async_block_till_done()

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
    await fill(hass, shown["flow_id"], NO_TEST)
    await fill(hass, shown["flow_id"], {"shadow": False})

    assert added(home, "Schuur").unique_id is None


# --- Through entities -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("charging_w", "step"),
    [(1200, "confirm_charging"), (-1200, "confirm_discharging"), (0, "confirm_idle")],
)
async def test_a_battery_behind_entities_is_shown_in_words_too(
    hass: HomeAssistant, home: MockConfigEntry, accu: Accu, charging_w: float, step: str
) -> None:
    accu.state_of_charge, accu.power_w = 42.0, charging_w
    accu.show()

    shown = await look_behind(hass, home, "generic_watts", BY_WATTS)

    assert shown["step_id"] == step
    assert shown["description_placeholders"] == {
        "device": "Accu",  # Its sensors belong to no device, so it has only the name that it was given.
        "capacity_kwh": "10.0",
        "charge_kw": "2.4",
        "discharge_kw": "2.0",
        "state_of_charge": "42",
        "power_kw": f"{abs(charging_w) / 1000:.2f}",
    }
    await fill(hass, shown["flow_id"], NO_TEST)
    done = await fill(hass, shown["flow_id"], {"shadow": False})

    assert done["type"] is FlowResultType.CREATE_ENTRY
    battery = added(home, "Accu")
    assert battery.unique_id is None
    assert (battery.data["kind"], battery.data["preset"]) == ("entities", "generic_watts")
    assert battery.data["entities"] == {"state_of_charge": SOC, "power": POWER, "setpoint": SETPOINT}
    assert (battery.data["capacity_wh"], battery.data["shadow"]) == (10_000, False)


async def test_a_battery_with_a_choice_of_modes_is_added(
    hass: HomeAssistant, home: MockConfigEntry, accu: Accu
) -> None:
    shown = await look_behind(hass, home, "generic_mode", BY_MODE)
    await fill(hass, shown["flow_id"], NO_TEST)
    await fill(hass, shown["flow_id"], {"shadow": False})

    assert added(home, "Accu").data["options"] == {"own_house": "zero", "charge": "to_full"}


async def test_entities_that_make_up_no_battery_are_said_not_to_where_it_shows(
    hass: HomeAssistant, home: MockConfigEntry, accu: Accu
) -> None:
    wrong = BY_MODE | {"option_charge": "turbo"}
    refused = await look_behind(hass, home, "generic_mode", wrong)
    assert (refused["step_id"], refused["errors"]) == ("mapping", {"option_charge": "option_unknown"})
    assert suggested(refused) == wrong
    fields = {str(field): selector for field, selector in refused["data_schema"].schema.items()}
    assert fields["option_charge"].config["options"] == MODES

    assert (await fill(hass, refused["flow_id"], BY_MODE))["step_id"] == "confirm_idle"


@pytest.mark.parametrize("rating", ["capacity_kwh", "max_charge_kw", "max_discharge_kw"])
async def test_a_rating_that_nobody_filled_in_is_asked_for(
    hass: HomeAssistant, home: MockConfigEntry, accu: Accu, rating: str
) -> None:
    """A browser sends the lowest value of a number that was left alone."""
    refused = await look_behind(hass, home, "generic_mode", BY_MODE | {rating: 0})

    assert (refused["step_id"], refused["errors"]) == ("mapping", {rating: "rating_missing"})


async def test_a_rating_that_nobody_filled_in_is_asked_for_over_modbus_too(
    hass: HomeAssistant, home: MockConfigEntry
) -> None:
    flow = (await begin(hass, home, "modbus"))["flow_id"]
    await fill(hass, flow, {"map": "victron_ess"})
    refused = await fill(hass, flow, WHERE | RATED | {"capacity_kwh": 0})

    assert (refused["step_id"], refused["errors"]) == ("where", {"capacity_kwh": "rating_missing"})


async def test_sensors_that_say_nothing_now_are_not_taken(
    hass: HomeAssistant, home: MockConfigEntry, accu: Accu
) -> None:
    attributes = {"unit_of_measurement": "%"}
    hass.states.async_set(SOC, "unavailable", attributes)
    refused = await look_behind(hass, home, "generic_watts", BY_WATTS)
    assert (refused["step_id"], refused["errors"]) == ("mapping", {"base": "no_reading"})

    accu.show()
    assert (await fill(hass, refused["flow_id"], BY_WATTS))["step_id"] == "confirm_idle"


async def test_a_battery_behind_entities_takes_part_once(
    hass: HomeAssistant, home: MockConfigEntry, accu: Accu
) -> None:
    shown = await look_behind(hass, home, "generic_watts", BY_WATTS)
    await fill(hass, shown["flow_id"], NO_TEST)
    await fill(hass, shown["flow_id"], {"shadow": False})
    await hass.async_block_till_done()

    result = await look_behind(hass, home, "generic_mode", BY_MODE)

    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "already_configured")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_field_of_a_battery_behind_entities_has_its_words(language: str) -> None:
    told = words(language)["config_subentries"]["battery"]["step"]["mapping"]
    fields = {"name", "inverted", "setpoint_inverted", "own_reserve", *RATED}
    for preset in PRESETS.values():
        fields |= {*preset.roles, *(f"option_{option}" for option in preset.options)}

    assert told["data"].keys() == told["data_description"].keys() == fields


# --- Changing one that takes part -----------------------------------------------------------------


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
    await fill(hass, shown["flow_id"], NO_TEST)
    await fill(hass, shown["flow_id"], {"shadow": True})
    await hass.async_block_till_done()

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
