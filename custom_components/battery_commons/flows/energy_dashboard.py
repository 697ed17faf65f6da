"""What the energy dashboard already knows of the house: which sensors measure its grid, and its panels."""

from collections.abc import Iterator, Mapping
from typing import Any

from homeassistant.core import HomeAssistant, valid_entity_id

from ..const import CONF_GRID_POWER, CONF_GRID_RETURN, CONF_INVERTED, CONF_SOLAR_POWER


async def async_energy_sources(hass: HomeAssistant, kind: str) -> list[Mapping[str, Any]]:
    """Return the sources of `kind` ("grid", "solar", "battery") that the energy dashboard shows."""
    if "energy" not in hass.config.components:
        return []
    # It brings the whole recorder along, which takes seconds where nobody uses it.
    from homeassistant.components.energy.data import async_get_manager  # noqa: PLC0415

    preferences = (await async_get_manager(hass)).data
    sources: list[Mapping[str, Any]] = list(preferences["energy_sources"]) if preferences else []
    return [source for source in sources if source["type"] == kind]


async def async_proposed_meters(hass: HomeAssistant) -> dict[str, Any]:
    """Return what the energy dashboard proposes for the home's meters, in the form's own terms."""
    grid = (_power_of(source) for source in await async_energy_sources(hass, "grid"))
    solar = (source.get("stat_rate") for source in await async_energy_sources(hass, "solar"))
    return _first(proposal for proposal in grid if _is_known(hass, proposal)) | _first(
        {CONF_SOLAR_POWER: sensor} for sensor in solar if _is_known(hass, {CONF_SOLAR_POWER: sensor})
    )


def _power_of(source: Mapping[str, Any]) -> dict[str, Any]:
    """Return the sensors of one connection to the grid; empty where only its energy is measured."""
    match source.get("power_config") or source:
        case {"stat_rate_from": drawn, "stat_rate_to": returned}:
            return {CONF_GRID_POWER: drawn, CONF_GRID_RETURN: returned, CONF_INVERTED: False}
        case {"stat_rate_inverted": sensor}:
            return {CONF_GRID_POWER: sensor, CONF_INVERTED: True}
        case {"stat_rate": sensor}:
            return {CONF_GRID_POWER: sensor, CONF_INVERTED: False}
        case _:
            return {}


def _is_known(hass: HomeAssistant, proposal: Mapping[str, Any]) -> bool:
    """Return whether all sensors of a proposal are there: a statistic need not be a sensor of this home."""
    sensors = [sensor for sensor in proposal.values() if not isinstance(sensor, bool)]
    return bool(sensors) and all(
        isinstance(sensor, str) and valid_entity_id(sensor) and hass.states.get(sensor) is not None
        for sensor in sensors
    )


def _first(proposals: Iterator[dict[str, Any]]) -> dict[str, Any]:
    return next(proposals, {})
