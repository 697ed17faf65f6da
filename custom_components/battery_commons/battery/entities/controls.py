"""The entities by which a battery is steered: what they say, and how they are set."""

import asyncio
import math
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from homeassistant.const import (
    ATTR_DEVICE_ID,
    ATTR_ENTITY_ID,
    ATTR_UNIT_OF_MEASUREMENT,
    STATE_OFF,
    STATE_ON,
    STATE_UNKNOWN,
    UnitOfPower,
)
from homeassistant.core import Context, HomeAssistant, split_entity_id
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util
from homeassistant.util.unit_conversion import PowerConverter

from ..driver import BatteryError
from .roles import POWERS, SWITCHES, Role
from .states import BatteryStates

ANSWERS_WITHIN_S = 30
"""How long another integration may take for an order."""
_ROUNDING = 1e-6
"""What floating point may leave over."""


class BatteryControls:
    """Sets the entities by which a battery is steered, where that changes anything.

    An integration that polls shows a change only after a while. Until it does, an entity counts as being what
    it was set to: else an order would be given again at every look.
    """

    def __init__(self, hass: HomeAssistant, states: BatteryStates, shows_within: timedelta) -> None:
        """Set the entities of `states`, whose changes show `shows_within` a time."""
        self._hass = hass
        self._states = states
        self._shows_within = shows_within
        self._set: dict[Role, tuple[str | float, datetime]] = {}
        """What was set and does not show yet."""

    def has(self, role: Role) -> bool:
        """Return whether the battery has an entity for this."""
        return role in self._states.entities

    def choice(self, role: Role) -> str:
        """Return what an entity was put to last. Raises BatteryError when it says nothing."""
        return str(self._latest(role, self._states.text(role)))

    def is_on(self, role: Role) -> bool:
        """Return whether a switch is on. Raises BatteryError when it says nothing."""
        return self.choice(role) == STATE_ON

    def number(self, role: Role) -> float:
        """Return what a number was set to last, in W or percent. Raises BatteryError when it says nothing."""
        return float(self._latest(role, self._states.number(role)))

    def is_switch(self, role: Role) -> bool:
        """Return whether an entity is switched on and off, instead of being put to one of its options."""
        return self._domain(role) in SWITCHES

    def fitted(self, role: Role, value: float) -> float:
        """Return the value closest to `value`, towards zero, that a number can be set to.

        Raises BatteryError when there is none.
        """
        state = self._states.present(role)
        lowest, highest, step = (
            self._counted(role, float(state.attributes[key])) for key in ("min", "max", "step")
        )
        nearer = min(value, highest) if value > 0 else max(value, lowest)
        on_a_step = lowest + step * self._whole((nearer - lowest) / step, down=value > 0)
        fitted = min(max(on_a_step, lowest), highest)
        if abs(fitted) - abs(value) > _ROUNDING:
            raise BatteryError(
                f"{state.entity_id} cannot be set to {value:.0f}: it goes from {lowest:.0f} to {highest:.0f}"
            )
        return fitted

    async def set_number(self, role: Role, value: float, *, again: bool = False) -> None:
        """Set a number, in W or percent; `again` also where it is so already. Raises BatteryError."""
        state = self._states.present(role)
        if not again and state.state != STATE_UNKNOWN and self.number(role) == value:
            return
        native = value
        if role in POWERS:
            unit = state.attributes.get(ATTR_UNIT_OF_MEASUREMENT)
            native = PowerConverter.convert(value, UnitOfPower.WATT, unit)
        await self._act(self._domain(role), "set_value", {ATTR_ENTITY_ID: state.entity_id, "value": native})
        self._set[role] = (value, dt_util.utcnow())

    async def choose(self, role: Role, option: str, *, again: bool = False) -> None:
        """Put a choice to an option; `again` also where it is so already. Raises BatteryError."""
        state = self._states.present(role)
        if not again and self._latest(role, state.state) == option:
            return
        if option not in state.attributes.get("options", ()):
            raise BatteryError(f"{state.entity_id} has no option {option} (any more)")
        await self._act(
            self._domain(role), "select_option", {ATTR_ENTITY_ID: state.entity_id, "option": option}
        )
        self._set[role] = (option, dt_util.utcnow())

    async def switch(self, role: Role, *, on: bool) -> None:
        """Switch on or off. Raises BatteryError."""
        state, wanted = self._states.present(role), STATE_ON if on else STATE_OFF
        if self._latest(role, state.state) == wanted:
            return
        await self._act(self._domain(role), f"turn_{wanted}", {ATTR_ENTITY_ID: state.entity_id})
        self._set[role] = (wanted, dt_util.utcnow())

    async def press(self, role: Role) -> None:
        """Press a button. Raises BatteryError."""
        entity_id = self._states.present(role).entity_id
        await self._act(self._domain(role), "press", {ATTR_ENTITY_ID: entity_id})

    async def act_on_device(self, domain: str, action: str, data: Mapping[str, Any]) -> None:
        """Perform an action on the device that the state of charge belongs to. Raises BatteryError."""
        entity_id = self._states.entities[Role.STATE_OF_CHARGE]
        entry = er.async_get(self._hass).async_get(entity_id)
        if entry is None or entry.device_id is None:
            raise BatteryError(f"{entity_id} belongs to no device, so the battery cannot be told anything")
        await self._act(domain, action, {ATTR_DEVICE_ID: entry.device_id, **data})

    def _latest(self, role: Role, shown: str | float) -> str | float:
        """Return what an entity that shows `shown` was set to, or that once it shows, or for too long not."""
        if role in self._set:
            value, at = self._set[role]
            if value == shown or dt_util.utcnow() - at > self._shows_within:
                del self._set[role]
            else:
                return value
        return shown

    def _domain(self, role: Role) -> str:
        return split_entity_id(self._states.entities[role])[0]

    def _counted(self, role: Role, native: float) -> float:
        if role not in POWERS:
            return native
        unit = self._states.present(role).attributes.get(ATTR_UNIT_OF_MEASUREMENT)
        return float(PowerConverter.convert(native, unit, UnitOfPower.WATT))

    @staticmethod
    def _whole(steps: float, *, down: bool) -> int:
        nearest = round(steps)
        if math.isclose(steps, nearest, abs_tol=_ROUNDING):
            return nearest
        return math.floor(steps) if down else math.ceil(steps)

    async def _act(self, domain: str, action: str, data: Mapping[str, Any]) -> None:
        """Perform an action of another integration, which may fail in ways of its own."""
        try:
            async with asyncio.timeout(ANSWERS_WITHIN_S):
                await self._hass.services.async_call(
                    domain, action, dict(data), blocking=True, context=Context()
                )
        except TimeoutError as error:
            raise BatteryError(f"{domain}.{action} does not come to an end") from error
        except Exception as error:
            raise BatteryError(f"{domain}.{action} failed: {error}") from error
