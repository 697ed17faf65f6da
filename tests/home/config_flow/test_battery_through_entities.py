"""A battery through entities that are here: which they are, and whether they make up one."""

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.battery_commons.battery.entities.presets import PRESETS
from tests.home.battery.entities.simulated import MODES, POWER, SETPOINT, SOC, Accu
from tests.home.config_flow.batteries import (
    BY_MODE,
    BY_WATTS,
    RATED,
    added,
    let_take_part,
    look_behind,
)
from tests.home.config_flow.flows import fill, suggested
from tests.home.words import LANGUAGES, words


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
    done = await let_take_part(hass, shown["flow_id"])

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
    await let_take_part(hass, shown["flow_id"])

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
    await let_take_part(hass, shown["flow_id"])

    result = await look_behind(hass, home, "generic_mode", BY_MODE)

    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "already_configured")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_field_of_a_battery_behind_entities_has_its_words(language: str) -> None:
    told = words(language)["config_subentries"]["battery"]["step"]["mapping"]
    fields = {"name", "inverted", "setpoint_inverted", "own_reserve", *RATED}
    for preset in PRESETS.values():
        fields |= {*preset.roles, *(f"option_{option}" for option in preset.options)}

    assert told["data"].keys() == told["data_description"].keys() == fields
