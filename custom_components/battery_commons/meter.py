"""The house's own meter, read from sensors that Home Assistant already has."""

from collections.abc import Mapping
from typing import Any

from homeassistant.core import HomeAssistant

from .battery.house import ConnectionLimits, MeterReading
from .const import CONF_FUSE_A, CONF_GRID_POWER, CONF_GRID_RETURN, CONF_INVERTED, CONF_PHASES, CONF_SHARED
from .stated import power_w

NOMINAL_V = 230.0


class HouseMeter:
    """Reads what the house draws from the grid, batteries included."""

    def __init__(self, hass: HomeAssistant, data: Mapping[str, Any]) -> None:
        """Read the sensors of `data`: one for both directions, or one for each."""
        self._hass = hass
        self._data = data

    @property
    def entity_ids(self) -> list[str]:
        """The sensors that the reading is made of."""
        named = (self._data.get(CONF_GRID_POWER), self._data.get(CONF_GRID_RETURN))
        return [entity_id for entity_id in named if entity_id]

    @property
    def is_shared(self) -> bool:
        """Whether the resident lets the village see what it reads."""
        return bool(self._data.get(CONF_SHARED))

    @property
    def limits(self) -> ConnectionLimits:
        """What the main fuse carries; unlimited where it is not known."""
        if not (amperes := self._data.get(CONF_FUSE_A)):
            return ConnectionLimits()
        fuse_w = NOMINAL_V * amperes * self._data.get(CONF_PHASES, 1)
        return ConnectionLimits(fuse_w, fuse_w)

    def reading(self) -> MeterReading | None:
        """Return the last reading, with the age of its oldest part; None where a sensor gives none."""
        states = [self._hass.states.get(entity_id) for entity_id in self.entity_ids]
        powers = [power_w(state) for state in states]
        if not powers or any(power is None for power in powers):
            return None
        drawn_w, *returned_w = (power for power in powers if power is not None)
        net_w = drawn_w - sum(returned_w)
        return MeterReading(
            at=min(state.last_reported for state in states if state is not None),
            power_w=-net_w if self._data.get(CONF_INVERTED) else net_w,
        )
