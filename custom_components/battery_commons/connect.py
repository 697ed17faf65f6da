"""From what was configured to a battery that answers: over Modbus, or through entities that exist already."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from homeassistant.components.modbus import async_get_temporary_unit, async_get_unit
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_HOST, CONF_PORT
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util
from modbus_connection import ModbusTcpParams, ModbusUnit

from .battery.driver import BatteryDriver, BatteryError, BatteryLimits
from .battery.entities.driver import open_entity_battery
from .battery.modbus.catalogue import MAPS
from .const import (
    CONF_CAPACITY_WH,
    CONF_KIND,
    CONF_MAP,
    CONF_MAX_CHARGE_W,
    CONF_MAX_DISCHARGE_W,
    CONF_UNIT_ID,
    KIND_ENTITIES,
    KIND_MODBUS,
)


class BatteryLink:
    """The way to one battery that is configured."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry, data: Mapping[str, Any]) -> None:
        """Lead to the battery of `data`, for as long as `entry` is loaded."""
        self._hass = hass
        self._entry = entry
        self._data = data
        self._unit: ModbusUnit | None = None

    async def async_open(self) -> BatteryDriver:
        """Return a driver for the battery. Raises BatteryError when it does not answer."""
        if self._data[CONF_KIND] == KIND_ENTITIES:
            return open_entity_battery(self._hass, self._data)
        if self._data[CONF_KIND] != KIND_MODBUS:
            raise BatteryError(f"this version knows no batteries of the kind {self._data[CONF_KIND]}")
        # The unit is asked for once: core holds it until the entry unloads, also while nothing answers there.
        if self._unit is None:
            try:
                self._unit = async_get_unit(
                    self._hass, self._entry, _params(self._data), self._data[CONF_UNIT_ID]
                )
            except HomeAssistantError as error:
                raise BatteryError(str(error)) from error
        return await MAPS[self._data[CONF_MAP]].probe(self._unit, dt_util.utcnow, _rated(self._data))


@asynccontextmanager
async def async_borrowed_battery(
    hass: HomeAssistant, data: Mapping[str, Any]
) -> AsyncIterator[BatteryDriver]:
    """Give a battery that is not configured yet, for as long as the context lasts.

    Raises BatteryError when it does not answer, HomeAssistantError when its link cannot be shared.
    """
    if data[CONF_KIND] == KIND_ENTITIES:
        yield open_entity_battery(hass, data)
        return
    async with async_get_temporary_unit(hass, _params(data), data[CONF_UNIT_ID]) as unit:
        yield await MAPS[data[CONF_MAP]].probe(unit, dt_util.utcnow, _rated(data))


def _params(data: Mapping[str, Any]) -> ModbusTcpParams:
    return ModbusTcpParams(host=data[CONF_HOST], port=data[CONF_PORT])


def _rated(data: Mapping[str, Any]) -> BatteryLimits | None:
    """Return what is configured of what the battery can do; None before that is known."""
    if not {CONF_CAPACITY_WH, CONF_MAX_CHARGE_W, CONF_MAX_DISCHARGE_W} <= data.keys():
        return None
    return BatteryLimits(data[CONF_CAPACITY_WH], data[CONF_MAX_CHARGE_W], data[CONF_MAX_DISCHARGE_W])
