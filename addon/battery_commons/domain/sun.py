"""Where the sun stands."""

import numpy as np
from numpy.typing import NDArray

from battery_commons.domain.settings import Place
from battery_commons.domain.time import SLOTS_PER_DAY

type Floats = NDArray[np.float64]


def sun_of_day(day: int, place: Place) -> tuple[Floats, Floats]:
    """Return (96,) each, of the UTC day of number `day` since 1970.

    The sine of the sun's height, and how far east it stands, -1 to 1; both in the midst of each slot.
    """
    latitude = np.radians(place.latitude)
    hours = (np.arange(SLOTS_PER_DAY) + 0.5) * 24 / SLOTS_PER_DAY
    angle = 2 * np.pi * day / 365.2425
    declination = -0.4093 * np.cos(angle + 0.172)
    # The equation of time, in minutes.
    b = angle - 1.39
    late = 9.87 * np.sin(2 * b) - 7.53 * np.cos(b) - 1.5 * np.sin(b)
    turned = (hours + place.longitude / 15 + late / 60 - 12) * np.pi / 12
    height = np.sin(latitude) * np.sin(declination) + np.cos(latitude) * np.cos(declination) * np.cos(turned)
    return height, -np.cos(declination) * np.sin(turned)
