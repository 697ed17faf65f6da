"""What is known of the batteries that other integrations bring agrees with those integrations."""

import json
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import homeassistant.components
import pytest
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.battery_commons.battery.driver import Control
from custom_components.battery_commons.battery.entities.presets import PRESETS, Match, Preset
from custom_components.battery_commons.battery.entities.proposal import recognised_entities
from custom_components.battery_commons.battery.entities.roles import DOMAINS, Option, Role
from tests.home.battery.entities.simulated import battery_data

CORE = Path(homeassistant.components.__path__[0])
HOMEWIZARD_BATTERY = (
    ("sensor", "bat_state_of_charge_pct", "state_of_charge_pct", "soc"),
    ("sensor", "bat_active_power_w", None, "power"),
)


def in_core() -> Iterator[tuple[str, Role, Match]]:
    """Return the matches by a key of an integration that comes with Home Assistant."""
    for key, preset in PRESETS.items():
        for role, matches in preset.roles.items():
            for match in matches:
                if match.translation_key is not None:
                    yield key, role, match


def words(platform: str) -> Any:
    return json.loads((CORE / platform / "strings.json").read_text())["entity"]


@pytest.mark.parametrize(("key", "role", "match"), in_core())
def test_a_key_of_a_core_integration_is_one_that_it_has(key: str, role: Role, match: Match) -> None:
    kinds = [words(match.platform).get(domain, {}) for domain in DOMAINS[role]]

    assert any(match.translation_key in kind for kind in kinds)


@pytest.mark.parametrize("key", ["homewizard", "indevolt", "victron_gx", "solaredge"])
def test_an_option_of_a_core_integration_is_one_that_it_has(key: str) -> None:
    preset = PRESETS[key]
    choices = [
        words(match.platform)["select"][match.translation_key]["state"]
        for match in chain(preset.roles.get(Role.MODE, ()), preset.roles.get(Role.CONTROL, ()))
        if match.translation_key is not None
    ]

    assert {names[0] for names in preset.options.values()} <= set(chain(*choices))


@pytest.mark.parametrize("preset", PRESETS.values(), ids=PRESETS)
def test_a_preset_says_enough_to_steer_by(preset: Preset) -> None:
    assert Role.STATE_OF_CHARGE in preset.roles
    assert Role.POWER in preset.roles or Role.CHARGE_POWER in preset.roles
    match preset.control:
        case Control.MODE:
            assert Role.MODE in preset.roles
            assert Option.OWN_HOUSE in preset.options
        case Control.RESERVE:
            assert Role.RESERVE in preset.roles
        case Control.WATTS:
            assert preset.actions or {Role.SETPOINT, Role.CHARGE_SETPOINT} & preset.roles.keys()


def make(
    hass: HomeAssistant, platform: str, device: str, *entities: tuple[str, str, str | None, str]
) -> None:
    """Register entities as an integration does: domain, unique id, translation key and name."""
    entry = next(iter(hass.config_entries.async_entries(platform)), None)
    if entry is None:
        entry = MockConfigEntry(domain=platform)
        entry.add_to_hass(hass)
    device_id = (
        dr.async_get(hass)
        .async_get_or_create(config_entry_id=entry.entry_id, identifiers={(platform, device)})
        .id
    )
    for domain, unique_id, translation_key, name in entities:
        er.async_get(hass).async_get_or_create(
            domain,
            platform,
            unique_id,
            suggested_object_id=name,
            config_entry=entry,
            device_id=device_id,
            translation_key=translation_key,
        )


def found(hass: HomeAssistant, key: str) -> dict[str, str]:
    return {role.value: entity_id for role, entity_id in recognised_entities(hass, PRESETS[key]).items()}


