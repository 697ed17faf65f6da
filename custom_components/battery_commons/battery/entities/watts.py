"""Batteries that take a power: by numbers, with or without choices and switches beside them."""

from typing import override

from ..driver import BatteryError
from .base import EntityBattery, Stand
from .roles import Option, Role

_DIRECTIONS = (Option.CHARGE, Option.DISCHARGE, Option.STANDBY)
_NUMBERS = (Role.SETPOINT, Role.CHARGE_SETPOINT, Role.DISCHARGE_SETPOINT)
_SETTING = (*_NUMBERS, Role.MODE, Role.CONTROL)


class WattsBattery(EntityBattery):
    """Takes a power in one number, or in one for each direction.

    A choice of modes beside the numbers tells the direction; another choice, or a switch, tells whether the
    numbers count at all. The battery serves its own house when either of them says so. A battery with
    numbers only cannot do that by itself: released, it stands still.
    """

    @property
    @override
    def _regulates(self) -> bool:
        return self._takes_control or Option.OWN_HOUSE in self._mapping.options

    @property
    def _takes_control(self) -> bool:
        return self._controls.has(Role.CONTROL)

    @property
    def _is_repeated(self) -> bool:
        """Whether what is set is dropped unless set again; a mode is what counts, where there is one."""
        return self._mapping.preset.own_timer is not None

    @override
    def _stand(self) -> Stand:
        if self._takes_control and not self._is_taken():
            # What does not count need not say anything either.
            return {Role.CONTROL: self._controls.choice(Role.CONTROL)}
        return {
            role: self._controls.number(role) if role in _NUMBERS else self._controls.choice(role)
            for role in _SETTING
            if self._controls.has(role)
        }

    @override
    def _stated_w(self) -> float | None:
        if self._takes_control and not self._is_taken():
            return None
        if self._controls.has(Role.MODE):
            return self._stated_by_mode_w()
        if self._controls.has(Role.SETPOINT):
            setpoint_w = self._controls.number(Role.SETPOINT)
            return self._signed(setpoint_w, inverted=self._mapping.setpoint_inverted)
        return self._amount_w(Role.CHARGE_SETPOINT) - self._amount_w(Role.DISCHARGE_SETPOINT)

    def _stated_by_mode_w(self) -> float | None:
        match self._mapping.option_of(self._controls.choice(Role.MODE), *_DIRECTIONS):
            case Option.CHARGE:
                return self._amount_w(Role.CHARGE_SETPOINT)
            case Option.DISCHARGE:
                return 0.0 - self._amount_w(Role.DISCHARGE_SETPOINT)
            case Option.STANDBY:
                return 0.0
            case _:
                return None

    @override
    async def _order(self, power_w: float, revert_after_s: int) -> None:
        """Put the numbers right before the direction, and that before they count."""
        direction = _direction(power_w)
        standby = self._mapping.options.get(Option.STANDBY)
        if power_w or not (standby and self._controls.has(Role.MODE)):
            await self._set_numbers(power_w)
        if self._controls.has(Role.MODE) and (power_w or standby):
            option = self._mapping.options.get(direction)
            if option is None:
                raise BatteryError(f"this battery has no mode to {direction}")
            await self._controls.choose(Role.MODE, option, again=self._is_repeated)
        if self._takes_control:
            await self._take_control()

    @override
    async def _let_go(self) -> None:
        role, own_house = self._mapping.role_of(Option.OWN_HOUSE), self._mapping.options.get(Option.OWN_HOUSE)
        if role is not None and own_house is not None:
            await self._controls.choose(role, own_house)
        elif self._takes_control:
            await self._controls.switch(Role.CONTROL, on=False)
        else:
            await self._order(0.0, 0)

    async def _set_numbers(self, power_w: float) -> None:
        controls = self._controls
        again = self._is_repeated and not controls.has(Role.MODE)
        if controls.has(Role.SETPOINT):
            signed_w = self._signed(power_w, inverted=self._mapping.setpoint_inverted)
            value = abs(power_w) if controls.has(Role.MODE) else signed_w
            await controls.set_number(Role.SETPOINT, controls.fitted(Role.SETPOINT, value), again=again)
            return
        amounts = {Role.CHARGE_SETPOINT: max(power_w, 0.0), Role.DISCHARGE_SETPOINT: max(-power_w, 0.0)}
        for role, amount_w in sorted(amounts.items(), key=lambda item: item[1]):
            # The number of the other direction is of no account where a mode tells the direction.
            if amount_w or not controls.has(Role.MODE) or not power_w:
                await controls.set_number(role, controls.fitted(role, amount_w), again=again)

    async def _take_control(self) -> None:
        if self._controls.is_switch(Role.CONTROL):
            await self._controls.switch(Role.CONTROL, on=True)
        else:
            await self._controls.choose(Role.CONTROL, self._mapping.options[Option.OBEY])

    def _is_taken(self) -> bool:
        if self._controls.is_switch(Role.CONTROL):
            return self._controls.is_on(Role.CONTROL)
        return self._controls.choice(Role.CONTROL) == self._mapping.options[Option.OBEY]

    def _amount_w(self, role: Role) -> float:
        return abs(self._controls.number(role if self._controls.has(role) else Role.SETPOINT))


def _direction(power_w: float) -> Option:
    if power_w == 0:
        return Option.STANDBY
    return Option.CHARGE if power_w > 0 else Option.DISCHARGE
