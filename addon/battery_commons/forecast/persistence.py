"""Persistence: the coming day will be like the last day that was measured."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from battery_commons.domain.time import SLOT, TimeGrid

DAY = timedelta(days=1)
DAYS_BACK = 7
"""How far back the same quarter hour is looked for: beyond a week the season has moved on."""


@dataclass(frozen=True, slots=True)
class LoadForecast:
    """The expected mean load per slot, and how old the newest measurement behind it is."""

    load_w: NDArray[np.float64]
    age: timedelta | None
    """None where nothing has been measured and the forecast is a plain zero."""


def persist(history_w: Mapping[datetime, float], grid: TimeGrid, now: datetime) -> LoadForecast:
    """Return for each slot of `grid` the load of the same quarter hour on the last day that has it.

    `history_w` holds the mean load of measured slots by their start; only slots that ended by `now` count.
    A quarter hour without a measurement in the last week takes the mean of what there is.
    """
    ended = {start: load for start, load in history_w.items() if start + SLOT <= now}
    if not ended:
        return LoadForecast(np.zeros(grid.slots), age=None)
    mean = float(np.mean(list(ended.values())))
    load = [same_quarter(ended, start, mean) for start in grid.starts()]
    return LoadForecast(np.array(load), age=now - (max(ended) + SLOT))


def same_quarter(history: Mapping[datetime, float], start: datetime, otherwise: float) -> float:
    """Return the figure of the same quarter hour on the last day that has one, else `otherwise`."""
    for days in range(1, DAYS_BACK + 1):
        if (figure := history.get(start - days * DAY)) is not None:
            return figure
    return otherwise
