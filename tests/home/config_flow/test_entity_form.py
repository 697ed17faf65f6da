"""The form in which a resident says which entities make up a battery, and what it proposes."""

from collections.abc import Iterator
from typing import Any
from unittest.mock import AsyncMock, Mock, patch

import probatio as vol
import pytest
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.battery_commons.battery.entities.presets import PRESETS
from custom_components.battery_commons.battery.entities.roles import Option, Role
from custom_components.battery_commons.flows.entity_form import async_entity_form, presets_found
from tests.home.battery.entities.simulated import MODE, POWER, SOC, Accu
from tests.home.config_flow.entity_answers import RATED, WATTS, selector
from tests.home.config_flow.flows import suggested_by
from tests.home.words import words


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
        "custom_components.battery_commons.flows.entity_form.async_energy_sources",
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

    assert suggested_by(form) == {"state_of_charge": SOC, "power": POWER, "capacity_kwh": 9.7}
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

    assert suggested_by(await async_entity_form(hass, "generic_watts")) == proposed


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

    assert suggested_by(form) == {
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

    assert "max_charge_kw" not in suggested_by(await async_entity_form(hass, "solaredge"))


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

    assert suggested_by(await async_entity_form(hass, "enphase")).get("own_reserve") == proposed


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
