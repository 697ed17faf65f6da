"""The load of a part of the grid as its operator expects it, in the place of the village's own forecast."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from battery_commons.domain.operator import ToldLoad
from battery_commons.domain.time import SLOT, TimeGrid, slot_start
from battery_commons.forecast.load import LoadForecast, Method


@dataclass(frozen=True, eq=False, slots=True)
class ToldForecast:
    """A forecast, and in which of its slots it is the operator's."""

    load: LoadForecast
    covered: NDArray[np.bool_]
    """(T,)"""


def told_forecast(
    told: Iterable[ToldLoad], subject: str, own: LoadForecast | None, grid: TimeGrid, now: datetime
) -> ToldForecast | None:
    """Return what is expected of `subject` where an operator tells that; None where none does.

    Of several that tell of a slot, the one issued last counts. Slots that nobody tells of are as in `own`, or
    the mean of those told where there is none. What an operator tells says nothing of a spread.
    """
    load_w, issued = np.full(grid.slots, np.nan), now
    for each in sorted((each for each in told if each.subject == subject), key=lambda each: each.issued_at):
        first = (slot_start(each.start) - grid.start) // SLOT
        for t, power_w in enumerate(each.power_w, start=first):
            if 0 <= t < grid.slots and np.isfinite(power_w):
                load_w[t] = power_w
                issued = min(issued, each.issued_at)
    covered = np.isfinite(load_w)
    if not covered.any():
        return None
    otherwise = np.full(grid.slots, load_w[covered].mean())
    return ToldForecast(
        LoadForecast(
            load_w=np.where(covered, load_w, otherwise if own is None else own.load_w),
            low_w=np.where(covered, load_w, otherwise if own is None else own.low_w),
            high_w=np.where(covered, load_w, otherwise if own is None else own.high_w),
            age=now - issued,
            method=Method.TOLD,
        ),
        covered,
    )
