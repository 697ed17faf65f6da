"""What was measured: one stamp of a battery or of a transformer's meter, in village time."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class BatteryReading:
    """How one battery stood at a moment, as its home reported it."""

    battery_id: str
    """Unique within the village: `<home_id>/<battery_id>`."""
    at: datetime
    state_of_charge: float
    """0 (empty) to 1 (full)."""
    power_w: float
    """Positive while charging."""
    setpoint_w: float | None
    """What the home asked of the battery; None while the battery serves its own house."""
    mode: str
    """Who steers: see HomeMode in wire/messages.py."""
    reason: str
    """Why the battery does what it does, as a word: see PlanReason, and the home's own."""
    plan_sequence: int | None
    """The plan that the home was following, if any."""


@dataclass(frozen=True, slots=True)
class MeterReading:
    """The load of a transformer at a moment, positive = import."""

    at: datetime
    power_w: float
