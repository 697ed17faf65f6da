"""What would have been drawn without a code: a baseline that its announcement cannot game.

Only what was measured before the announcement counts, so nothing that anybody does after it moves the
baseline. It is the mean of the last days of the same kind at the same hours, moved by what the weather is
expected to make of it; how far such a baseline is off is seen on days without a code (placebos), with the
same lead. docs/flash-mob.md has the formulas.

A code is mostly asked for in hours in which the village drew most, or least, lately: partly by chance, which
is over by then. Placebos of the village are therefore not at the same hours of their days but, of those
around them, at those that were as high in what was expected of that day as the code's are in its own: what
chance adds to the code's baseline it adds to theirs. Of a home they are at the same hours: nobody chose those
by its load.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from battery_commons.domain.flash_mob import Baseline
from battery_commons.domain.series import Weather
from battery_commons.domain.time import MARKET_ZONE, SLOT, TimeGrid, slot_start

ALIKE = {False: 8, True: 4}
"""The expected load is the mean of so many days of the same kind, workdays and weekends: of about the last
two weeks either way, so that neither lags further behind the season."""
LEAST_ALIKE = 4
REACH = timedelta(days=90)
"""So far back days are looked for: older ones are of another season."""
WEATHER_DAYS = 45
"""What the weather makes of the load is learned from so many days."""
LEAST_WEATHER_DAYS = 15
LEAST_KNOWN = 0.8
"""Of the days: a part of the weather that is known of fewer is left out, else the days without it are."""
PLACEBOS = 30
LEAST_PLACEBOS = 8
FADES = 0.93
"""A placebo weighs so much less than the next later one: half as much after ten. What a season does to the
error is seen in the last ones first."""
AROUND = 8
"""A placebo may lie so many quarter hours earlier or later than the code on the clock: two hours."""
_SATURDAY = 5

type Floats = NDArray[np.float64]
type Span = tuple[datetime, datetime]
"""[start, end)."""


def whole_slots(start: datetime, end: datetime) -> TimeGrid:
    """Return the quarter hours that a time reaches into."""
    first = slot_start(start)
    return TimeGrid(first, -((first - end) // SLOT))


def around(hours: TimeGrid) -> TimeGrid:
    """Return the hours in which placebos of `hours` may lie."""
    return TimeGrid(hours.start - AROUND * SLOT, hours.slots + 2 * AROUND)


def earlier_days(hours: TimeGrid, announced_at: datetime, busy: Collection[Span]) -> list[TimeGrid]:
    """Return the same hours of earlier days that may tell what is usual, the oldest first.

    They were over when the code was announced, and nothing in `busy` (the spans from the announcement of
    each code to the end of its aftermath) reaches into them. Local days of 23 and 25 hours keep the clock's
    hours.
    """
    local = hours.start.astimezone(MARKET_ZONE)
    found = []
    for back in range(REACH.days, 0, -1):
        # Wall time less whole days, and only then back to UTC.
        day = TimeGrid((local - timedelta(days=back)).astimezone(UTC), hours.slots)
        if day.end <= announced_at and not any(s < day.end and day.start < e for s, e in busy):
            found.append(day)
    return found


def baseline(
    hours: TimeGrid,
    announced_at: datetime,
    earlier_w: Mapping[datetime, Floats],
    weather: Weather | None = None,
    *,
    chosen_by_it: bool = True,
) -> Baseline | None:
    """Return what would be drawn in `hours` without a code; None while too little is known for that.

    Args:
        hours: The quarter hours in question.
        announced_at: When the code was announced.
        earlier_w: By start, the loads in W, without batteries, of those of the `earlier_days` of
            `around(hours)` that were measured as a whole. Days that were not over by the announcement do
            not count.
        weather: As it was expected at the announcement; of what was past then, as it was forecast.
        chosen_by_it: Whether the hours may have been chosen by how high this load was lately.
    """
    wide = around(hours)
    starts = [start for start in sorted(earlier_w) if start + wide.slots * SLOT <= announced_at]
    if len(starts) < LEAST_ALIKE:
        return None
    days = _days(wide, starts, earlier_w, weather)
    found = days.expected(len(days.grids), announced_at)
    if found is None:
        return None
    around_w, alike = found
    rank = None
    if chosen_by_it:
        rank = int(np.flatnonzero(_from_highest(around_w, hours.slots) == AROUND)[0])
    placebos = days.placebo_errors(wide.start - announced_at, hours.slots, rank)
    errors = np.array(list(islice(placebos, PLACEBOS)))
    if len(errors) < LEAST_PLACEBOS:
        return None
    expected_w = around_w[AROUND : AROUND + hours.slots]
    weights = FADES ** np.arange(len(errors))
    bias_w = float(np.average(errors, weights=weights))
    # As many days of equal weight would tell as much (Kish).
    as_good_as = float(weights.sum() ** 2 / (weights**2).sum())
    variance = float(np.average((errors - bias_w) ** 2, weights=weights)) * as_good_as / (as_good_as - 1)
    return Baseline(
        expected_w=tuple(expected_w.tolist()),
        bias_w=bias_w,
        # Of one more day: its own error beside that of the mean.
        error_w=(variance * (1 + 1 / as_good_as)) ** 0.5,
        freedom=as_good_as - 1,
        placebos=len(errors),
        days=tuple(_day(days.grids[i].start) for i in alike),
    )


@dataclass(frozen=True, eq=False)
class _Days:
    """The same hours of D earlier days, and as the last the hours in question, with those around them."""

    grids: list[TimeGrid]
    loads_w: Floats
    """(D, slots)."""
    weather: Floats
    """(D + 1, slots, columns)."""
    weekend: NDArray[np.bool_]
    """(D + 1,)."""

    def expected(self, day: int, known_until: datetime) -> tuple[Floats, list[int]] | None:
        """Return (slots,) what is usual for one of the days, and the days that says so.

        Of those before it only what was over at `known_until` counts. None where that is too little.
        """
        usable = [i for i, grid in enumerate(self.grids[:day]) if grid.end <= known_until]
        alike = [i for i in usable if self.weekend[i] == self.weekend[day]][-ALIKE[bool(self.weekend[day])] :]
        if len(alike) < LEAST_ALIKE:
            return None
        expected_w = self.loads_w[alike].mean(axis=0)
        recent = usable[-WEATHER_DAYS:]
        if self.weather.shape[2] and len(recent) >= LEAST_WEATHER_DAYS:
            other = self.weather[day] - self.weather[alike].mean(axis=0)
            expected_w = expected_w + other @ self._slopes(recent)
        return expected_w, alike

    def placebo_errors(self, lead: timedelta, slots: int, rank: int | None) -> Iterator[float]:
        """Give how much more was drawn (W) than would have been expected, of the last days without a code.

        Of each day in so many slots: those of which `rank` others around them were expected to be higher, or
        at the same hours.
        """
        for day in range(len(self.grids) - 1, -1, -1):
            expected = self.expected(day, self.grids[day].start - lead)
            if expected is None:
                return
            first = AROUND if rank is None else _from_highest(expected[0], slots)[rank]
            yield float((self.loads_w[day] - expected[0])[first : first + slots].mean())

    def _slopes(self, days: list[int]) -> Floats:
        """Return (columns,) by how much the load changes with the weather, at weekends as on other days."""
        weather = self.weather[days].mean(axis=1)
        explained_by = np.column_stack([weather, self.weekend[days]])
        explained_by -= explained_by.mean(axis=0)
        load_w = self.loads_w[days].mean(axis=1)
        slopes: Floats = np.linalg.lstsq(explained_by, load_w - load_w.mean())[0]
        return slopes[: weather.shape[1]]


def _from_highest(expected_w: Floats, slots: int) -> NDArray[np.intp]:
    """Return where so many slots begin, from those with the highest mean to those with the lowest."""
    means_w = np.lib.stride_tricks.sliding_window_view(expected_w, slots).mean(axis=1)
    return np.argsort(-means_w, kind="stable")


def _day(wide_start: datetime) -> date:
    """Return the local day on which a code begins, of which these hours and those around them begin here."""
    return (wide_start + AROUND * SLOT).astimezone(MARKET_ZONE).date()


def _days(
    wide: TimeGrid, starts: list[datetime], earlier_w: Mapping[datetime, Floats], weather: Weather | None
) -> _Days:
    grids = [TimeGrid(start, wide.slots) for start in starts]
    counts = np.ones(len(grids), dtype=np.bool_)
    columns = []
    over = [] if weather is None else [weather.over(grid) for grid in (*grids, wide)]
    for name in () if weather is None else weather.columns:
        column = np.array([each[name] for each in over])
        known = np.isfinite(column).all(axis=1)
        if known[-1] and known[:-1].mean() >= LEAST_KNOWN:
            columns.append(column)
            counts &= known[:-1]
    kept = np.flatnonzero(np.append(counts, [True]))
    local = [_day(grid.start) for grid in (*grids, wide)]
    return _Days(
        grids=[grids[i] for i in kept[:-1]],
        loads_w=np.array([earlier_w[starts[i]] for i in kept[:-1]]),
        weather=np.stack(columns, axis=2)[kept] if columns else np.empty((len(kept), wide.slots, 0)),
        weekend=np.array([local[i].weekday() >= _SATURDAY for i in kept]),
    )
