"""What would have been drawn without a code: a baseline that its announcement cannot game.

Only what was measured before the announcement counts, so nothing that anybody does after it moves the
baseline. It is the mean of the last days of the same kind at the same hours, moved by what the weather is
expected to make of it; how far such a baseline is off is seen on days without a code (placebos), with the
same lead. docs/flash-mob.md has the formulas.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
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
PLACEBOS = 30
LEAST_PLACEBOS = 8
FADES = 0.93
"""A placebo weighs so much less than the next later one: half as much after ten. What a season does to the
error is seen in the last ones first."""
_SATURDAY = 5

type Floats = NDArray[np.float64]
type Span = tuple[datetime, datetime]
"""[start, end)."""


def whole_slots(start: datetime, end: datetime) -> TimeGrid:
    """Return the quarter hours that a time reaches into."""
    first = slot_start(start)
    return TimeGrid(first, -((first - end) // SLOT))


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
) -> Baseline | None:
    """Return what would be drawn in `hours` without a code; None while too little is known for that.

    Args:
        hours: The quarter hours in question.
        announced_at: When the code was announced.
        earlier_w: By start, the loads (slots of `hours`,) in W, without batteries, of those of `earlier_days`
            that were measured as a whole. Days that were not over by the announcement do not count.
        weather: As it was expected at the announcement; of what was past then, as it was forecast.
    """
    starts = [start for start in sorted(earlier_w) if start + hours.slots * SLOT <= announced_at]
    if len(starts) < LEAST_ALIKE:
        return None
    days = _days(hours, starts, earlier_w, weather)
    lead = hours.start - announced_at
    found = days.expected(len(starts), announced_at)
    errors = np.array(list(islice(days.placebo_errors(lead), PLACEBOS)))
    if found is None or len(errors) < LEAST_PLACEBOS:
        return None
    expected_w, alike = found
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
        days=tuple(starts[i].astimezone(MARKET_ZONE).date() for i in alike),
    )


@dataclass(frozen=True, eq=False)
class _Days:
    """The same hours of D earlier days, and as the last the hours in question."""

    grids: list[TimeGrid]
    loads_w: Floats
    """(D, slots)."""
    weather: Floats
    """(D + 1, slots, columns): as many columns as are known throughout."""
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

    def placebo_errors(self, lead: timedelta) -> Iterator[float]:
        """Give how much more was drawn (W) than would have been expected, of the last days without a code."""
        for day in range(len(self.grids) - 1, -1, -1):
            expected = self.expected(day, self.grids[day].start - lead)
            if expected is None:
                return
            yield float((self.loads_w[day] - expected[0]).mean())

    def _slopes(self, days: list[int]) -> Floats:
        """Return (columns,) by how much the load changes with the weather, at weekends as on other days."""
        weather = self.weather[days].mean(axis=1)
        explained_by = np.column_stack([weather, self.weekend[days]])
        explained_by -= explained_by.mean(axis=0)
        load_w = self.loads_w[days].mean(axis=1)
        slopes: Floats = np.linalg.lstsq(explained_by, load_w - load_w.mean())[0]
        return slopes[: weather.shape[1]]


def _days(
    hours: TimeGrid, starts: list[datetime], earlier_w: Mapping[datetime, Floats], weather: Weather | None
) -> _Days:
    grids = [TimeGrid(start, hours.slots) for start in starts]
    columns = []
    if weather is not None:
        over = [weather.over(grid) for grid in (*grids, hours)]
        columns = [np.array([each[name] for each in over]) for name in weather.columns]
    known = [column for column in columns if np.isfinite(column).all()]
    local = [grid.start.astimezone(MARKET_ZONE) for grid in (*grids, hours)]
    return _Days(
        grids=grids,
        loads_w=np.array([earlier_w[start] for start in starts]),
        weather=np.stack(known, axis=2) if known else np.empty((len(local), hours.slots, 0)),
        weekend=np.array([day.weekday() >= _SATURDAY for day in local]),
    )
