"""What is kept of a form in which entities were picked, and why it is refused."""

from typing import Any

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.battery_commons.battery.entities.driver import open_entity_battery
from custom_components.battery_commons.battery.entities.mapping import EntityMapping
from custom_components.battery_commons.flows.entity_answer import EntityMappingError, entity_data
from custom_components.battery_commons.flows.entity_form import async_entity_form, entity_form_values
from tests.home.battery.entities.simulated import (
    CHARGE_SETPOINT,
    CONTROL,
    MODE,
    POWER,
    RESERVE,
    SETPOINT,
    SOC,
    Accu,
)
from tests.home.config_flow.entity_answers import MODES, RATED, WATTS


async def test_what_is_kept_opens_a_battery_that_can_be_read(accu: Accu, hass: HomeAssistant) -> None:
    form = await async_entity_form(hass, "generic_watts")

    data = entity_data(hass, "generic_watts", form(WATTS))

    assert data["entities"] == {"state_of_charge": SOC, "power": POWER, "setpoint": SETPOINT}
    assert (data["capacity_wh"], data["max_charge_w"], data["max_discharge_w"]) == (10_000, 2_400, 2_000)
    assert (await open_entity_battery(hass, data).read()).state_of_charge == 0.5


async def test_the_device_behind_the_state_of_charge_says_who_made_the_battery(
    accu: Accu, hass: HomeAssistant
) -> None:
    entry = MockConfigEntry(domain="sessy")
    entry.add_to_hass(hass)
    device = dr.async_get(hass).async_get_or_create(
        config_entry_id=entry.entry_id,
        identifiers={("sessy", "1")},
        manufacturer="Charged",
        model="Sessy",
        serial_number="S1",
    )
    hass.states.async_remove(SOC)
    er.async_get(hass).async_get_or_create(
        "sensor",
        "sessy",
        "1",
        suggested_object_id=SOC.partition(".")[2],
        config_entry=entry,
        device_id=device.id,
    )
    accu.show()

    data = entity_data(hass, "generic_watts", WATTS)

    assert (data["manufacturer"], data["model"], data["serial_number"]) == ("Charged", "Sessy", "S1")


async def test_a_form_can_be_filled_in_again_from_what_was_kept(accu: Accu, hass: HomeAssistant) -> None:
    data = entity_data(hass, "generic_mode", MODES)

    assert MODES.items() <= entity_form_values(data).items()
    assert entity_data(hass, "generic_mode", entity_form_values(data)) == data


async def test_a_reserve_keeps_the_residents_own(accu: Accu, hass: HomeAssistant) -> None:
    filled = {"state_of_charge": SOC, "power": POWER, "reserve": RESERVE, "own_reserve": 25.0, **RATED}

    data = entity_data(hass, "generic_reserve", filled)

    assert EntityMapping.from_data(data).own_reserve == 25


async def test_options_that_belong_to_nothing_are_not_kept(accu: Accu, hass: HomeAssistant) -> None:
    filled = WATTS | {"option_obey": "api", "option_charge": "to_full"}

    assert entity_data(hass, "generic_watts", filled)["options"] == {}


async def test_a_switch_that_takes_control_needs_no_options(accu: Accu, hass: HomeAssistant) -> None:
    data = entity_data(hass, "generic_watts", WATTS | {"control": CONTROL, "option_own_house": "zero"})

    assert data["options"] == {}
    assert open_entity_battery(hass, data).traits.regulates


@pytest.mark.parametrize(
    ("preset", "filled", "code", "field"),
    [
        ("generic_watts", WATTS | {"power": ""}, "power_missing", "base"),
        ("generic_watts", WATTS | {"setpoint": ""}, "setpoint_missing", "base"),
        (
            "generic_watts",
            WATTS | {"setpoint": "", "charge_setpoint": CHARGE_SETPOINT},
            "setpoint_missing",
            "base",
        ),
        ("generic_watts", WATTS | {"power": "sensor.gone"}, "entity_missing", "power"),
        ("generic_watts", WATTS | {"power": "sensor.ours"}, "own_entity", "power"),
        ("generic_watts", WATTS | {"power": MODE}, "unit_wrong", "power"),
        ("generic_watts", WATTS | {"state_of_charge": POWER}, "unit_wrong", "state_of_charge"),
        ("generic_watts", WATTS | {"setpoint": RESERVE}, "unit_wrong", "setpoint"),
        (
            "generic_watts",
            WATTS | {"setpoint": "", "charge_setpoint": SETPOINT, "discharge_setpoint": SETPOINT},
            "same_entity_twice",
            "charge_setpoint",
        ),
        ("generic_watts", WATTS | {"setpoint": "number.least"}, "range_without_zero", "setpoint"),
        ("generic_watts", WATTS | {"control": MODE}, "option_missing", "option_obey"),
        ("generic_watts", WATTS | {"mode": MODE}, "option_missing", "option_charge"),
        ("generic_mode", MODES | {"option_own_house": ""}, "option_missing", "option_own_house"),
        (
            "generic_mode",
            MODES | {"option_charge": "", "option_standby": ""},
            "option_missing",
            "option_charge",
        ),
        ("generic_mode", MODES | {"option_charge": "vol"}, "option_unknown", "option_charge"),
        (
            "huawei",
            {"state_of_charge": SOC, "power": POWER, "order": POWER, **RATED},
            "same_entity_twice",
            "power",
        ),
        (
            "huawei",
            {"state_of_charge": SOC, "power": POWER, "order": MODE, **RATED},
            "no_device",
            "state_of_charge",
        ),
    ],
)
async def test_a_form_that_makes_no_battery_says_why(
    accu: Accu, hass: HomeAssistant, preset: str, filled: dict[str, Any], code: str, field: str
) -> None:
    er.async_get(hass).async_get_or_create("sensor", "battery_commons", "x_power", suggested_object_id="ours")
    hass.states.async_set("sensor.ours", "0", {"unit_of_measurement": "W"})
    least = {"min": 100, "max": 2_000, "step": 1, "unit_of_measurement": "W"}
    hass.states.async_set("number.least", "100", least)

    with pytest.raises(EntityMappingError) as refused:
        entity_data(hass, preset, filled)

    assert (refused.value.code, refused.value.field) == (code, field)


async def test_a_number_that_cannot_be_nothing_is_no_matter_beside_a_mode_for_standing_still(
    accu: Accu, hass: HomeAssistant
) -> None:
    least = {"min": 100, "max": 2_000, "step": 1, "unit_of_measurement": "W"}
    hass.states.async_set("number.least", "100", least)
    filled = WATTS | {"setpoint": "number.least", "mode": MODE}
    options = {"option_charge": "to_full", "option_discharge": "zero", "option_standby": "standby"}

    assert entity_data(hass, "generic_watts", filled | options)["options"]["standby"] == "standby"
