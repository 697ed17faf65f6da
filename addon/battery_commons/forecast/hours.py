"""What errors were like at each hour of the UTC day."""

import numpy as np
from numpy.typing import NDArray

from battery_commons.domain.time import SLOTS_PER_DAY
from battery_commons.forecast.load import Floats

HOURS = 24
SLOTS_PER_HOUR = SLOTS_PER_DAY // HOURS
LOW, HIGH = 0.1, 0.9
"""The levels of the 80 % band."""


def hours_of(start: int, end: int) -> NDArray[np.intp]:
    """Return (end - start,) the hour of the UTC day of each slot from number `start` up to `end`."""
    return np.arange(start, end, dtype=np.intp) // SLOTS_PER_HOUR % HOURS


def band_by_hour(errors: Floats, start: int) -> Floats:
    """Return (2, 24) the low and the high quantile of errors from slot number `start` on, NaN where unknown.

    An hour alone has a ragged band, so its neighbours count too. An hour without any error takes the whole
    day's band, which is nothing where there is no error at all. The band holds 0: the expected load is in it.
    """
    samples = _by_hour(errors, start)
    around = np.concatenate([np.roll(samples, shift, axis=1) for shift in (-1, 0, 1)])
    known = errors[np.isfinite(errors)]
    if not len(known):
        return np.zeros((2, HOURS))
    band = np.stack([column_quantile(around, level) for level in (LOW, HIGH)])
    whole_day = np.quantile(known, (LOW, HIGH))
    band = np.where(np.isfinite(band), band, whole_day[:, np.newaxis])
    return np.stack([np.minimum(band[0], 0.0), np.maximum(band[1], 0.0)])


def size_by_hour(errors: Floats, start: int) -> Floats:
    """Return (24,) the mean size of the errors at each hour, NaN where there are none."""
    samples = np.abs(_by_hour(errors, start))
    known = np.isfinite(samples)
    count = known.sum(axis=0)
    size: Floats = np.where(known, samples, 0.0).sum(axis=0) / np.where(count, count, np.nan)
    return size


def column_quantile(samples: Floats, level: float) -> Floats:
    """Return (M,) the quantile of each column of `samples` (N, M), leaving out NaN; NaN for an empty column.

    NumPy's own makes a Python call per column as soon as one value is missing.
    """
    ordered = np.sort(samples, axis=0)  # NaN last
    last = np.maximum(np.isfinite(ordered).sum(axis=0) - 1, 0)
    rank = level * last
    below = rank.astype(np.intp)
    columns = np.arange(samples.shape[1])
    low, high = ordered[below, columns], ordered[np.minimum(below + 1, last), columns]
    quantile: Floats = low + (rank - below) * (high - low)
    return quantile


def _by_hour(errors: Floats, start: int) -> Floats:
    """Return (N, 24) the errors of each hour, filled up with NaN."""
    before, after = start % SLOTS_PER_DAY, -(start + len(errors)) % SLOTS_PER_DAY
    whole_days = np.pad(errors, (before, after), constant_values=np.nan)
    return whole_days.reshape(-1, HOURS, SLOTS_PER_HOUR).transpose(0, 2, 1).reshape(-1, HOURS)
