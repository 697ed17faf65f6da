"""What a model sees of a slot: the calendar, the same quarter hour on earlier days, and the weather."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from battery_commons.domain.series import Weather
from battery_commons.domain.time import SLOTS_PER_DAY, TimeGrid
from battery_commons.forecast.calendar import (
    DAILY,
    SEASON,
    STEPS,
    TWICE_DAILY,
    calendar,
)
from battery_commons.forecast.load import Floats
from battery_commons.forecast.slots import PLAUSIBLE_W, Known, start_of

DAYS = 7
"""How many days back the same quarter hour is looked at, from the newest day that may be."""
RADIATION = "radiation"
BENDS = (0.25, 0.5, 0.75, 0.9)
"""At which of its quantiles the effect of a weather column may change: a turbine's, or a heat pump's."""
AROUND_SLOTS = 6
"""A forecast of the weather is right about an hour sooner or later: its mean over 3 hours counts, too."""
LINEAR_FROM = STEPS
"""The first column that a linear model may use."""


@dataclass(frozen=True, eq=False, slots=True)
class Features:
    """What a model looks at for slots at least `gap` days after the newest measurement."""

    gap: int
    bends: Mapping[str, Floats]
    """By name of the weather column."""

    @property
    def reach(self) -> int:
        """How many slots back from a slot its features look."""
        return (self.gap + DAYS - 1) * SLOTS_PER_DAY

    def matrix(self, known: Known, weather: Weather | None, start: int, end: int) -> Floats:
        """Return (end - start, F) the features of slots number `start` up to `end`, NaN where unknown.

        Nothing of `known` tells of a slot less than `gap` days after it.
        """
        clock = calendar(start, end)
        rows = [*clock, *self._past(known, start, end)]
        for name in self.bends:
            around = weather_column(weather, name, start - self.reach - AROUND_SLOTS, end + AROUND_SLOTS)
            rows += self._weather(name, around, clock)
        return np.stack(rows, axis=1)

    def _past(self, known: Known, start: int, end: int) -> list[Floats]:
        newest = self.gap * SLOTS_PER_DAY
        past = known.between(start - self.reach - SLOTS_PER_DAY, end - newest)
        days = _days_back(past, end - start)
        usual = _mean(days)
        # The day that has just passed, a whole day long up to the newest quarter hour that may be looked at.
        present = np.isfinite(past)
        count = np.cumsum(np.concatenate([[0], present]))
        total = np.cumsum(np.concatenate([[0.0], np.where(present, past, 0.0)]))
        first = DAYS * SLOTS_PER_DAY
        upto = np.arange(first, first + end - start) + 1
        in_day = count[upto] - count[upto - SLOTS_PER_DAY]
        level = (total[upto] - total[upto - SLOTS_PER_DAY]) / np.where(in_day, in_day, np.nan)
        lags = [days[0], days[1], days[2], days[DAYS - self.gap]]
        return [*(np.where(np.isfinite(lag), lag, usual) for lag in lags), usual, level]

    def _weather(self, name: str, around: Floats, clock: Floats) -> list[Floats]:
        """Return the rows that one column makes; `around` reaches `reach` back and `AROUND_SLOTS` further."""
        slots = clock.shape[1]
        smooth = _running_mean(around, 2 * AROUND_SLOTS + 1)[-slots:]
        values = around[AROUND_SLOTS:-AROUND_SLOTS]
        now = values[-slots:]
        days = _days_back(values[: len(values) - self.gap * SLOTS_PER_DAY], slots)
        rows = [now, smooth, days[0], days[DAYS - self.gap], _mean(days)]
        if name != RADIATION:
            rows += [np.maximum(row - bend, 0) for bend in self.bends[name] for row in (now, days[0], smooth)]
            return rows
        change = now - days[0]
        rows += [np.sqrt(np.maximum(now, 0)), now**2]
        rows += [now * clock[row] for row in (*DAILY, *TWICE_DAILY, *SEASON)]
        rows += [change * clock[row] for row in DAILY]
        return rows


def bends_of(weather: Weather | None, start: int, end: int) -> dict[str, Floats]:
    """Return where each column of the weather may bend, by what it was from slot `start` up to `end`."""
    names = sorted(weather.columns) if weather else []
    columns = {name: weather_column(weather, name, start, end) for name in names}
    return {
        name: np.quantile(values[np.isfinite(values)], BENDS)
        for name, values in columns.items()
        if np.isfinite(values).any()
    }


def weather_column(weather: Weather | None, name: str, start: int, end: int) -> Floats:
    """Return (end - start,) one column of the weather, NaN where it lacks a figure or has an absurd one."""
    if weather is None or name not in weather.columns:
        return np.full(end - start, np.nan)
    grid = TimeGrid(start_of(start), end - start)
    values = Weather(weather.start, {name: weather.columns[name]}).over(grid)[name]
    return np.where(np.abs(values) <= PLAUSIBLE_W, values, np.nan)


def _days_back(past: Floats, slots: int) -> Floats:
    """Return (DAYS, slots) the same quarter hours on each day back, the newest first."""
    last = len(past) - slots
    return np.stack([past[last - day * SLOTS_PER_DAY :][:slots] for day in range(DAYS)])


def _mean(rows: Floats) -> Floats:
    """Return the mean of each column, leaving out NaN; NaN where there is nothing else."""
    present = np.isfinite(rows)
    count = present.sum(axis=0)
    total = np.where(present, rows, 0.0).sum(axis=0)
    result: Floats = total / np.where(count, count, np.nan)
    return result


def _running_mean(values: Floats, width: int) -> Floats:
    present = np.isfinite(values)
    count = np.cumsum(np.concatenate([[0], present]))
    total = np.cumsum(np.concatenate([[0.0], np.where(present, values, 0.0)]))
    inside = count[width:] - count[:-width]
    result: Floats = (total[width:] - total[:-width]) / np.where(inside, inside, np.nan)
    return result
