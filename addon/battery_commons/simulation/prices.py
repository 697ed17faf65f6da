"""Prices of one year put on the days of another: a village's year lived at another year's prices."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from battery_commons.domain.tariff import Price
from battery_commons.domain.time import SLOT, TimeGrid

type Floats = NDArray[np.float64]

WEEK = timedelta(weeks=1)
YEAR = timedelta(days=365.2425)
SEASONS = 52 * WEEK
"""The shortest stretch that goes round all seasons in whole weeks."""


def prices_for(grid: TimeGrid, prices: Sequence[Price]) -> Floats:
    """Return (T,) prices for every slot of `grid`, EUR per kWh, from prices of these or other years.

    Prices that cover the grid stay where they are. Others are moved by the whole number of weeks nearest to a
    whole number of years: each keeps its weekday, its hour in UTC and its season. A slot that has none then
    takes that of 52 weeks earlier or later, or of the nearest multiple of that.

    Hours are UTC's, so prices are an hour off in local time on the days between the two years' changes to or
    from summer time, at most a week each.

    Raises:
        ValueError: The prices do not cover the grid and are of less than 52 weeks, are not in order, or leave
            some slot without a price.
    """
    first, known = _by_slot(prices)
    end = first + known.size * SLOT
    covers = first <= grid.start and grid.end <= end
    if not covers and end - first < SEASONS:
        raise ValueError(
            f"the prices are of {(end - first).days} days, from {first.isoformat()}; "
            f"for days outside of them they have to cover at least {SEASONS.days} days"
        )
    moved = first if covers else first + _weeks(grid, first, end) * WEEK
    moved_to = (grid.start - moved) // SLOT + np.arange(grid.slots)

    chosen = np.full(grid.slots, np.nan)
    for years in _nearest_first((grid.slots + known.size) * SLOT // SEASONS + 1):
        missing = np.flatnonzero(np.isnan(chosen))
        source = moved_to[missing] + years * (SEASONS // SLOT)
        within = (source >= 0) & (source < known.size)
        chosen[missing[within]] = known[source[within]]
    if (missing := np.flatnonzero(np.isnan(chosen))).size:
        slot = grid.start + int(missing[0]) * SLOT
        raise ValueError(
            f"there is no price for {slot.isoformat()}, nor 52 weeks earlier or later "
            f"({missing.size} such quarter hours): the prices have a gap"
        )
    return chosen


def _by_slot(prices: Sequence[Price]) -> tuple[datetime, Floats]:
    """Return the start of the first price, and the prices by slot from there on: NaN in a gap."""
    if not prices:
        raise ValueError("there are no prices")
    first = prices[0].start
    index = np.array([(price.start - first) // SLOT for price in prices])
    if (np.diff(index) <= 0).any():
        raise ValueError("the prices are not in the order of time, or some moment occurs twice")
    known = np.full(index[-1] + 1, np.nan)
    known[index] = [price.eur_per_kwh for price in prices]
    return first, known


def _weeks(grid: TimeGrid, first: datetime, end: datetime) -> int:
    """Return by how many weeks prices from `first` to `end` move, to cover most of the grid in season."""

    def overlap(weeks: int) -> timedelta:
        return min(end + weeks * WEEK, grid.end) - max(first + weeks * WEEK, grid.start)

    nearest = round((grid.start - first) / YEAR)
    candidates = [round(years * YEAR / WEEK) for years in (nearest, nearest - 1, nearest + 1)]
    return max(candidates, key=overlap)


def _nearest_first(most: int) -> list[int]:
    """Return 0, -1, 1, -2, 2, and so on up to `most` either way."""
    return sorted(range(-most, most + 1), key=abs)
