"""A quarter hour of readings in a few figures."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class SlotSummary:
    """What one source reported in a quarter hour."""

    start: datetime
    readings: int
    mean_w: float
    lowest_w: float
    highest_w: float
    state_of_charge: float | None = None
    """The mean, of a battery."""
