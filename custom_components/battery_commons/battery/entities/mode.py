"""Batteries that only know modes: to_full, standby, zero, and the like."""

from collections.abc import Mapping
from typing import override

from homeassistant.core import HomeAssistant

from ..driver import BatteryError, Bounds
from .base import EntityBattery, Stand
from .mapping import EntityMapping
from .roles import Option, Role
from .steps import Step, Steps

_ONE_WAY = frozenset({Option.CHARGE_ONLY, Option.DISCHARGE_ONLY})
_ORDERS = (Option.CHARGE, Option.STANDBY, Option.DISCHARGE, *_ONE_WAY)


class ModeBattery(EntityBattery):
    """Takes one of a few modes.

    Charging and discharging are with all that the battery has. A mode that serves the own house in one
    direction is ordered as the power that the own house asked for when it was chosen: it keeps nothing but
    the direction, and that is why it is chosen. A mode that means nothing to us is the resident's own.
    """

    def __init__(self, hass: HomeAssistant, mapping: EntityMapping) -> None:
        """Read and steer the battery of `mapping`."""
        super().__init__(hass, mapping)
        powers_w: Mapping[Option, float] = {
            Option.CHARGE: mapping.limits.max_charge_w,
            Option.STANDBY: 0.0,
            Option.DISCHARGE: -mapping.limits.max_discharge_w,
        }
        self._powers_w = {option: w for option, w in powers_w.items() if option in mapping.options}
        self._steps = Steps(self._powers_w, _ONE_WAY & mapping.options.keys())
        self._chosen: Step | None = None

    def nearest(self, power_w: float, bounds: Bounds, own_house_w: float | None) -> float | None:
        """Return what the mode closest to `power_w` within `bounds` does; None for the own house.

        How modes are compared is told by `Steps.nearest`.
        """
        self._chosen = self._steps.nearest(power_w, bounds, own_house_w, self._current())
        return self._chosen.power_w if self._chosen else None

    @property
    @override
    def _regulates(self) -> bool:
        return True

    @override
    def _stand(self) -> Stand:
        return {Role.MODE: self._controls.choice(Role.MODE)}

    @override
    def _stated_w(self) -> float | None:
        option = self._mapping.option_of(self._controls.choice(Role.MODE), *_ORDERS)
        return None if option is None else self._powers_w.get(option, 0.0)

    @override
    async def _order(self, power_w: float, revert_after_s: int) -> None:
        await self._controls.choose(Role.MODE, self._mapping.options[self._option_for(power_w)])

    @override
    async def _let_go(self) -> None:
        await self._controls.choose(Role.MODE, self._mapping.options[Option.OWN_HOUSE])

    def _current(self) -> Option | None:
        return self._mapping.option_of(self._controls.choice(Role.MODE), *_ORDERS, Option.OWN_HOUSE)

    def _option_for(self, power_w: float) -> Option:
        if self._chosen is not None and self._chosen.power_w == power_w:
            return self._chosen.option
        closest = min(self._powers_w, key=lambda option: abs(self._powers_w[option] - power_w))
        if self._powers_w[closest] * power_w < 0 or (power_w and not self._powers_w[closest]):
            raise BatteryError(f"this battery has no mode for {power_w:.0f} W")
        return closest
