"""Serves the own house with a battery that cannot do so by itself: keeps the meter near zero. Pure.

It does not chase the meter: it orders what the house draws without any battery, as far as that is known. An
order that has not come through yet is so not given twice, and what a battery cannot do is not saved up.
"""

from datetime import datetime

from .driver import BatteryLimits, BatteryReading, Bounds
from .follower import FULL

DEAD_BAND_W = 40.0
"""A smaller change of the order is not worth giving."""
SLOWEST_W_PER_S = 100.0
RAMP_SHARE_PER_S = 0.1
"""How fast an order may change, as a share of what the battery can: one wrong reading moves little."""
EMPTY = 0.01
"""A state of charge below which a battery gives nothing more."""
REGAINED = 0.02
"""How far the state of charge must come back from empty or full before it counts as neither."""
SETTLED_AFTER_S = 15.0
SETTLED_SHARE = 0.01
"""How long an order must stand, and how little the battery may still move, before it has come to it."""
TRIM_GAIN = 0.3
LARGEST_TRIM = 0.1
"""How inexact a battery may be, as a share of its order, to be corrected for it; one that is further off
cannot follow, and asking it for more would have to be taken back later."""


class SelfConsumptionRegulator:
    """Keeps the house's exchange with the grid near zero, within what the battery and its connection can."""

    def __init__(self) -> None:
        """Start without an order."""
        self._ordered_w: float | None = None
        self._ordered_at: datetime | None = None
        self._looked_at: datetime | None = None
        self._last_w = 0.0
        self._gain = 1.0
        """What must be ordered for a watt that the battery then keeps."""
        self._is_empty = self._is_full = False

    def rest(self) -> None:
        """Forget the last order: somebody else steers now."""
        self._ordered_w = self._ordered_at = self._looked_at = None

    def next_power_w(
        self, rest_w: float, reading: BatteryReading, can: Bounds, allowed: Bounds, now: datetime
    ) -> float:
        """Return the power to order now, positive = charge, for a house that draws `rest_w` without it.

        `can` is what the battery is able to, `allowed` what the house's connection leaves to it.
        """
        if self._ordered_w is None or self._looked_at is None:
            self._ordered_w, self._ordered_at, self._looked_at = reading.power_w, now, now
        self._learn(reading, now)
        self._last_w = reading.power_w
        wanted_w = can.clip(allowed.clip(-rest_w * self._gain))
        passed_s = max(1.0, (now - self._looked_at).total_seconds())
        step_w = passed_s * max(SLOWEST_W_PER_S, RAMP_SHARE_PER_S * (can.highest_w - can.lowest_w))
        self._looked_at = now
        ramped_w = Bounds(self._ordered_w - step_w, self._ordered_w + step_w).clip(wanted_w)
        # What must not be kept up is left at once, however small the step and however far the way.
        permitted_w = can.clip(allowed.clip(self._ordered_w))
        if abs(ramped_w - self._ordered_w) > DEAD_BAND_W or permitted_w != self._ordered_w:
            self._ordered_w, self._ordered_at = can.clip(allowed.clip(ramped_w)), now
        return self._ordered_w

    def able(self, reading: BatteryReading, limits: BatteryLimits) -> Bounds:
        """Return what the battery can do at its state of charge."""
        state_of_charge = reading.state_of_charge
        self._is_empty = state_of_charge <= EMPTY + (REGAINED if self._is_empty else 0.0)
        self._is_full = state_of_charge >= FULL - (REGAINED if self._is_full else 0.0)
        return Bounds(
            0.0 if self._is_empty else -limits.max_discharge_w,
            0.0 if self._is_full else limits.max_charge_w,
        )

    def _learn(self, reading: BatteryReading, now: datetime) -> None:
        """See how exact the battery is, once it has had the time to come to its order."""
        if self._ordered_w is None or self._ordered_at is None or abs(self._ordered_w) < 4 * DEAD_BAND_W:
            return
        share = reading.power_w / self._ordered_w
        has_settled = (now - self._ordered_at).total_seconds() >= SETTLED_AFTER_S and abs(
            reading.power_w - self._last_w
        ) <= SETTLED_SHARE * abs(self._ordered_w)
        if has_settled and abs(share - 1) <= LARGEST_TRIM:
            self._gain += TRIM_GAIN * (1 / share - self._gain)
