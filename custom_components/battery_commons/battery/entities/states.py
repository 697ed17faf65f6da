"""What the entities of a battery state: numbers in range, of a known age, or BatteryError in words."""

import math
from collections.abc import Mapping
from datetime import datetime

from homeassistant.const import (
    ATTR_UNIT_OF_MEASUREMENT,
    PERCENTAGE,
    STATE_UNAVAILABLE,
    STATE_UNKNOWN,
    EntityCategory,
)
from homeassistant.core import HomeAssistant, State, split_entity_id
from homeassistant.helpers import entity_registry as er

from ...stated import power_w
from ..driver import BatteryError
from .roles import PERCENTAGES, Role

_SAYS_NOTHING = {STATE_UNAVAILABLE, STATE_UNKNOWN}
_MEASURING = {"sensor", "binary_sensor"}


class BatteryStates:
    """Reads the entities that make up a battery."""

    def __init__(self, hass: HomeAssistant, entities: Mapping[Role, str]) -> None:
        """Read `entities`, by what they are to the battery."""
        self._hass = hass
        self.entities = entities

    def present(self, role: Role) -> State:
        """Return the state of an entity that can be reached. Raises BatteryError when it cannot."""
        entity_id = self.entities[role]
        state = self._hass.states.get(entity_id)
        if state is None:
            raise BatteryError(f"{entity_id} does not exist (any more); was it renamed?")
        if state.state == STATE_UNAVAILABLE:
            raise BatteryError(f"{entity_id} is unavailable")
        return state

    def state(self, role: Role) -> State:
        """Return the state of an entity that says something. Raises BatteryError when it does not."""
        state = self.present(role)
        if state.state == STATE_UNKNOWN:
            raise BatteryError(f"{state.entity_id} is unknown")
        return state

    def text(self, role: Role) -> str:
        """Return what an entity says in words. Raises BatteryError when it says nothing."""
        return self.state(role).state

    def number(self, role: Role) -> float:
        """Return what an entity counts, in W or percent. Raises BatteryError when it makes no sense."""
        state = self.state(role)
        return _percent(state) if role in PERCENTAGES else _watts(state)

    def heard_at(self, role: Role) -> datetime:
        """Return when the device behind an entity was last heard.

        Some integrations only report what changes, and a battery at rest has a constant power: any sensor of
        the same device, brought by the same integration, tells that the device still speaks.
        """
        state = self.state(role)
        registry = er.async_get(self._hass)
        entry = registry.async_get(state.entity_id)
        if entry is None or entry.device_id is None:
            return state.last_reported
        return max(
            [
                state.last_reported,
                *(
                    sibling_state.last_reported
                    for sibling in er.async_entries_for_device(registry, entry.device_id)
                    if sibling.config_entry_id == entry.config_entry_id
                    and sibling.entity_category is not EntityCategory.CONFIG
                    and split_entity_id(sibling.entity_id)[0] in _MEASURING
                    and (sibling_state := self._hass.states.get(sibling.entity_id)) is not None
                    and sibling_state.state not in _SAYS_NOTHING
                ),
            ]
        )


def _percent(state: State) -> float:
    unit = state.attributes.get(ATTR_UNIT_OF_MEASUREMENT)
    if unit != PERCENTAGE:
        raise BatteryError(f"{state.entity_id} counts {unit}, not percent")
    try:
        percent = float(state.state)
    except ValueError:
        percent = math.nan
    if not 0 <= percent <= 100:  # noqa: PLR2004 - percent
        raise BatteryError(f"{state.entity_id} states an impossible percentage: {state.state}")
    return percent


def _watts(state: State) -> float:
    if (watts := power_w(state)) is None:
        unit = state.attributes.get(ATTR_UNIT_OF_MEASUREMENT, "without a unit")
        raise BatteryError(f"{state.entity_id} states no power: {state.state} {unit}")
    return watts
