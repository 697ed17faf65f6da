"""What a plan promises for the rest of today, as bands that the guard holds the grid to."""

from dataclasses import dataclass

import numpy as np

from battery_commons.control.asked_limits import AskedLimits
from battery_commons.control.guard import Band
from battery_commons.control.objective import local_days
from battery_commons.control.problem import ControlProblem, Floats
from battery_commons.control.schedule import transformer_loads_w
from battery_commons.domain.plan import ControlModel

HOLDS_TRANSFORMERS = frozenset({ControlModel.M3, ControlModel.M4, ControlModel.M6, ControlModel.LAYERED})
"""Models that promise a level of each transformer; the others only keep below its limit."""
HOLDS_FEEDER = frozenset({ControlModel.M5, ControlModel.LAYERED})
KEEPS_ENERGY = frozenset({ControlModel.M5})
"""Models in which a battery has no other motive than the feeder's peak; see guard.py."""


@dataclass(frozen=True, eq=False)
class Extremes:
    """How low and how high loads have been since local midnight: K transformers and the feeder."""

    lowest_w: Floats
    """(K,)"""
    highest_w: Floats
    """(K,)"""
    feeder_peak_w: float = 0.0
    """The highest absolute load of the feeder."""

    @classmethod
    def of_a_new_day(cls, transformers: int) -> Extremes:
        """Return what nothing has been measured of yet."""
        return cls(np.full(transformers, np.inf), np.full(transformers, -np.inf))

    def after(self, load_w: Floats, feeder_w: float | None) -> Extremes:
        """Return the extremes after one more slot with these loads (K,), batteries included."""
        return Extremes(
            np.minimum(self.lowest_w, load_w),
            np.maximum(self.highest_w, load_w),
            self.feeder_peak_w if feeder_w is None else max(self.feeder_peak_w, abs(feeder_w)),
        )


@dataclass(frozen=True, eq=False)
class Promise:
    """What the guard holds the grid to until the next plan."""

    transformers: Band
    """(K,)"""
    feeder_peak_w: float | None = None
    """None where the plan promises nothing of the feeder."""
    feeder_may_reach_w: float | None = None
    """How high the feeder's load may still come today without the batteries, where its peak is the plan's
    only motive to move one. While that is above what today has reached already, energy is kept for it."""

    def kept_below_w(self, so_far: Extremes) -> float | None:
        """Return the feeder's load below which relief is kept for later; None where it need not be."""
        if self.feeder_may_reach_w is None or self.feeder_may_reach_w <= so_far.feeder_peak_w:
            return None
        return so_far.feeder_peak_w


def promise(problem: ControlProblem, model: ControlModel, power_w: Floats, so_far: Extremes) -> Promise:
    """Return what `model` promises for the rest of the problem's first local day.

    What has been reached today cannot be undone, so it widens the band; a transformer's limit narrows it.
    """
    today = local_days(problem) == 0
    load_w = transformer_loads_w(problem, power_w)
    limit_w = np.array([transformer.limit_w for transformer in problem.transformers])
    highest_w, lowest_w = limit_w, -limit_w
    if model in HOLDS_TRANSFORMERS:
        highest_w = np.maximum(load_w[:, today].max(axis=1), so_far.highest_w).clip(-limit_w, limit_w)
        lowest_w = np.minimum(load_w[:, today].min(axis=1), so_far.lowest_w).clip(-limit_w, limit_w)
    if model not in HOLDS_FEEDER or problem.feeder is None:
        return Promise(Band(lowest_w, highest_w))
    feeder_w = problem.feeder_load_w(load_w)
    may_reach_w = np.abs(problem.base_feeder_w())
    if problem.feeder.spread_w is not None:
        may_reach_w = may_reach_w + problem.feeder.spread_w
    if problem.feeder.called is not None:
        may_reach_w = np.where(problem.feeder.called, may_reach_w, 0.0)
    return Promise(
        Band(lowest_w, highest_w),
        max(float(np.abs(feeder_w[today]).max()), so_far.feeder_peak_w),
        float(may_reach_w[today].max()) if model in KEEPS_ENERGY else None,
    )


def within(band: Band, asked: AskedLimits | None, slot: int) -> Band:
    """Return the band with what is asked of the same grid points in a slot kept too."""
    if asked is None:
        return band
    highest_w, lowest_w = asked.highest_w[:, slot], asked.lowest_w[:, slot]
    return Band(band.lowest_w.clip(lowest_w, highest_w), band.highest_w.clip(lowest_w, highest_w))
