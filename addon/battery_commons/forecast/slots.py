"""Slots as whole numbers since 1970, and a series as the numbers of its slots see it."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np

from battery_commons.domain.series import MeasuredSeries
from battery_commons.domain.time import SLOT
from battery_commons.forecast.load import Floats

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
PLAUSIBLE_W = 1e12
"""No village draws a terawatt: a larger figure is a broken meter's, and would drown every mean."""


def slot_number(moment: datetime) -> int:
    """Return the number of the slot that `moment` lies in."""
    return (moment - EPOCH) // SLOT


def start_of(number: int) -> datetime:
    """Return the moment at which the slot of that number starts."""
    return EPOCH + number * SLOT


@dataclass(frozen=True, eq=False, slots=True)
class Known:
    """What is known of a series at a moment: nothing in it is newer."""

    first: int
    """The number of the first slot."""
    values_w: Floats
    """(T,) NaN where nothing was measured; the last value is a measurement."""

    @property
    def end(self) -> int:
        """The number of the first slot after the newest measurement."""
        return self.first + len(self.values_w)

    def age(self, now: datetime) -> timedelta:
        """Return how long ago the newest measurement ended."""
        return now - start_of(self.end)

    def until(self, end: int) -> Known:
        """Return the slots before number `end`: a view."""
        return Known(self.first, self.values_w[: max(end - self.first, 0)])

    def between(self, start: int, end: int) -> Floats:
        """Return (end - start,) the values of those slots, NaN outside what is known: a copy."""
        result = np.full(end - start, np.nan)
        low, high = max(start, self.first), min(end, self.end)
        if low < high:
            result[low - start : high - start] = self.values_w[low - self.first : high - self.first]
        result[np.abs(result) > PLAUSIBLE_W] = np.nan
        return result


def known_at(history: MeasuredSeries, now: datetime) -> Known | None:
    """Return what of `history` had been measured by `now`, None where that is nothing."""
    values_w = history.until(now).values_w
    length = len(values_w)
    while length and not abs(values_w[length - 1]) <= PLAUSIBLE_W:  # NaN is not <= anything
        length -= 1
    return Known(slot_number(history.start), values_w[:length]) if length else None
