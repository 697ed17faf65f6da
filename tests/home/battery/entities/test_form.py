"""The form in which a resident says which entities make up a battery."""

from collections.abc import Iterator
from typing import Any
from unittest.mock import AsyncMock, Mock, patch

import probatio as vol
import pytest
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.battery_commons.battery.entities.driver import open_entity_battery
from custom_components.battery_commons.battery.entities.form import (
    EntityMappingError,
    async_entity_form,
    entity_data,
    entity_form_values,
    presets_found,
)
from custom_components.battery_commons.battery.entities.mapping import EntityMapping
from custom_components.battery_commons.battery.entities.presets import PRESETS
from custom_components.battery_commons.battery.entities.roles import Option, Role
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
from tests.home.test_words import words

RATED = {"capacity_kwh": 10.0, "max_charge_kw": 2.4, "max_discharge_kw": 2.0}
WATTS = {"state_of_charge": SOC, "power": POWER, "setpoint": SETPOINT, **RATED}
MODES = {
    "state_of_charge": SOC,
    "power": POWER,
    "mode": MODE,
    "option_own_house": "zero",
    "option_charge": "to_full",
    "option_standby": "standby",
    **RATED,
}


def suggested(schema: vol.Schema) -> dict[str, Any]:
    """Return what a form proposes."""
    return {
        str(marker): marker.description["suggested_value"]
        for marker in schema.schema
        if marker.description and marker.description.get("suggested_value") is not None
    }


def selector(schema: vol.Schema, key: str) -> Any:
    return next(value for marker, value in schema.schema.items() if marker == key)


@pytest.fixture
def energy_dashboard(hass: HomeAssistant) -> Iterator[dict[str, Any]]:
    """Return a battery as the energy dashboard shows it, to be changed."""
    battery = {
        "type": "battery",
        "stat_energy_from": "sensor.out",
        "stat_energy_to": "sensor.in",
        "stat_soc": SOC,
        "capacity": 9.7,
        "power_config": {"stat_rate_inverted": POWER},
    }
    hass.config.components.add("energy")
    manager = Mock(data={"energy_sources": [{"type": "solar"}, battery]})
    with patch(
        "custom_components.battery_commons.battery.entities.form.async_energy_sources",
        AsyncMock(
            side_effect=lambda _hass, kind: [s for s in manager.data["energy_sources"] if s["type"] == kind]
        ),
    ):
        yield battery


async def test_the_kinds_whose_integration_is_here_come_first_and_any_make_before_the_rest(
    hass: HomeAssistant,
) -> None:
    MockConfigEntry(domain="zonneplan_one").add_to_hass(hass)
    MockConfigEntry(domain="homewizard").add_to_hass(hass)

    keys = presets_found(hass)

    assert keys[:5] == ["homewizard", "zonneplan", "generic_watts", "generic_mode", "generic_reserve"]
    assert set(keys) == set(PRESETS)


async def test_a_dashboards_battery_is_proposed_with_its_sign_and_capacity(
    accu: Accu, hass: HomeAssistant, energy_dashboard: dict[str, Any]
) -> None:
    form = await async_entity_form(hass, "generic_watts")

    assert suggested(form) == {"state_of_charge": SOC, "power": POWER, "capacity_kwh": 9.7}
    assert form({**WATTS})["inverted"] is True


@pytest.mark.parametrize(
    ("measured", "proposed"),
    [
        ({"power_config": {"stat_rate": POWER}}, {"power": POWER}),
        ({"stat_rate": POWER}, {"power": POWER}),
        (
            {"power_config": {"stat_rate_from": POWER, "stat_rate_to": SOC}},
            {"charge_power": SOC, "discharge_power": POWER},
        ),
        ({"power_config": {"stat_rate": "other:statistic"}}, {}),
        ({}, {}),
    ],
)
async def test_however_the_dashboard_measures_a_battery_it_is_proposed(
    accu: Accu,
    hass: HomeAssistant,
    energy_dashboard: dict[str, Any],
    measured: dict[str, Any],
    proposed: dict[str, str],
) -> None:
    del energy_dashboard["power_config"], energy_dashboard["stat_soc"], energy_dashboard["capacity"]
    energy_dashboard |= measured

    assert suggested(await async_entity_form(hass, "generic_watts")) == proposed


