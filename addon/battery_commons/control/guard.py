"""The guard: between two plans, the fast correction of setpoints from what is measured now.

A plan rests on a forecast. When the measured load of a transformer, or of the feeder, leaves the band that
the plan promised for today, the guard moves the batteries behind it just far enough to bring it back:

    correction of battery i = excess * headroom_i / sum of headrooms behind the same grid point

Headroom is what the battery can still do in that direction now: its home's limits and its energy. So each
gives in proportion to what it has, and nobody is asked beyond it. Where the feeder's peak is the plan's
only motive, energy is not spent on a load that is below today's peak already: the planned relief is eased
until the load is back at the band's edge.

What counts as measured is the load *without* the batteries: the meter less what the batteries' own meters
saw at the same moment. The correction then does not feed back on itself, and a delay makes it late, not
unstable. Readings of different moments do feed back where a setpoint changed in between: whoever calls the
guard leaves those out (sense/present.py; script/bench_guard.py shows what happens otherwise).
"""

from dataclasses import dataclass

import numpy as np

from battery_commons.control.problem import Bools, Floats, Indices


@dataclass(frozen=True, slots=True)
class Band:
    """Between which loads (W) grid points should stay; one figure each, or an array over grid points."""

    lowest_w: Floats
    highest_w: Floats


@dataclass(frozen=True, slots=True)
class FeederWatch:
    """What the guard holds the feeder to."""

    background_w: float
    """Load of everything on the feeder but the transformers that hang on it, as measured now."""
    peak_w: float
    """The highest absolute load that the plan promises for today."""
    reached_w: float | None
    """The absolute load below which relief is kept for later (today's highest so far); None keeps none."""
    lowest_w: float = -np.inf
    highest_w: float = np.inf
    """Between which loads it should stay besides, as an operator asks."""
    ceiling_w: float = np.inf
    """The most that all batteries behind it may draw together."""
    carries: Bools | None = None
    """(K,) which of the transformers hang on it; None is all of them."""

    def on_it(self, transformers: int) -> Bools:
        """Return (K,) which of so many transformers hang on it."""
        return np.ones(transformers, dtype=bool) if self.carries is None else self.carries


@dataclass(frozen=True, slots=True)
class GuardTask:
    """One moment: N batteries behind K transformers."""

    planned_w: Floats
    """(N,) what the plan asks now, positive = charge."""
    least_w: Floats
    """(N,) the lowest power each battery can take now (fastest discharge, negative or zero)."""
    most_w: Floats
    """(N,) the highest power each battery can take now (fastest charge)."""
    transformer_of: Indices
    """(N,) index of each battery's transformer."""
    base_w: Floats
    """(K,) load of each transformer without the batteries, as measured now."""
    band: Band
    """(K,) what each transformer should stay within."""
    feeder: FeederWatch | None = None
    ceiling_w: Floats | None = None
    """(K,) the most that the batteries behind each transformer may draw together; None asks nothing."""


def guard(task: GuardTask) -> Floats:
    """Return (N,) the corrected powers, each between what its battery can do at least and at most."""
    power_w = np.clip(task.planned_w, task.least_w, task.most_w)
    for k in range(len(task.base_w)):
        behind = np.flatnonzero(task.transformer_of == k)
        if behind.size:
            load_w = float(task.base_w[k] + power_w[behind].sum())
            excess_w = _beyond(load_w, float(task.band.lowest_w[k]), float(task.band.highest_w[k]))
            power_w[behind] = _move(power_w[behind], -excess_w, task.least_w[behind], task.most_w[behind])
    if task.feeder is not None:
        power_w = _hold_feeder(task, task.feeder, power_w)
        behind_it = task.feeder.on_it(len(task.base_w))[task.transformer_of]
        power_w = _lower(task, power_w, behind_it, task.feeder.ceiling_w)
    for k, ceiling_w in enumerate(() if task.ceiling_w is None else task.ceiling_w):
        power_w = _lower(task, power_w, task.transformer_of == k, float(ceiling_w))
    return power_w


