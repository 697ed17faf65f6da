"""What every battery can be asked, whatever its make."""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol, runtime_checkable


class BatteryError(Exception):
    """The battery did not answer, or not sensibly; the message says which."""


class Control(StrEnum):
    """What kind of order a battery understands."""

    WATTS = "watts"
    """A power."""
    MODE = "mode"
    """One of a few modes: charge, stand still, serve the own house."""
    RESERVE = "reserve"
    """A state of charge to keep: above it, the battery serves its own house."""


@dataclass(frozen=True, slots=True)
class Traits:
    """How a kind of battery is steered."""

    control: Control
    own_timer: timedelta | None
    """The longest order that the device ends by itself; None where only the home ends an order."""
    regulates: bool
    """Whether the released device serves its own house by itself; else the home regulates for it."""
    fresh_for: timedelta = timedelta(seconds=60)
    """How old a reading may be to steer on."""


@dataclass(frozen=True, slots=True)
class BatteryLimits:
    """What a battery can do."""

    capacity_wh: float
    max_charge_w: float
    max_discharge_w: float

    def __post_init__(self) -> None:
        """Refuse what no battery could do: a float register may hold no number at all."""
        for limit in (self.capacity_wh, self.max_charge_w, self.max_discharge_w):
            if not 0 <= limit < math.inf:
                raise BatteryError(f"no battery can do this: {self}")


@dataclass(frozen=True, slots=True)
class BatteryIdentity:
    """Who made the battery, by its own word; empty where it does not say."""

    manufacturer: str = ""
    model: str = ""
    serial_number: str = ""


@dataclass(frozen=True, slots=True)
class BatteryReading:
    """How a battery stands, by its own word."""

    at: datetime
    state_of_charge: float
    """0 (empty) to 1 (full)."""
    power_w: float
    """Positive while charging."""
    setpoint_w: float | None
    """The power that it is under orders to keep; None while it serves its own house."""

    def __post_init__(self) -> None:
        """Refuse what is no measurement: nothing is decided on it."""
        if not 0 <= self.state_of_charge <= 1:
            raise BatteryError(
                f"the battery states an impossible state of charge: {self.state_of_charge:.0%}"
            )
        if not (math.isfinite(self.power_w) and math.isfinite(self.setpoint_w or 0.0)):
            raise BatteryError("the battery states a power that is no number")


@dataclass(frozen=True, slots=True)
class Bounds:
    """The powers that are allowed now, positive = charge."""

    lowest_w: float
    highest_w: float

    def clip(self, power_w: float) -> float:
        """Return the allowed power that is closest to `power_w`."""
        return min(max(power_w, self.lowest_w), self.highest_w)


class BatteryDriver(Protocol):
    """Reads and steers one battery. Every asynchronous method raises BatteryError when it fails."""

    @property
    def traits(self) -> Traits:
        """How this battery is steered."""
        ...

    @property
    def limits(self) -> BatteryLimits:
        """What the battery can do."""
        ...

    async def read(self) -> BatteryReading:
        """Return how the battery stands now."""
        ...

    async def set_power(self, power_w: float, revert_after_s: int) -> None:
        """Order a power, which the device ends after `revert_after_s` if it has a timer."""
        ...

    async def release(self) -> None:
        """End every order: the battery serves its own house again, or stands still where it cannot."""
        ...


@runtime_checkable
class SteppedDriver(BatteryDriver, Protocol):
    """A battery that does not take any power, only a few: it is ordered one that `nearest` gave."""

    def nearest(self, power_w: float, bounds: Bounds, own_house_w: float | None) -> float | None:
        """Return the power within `bounds` closest to `power_w` that can be ordered; None to release it.

        `own_house_w` is what the battery would do by itself, where that is known.
        """
        ...