async def test_a_preset_proposes_its_options_and_what_its_numbers_take(
    accu: Accu, hass: HomeAssistant, energy_dashboard: dict[str, Any]
) -> None:
    entry = MockConfigEntry(domain="sessy")
    entry.add_to_hass(hass)
    for domain, end in (
        ("sensor", "stateofcharge"),
        ("number", "powersetpoint"),
        ("select", "powerstrategy"),
    ):
        er.async_get(hass).async_get_or_create(
            domain, "sessy", f"sessy-1-sensor-{end}", suggested_object_id=end, config_entry=entry
        )
    watt = {"min": -2200, "max": 1700, "step": 1, "unit_of_measurement": "W"}
    hass.states.async_set("number.powersetpoint", "0", watt)
    hass.states.async_set("select.powerstrategy", "roi", {"options": ["roi", "nom", "api"]})

    form = await async_entity_form(hass, "sessy")

    assert suggested(form) == {
        "state_of_charge": "sensor.stateofcharge",
        "setpoint": "number.powersetpoint",
        "control": "select.powerstrategy",
        "option_obey": "api",
        "option_own_house": "nom",
        "max_charge_kw": 2.2,
        "max_discharge_kw": 1.7,
    }
    assert selector(form, "option_obey").config["options"] == ["roi", "nom", "api"]


@pytest.mark.parametrize("limits", [{"min": 0, "max": 1_000_000}, {}])
async def test_a_number_without_a_limit_of_its_own_tells_nothing_of_the_battery(
    accu: Accu, hass: HomeAssistant, limits: dict[str, float]
) -> None:
    entry = MockConfigEntry(domain="solaredge_modbus")
    entry.add_to_hass(hass)
    er.async_get(hass).async_get_or_create(
        "number",
        "solaredge_modbus",
        "1_charge_limit",
        suggested_object_id="charge_limit",
        translation_key="charge_limit",
        config_entry=entry,
    )
    hass.states.async_set("number.charge_limit", "0", {"step": 1, "unit_of_measurement": "W", **limits})

    assert "max_charge_kw" not in suggested(await async_entity_form(hass, "solaredge"))


@pytest.mark.parametrize(("state", "proposed"), [("30", 30), ("unknown", None)])
async def test_the_reserve_that_is_set_now_is_proposed_as_the_residents_own(
    accu: Accu, hass: HomeAssistant, state: str, proposed: float | None
) -> None:
    entry = MockConfigEntry(domain="enphase_envoy")
    entry.add_to_hass(hass)
    er.async_get(hass).async_get_or_create(
        "number",
        "enphase_envoy",
        "1_reserve_soc",
        suggested_object_id="reserve",
        translation_key="reserve_soc",
        config_entry=entry,
    )
    hass.states.async_set("number.reserve", state, {"unit_of_measurement": "%"})

    assert suggested(await async_entity_form(hass, "enphase")).get("own_reserve") == proposed


async def test_the_options_of_the_choice_that_was_picked_are_offered(accu: Accu, hass: HomeAssistant) -> None:
    form = await async_entity_form(hass, "generic_mode", {"mode": MODE})

    assert "to_full" in selector(form, "option_charge").config["options"]


async def test_our_own_entities_cannot_be_picked(accu: Accu, hass: HomeAssistant) -> None:
    ours = er.async_get(hass).async_get_or_create("sensor", "battery_commons", "x_state_of_charge")

    form = await async_entity_form(hass, "generic_watts")

    assert selector(form, "state_of_charge").config["exclude_entities"] == [ours.entity_id]


@pytest.mark.parametrize("key", PRESETS)
async def test_every_form_can_be_filled_in_and_shown(accu: Accu, hass: HomeAssistant, key: str) -> None:
    form = await async_entity_form(hass, key)

    assert "capacity_kwh" in {str(marker) for marker in form.schema}
    with pytest.raises(vol.Invalid):
        form({})


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


@pytest.mark.parametrize("language", ["en", "nl"])
def test_everything_that_the_form_asks_and_refuses_has_its_words(language: str) -> None:
    battery = words(language)["config_subentries"]["battery"]
    step = battery["step"]["mapping"]
    fields = {
        *(role.value for preset in PRESETS.values() for role in preset.roles),
        *(f"option_{option}" for option in Option),
        *("inverted", "setpoint_inverted", "own_reserve", *RATED),
    }
    codes = {
        *("power_missing", "setpoint_missing", "entity_missing", "own_entity", "unit_wrong"),
        *("same_entity_twice", "range_without_zero", "option_missing", "option_unknown", "no_device"),
    }

    assert fields <= step["data"].keys()
    assert fields <= step["data_description"].keys()
    assert codes <= battery["error"].keys()
    assert words(language)["selector"]["preset"]["options"].keys() == PRESETS.keys()
    assert {role.value for role in Role} <= step["data"].keys()
