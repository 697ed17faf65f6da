"""The house around the battery: what its meter reads, and what its connection may carry. Pure."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from .driver import Bounds
from .trail import Trail

METER_FRESH_FOR = timedelta(seconds=60)
"""A reading of the house's meter older than this says nothing about now."""
GUARD_MARGIN_W = 150.0
LARGEST_MARGIN_W = 600.0
GUARDED_FOR = timedelta(minutes=1)
"""How far a battery stays from a limit for how long after the meter has shown too much: a load that has begun
to grow goes on growing, and the next reading is late too. Where that is not enough, the margin grows by what
is still too much."""
METER_LATE_BY = timedelta(seconds=5)
"""How much older than it says a reading of the meter may be: what sensors and their ways take."""


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

    def excess_w(self, power_w: float) -> float:
        """Return by how much the connection is over a limit when it carries `power_w`; 0 where it is not."""
        return max(power_w - self.import_w, -power_w - self.export_w, 0.0)

    def less(self, margin_w: float) -> ConnectionLimits:
        """Return limits that leave a margin to these."""
        return ConnectionLimits(max(self.import_w - margin_w, 0.0), max(self.export_w - margin_w, 0.0))

    def left_to_battery(self, rest_w: float | None) -> Bounds | None:
        """Return what is left to a battery when the rest draws `rest_w`; None where that cannot be guarded.

        A house that is over its limit without the battery forces a direction on it: both bounds are then on
        one side of zero, and the battery helps as far as it can.
        """
        if not self.bind:
            return Bounds(-math.inf, math.inf)
        return None if rest_w is None else Bounds(-self.export_w - rest_w, self.import_w - rest_w)


@dataclass(frozen=True, slots=True)
class MeterReading:
    """What the house draws from the grid, batteries included."""

    at: datetime
    power_w: float
    """Positive = import."""

    def is_fresh(self, now: datetime) -> bool:
        """Return whether it still says something about `now`."""
        return math.isfinite(self.power_w) and -METER_FRESH_FOR <= now - self.at <= METER_FRESH_FOR


@dataclass(frozen=True, slots=True)
class House:
    """What a battery has to know of its house."""

    limits: ConnectionLimits = ConnectionLimits()
    meter: MeterReading | None = None
    """None where the house has no meter, or it does not answer."""
    others: Sequence[Trail] = ()
    """What the house's other batteries draw."""


UNMETERED = House()
"""A house without a meter, whose connection nobody limits."""


class LoadEstimate:
    """What the house draws without any battery, from a meter that tells it late.

    While a battery changes its power, a late meter fits many loads. Of those the one is believed that is
    closest to what was believed before: a load does not change because a battery does. So no order is
    answered by a second one only because the meter does not show the first one yet. While the connection is
    overloaded there is no time for that: what the meter shows is taken as it is.
    """

    def __init__(self) -> None:
        """Believe nothing yet."""
        self._load_w: float | None = None

    def update(self, house: House, own: Trail, now: datetime) -> float | None:
        """Return what the house draws without any battery; None without a fresh meter."""
        meter = house.meter
        if meter is None or not meter.is_fresh(now):
            self._load_w = None
            return None
        trails = (own, *house.others)
        drawn = [trail.span(meter.at - METER_LATE_BY, meter.at) for trail in trails]
        fits = Bounds(
            meter.power_w - sum(span.highest_w for span in drawn),
            meter.power_w - sum(span.lowest_w for span in drawn),
        )
        as_shown_w = meter.power_w - sum(trail.at(meter.at) for trail in trails)
        if self._load_w is None or house.limits.excess_w(meter.power_w) > 0:
            self._load_w = as_shown_w
        else:
            self._load_w = fits.clip(self._load_w)
        return self._load_w

    def rest_w(self, house: House) -> float | None:
        """Return what the house draws without this battery, the others as they are ordered to."""
        return None if self._load_w is None else self._load_w + sum(trail.heading_w for trail in house.others)


class ConnectionGuard:
    """Keeps a battery from overloading the connection of its house."""

    def __init__(self) -> None:
        """Start without having seen too much."""
        self._excess_at: datetime | None = None
        self._margin_w = 0.0

    def left_to_battery(self, house: House, rest_w: float | None, now: datetime) -> Bounds | None:
        """Return what is left when the rest draws `rest_w`; None where that cannot be guarded."""
        if self._excess_at is not None and not timedelta() <= now - self._excess_at <= GUARDED_FOR:
            self._excess_at, self._margin_w = None, 0.0
        meter = house.meter
        excess_w = house.limits.excess_w(meter.power_w) if meter and meter.is_fresh(now) else 0.0
        if excess_w > 0:
            is_first = self._excess_at is None
            grown_w = GUARD_MARGIN_W if is_first else min(self._margin_w + excess_w, LARGEST_MARGIN_W)
            self._excess_at, self._margin_w = now, grown_w
        return house.limits.less(self._margin_w).left_to_battery(rest_w)
