"""Naming a battery begins with how it is reached and which kind it is."""

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.battery_commons.battery.entities.presets import PRESETS
from custom_components.battery_commons.battery.modbus.catalogue import MAPS
from tests.home.config_flow.batteries import begin
from tests.home.words import LANGUAGES, words


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
