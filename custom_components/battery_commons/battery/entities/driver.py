"""Opens a battery that is steered through entities."""

from collections.abc import Mapping
from typing import Any

from homeassistant.core import HomeAssistant

from ..driver import Control
from .actions import ActionBattery
from .base import EntityBattery
from .mapping import EntityMapping
from .mode import ModeBattery
from .reserve import ReserveBattery
from .watts import WattsBattery


def open_entity_battery(hass: HomeAssistant, data: Mapping[str, Any]) -> EntityBattery:
    """Return a driver for the battery of `data`. Raises BatteryError when it is of no known kind."""
    mapping = EntityMapping.from_data(data)
    match mapping.preset.control:
        case Control.WATTS if mapping.preset.actions is not None:
            return ActionBattery(hass, mapping, mapping.preset.actions)
        case Control.WATTS:
            return WattsBattery(hass, mapping)
        case Control.MODE:
            return ModeBattery(hass, mapping)
        case Control.RESERVE:
            return ReserveBattery(hass, mapping)
