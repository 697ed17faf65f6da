"""What the resident has decided about a battery. Pure."""

import math
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Preference(StrEnum):
    """Whose interest comes first where both cannot be served."""

    COMFORT = "comfort"
    """The village may use the upper half of what is above the reserve."""
    BALANCED = "balanced"
    """The village may use everything above the reserve."""
    VILLAGE_FIRST = "village_first"
    """The village may use half of the reserve too."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What the resident has decided."""

    paused: bool = False
    paused_until: datetime | None = None
    """When a pause ends by itself; None where it lasts until the resident ends it."""
    reserve: float = 0.1
    """The state of charge (0 to 1) that is kept for the own house."""
    preference: Preference = Preference.BALANCED
    max_power_w: float | None = None
    """The most that the village may charge or discharge with; None for what the battery can."""
    shadow: bool = False
    """The village's plan is shown and not followed."""

    def __post_init__(self) -> None:
        """Refuse what nobody can have decided: a limit that is no number would not limit."""
        if not 0 <= self.reserve <= 1:
            raise ValueError(f"no share of a battery: {self.reserve}")
        if self.max_power_w is not None and not 0 <= self.max_power_w < math.inf:
            raise ValueError(f"no power: {self.max_power_w}")

    def is_paused(self, now: datetime) -> bool:
        """Return whether the resident keeps the battery to the own house at `now`."""
        return self.paused and (self.paused_until is None or now < self.paused_until)

    def capped_w(self, power_w: float) -> float:
        """Return what the resident leaves of a power that the battery can have."""
        return power_w if self.max_power_w is None else min(power_w, self.max_power_w)

    @property
    def floor(self) -> float:
        """The state of charge below which the village does not discharge: reserve and preference together."""
        match self.preference:
            case Preference.COMFORT:
                return (1 + self.reserve) / 2
            case Preference.BALANCED:
                return self.reserve
            case Preference.VILLAGE_FIRST:
                return self.reserve / 2
