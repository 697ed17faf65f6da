"""Serves the own house with a battery that cannot do so by itself: keeps the meter near zero. Pure."""

from datetime import datetime

from .driver import BatteryLimits, BatteryReading, Bounds
from .house import House

GAIN = 0.8
"""Which share of what the meter shows is corrected at once; below 1, since meter and battery answer late."""
DEAD_BAND_W = 30.0
"""What the meter may show without being corrected."""


class SelfConsumptionRegulator:
    """Keeps the house's exchange with the grid near zero, within what the battery can."""

    def next_power_w(
        self, house: House, reading: BatteryReading, limits: BatteryLimits, now: datetime
    ) -> float | None:
        """Return the power to order now, positive = charge; None without a fresh meter to follow."""
        if house.without_battery_w(reading, now) is None or house.meter is None:
            return None
        can = Bounds(-limits.max_discharge_w, limits.max_charge_w)
        if abs(house.meter.power_w) <= DEAD_BAND_W:
            return can.clip(reading.power_w)
        return can.clip(reading.power_w - GAIN * house.meter.power_w)
