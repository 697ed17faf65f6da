"""Naming the meters of a home, and seeing that they say what they should."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any
from unittest.mock import Mock, patch

import pytest
from homeassistant.config_entries import SOURCE_USER, ConfigSubentry
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.battery_commons.flows.meters import FUSE_UNKNOWN, FUSES
from tests.home.config_flow.flows import fill, suggested
from tests.home.words import LANGUAGES, words

GRID, RETURN, SOLAR = "sensor.p1_power", "sensor.p1_return", "sensor.panels"
ONE_SENSOR = {"grid_power": GRID, "inverted": False, "fuse": "3x25", "shared": False}
AGREED = {"reversed": False}
KEPT = {"grid_power": GRID, "inverted": False, "shared": False, "fuse_a": 25, "phases": 3}


@pytest.fixture
def sensors(hass: HomeAssistant) -> None:
    """Give the home a meter that draws 1.2 kW, one for each direction too, and panels."""
    measure(hass, GRID, "1200", friendly_name="P1 meter")
    measure(hass, RETURN, "0")
    measure(hass, SOLAR, "unavailable")


pytestmark = pytest.mark.usefixtures("sensors")


def measure(hass: HomeAssistant, sensor: str, value: str, unit: str = "W", **attributes: str) -> None:
    hass.states.async_set(sensor, value, {"unit_of_measurement": unit, "device_class": "power"} | attributes)


async def begin(hass: HomeAssistant, entry: MockConfigEntry) -> Any:
    return await hass.config_entries.subentries.async_init(
        (entry.entry_id, "meters"), context={"source": SOURCE_USER}
    )


def kept(entry: MockConfigEntry) -> ConfigSubentry:
    meters: ConfigSubentry
    (meters,) = entry.get_subentries_of_type("meters")
    return meters


@pytest.mark.parametrize(
    ("value", "unit", "step", "power_kw"),
    [
        ("1200", "W", "confirm_import", "1.20"),
        ("-0.8", "kW", "confirm_export", "0.80"),
        ("0", "W", "confirm_nothing", "0.00"),
        ("-4.9", "W", "confirm_nothing", "0.00"),
    ],
)
async def test_a_resident_sees_in_words_what_the_meter_says_now(
    hass: HomeAssistant, entry: MockConfigEntry, value: str, unit: str, step: str, power_kw: str
) -> None:
    measure(hass, GRID, value, unit, friendly_name="P1 meter")

    asked = await begin(hass, entry)
    assert (asked["step_id"], suggested(asked)) == ("user", {})
    shown = await fill(hass, asked["flow_id"], ONE_SENSOR)
    assert (shown["step_id"], shown["description_placeholders"]) == (step, {"power_kw": power_kw})
    done = await fill(hass, asked["flow_id"], AGREED)

    assert (done["type"], done["title"]) == (FlowResultType.CREATE_ENTRY, "P1 meter")
    assert kept(entry).data == KEPT


async def test_a_meter_that_counts_the_other_way_round_is_turned_and_shown_once_more(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    flow = (await begin(hass, entry))["flow_id"]
    assert (await fill(hass, flow, ONE_SENSOR))["step_id"] == "confirm_import"

    turned = await fill(hass, flow, {"reversed": True})
    assert turned["step_id"] == "confirm_export"
    await fill(hass, flow, AGREED)

    assert kept(entry).data == KEPT | {"inverted": True}


async def test_a_meter_with_a_sensor_for_each_direction_and_panels_that_are_asleep(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    measure(hass, GRID, "0")
    measure(hass, RETURN, "800")
    flow = (await begin(hass, entry))["flow_id"]
    both = ONE_SENSOR | {"grid_return": RETURN, "solar_power": SOLAR}

    assert (await fill(hass, flow, both))["step_id"] == "confirm_export"
    await fill(hass, flow, AGREED)

    assert kept(entry).data == KEPT | {"grid_return": RETURN, "solar_power": SOLAR}


async def test_what_the_meter_reads_is_only_shared_when_the_resident_says_so(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    flow = (await begin(hass, entry))["flow_id"]
    await fill(hass, flow, ONE_SENSOR | {"shared": True})
    await fill(hass, flow, AGREED)

    assert kept(entry).data == KEPT | {"shared": True}


@pytest.mark.parametrize("role", ["grid_power", "grid_return"])
@pytest.mark.parametrize(
    ("value", "unit"), [("unavailable", "W"), ("nan", "W"), ("inf", "W"), ("20", "°C"), ("1e999", "kW")]
)
async def test_a_sensor_that_states_no_power_is_not_taken(
    hass: HomeAssistant, entry: MockConfigEntry, role: str, value: str, unit: str
) -> None:
    both: dict[str, Any] = ONE_SENSOR | {"grid_return": RETURN}
    flow = (await begin(hass, entry))["flow_id"]
    measure(hass, both[role], value, unit)
    refused = await fill(hass, flow, both)
    assert refused["errors"] == {role: "no_power"}
    assert suggested(refused) == both

    measure(hass, both[role], "100")
    assert (await fill(hass, flow, both))["type"] is FlowResultType.FORM


async def test_a_sensor_that_is_not_there_is_not_taken(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    flow = (await begin(hass, entry))["flow_id"]

    refused = await fill(hass, flow, ONE_SENSOR | {"grid_power": "sensor.gone"})

    assert refused["errors"] == {"grid_power": "no_power"}


async def test_one_sensor_does_not_measure_both_directions_apart(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    flow = (await begin(hass, entry))["flow_id"]
    refused = await fill(hass, flow, ONE_SENSOR | {"grid_return": GRID})
    assert refused["errors"] == {"grid_return": "same_sensor"}

    assert (await fill(hass, flow, ONE_SENSOR))["step_id"] == "confirm_import"


async def test_a_meter_that_falls_silent_while_the_resident_reads_is_asked_for_again(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    flow = (await begin(hass, entry))["flow_id"]
    await fill(hass, flow, ONE_SENSOR)
    measure(hass, GRID, "unavailable")

    asked = await fill(hass, flow, {"reversed": True})

    assert (asked["step_id"], asked["errors"]) == ("user", {"grid_power": "no_power"})


async def test_a_meter_that_disappears_after_it_was_seen_is_kept_by_its_id(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    flow = (await begin(hass, entry))["flow_id"]
    await fill(hass, flow, ONE_SENSOR)
    hass.states.async_remove(GRID)

    assert (await fill(hass, flow, AGREED))["title"] == GRID


@pytest.mark.parametrize("fuse", [*FUSES, FUSE_UNKNOWN])
async def test_the_main_fuse_is_kept_in_ampere_and_phases(
    hass: HomeAssistant, entry: MockConfigEntry, fuse: str
) -> None:
    flow = (await begin(hass, entry))["flow_id"]
    await fill(hass, flow, ONE_SENSOR | {"fuse": fuse})
    await fill(hass, flow, AGREED)

    data = kept(entry).data
    if fuse == FUSE_UNKNOWN:
        assert not {"fuse", "fuse_a", "phases"} & data.keys()
    else:
        assert f"{data['phases']}x{data['fuse_a']}" == fuse

    asked: Any = await entry.start_subentry_reconfigure_flow(hass, kept(entry).subentry_id)
    assert suggested(asked)["fuse"] == fuse


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_fuse_has_its_words(language: str) -> None:
    assert words(language)["selector"]["fuse"]["options"].keys() == {*FUSES, FUSE_UNKNOWN}


def add_meters(hass: HomeAssistant, entry: MockConfigEntry, data: Mapping[str, Any]) -> str:
    meters = ConfigSubentry(
        data=MappingProxyType(data), subentry_type="meters", title="Meter", unique_id=None
    )
    hass.config_entries.async_add_subentry(entry, meters)
    return meters.subentry_id


async def test_a_home_has_one_connection_to_the_grid(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    add_meters(hass, entry, KEPT)

    result = await begin(hass, entry)

    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "already_configured")


async def test_the_meters_can_be_changed(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    meters = add_meters(hass, entry, KEPT | {"solar_power": SOLAR, "inverted": True})

    asked: Any = await entry.start_subentry_reconfigure_flow(hass, meters)
    assert asked["step_id"] == "reconfigure"
    assert suggested(asked) == ONE_SENSOR | {"solar_power": SOLAR, "inverted": True}
    measure(hass, GRID, "unavailable", friendly_name="P1 meter")
    refused = await fill(hass, asked["flow_id"], ONE_SENSOR)
    assert (refused["step_id"], refused["errors"]) == ("reconfigure", {"grid_power": "no_power"})
    measure(hass, GRID, "1200", friendly_name="P1 meter")
    await fill(hass, asked["flow_id"], ONE_SENSOR | {"fuse": "3x35"})
    done = await fill(hass, asked["flow_id"], AGREED)

    assert (done["type"], done["reason"]) == (FlowResultType.ABORT, "reconfigure_successful")
    assert kept(entry).data == KEPT | {"fuse_a": 35}
    assert kept(entry).title == "P1 meter"


# --- What the energy dashboard knows --------------------------------------------------------------


async def proposed(hass: HomeAssistant, entry: MockConfigEntry, *sources: dict[str, Any] | None) -> Any:
    """Return what the form proposes where the energy dashboard shows `sources`; None: it has none yet."""
    hass.config.components.add("energy")
    manager = Mock(data=None if sources == (None,) else {"energy_sources": sources})
    with patch("homeassistant.components.energy.data.async_get_manager", return_value=manager):
        return suggested(await begin(hass, entry))


@pytest.mark.parametrize(
    ("power", "expected"),
    [
        ({"stat_rate": GRID}, {"grid_power": GRID, "inverted": False}),
        ({"power_config": {"stat_rate": GRID}}, {"grid_power": GRID, "inverted": False}),
        (
            {"stat_rate": "sensor.made_up", "power_config": {"stat_rate_inverted": GRID}},
            {"grid_power": GRID, "inverted": True},
        ),
        (
            {"power_config": {"stat_rate_from": GRID, "stat_rate_to": RETURN}},
            {"grid_power": GRID, "grid_return": RETURN, "inverted": False},
        ),
        ({}, {}),
        ({"stat_rate": "meter:external_statistic"}, {}),
        ({"stat_rate": "sensor.gone"}, {}),
        ({"stat_rate": None}, {}),
    ],
)
async def test_the_sensors_of_the_energy_dashboard_are_proposed(
    hass: HomeAssistant, entry: MockConfigEntry, power: dict[str, Any], expected: dict[str, Any]
) -> None:
    grid = {"type": "grid", "stat_energy_from": "sensor.p1_energy"} | power

    assert await proposed(hass, entry, grid) == expected


async def test_the_first_sensors_that_are_there_are_proposed(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    assert await proposed(
        hass,
        entry,
        {"type": "battery", "stat_rate": "sensor.battery"},
        {"type": "grid"},
        {"type": "grid", "stat_rate": GRID},
        {"type": "solar", "stat_energy_from": "sensor.energy"},
        {"type": "solar", "stat_rate": SOLAR},
    ) == {"grid_power": GRID, "inverted": False, "solar_power": SOLAR}


async def test_an_energy_dashboard_that_is_not_filled_in_proposes_nothing(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    assert await proposed(hass, entry, None) == {}
