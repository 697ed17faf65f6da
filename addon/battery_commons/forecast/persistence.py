"""Persistence: the coming days will be like the last ones that were measured."""

from datetime import datetime

import numpy as np

from battery_commons.domain.series import MeasuredSeries
from battery_commons.domain.time import SLOTS_PER_DAY, TimeGrid
from battery_commons.forecast.hours import HIGH, LOW, band_by_hour, hours_of
from battery_commons.forecast.load import Floats, LoadForecast, Method
from battery_commons.forecast.slots import Known, known_at, slot_number

DAYS_BACK = 14
"""How far back the same quarter hour is looked for: beyond two weeks the season has moved on."""
LONGEST = DAYS_BACK * SLOTS_PER_DAY
LEARNED_DAYS = 28
"""How far back the errors are counted that the band is made of."""


def persist(history: MeasuredSeries, grid: TimeGrid, now: datetime) -> LoadForecast:
    """Return for each slot of `grid` the load of the same quarter hour on the last day that has it.

    Only slots that ended by `now` count. A quarter hour without a measurement in the two weeks before it
    takes the mean of the newest weeks.
    """
    known = known_at(history, now)
    if known is None:
        zero = np.zeros(grid.slots)
        return LoadForecast(zero, zero, zero, age=None, method=Method.NOTHING)
    load_w, low_w, high_w = persistence(known, slot_number(grid.start), grid.slots)
    return LoadForecast(load_w, low_w, high_w, known.age(now), Method.PERSISTENCE)


def persistence(known: Known, start: int, slots: int) -> tuple[Floats, Floats, Floats]:
    """Return (slots,) each: the expected load from slot number `start` on, and the ends of its band.

    The band is that of the errors which looking as many days back made at that hour in the last weeks.
    """
    recent = known.between(known.end - LEARNED_DAYS * SLOTS_PER_DAY, known.end)
    measured = recent[np.isfinite(recent)]
    load_w = np.full(slots, measured.mean())
    low_w = np.full(slots, np.quantile(measured, LOW))
    high_w = np.full(slots, np.quantile(measured, HIGH))
    past = known.between(start - LONGEST, start + slots)
    open_ = np.ones(slots, dtype=bool)
    for days in range(1, DAYS_BACK + 1):
        lag = days * SLOTS_PER_DAY
        same_quarter = past[LONGEST - lag : LONGEST - lag + slots]
        found = open_ & np.isfinite(same_quarter)
        if not found.any():
            continue
        load_w[found] = same_quarter[found]
        low_error_w, high_error_w = _error_band(known, lag, start, slots)
        low_w[found] = load_w[found] + low_error_w[found]
        high_w[found] = load_w[found] + high_error_w[found]
        open_ &= ~found
        if not open_.any():
            break
    return load_w, np.minimum(low_w, load_w), np.maximum(high_w, load_w)


def _error_band(known: Known, lag: int, start: int, slots: int) -> Floats:
    """Return (2, slots) low and high end of the errors of looking `lag` slots back, by hour of day."""
    begin = known.end - LEARNED_DAYS * SLOTS_PER_DAY
    values = known.between(begin - lag, known.end)
    band: Floats = band_by_hour(values[lag:] - values[:-lag], begin)[:, hours_of(start, start + slots)]
    return band
