"""Batteries that only know a reserve: the state of charge above which they serve their own house."""

import math
from typing import override

from homeassistant.core import HomeAssistant

from ..driver import BatteryError, Bounds
from .base import EntityBattery, Stand
from .mapping import EntityMapping
from .roles import Option, Role
from .steps import Steps

FULL_PERCENT = 100.0
HELD_PERCENT = 1.0
"""How far a reserve may be from the state of charge and still hold the battery where it is."""


class ReserveBattery(EntityBattery):
    """Takes a state of charge to keep.

    A reserve of 100 % makes it charge with all it has; a reserve at the state of charge holds it there; its
    resident's own reserve leaves it to the own house, which is all that can be done to have it discharge. The
    village never sets a reserve below the resident's own. Once it holds, the reserve stays where it is: what
    the sun adds meanwhile may be used, what was to be kept is kept.
    """

    def __init__(self, hass: HomeAssistant, mapping: EntityMapping) -> None:
        """Read and steer the battery of `mapping`."""
        super().__init__(hass, mapping)
        powers_w = {Option.STANDBY: 0.0}
        if mapping.preset.charges:
            powers_w[Option.CHARGE] = mapping.limits.max_charge_w
        self._steps = Steps(powers_w)

    def nearest(self, power_w: float, bounds: Bounds, own_house_w: float | None) -> float | None:
        """Return what the reserve closest to `power_w` within `bounds` does; None for the resident's own.

        How reserves are compared is told by `Steps.nearest`.
        """
        step = self._steps.nearest(power_w, bounds, own_house_w, self._current())
        return step.power_w if step else None

    @property
    @override
    def _regulates(self) -> bool:
        return True

    @property
    def _own(self) -> float:
        if self._mapping.own_reserve is None:
            raise BatteryError("nobody has said which reserve the resident keeps")
        return self._mapping.own_reserve

    @override
    def _stand(self) -> Stand:
        return {Role.RESERVE: self._controls.number(Role.RESERVE)}

    @override
    def _stated_w(self) -> float | None:
        """Return what a reserve that is not the resident's own makes the battery do.

        Also one below the state of charge is an order, although the battery does not feel it: it must be
        taken back.
        """
        reserve = self._controls.number(Role.RESERVE)
        if abs(reserve - self._own) < HELD_PERCENT:
            return None
        above = reserve - self._states.number(Role.STATE_OF_CHARGE) > HELD_PERCENT
        return self.limits.max_charge_w if above else 0.0

    @override
    async def _order(self, power_w: float, revert_after_s: int) -> None:
        if power_w < 0:
            raise BatteryError("a battery with a reserve only cannot be told to discharge")
        state_of_charge = self._states.number(Role.STATE_OF_CHARGE)
        wanted = FULL_PERCENT if power_w > 0 else max(self._own, math.floor(state_of_charge))
        if power_w == 0 and 0 <= state_of_charge - self._controls.number(Role.RESERVE) <= HELD_PERCENT:
            return
        await self._controls.set_number(Role.RESERVE, self._controls.fitted(Role.RESERVE, wanted))

    @override
    async def _let_go(self) -> None:
        await self._controls.set_number(Role.RESERVE, self._own)

    def _current(self) -> Option | None:
        match self._setpoint_w():
            case None:
                return Option.OWN_HOUSE
            case 0.0:
                return Option.STANDBY
            case _:
                return Option.CHARGE
