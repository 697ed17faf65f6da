"""What every battery behind a register map does alike: tell failures in one way, and pass no nonsense."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from math import isfinite
from typing import ClassVar

from modbus_connection import ModbusError
from modbus_connection.model import Component
from modbus_connection.model.sunspec import SunSpecError

from ..driver import BatteryError, BatteryIdentity, BatteryLimits, BatteryReading, Traits

PLAUSIBLE_W = 100_000
PLAUSIBLE_WH = 1_000_000
"""No battery of a house has more: registers that say so hold a sentinel, or belong to something else."""


class Registers(Component):
    """Registers of a device that refuses a request for one that it does not have."""

    max_gap = 0


@dataclass(frozen=True, slots=True)
class Standing:
    """What the registers say, signs turned and nothing checked; None where a register is not implemented."""

    state_of_charge_percent: float | None
    power_w: float | None
    setpoint_w: float | None


class MappedBattery(ABC):
    """A battery whose registers a map knows. Powers are positive while charging from here on."""

    traits: Traits
    persistent_registers: ClassVar[frozenset[int]] = frozenset()
    """What the device keeps in memory that wears, as far as is known: no order and no release writes it."""

    def __init__(self, now: Callable[[], datetime], limits: BatteryLimits, identity: BatteryIdentity) -> None:
        """Drive a battery that has been looked at. Use the map's `probe`, which looks."""
        self._now = now
        self._limits = limits
        self._identity = identity

    @property
    def identity(self) -> BatteryIdentity:
        """Who made the battery, by its own word."""
        return self._identity

    @property
    def limits(self) -> BatteryLimits:
        """What the battery can do, as it was when it was looked at."""
        return self._limits

    async def read(self) -> BatteryReading:
        """Return how the battery stands now."""
        with told("the battery does not answer"):
            standing = await self._look()
        percent = given(standing.state_of_charge_percent, "state of charge")
        if not 0 <= percent <= 100:  # noqa: PLR2004 - percent
            raise BatteryError(f"the battery states an impossible state of charge: {percent:g}%")
        return BatteryReading(
            at=self._now(),
            state_of_charge=percent / 100,
            power_w=_plausible(given(standing.power_w, "power")),
            setpoint_w=None if standing.setpoint_w is None else _plausible(standing.setpoint_w),
        )

    async def set_power(self, power_w: float, revert_after_s: int) -> None:
        """Order a power."""
        if not isfinite(power_w) or abs(power_w) > PLAUSIBLE_W:
            raise BatteryError(f"no battery takes an order of {power_w:g} W")
        with told("the battery did not take its setpoint"):
            await self._order(power_w, revert_after_s)

    async def release(self) -> None:
        """End the order: the battery serves its own house again."""
        with told("the battery could not be released"):
            await self._let_go()

    @abstractmethod
    async def _look(self) -> Standing:
        """Read the registers."""

    @abstractmethod
    async def _order(self, power_w: float, revert_after_s: int) -> None:
        """Write an order such that at no moment an order counts that nobody gave."""

    @abstractmethod
    async def _let_go(self) -> None:
        """Write what ends an order."""


@contextmanager
def told(failure: str) -> Iterator[None]:
    """Tell what goes wrong inside as a failure of the battery."""
    try:
        yield
    except SunSpecError as error:
        raise BatteryError(f"this device does not speak SunSpec: {error}") from error
    except (ModbusError, ValueError) as error:  # the latter for a value that no register can hold
        raise BatteryError(f"{failure}: {error}") from error


def given[T](value: T | None, what: str) -> T:
    """Return what a register says. Raises BatteryError where it is not implemented."""
    if value is None:
        raise BatteryError(f"the battery leaves its {what} unimplemented")
    return value


def rated(
    capacity_wh: float | None, max_charge_w: float | None, max_discharge_w: float | None
) -> BatteryLimits:
    """Return what a device says that it can do. Raises BatteryError where that cannot be."""
    limits = BatteryLimits(
        given(capacity_wh, "capacity"),
        given(max_charge_w, "greatest power of charging"),
        given(max_discharge_w, "greatest power of discharging"),
    )
    powers = (limits.max_charge_w, limits.max_discharge_w)
    if not 0 < limits.capacity_wh <= PLAUSIBLE_WH or not all(0 < power <= PLAUSIBLE_W for power in powers):
        raise BatteryError(f"the battery states impossible ratings: {limits}")
    return limits


def asked(ratings: BatteryLimits | None) -> BatteryLimits:
    """Return the ratings that the resident gave. Raises BatteryError when none were."""
    if ratings is None:
        raise BatteryError("this battery does not say what it can do: its ratings have to be given")
    return rated(ratings.capacity_wh, ratings.max_charge_w, ratings.max_discharge_w)


def named(
    manufacturer: str | None, model: str | None = None, serial_number: str | None = None
) -> BatteryIdentity:
    """Return an identity; what a device pads its texts with goes."""
    return BatteryIdentity(*((text or "").strip("\0 ") for text in (manufacturer, model, serial_number)))


def _plausible(power_w: float) -> float:
    if not isfinite(power_w) or abs(power_w) > PLAUSIBLE_W:
        raise BatteryError(f"the battery states an impossible power: {power_w:g} W")
    return power_w + 0.0  # A zero whose sign was turned is a zero.
