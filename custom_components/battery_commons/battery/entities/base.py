"""What all batteries behind entities share: how they are read, and how an order is remembered."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from ..driver import BatteryError, BatteryLimits, BatteryReading, Traits
from .controls import BatteryControls
from .mapping import EntityMapping
from .roles import Role
from .states import BatteryStates

IMPOSSIBLE = 10.0
"""A power this many times what the battery can is in another unit, or not the battery's."""
_MEASURED = (Role.STATE_OF_CHARGE, Role.POWER, Role.CHARGE_POWER, Role.DISCHARGE_POWER)

type Stand = Mapping[Role, str | float]
"""How the controls stand."""


@dataclass(frozen=True, slots=True)
class Given:
    """The order that was given last, and how the controls stood then."""

    power_w: float | None
    stand: Stand
    at: datetime


class EntityBattery(ABC):
    """Reads and steers a battery by its entities.

    The order that it is under is read from its controls, so that one from before a restart is found. As long
    as they stand as we put them, it is the order that we gave: what a control can express is coarser.
    """

    def __init__(self, hass: HomeAssistant, mapping: EntityMapping) -> None:
        """Read and steer the battery of `mapping`."""
        self._mapping = mapping
        self._states = BatteryStates(hass, mapping.entities)
        self._controls = BatteryControls(hass, self._states, mapping.preset.fresh_for)
        self._given: Given | None = None

    @property
    def traits(self) -> Traits:
        """How this battery is steered."""
        preset = self._mapping.preset
        return Traits(preset.control, preset.own_timer, self._regulates, preset.fresh_for)

    @property
    def limits(self) -> BatteryLimits:
        """What the battery can do, by its resident's word."""
        return self._mapping.limits

    async def read(self) -> BatteryReading:
        """Return how the battery stands, as old as the oldest of its measurements."""
        measured = [role for role in _MEASURED if role in self._mapping.entities]
        return BatteryReading(
            at=min(self._states.heard_at(role) for role in measured),
            state_of_charge=self._states.number(Role.STATE_OF_CHARGE) / 100,
            power_w=self._power_w(),
            setpoint_w=self._setpoint_w(),
        )

    async def set_power(self, power_w: float, revert_after_s: int) -> None:
        """Order a power. Raises BatteryError when the battery cannot be told that."""
        await self._order(power_w, revert_after_s)
        self._remember(power_w)

    async def release(self) -> None:
        """End the order: the battery serves its own house again, or stands still where it cannot."""
        await self._let_go()
        self._remember(None)

    @property
    @abstractmethod
    def _regulates(self) -> bool:
        """Whether the released battery serves its own house."""

    @abstractmethod
    def _stand(self) -> Stand:
        """Return how the controls stand. Raises BatteryError when they say nothing."""

    @abstractmethod
    def _stated_w(self) -> float | None:
        """Return the order that the controls state; None while the battery serves its own house."""

    @abstractmethod
    async def _order(self, power_w: float, revert_after_s: int) -> None:
        """Put the controls to a power."""

    @abstractmethod
    async def _let_go(self) -> None:
        """Put the controls so that the battery serves its own house, or stands still."""

    def _still_counts(self, given: Given) -> bool:
        """Return whether the order that was given last is the one that the controls stand for."""
        return self._stand() == given.stand

    def _remember(self, power_w: float | None) -> None:
        self._given = Given(power_w, self._stand(), dt_util.utcnow())

    def _setpoint_w(self) -> float | None:
        given = self._given
        if given is None or not self._still_counts(given):
            self._given = None
            return self._stated_w()
        return given.power_w

    def _power_w(self) -> float:
        if Role.POWER in self._mapping.entities:
            power_w = self._signed(self._states.number(Role.POWER), inverted=self._mapping.inverted)
        else:
            power_w = self._states.number(Role.CHARGE_POWER) - self._states.number(Role.DISCHARGE_POWER)
        limits = self.limits
        if abs(power_w) > IMPOSSIBLE * max(limits.max_charge_w, limits.max_discharge_w):
            raise BatteryError(f"the battery states an impossible power: {power_w:.0f} W")
        return power_w

    @staticmethod
    def _signed(power_w: float, *, inverted: bool) -> float:
        """Return a power with its other sign, unless the entity counts charging as positive as we do."""
        return power_w if inverted else 0.0 - power_w
