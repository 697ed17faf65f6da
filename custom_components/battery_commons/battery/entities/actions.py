"""Batteries that take a power by an action of their integration, and tell in a sensor what they were told."""

import math
from typing import Any, override

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from ..driver import BatteryError
from .base import EntityBattery, Given, Stand
from .mapping import EntityMapping
from .presets import PowerActions
from .roles import Option, Role

FULL_PERCENT = 100
_SIGNS = {"charging": 1.0, "standby": 0.0, "discharging": -1.0}
"""How what the sensor of the order says begins, while there is an order."""


class ActionBattery(EntityBattery):
    """Is told a power by an action for its device.

    What it was told shows in a sensor, once its integration has looked again; until then, it is what we told.
    """

    def __init__(self, hass: HomeAssistant, mapping: EntityMapping, actions: PowerActions) -> None:
        """Steer the battery of `mapping` by `actions`."""
        super().__init__(hass, mapping)
        self._actions = actions

    @property
    @override
    def _regulates(self) -> bool:
        return True

    @override
    def _stand(self) -> Stand:
        return {}

    @override
    def _still_counts(self, given: Given) -> bool:
        return dt_util.utcnow() - given.at <= self._mapping.preset.fresh_for

    @override
    def _stated_w(self) -> float | None:
        controls, options = self._controls, self._mapping.options
        if controls.has(Role.CONTROL) and controls.choice(Role.CONTROL) != options[Option.OBEY]:
            return None
        order = self._states.state(Role.ORDER)
        if not (sign := _SIGNS.get(order.state.partition(" ")[0].lower())):
            return sign
        if Role.ORDER_POWER in self._mapping.entities:
            return sign * self._states.number(Role.ORDER_POWER)
        key = "charge_power" if sign > 0 else "discharge_power"
        try:
            return sign * float(order.attributes[key])
        except (KeyError, TypeError, ValueError) as error:
            raise BatteryError(f"{order.entity_id} does not tell the power of its order") from error

    @override
    async def _order(self, power_w: float, revert_after_s: int) -> None:
        if power_w == 0 and self._controls.has(Role.STOP):
            await self._controls.press(Role.STOP)
            return
        # Standing still without a button for it is discharging with nothing.
        data: dict[str, Any] = {"power": math.floor(abs(power_w))}
        if self._actions.until_state_of_charge:
            lowest = math.ceil(self._states.number(Role.LOWEST_STATE_OF_CHARGE))
            data["target_soc"] = FULL_PERCENT if power_w > 0 else lowest
        if self._actions.for_minutes:
            # Rather a little too short: the order is seen to have ended, and given again.
            data["duration"] = max(1, revert_after_s // 60)
        action = self._actions.charge if power_w > 0 else self._actions.discharge
        await self._controls.act_on_device(self._actions.domain, action, data)

    @override
    async def _let_go(self) -> None:
        if self._actions.stop is not None:
            await self._controls.act_on_device(self._actions.domain, self._actions.stop, {})
        else:
            await self._controls.choose(Role.CONTROL, self._mapping.options[Option.OWN_HOUSE])