async def test_a_sessy_is_recognised_by_its_unique_ids(hass: HomeAssistant) -> None:
    make(
        hass,
        "sessy",
        "dongle",
        ("sensor", "sessy-abc-sensor-stateofcharge", None, "soc"),
        ("sensor", "sessy-abc-sensor-chargepower", None, "charging"),
        ("sensor", "sessy-abc-sensor-power", None, "power"),
        ("number", "sessy-abc-sensor-powersetpoint", None, "setpoint"),
        ("number", "sessy-abc-sensor-maximumpower", None, "maximum"),
        ("select", "sessy-abc-sensor-powerstrategy", "battery_strategy", "strategy"),
    )

    assert found(hass, "sessy") == {
        "state_of_charge": "sensor.soc",
        "power": "sensor.power",
        "setpoint": "number.setpoint",
        "control": "select.strategy",
    }


async def test_a_homewizard_battery_is_measured_by_itself_where_the_groups_power_is_not_enabled(
    hass: HomeAssistant,
) -> None:
    make(
        hass,
        "homewizard",
        "p1",
        ("sensor", "p1_active_power_w", None, "grid"),
        ("select", "p1_battery_group_mode", "battery_group_mode", "mode"),
    )
    make(hass, "homewizard", "battery", *HOMEWIZARD_BATTERY)

    assert found(hass, "homewizard") == {
        "state_of_charge": "sensor.soc",
        "power": "sensor.power",
        "mode": "select.mode",
    }


async def test_a_homewizard_group_is_measured_as_a_group_where_that_is_enabled(hass: HomeAssistant) -> None:
    make(hass, "homewizard", "p1", ("sensor", "p1_x", "battery_group_power_w", "group"))
    make(hass, "homewizard", "battery", *HOMEWIZARD_BATTERY)

    assert found(hass, "homewizard")["power"] == "sensor.group"


async def test_a_local_powerwall_takes_its_reserve_from_the_cloud(hass: HomeAssistant) -> None:
    make(
        hass,
        "powerwall",
        "gateway",
        ("sensor", "din_charge", "charge", "soc"),
        ("sensor", "din_battery_instant_power", "battery_instant_power", "power"),
    )
    make(
        hass,
        "tesla_fleet",
        "site",
        ("sensor", "1-percentage_charged", "percentage_charged", "cloud_soc"),
        ("sensor", "1-battery_power", "battery_power", "cloud_power"),
        ("number", "1-backup_reserve_percent", "backup_reserve_percent", "reserve"),
    )

    assert found(hass, "powerwall") == {
        "state_of_charge": "sensor.soc",
        "power": "sensor.power",
        "reserve": "number.reserve",
    }


async def test_an_entity_of_the_right_name_and_another_kind_is_not_it(hass: HomeAssistant) -> None:
    make(hass, "enphase_envoy", "envoy", ("sensor", "1_reserve_soc", "reserve_soc", "reserve_shown"))

    assert "reserve" not in found(hass, "enphase")


async def test_a_second_battery_gets_the_entities_that_the_first_has_not(hass: HomeAssistant) -> None:
    for serial in ("one", "two"):
        make(
            hass,
            "sessy",
            serial,
            ("sensor", f"sessy-{serial}-sensor-stateofcharge", None, f"soc_{serial}"),
            ("sensor", f"sessy-{serial}-sensor-power", None, f"power_{serial}"),
        )
    data = battery_data("sessy", {"state_of_charge": "sensor.soc_one", "power": "sensor.power_one"})
    MockConfigEntry(
        domain="battery_commons",
        subentries_data=[
            {"data": data, "subentry_type": "battery", "title": "Accu", "unique_id": None},
        ],
    ).add_to_hass(hass)

    assert found(hass, "sessy") == {"state_of_charge": "sensor.soc_two", "power": "sensor.power_two"}


async def test_what_a_resident_has_disabled_is_not_proposed(hass: HomeAssistant) -> None:
    make(hass, "sessy", "one", ("sensor", "sessy-1-sensor-stateofcharge", None, "soc"))
    er.async_get(hass).async_update_entity("sensor.soc", disabled_by=er.RegistryEntryDisabler.USER)

    assert found(hass, "sessy") == {}
