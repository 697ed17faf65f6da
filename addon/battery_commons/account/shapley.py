"""The Shapley value of what homes take off a peak: an audit of the sharing rule, not a rule itself.

A coalition is worth what it takes off the month's highest load, in either direction, while all others do as
under M1. A home's value is what it adds, on average over all orders in which the homes could join.
"""

from dataclasses import dataclass
from math import factorial, sqrt

import numpy as np
from numpy.typing import NDArray

type Floats = NDArray[np.float64]

MOST_EXACT = 12
"""So many homes have 4,096 coalitions; above, orders are sampled."""
_SLOTS_AT_A_TIME = 96
"""The loads of 4,096 coalitions in a whole month would be 100 MB."""
PAIRS = 400
_NORMAL_95 = 1.959964


@dataclass(frozen=True, eq=False)
class Shapley:
    """What each of N homes takes off the peak, in W; together, what all of them do."""

    value_w: Floats
    """(N,)."""
    standard_error_w: Floats
    """(N,) of the mean over sampled pairs of orders; zero where the value is exact."""
    orders: int
    """How many were sampled; 0 where all were counted."""

    @property
    def within_w(self) -> Floats:
        """(N,) half of the interval that holds the exact value in 95 of 100 cases."""
        return _NORMAL_95 * self.standard_error_w


def shapley(alone_load_w: Floats, difference_w: Floats, *, pairs: int = PAIRS, seed: int = 0) -> Shapley:
    """Return each home's Shapley value: exact up to MOST_EXACT homes, sampled above.

    Args:
        alone_load_w: (T,) the load under M1 of all homes, positive = import.
        difference_w: (N, T) what each home draws more than under M1.
        pairs: How many pairs of orders are sampled. Each is a random order and its reverse: who came late
            then comes early, which takes noise out (antithetic sampling).
        seed: The same seed samples the same orders, so that anybody can repeat the estimate.
    """
    homes = difference_w.shape[0]
    if homes <= MOST_EXACT:
        return Shapley(_exact(*_that_can_peak(alone_load_w, difference_w)), np.zeros(homes), 0)
    return sampled(alone_load_w, difference_w, pairs, seed)


def sampled(alone_load_w: Floats, difference_w: Floats, pairs: int, seed: int) -> Shapley:
    """Return an estimate of each home's value, with its standard error; for `shapley`'s arguments."""
    homes = difference_w.shape[0]
    load, difference = _that_can_peak(alone_load_w, difference_w)
    random = np.random.default_rng(seed)
    mean, squares = np.zeros(homes), np.zeros(homes)
    for count in range(1, pairs + 1):
        order = random.permutation(homes)
        value = (_marginal(load, difference, order) + _marginal(load, difference, order[::-1])) / 2
        off = value - mean
        mean += off / count
        squares += off * (value - mean)
    error = np.sqrt(squares / max(pairs - 1, 1)) / sqrt(pairs)
    return Shapley(mean, error, 2 * pairs)


def _that_can_peak(load_w: Floats, difference_w: Floats) -> tuple[Floats, Floats]:
    """Leave out the slots that no coalition can make the peak: this changes no value.

    Whatever the coalition, one slot stays at least as loaded as `lowest`; who cannot reach it cannot peak.
    """
    most = load_w + np.maximum(difference_w, 0).sum(axis=0)
    least = load_w + np.minimum(difference_w, 0).sum(axis=0)
    highest = np.maximum(np.abs(most), np.abs(least))
    lowest = np.where((least <= 0) & (most >= 0), 0.0, np.minimum(np.abs(most), np.abs(least)))
    keep = highest >= lowest.max(initial=0.0)
    return load_w[keep], difference_w[:, keep]


def _marginal(load_w: Floats, difference_w: Floats, order: NDArray[np.int64]) -> Floats:
    """Return what each home takes off the peak when homes join in `order`."""
    loads = load_w + np.cumsum(difference_w[order], axis=0)
    peaks = np.abs(loads).max(axis=1, initial=0.0)
    before = np.concatenate(([np.abs(load_w).max(initial=0.0)], peaks[:-1]))
    value = np.empty(order.size)
    value[order] = before - peaks
    return value


def _exact(load_w: Floats, difference_w: Floats) -> Floats:
    """Return the values over all coalitions, each a number whose bits say who is in it."""
    homes = difference_w.shape[0]
    peaks = np.zeros(2**homes)
    for first in range(0, load_w.size, _SLOTS_AT_A_TIME):
        part = slice(first, first + _SLOTS_AT_A_TIME)
        loads = load_w[np.newaxis, part]
        for home in range(homes):
            loads = np.concatenate((loads, loads + difference_w[home, part]))
        np.maximum(peaks, np.abs(loads).max(axis=1), out=peaks)
    coalitions = np.arange(2**homes)
    size = np.bitwise_count(coalitions)
    weights = np.array([factorial(s) * factorial(homes - s - 1) / factorial(homes) for s in range(homes)])
    values = np.empty(homes)
    for home in range(homes):
        without = coalitions[coalitions >> home & 1 == 0]
        values[home] = weights[size[without]] @ (peaks[without] - peaks[without | 1 << home])
    return values
