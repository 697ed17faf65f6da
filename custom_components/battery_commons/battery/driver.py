"""What every battery can be asked, whatever its make."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


class BatteryError(Exception):
    """The battery did not answer, or not sensibly; the message says which."""


@dataclass(frozen=True, slots=True)
class BatteryLimits:
    """What a battery can do."""

    capacity_wh: float
    max_charge_w: float
    max_discharge_w: float


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


class BatteryDriver(Protocol):
    """Reads and steers one battery. Every method raises BatteryError when that fails."""

    @property
    def limits(self) -> BatteryLimits:
        """What the battery can do."""
        ...

    async def read(self) -> BatteryReading:
        """Return how the battery stands now."""
        ...

    async def set_power(self, power_w: float, revert_after_s: int) -> None:
        """Order a power (positive = charge), which the device itself ends after `revert_after_s`."""
        ...

    async def release(self) -> None:
        """End every order: the battery serves its own house again."""
        ...
