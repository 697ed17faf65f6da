"""Days, weeks, months and seasons as the village lives them: in local time, through summer time and back."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from battery_commons.domain.time import MARKET_ZONE, SLOTS_PER_DAY, TimeGrid

type Indices = NDArray[np.intp]
type Bools = NDArray[np.bool_]

WHOLE_DAY_SLOTS = 92
"""What the shortest day has, that on which the clock goes forward. Fewer say nothing of a day's peak."""
DAYS_PER_WEEK = 7
SLOTS_PER_MONTH = 365.25 / 12 * SLOTS_PER_DAY


class Season(StrEnum):
    """Of the weather: winter is December, January and February."""

    WINTER = "winter"
    SPRING = "spring"
    SUMMER = "summer"
    AUTUMN = "autumn"

    @classmethod
    def of(cls, month: int) -> Season:
        """Return the season of a month, 1 to 12."""
        return tuple(cls)[month % 12 // 3]


@dataclass(frozen=True, eq=False)
class LocalCalendar:
    """The D local days and M months that the T slots of a period touch."""

    days: tuple[date, ...]
    day_of: Indices
    """(T,) index of each slot's day."""
    hour_of: Indices
    """(T,) local hour of each slot, 0 to 23."""
    months: tuple[str, ...]
    """As 2026-01, in the order of time."""
    month_of: Indices
    """(T,) index of each slot's month."""

    @classmethod
    def of(cls, grid: TimeGrid) -> LocalCalendar:
        """Return the calendar of a period."""
        local = [start.astimezone(MARKET_ZONE) for start in grid.starts()]
        ordinals, day_of = np.unique([moment.toordinal() for moment in local], return_inverse=True)
        months, month_of = np.unique([f"{moment:%Y-%m}" for moment in local], return_inverse=True)
        return cls(
            days=tuple(date.fromordinal(int(ordinal)) for ordinal in ordinals),
            day_of=day_of,
            hour_of=np.array([moment.hour for moment in local], dtype=np.intp),
            months=tuple(months.tolist()),
            month_of=month_of,
        )

    @property
    def whole(self) -> Bools:
        """(D,) whether the period has all of the day, as good as."""
        whole: Bools = np.bincount(self.day_of, minlength=len(self.days)) >= WHOLE_DAY_SLOTS
        return whole

    @property
    def weeks(self) -> list[slice]:
        """The days of each week: seven whole days in a row from the first on; a remainder is left out."""
        whole = np.flatnonzero(self.whole)
        if not whole.size:
            return []
        edges = range(int(whole[0]), int(whole[-1]) + 2 - DAYS_PER_WEEK, DAYS_PER_WEEK)
        return [slice(first, first + DAYS_PER_WEEK) for first in edges]

    @property
    def month_of_day(self) -> Indices:
        """(D,) index of each day's month."""
        index = {month: m for m, month in enumerate(self.months)}
        return np.array([index[f"{day:%Y-%m}"] for day in self.days], dtype=np.intp)

    @property
    def season_of_month(self) -> tuple[Season, ...]:
        """The season of each month."""
        return tuple(Season.of(int(month[-2:])) for month in self.months)

    @property
    def seasons(self) -> tuple[Season, ...]:
        """The seasons that the period touches, in the order of the year."""
        return tuple(season for season in Season if season in self.season_of_month)

    @property
    def season_of(self) -> Indices:
        """(T,) each slot's season, as its place in `Season`."""
        order = list(Season)
        of_month = np.array([order.index(season) for season in self.season_of_month], dtype=np.intp)
        season_of: Indices = of_month[self.month_of]
        return season_of
