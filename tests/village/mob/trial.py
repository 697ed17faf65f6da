"""Codes in the built-in village, whose true response is known: what is measured, held against it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from math import sqrt

import numpy as np

from battery_commons.control.flash_mob import AFTER_SLOTS, WINDOW_SLOTS
from battery_commons.domain.grid import CongestionSignal
from battery_commons.domain.series import MeasuredSeries, Weather
from battery_commons.domain.time import MARKET_ZONE, SLOT, SLOTS_PER_DAY, TimeGrid
from battery_commons.mob.baseline import Floats, Span, around, baseline, earlier_days
from battery_commons.mob.response import change
from battery_commons.simulation.builtin import record_builtin
from battery_commons.simulation.recorded import RecordedVillage

RED, GREEN = CongestionSignal.RED, CongestionSignal.GREEN
FIRST_DAY = 62
"""Two months have to have passed before a response can be measured well."""
DAYS_APART = 3
JOIN = 0.4
"""The share of homes that join each time, at random."""
AWAKE_FROM_H, AWAKE_SLOTS = 8, 56


@cache
def village() -> RecordedVillage:
    """Return the built-in village."""
    return record_builtin()


@dataclass(frozen=True, slots=True)
class Miss:
    """What was measured of one load in one code, less what it truly did."""

    error_w: float
    within: bool
    """Whether the truth lies within the stated interval."""
    true_w: float
    within_w: float
    """Half of that interval."""


@dataclass(frozen=True, slots=True)
class Found:
    """What many codes tell together."""

    misses: Sequence[Miss]

    @property
    def covered(self) -> float:
        """The share of intervals that hold the truth."""
        return sum(miss.within for miss in self.misses) / len(self.misses)

    @property
    def mean_error_w(self) -> float:
        """By how much more is measured than was done, on average."""
        return float(np.mean([miss.error_w for miss in self.misses]))

    @property
    def standard_error_w(self) -> float:
        """How far that mean is from zero by chance."""
        return float(np.std([miss.error_w for miss in self.misses], ddof=1)) / sqrt(len(self.misses))


@dataclass
class Trial:
    """One code every three days; what is measured of one is not known when the next is chosen."""

    shift_share: float
    """Of a joining home's mean use; 0 where nobody responds."""
    seed: int = 1
    first_day: int = FIRST_DAY
    homes_watched: int = 3
    """So many homes are measured in each code, drawn at random."""
    gamed_w: float = 0.0
    """By how much every home raises its use from the announcement to the code, to be paid for nothing."""
    _rng: np.random.Generator = field(init=False)

    def run(self, events: int, choose: Callable[[Floats], int] | None = None) -> tuple[Found, Found]:
        """Return what was found of the village and of single homes.

        `choose` picks a window's first slot of the 56 from 8 to 22 h, from how much the village drew at
        these hours on average in the seven days before; at random where there is none.
        """
        self._rng = np.random.default_rng(self.seed)
        record = village()
        homes_w = record.site_net_w.copy()
        weather = Weather(record.grid.start, record.weather or {})
        busy: list[Span] = []
        of_village: list[Miss] = []
        of_homes: list[Miss] = []
        for event in range(events):
            first = self._window(self.first_day + DAYS_APART * event, choose)
            code = RED if event % 2 == 0 else GREEN
            hours = TimeGrid(record.grid.start + first * SLOT, WINDOW_SLOTS)
            announced_at = hours.start - timedelta(hours=float(self._rng.uniform(4, 20)))
            true_w = self._respond(homes_w, first, code)
            lead = (hours.start - announced_at) // SLOT
            homes_w[:, first - lead : first] += self.gamed_w
            watched = self._rng.integers(0, len(homes_w), self.homes_watched)
            for n, load_w in [(None, homes_w.sum(axis=0)), *((n, homes_w[n]) for n in watched)]:
                of = float(true_w.sum() if n is None else true_w[n])
                miss = measured(load_w, hours, announced_at, busy, weather, of, is_home=n is not None)
                (of_village if n is None else of_homes).append(miss)
            busy.append((announced_at, hours.end + AFTER_SLOTS * SLOT))
        return Found(of_village), Found(of_homes)

    def _window(self, day: int, choose: Callable[[Floats], int] | None) -> int:
        record = village()
        midnight = datetime(2016, 1, 1, tzinfo=MARKET_ZONE) + timedelta(days=day)
        morning = (midnight + timedelta(hours=AWAKE_FROM_H)).astimezone(UTC)
        first = (morning - record.grid.start) // SLOT
        if choose is None:
            return first + int(self._rng.integers(0, AWAKE_SLOTS - WINDOW_SLOTS))
        load_w = record.base_load_w.sum(axis=0)
        week = [load_w[first - back * SLOTS_PER_DAY :][:AWAKE_SLOTS] for back in range(1, 8)]
        return first + choose(np.mean(week, axis=0))

    def _respond(self, homes_w: Floats, first: int, code: CongestionSignal) -> Floats:
        """Have homes respond, and return (S,) by how much each of them did in the window."""
        use_w = np.maximum(village().site_net_w, 0.0).mean(axis=1)
        joins = self._rng.random(len(homes_w)) < JOIN
        sign = -1.0 if code is RED else 1.0
        true_w: Floats = sign * self.shift_share * joins * self._rng.uniform(0.2, 1.0, len(homes_w)) * use_w
        homes_w[:, first : first + WINDOW_SLOTS] += true_w[:, np.newaxis]
        after = slice(first + WINDOW_SLOTS, first + WINDOW_SLOTS + AFTER_SLOTS)
        homes_w[:, after] -= true_w[:, np.newaxis] * WINDOW_SLOTS / AFTER_SLOTS
        return true_w


def highest(load_w: Floats) -> int:
    """Return where two hours have the highest mean: where code red is asked for."""
    return int(np.convolve(load_w, np.ones(WINDOW_SLOTS), "valid").argmax())


def lowest(load_w: Floats) -> int:
    """Return where two hours have the lowest mean: where code green is asked for."""
    return int(np.convolve(load_w, np.ones(WINDOW_SLOTS), "valid").argmin())


def measured(
    load_w: Floats,
    hours: TimeGrid,
    announced_at: datetime,
    busy: Sequence[Span],
    weather: Weather,
    true_w: float,
    *,
    is_home: bool = False,
) -> Miss:
    """Return what is measured of a load (T,) that truly did `true_w` in some hours, less that."""
    begins = village().grid.start
    series = MeasuredSeries(begins, load_w)

    days = [day for day in earlier_days(around(hours), announced_at, busy) if day.start >= begins]
    fixed = baseline(
        hours,
        announced_at,
        {day.start: series.over(day) for day in days},
        weather,
        chosen_by_it=not is_home,
    )
    assert fixed is not None
    found = change(fixed, series.over(hours))
    return Miss(
        found.change_w - true_w,
        found.low_w <= true_w <= found.high_w,
        true_w,
        (found.high_w - found.low_w) / 2,
    )
