"""What a model's errors so far say of the next ones: how they last, and how far they reach."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from battery_commons.domain.time import SLOTS_PER_DAY
from battery_commons.forecast.hours import HOURS, band_by_hour, hours_of, size_by_hour
from battery_commons.forecast.load import Floats

DECAY_SLOTS = 20.0
"""How long it takes an error that was just measured to fade to a third."""
LEADS = (1, 2, 4, 8, 16, 32, SLOTS_PER_DAY)
"""How long after the newest measurement, in slots, the band is learned; in between it is a line."""
LEAST_USUAL = 0.1
"""The least usual error of an hour, as a share of the day's: some hours are hardly ever wrong."""


@dataclass(frozen=True, eq=False, slots=True)
class PastErrors:
    """What was measured less what had been expected of it by a model that had not seen it."""

    start: int
    """The number of the first slot."""
    near_w: Floats
    """(T,) of the model for the coming day, NaN where unknown."""
    far_w: Floats
    """(T,) of the model for the day after."""

    def then(self, later: PastErrors) -> PastErrors:
        """Return these errors followed by those of `later`, which start where these end."""
        return PastErrors(
            self.start,
            np.concatenate([self.near_w, later.near_w]),
            np.concatenate([self.far_w, later.far_w]),
        )

    def last(self, days: int) -> PastErrors:
        """Return the errors of the last `days`, or as many as there are."""
        skipped = max(len(self.near_w) - days * SLOTS_PER_DAY, 0)
        return PastErrors(self.start + skipped, self.near_w[skipped:], self.far_w[skipped:])


@dataclass(frozen=True, eq=False, slots=True)
class Experience:
    """How errors last and how far they reach, by hour of the UTC day."""

    usual_w: Floats
    """(24,) the mean size of the error at each hour, positive unless no error was ever made."""
    near_w: Floats
    """(2, 97, 24) low and high end of the corrected error, by slots since the newest measurement and hour."""
    far_w: Floats
    """(2, 24) the same for the model for the day after."""

    @classmethod
    def of(cls, errors: PastErrors) -> Self:
        """Return what these errors teach."""
        usual_w = _usual(errors)
        hours = hours_of(errors.start, errors.start + len(errors.near_w))
        bands = np.empty((len(LEADS), 2, HOURS))
        for i, lead in enumerate(LEADS):
            corrected = errors.near_w[:-lead] * _lasting(usual_w, np.array(lead), hours[:-lead], hours[lead:])
            bands[i] = band_by_hour(errors.near_w[lead:] - corrected, errors.start + lead)
        position = np.interp(np.arange(SLOTS_PER_DAY + 1), LEADS, np.arange(len(LEADS)))
        before = position.astype(np.intp)
        after = np.minimum(before + 1, len(LEADS) - 1)
        share = (position - before)[:, np.newaxis, np.newaxis]
        near_w = (1 - share) * bands[before] + share * bands[after]
        return cls(usual_w, near_w.transpose(1, 0, 2), band_by_hour(errors.far_w, errors.start))

    def correction(self, error_w: float, measured: int, start: int, end: int) -> Floats:
        """Return (end - start,) how much of an error in the slot `measured` is left in later slots."""
        hour = hours_of(measured, measured + 1)
        return error_w * _lasting(self.usual_w, np.arange(start, end) - measured, hour, hours_of(start, end))

    def near_band(self, measured: int, start: int, end: int) -> Floats:
        """Return (2, end - start) low and high end of the error `measured` being the newest slot measured."""
        lead = np.clip(np.arange(start, end) - measured, 1, SLOTS_PER_DAY)
        band: Floats = self.near_w[:, lead, hours_of(start, end)]
        return band

    def far_band(self, start: int, end: int) -> Floats:
        """Return (2, end - start) low and high end of the error of the model for the day after."""
        band: Floats = self.far_w[:, hours_of(start, end)]
        return band


def _lasting(
    usual_w: Floats, lead: NDArray[np.intp], before: NDArray[np.intp], after: NDArray[np.intp]
) -> Floats:
    """Return the share of an error in the hour `before` that is left `lead` slots later, in the hour `after`.

    A cloud that passes at noon matters less in the evening, by as much as errors are usually smaller then.
    """
    share: Floats = np.minimum(usual_w[after] / usual_w[before], 1.0) * np.exp(-lead / DECAY_SLOTS)
    return share


def _usual(errors: PastErrors) -> Floats:
    """Return (24,) the usual size of the error at each hour, levelled with the hours beside it."""
    size = size_by_hour(errors.near_w, errors.start)
    known = size[np.isfinite(size)]
    mean = float(known.mean()) if len(known) else 0.0
    if not mean:
        return np.ones(HOURS)
    size = np.where(np.isfinite(size), size, mean)
    level = (np.roll(size, 1) + 2 * size + np.roll(size, -1)) / 4
    return np.maximum(level, LEAST_USUAL * mean)