def _lower(task: GuardTask, power_w: Floats, which: Bools, ceiling_w: float) -> Floats:
    """Lower some batteries to what they may draw together, without taking a transformer below its band."""
    excess_w = float(power_w[which].sum()) - ceiling_w
    if excess_w <= 0.0:
        return power_w
    load_w = task.base_w + np.bincount(task.transformer_of, power_w, minlength=len(task.base_w))
    least_w, most_w = _within_bands(task, load_w, power_w, task.least_w, task.most_w)
    lowered = power_w.copy()
    lowered[which] = _move(power_w[which], -excess_w, least_w[which], most_w[which])
    return lowered


def _hold_feeder(task: GuardTask, feeder: FeederWatch, power_w: Floats) -> Floats:
    """Correct for the feeder those behind it, without taking any transformer out of its band."""
    load_w = task.base_w + np.bincount(task.transformer_of, power_w, minlength=len(task.base_w))
    on_it = feeder.on_it(len(task.base_w))
    behind = on_it[task.transformer_of]
    feeder_w = feeder.background_w + float(load_w[on_it].sum())
    change_w = -_beyond(feeder_w, max(-feeder.peak_w, feeder.lowest_w), min(feeder.peak_w, feeder.highest_w))
    least_w, most_w = task.least_w, task.most_w
    if feeder.reached_w is not None and abs(feeder_w) < feeder.reached_w:
        # What today's peak has reached cannot be undone, so relief below it is kept for when it counts.
        room_w = np.sign(feeder_w) * feeder.reached_w - feeder_w
        relief = behind & (power_w * room_w < 0)
        change_w = float(np.clip(room_w, -np.abs(power_w[relief]).sum(), np.abs(power_w[relief]).sum()))
        least_w = np.where(relief, np.minimum(power_w, 0.0), power_w)
        most_w = np.where(relief, np.maximum(power_w, 0.0), power_w)
    least_w, most_w = _within_bands(task, load_w, power_w, least_w, most_w)
    held = power_w.astype(np.float64)
    held[behind] = _move(power_w[behind], change_w, least_w[behind], most_w[behind])
    return held


def _within_bands(
    task: GuardTask, load_w: Floats, power_w: Floats, least_w: Floats, most_w: Floats
) -> tuple[Floats, Floats]:
    """Return the batteries' limits narrowed so that together they keep every transformer in its band."""
    count = len(task.base_w)
    down_w = np.bincount(task.transformer_of, power_w - least_w, minlength=count)
    up_w = np.bincount(task.transformer_of, most_w - power_w, minlength=count)
    room_down_w = np.maximum(load_w - task.band.lowest_w, 0.0)
    room_up_w = np.maximum(task.band.highest_w - load_w, 0.0)
    share_down = np.divide(room_down_w, down_w, out=np.ones(count), where=down_w > room_down_w)
    share_up = np.divide(room_up_w, up_w, out=np.ones(count), where=up_w > room_up_w)
    of = task.transformer_of
    return power_w - share_down[of] * (power_w - least_w), power_w + share_up[of] * (most_w - power_w)


def _beyond(load_w: float, lowest_w: float, highest_w: float) -> float:
    """Return how far a load is above (positive) or below (negative) its band; 0 inside."""
    return max(load_w - highest_w, 0.0) + min(load_w - lowest_w, 0.0)


def _move(power_w: Floats, change_w: float, least_w: Floats, most_w: Floats) -> Floats:
    """Return the powers moved by `change_w` in sum, by headroom, as far as it reaches."""
    headroom_w = most_w - power_w if change_w > 0 else power_w - least_w
    total_w = float(headroom_w.sum())
    if total_w <= 0.0 or change_w == 0.0:
        return power_w
    moved: Floats = power_w + np.sign(change_w) * headroom_w * min(1.0, abs(change_w) / total_w)
    return moved
