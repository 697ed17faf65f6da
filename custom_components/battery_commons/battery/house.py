"""The house around the battery: what its meter reads, and what its connection may carry. Pure."""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from .driver import BatteryReading, Bounds

METER_FRESH_FOR = timedelta(seconds=60)
"""A reading of the house's meter older than this says nothing about now."""


@dataclass(frozen=True, slots=True)
class ConnectionLimits:
    """What the house's connection to the grid may carry; infinite where nobody set a limit."""

    import_w: float = math.inf
    export_w: float = math.inf

    @property
    def bind(self) -> bool:
        """Whether there is anything to guard."""
        return math.isfinite(self.import_w) or math.isfinite(self.export_w)

    def and_also(self, other: ConnectionLimits) -> ConnectionLimits:
        """Return the limits that keep both."""
        return ConnectionLimits(min(self.import_w, other.import_w), min(self.export_w, other.export_w))


@dataclass(frozen=True, slots=True)
class MeterReading:
    """What the house draws from the grid, batteries included."""

    at: datetime
    power_w: float
    """Positive = import."""


@dataclass(frozen=True, slots=True)
class House:
    """What a battery has to know of its house."""

    limits: ConnectionLimits = ConnectionLimits()
    meter: MeterReading | None = None
    """None where the house has no meter, or it does not answer."""
    pending_w: float = 0.0
    """What the house's other batteries have been ordered to draw and the meter may not show yet."""

    def without_battery_w(self, reading: BatteryReading, now: datetime) -> float | None:
        """Return what the house would draw if this battery stood still; None without a fresh meter."""
        if self.meter is None or not -METER_FRESH_FOR <= now - self.meter.at <= METER_FRESH_FOR:
            return None
        return self.meter.power_w - reading.power_w

    def bounds(self, reading: BatteryReading, now: datetime) -> Bounds | None:
        """Return what the connection leaves to this battery; None where limits bind and cannot be guarded.

        A house that is over its limit without the battery forces a direction on it: both bounds are then on
        one side of zero, and the battery helps as far as it can.
        """
        if not self.limits.bind:
            return Bounds(-math.inf, math.inf)
        rest_w = self.without_battery_w(reading, now)
        if rest_w is None:
            return None
        rest_w += self.pending_w
        return Bounds(-self.limits.export_w - rest_w, self.limits.import_w - rest_w)


UNMETERED = House()
"""A house without a meter, whose connection nobody limits."""
