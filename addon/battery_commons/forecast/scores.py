"""How good forecasts were, by how far ahead they were made, scored on what was measured later."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Self

import numpy as np

from battery_commons.domain.series import MeasuredSeries
from battery_commons.domain.time import SLOTS_PER_DAY, TimeGrid
from battery_commons.forecast.hours import HIGH, LOW
from battery_commons.forecast.load import Floats, LoadForecast
from battery_commons.forecast.slots import known_at, slot_number

BUCKETS = {"0-1 h": (0, 4), "1-6 h": (4, 24), "6-24 h": (24, 96), "24-36 h": (96, 144)}
"""Lead times by name: slots after the issue, from and up to."""
GIVEN_UP = 14 * SLOTS_PER_DAY
"""After how many slots a measurement that is still missing is not waited for any more."""


@dataclass(slots=True)
class Score:
    """Sums over the slots of one lead time that have been scored."""

    count: int = 0
    load_w: float = 0.0
    error_w: float = 0.0
    reference_error_w: float = 0.0
    pinball_low_w: float = 0.0
    pinball_high_w: float = 0.0
    inside: int = 0

    @property
    def mae_w(self) -> float:
        """The mean absolute error; NaN where nothing was scored, as for all that follow."""
        return self._mean(self.error_w)

    @property
    def relative_mae(self) -> float:
        """The mean absolute error as a share of the mean absolute load."""
        return self.error_w / self.load_w if self.load_w else np.nan

    @property
    def pinball_w(self) -> tuple[float, float, float]:
        """The mean pinball loss at 10, 50 and 90 %, the expected load standing in for the median."""
        return self._mean(self.pinball_low_w), self.mae_w / 2, self._mean(self.pinball_high_w)

    @property
    def coverage(self) -> float:
        """The share of loads within the band, which is to be 0.8."""
        return self._mean(self.inside)

    @property
    def skill(self) -> float:
        """By which share the error is smaller than the reference's: 1 is perfect, below 0 is worse."""
        return 1 - self.error_w / self.reference_error_w if self.reference_error_w else np.nan

    def add(self, measured_w: Floats, expected: Floats) -> None:
        """Score slots: what was measured (N,), and the load, low, high and reference (4, N) expected."""
        load_w, low_w, high_w, reference_w = expected
        self.count += len(measured_w)
        self.load_w += float(np.abs(measured_w).sum())
        self.error_w += float(np.abs(measured_w - load_w).sum())
        self.reference_error_w += float(np.abs(measured_w - reference_w).sum())
        self.pinball_low_w += _pinball(measured_w - low_w, LOW)
        self.pinball_high_w += _pinball(measured_w - high_w, HIGH)
        self.inside += int(((low_w <= measured_w) & (measured_w <= high_w)).sum())

    def _mean(self, total: float) -> float:
        return total / self.count if self.count else np.nan


@dataclass(slots=True)
class ScoreKeeper:
    """Remembers forecasts from when they are issued until they can be scored."""

    scores: dict[str, Score] = field(default_factory=lambda: {name: Score() for name in BUCKETS})
    _pending: dict[int, Floats] = field(default_factory=dict)
    """By the number of the first slot: (4, T) load, low, high and reference; NaN where scored."""
    _newest: int | None = None
    """The slot of the newest forecast: an earlier one, or the same again, is not taken."""

    def issue(self, forecast: LoadForecast, reference: LoadForecast, grid: TimeGrid) -> None:
        """Register a forecast for `grid`, whose start it was issued at, and what it is to be compared with.

        Only the first forecast of each slot counts: what is known better later is not what was planned with.
        """
        start = slot_number(grid.start)
        if self._newest is not None and start <= self._newest:
            return
        self._newest = start
        most = max(end for _, end in BUCKETS.values())
        rows = (forecast.load_w, forecast.low_w, forecast.high_w, reference.load_w)
        self._pending[start] = np.stack([row[:most] for row in rows])

    def measure(self, history: MeasuredSeries, now: datetime) -> None:
        """Score each registered slot that had been measured by `now`, once."""
        known = known_at(history, now)
        if known is None:
            return
        for start, expected in list(self._pending.items()):
            measured_w = known.between(start, start + expected.shape[1])
            ready = np.isfinite(measured_w) & np.isfinite(expected[0])
            for name, (first, last) in BUCKETS.items() if ready.any() else ():
                slots = np.flatnonzero(ready[first:last]) + first
                self.scores[name].add(measured_w[slots], expected[:, slots])
            expected[:, ready] = np.nan
            done = not np.isfinite(expected[0]).any()
            if done or start + expected.shape[1] + GIVEN_UP < slot_number(now):
                del self._pending[start]

    def report(self) -> dict[str, dict[str, float | None]]:
        """Return the figures of each lead time that has any: mean errors in W, shares from 0 to 1."""
        return {
            name: {
                "slots": score.count,
                "mae_w": score.mae_w,
                "pinball_10_w": score.pinball_w[0],
                "pinball_90_w": score.pinball_w[2],
                "coverage": score.coverage,
                "skill": None if np.isnan(score.skill) else score.skill,
            }
            for name, score in self.scores.items()
            if score.count
        }

    def as_dict(self) -> dict[str, Any]:
        """Return all of it as plain values, for `from_dict`."""
        return {
            "scores": {name: asdict(score) for name, score in self.scores.items()},
            "pending": {
                str(start): [[None if np.isnan(v) else v for v in row] for row in expected.tolist()]
                for start, expected in self._pending.items()
            },
            "newest": self._newest,
        }

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> Self:
        """Return what `as_dict` made plain."""
        return cls(
            {name: Score(**score) for name, score in content["scores"].items()},
            {int(start): np.array(rows, dtype=np.float64) for start, rows in content["pending"].items()},
            content["newest"],
        )


def _pinball(above_w: Floats, level: float) -> float:
    return float(np.maximum(level * above_w, (level - 1) * above_w).sum())
