"""The weather of a quarter hour, and the rough place that it is asked for."""

from dataclasses import dataclass
from datetime import datetime
from math import isfinite

from battery_commons.domain.settings import Place
from battery_commons.domain.time import slot_start

COLDEST_C, HOTTEST_C = -60.0, 60.0
BRIGHTEST_W_M2 = 1500.0
"""More than the sun sends to the top of the atmosphere: clouds that reflect bring it near for seconds."""


@dataclass(frozen=True, slots=True)
class SlotWeather:
    """The weather of one quarter hour, forecast or looked back at."""

    start: datetime
    temperature_c: float
    """The mean at 2 m."""
    radiation_w_m2: float
    """The mean of what the sun sends to a level plane, direct and diffuse."""

    def __post_init__(self) -> None:
        """Refuse what no weather is, and a start that is not a quarter hour's."""
        if slot_start(self.start) != self.start:
            raise ValueError(f"weather starts on a quarter hour, not at {self.start.isoformat()}")
        if not (isfinite(self.temperature_c) and COLDEST_C <= self.temperature_c <= HOTTEST_C):
            raise ValueError(f"{self.temperature_c} is no temperature in °C; is it °F or K?")
        if not 0 <= self.radiation_w_m2 <= BRIGHTEST_W_M2:
            raise ValueError(f"{self.radiation_w_m2} is no radiation in W/m²")


def roughly(place: Place) -> Place:
    """Return a place to a tenth of a degree, about ten kilometres: nobody outside needs to know it better.

    The weather that is forecast differs little within that.
    """
    # Adding 0.0 makes the -0.0 of a rounded -0.04 a 0.0.
    return Place(round(place.latitude, 1) + 0.0, round(place.longitude, 1) + 0.0)
