"""What the clock, the calendar and the sun say of a slot, whatever was measured."""

from functools import lru_cache

import numpy as np

from battery_commons.domain.settings import Place
from battery_commons.domain.sun import sun_of_day
from battery_commons.domain.time import MARKET_ZONE, SLOTS_PER_DAY
from battery_commons.forecast.load import Floats
from battery_commons.forecast.slots import start_of

MIDDLE = Place(52.2, 5.3)
"""Of the Netherlands: the sun stands within two degrees of that everywhere in the country."""
DAYS_PER_YEAR = 365.2425
SATURDAY, SUNDAY = 5, 6

STEPS = 4
"""The first rows are for trees only: a straight line through the weekday or the season means nothing."""
SEASON, DAILY, TWICE_DAILY = (2, 3), (5, 6), (7, 8)
"""The rows of the waves that go round once a year, once a day and twice a day."""


def calendar(start: int, end: int) -> Floats:
    """Return (C, end - start) what the calendar says of the slots from number `start` up to `end`."""
    first, last = start // SLOTS_PER_DAY, (end - 1) // SLOTS_PER_DAY
    days = np.concatenate([_calendar_of_day(day) for day in range(first, last + 1)], axis=1)
    offset = start - first * SLOTS_PER_DAY
    result: Floats = days[:, offset : offset + end - start]
    return result


@lru_cache(maxsize=1000)
def _calendar_of_day(day: int) -> Floats:
    """Return (C, 96) the rows of the UTC day of number `day`."""
    number = day * SLOTS_PER_DAY
    local = [start_of(number + i).astimezone(MARKET_ZONE) for i in range(SLOTS_PER_DAY)]
    hour = np.array([moment.hour + moment.minute / 60 for moment in local])
    weekday = np.array([moment.weekday() for moment in local])
    season = 2 * np.pi * (day + np.arange(SLOTS_PER_DAY) / SLOTS_PER_DAY) / DAYS_PER_YEAR
    weekend = weekday >= SATURDAY
    daily = 2 * np.pi * hour / 24
    waves = [wave(k * daily) for k in range(1, 7) for wave in (np.cos, np.sin)]
    at_weekends = [weekend * wave for wave in waves[:6]]
    height, east = sun_of_day(day, MIDDLE)
    by_day = height > 0
    return np.array(
        [
            hour,
            weekday,
            np.cos(season),
            np.sin(season),
            weekend,
            *waves,
            *at_weekends,
            weekday == SUNDAY,
            height * by_day,
            height**2 * by_day,
            east * by_day,
        ],
        dtype=np.float64,
    )
