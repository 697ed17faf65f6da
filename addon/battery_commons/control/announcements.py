"""What residents have been asked, and what they did about it.

In a backtest the windows are announced and learned from here (`Announcements`); a live village plans on those
that were really announced, and on what was measured of them (`Announced`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

import numpy as np

from battery_commons.control.flash_mob import (
    CodeWindow,
    LearnedResponse,
    choose_windows,
    with_response,
)
from battery_commons.control.objective import local_days
from battery_commons.control.problem import ControlProblem, Floats
from battery_commons.domain.grid import CongestionSignal
from battery_commons.domain.series import MeasuredSeries
from battery_commons.domain.situation import Situation
from battery_commons.domain.time import MARKET_ZONE, SLOT, TimeGrid

GIVE_UP_AFTER = timedelta(days=8)
"""Measurements that have not come in by then are not waited for."""
KNOWN_FOR = timedelta(days=1)
"""Until so long after its start, a window still shifts load."""


class Residents(Protocol):
    """What M6 asks of residents."""

    def shift(self, problem: ControlProblem, situation: Situation) -> ControlProblem:
        """Return `problem` with the load as residents are expected to shift it."""
        ...


@dataclass(frozen=True, eq=False, slots=True)
class Announced:
    """The codes that homes know of, and what was learned from those before."""

    windows: Sequence[CodeWindow]
    """Those whose aftermath is not over."""
    learned: Mapping[CongestionSignal, LearnedResponse]

    def shift(self, problem: ControlProblem, _situation: Situation) -> ControlProblem:
        """Return `problem` with the load as residents are expected to shift it."""
        return with_response(problem, self.windows, self.learned)


@dataclass(frozen=True, eq=False)
class Announcement:
    """A window that residents know of, and what was expected of the load without them."""

    window: CodeWindow
    inside: TimeGrid
    inside_w: Floats
    """(K, slots) expected load in the window."""
    after: TimeGrid
    after_w: Floats
    """(K, slots) expected load in the hours after it."""


@dataclass(slots=True)
class Announcements:
    """Announces each local day's windows once, at its first tick, and learns from those that are over."""

    announced: list[CodeWindow] = field(default_factory=list)
    """Today's windows, and those whose aftermath is not over, in order."""
    learned: dict[CongestionSignal, LearnedResponse] = field(default_factory=dict)
    _open: list[Announcement] = field(default_factory=list)
    _day: int = 0

    def shift(self, problem: ControlProblem, situation: Situation) -> ControlProblem:
        """Learn from what is over, announce the windows of a new day, and return what is expected."""
        self.learn(situation.base_load, situation.now)
        return self.expect(problem)

    def expect(self, problem: ControlProblem) -> ControlProblem:
        """Return `problem` with what residents are expected to do; announces the windows of a new day."""
        transformers = len(problem.transformers)
        for code in (CongestionSignal.RED, CongestionSignal.GREEN):
            self.learned.setdefault(code, LearnedResponse.nothing_yet(transformers))
        today = problem.grid.start.astimezone(MARKET_ZONE).toordinal()
        if today != self._day:
            self._day = today
            self._announce(problem)
        self.announced = [w for w in self.announced if problem.grid.start - w.start < KNOWN_FOR]
        return with_response(problem, self.announced, self.learned)

    def learn(self, base_load: Mapping[str, MeasuredSeries], now: datetime) -> None:
        """Take note of what was measured in and after windows that are over.

        `base_load` is by transformer.
        """
        waiting = []
        for each in self._open:
            measured = [
                np.stack([series.until(now).over(grid) for series in base_load.values()])
                for grid in (each.inside, each.after)
            ]
            if all(np.isfinite(values).all() for values in measured):
                changes = [
                    (values - expected).mean(axis=1)
                    for values, expected in zip(measured, (each.inside_w, each.after_w), strict=True)
                ]
                self.learned[each.window.code] = self.learned[each.window.code].after_event(*changes)
            elif now - each.after.end < GIVE_UP_AFTER:
                waiting.append(each)
        self._open = waiting

    def _announce(self, problem: ControlProblem) -> None:
        days = local_days(problem)
        today = int((days == 0).sum())
        grid = problem.grid
        for window in choose_windows(problem):
            if (window.start - grid.start) // SLOT >= today:
                continue
            self.announced.append(window)
            inside, after = window.slots(grid), window.aftermath(grid)
            self._open.append(
                Announcement(
                    window,
                    TimeGrid(grid.start + inside.start * SLOT, inside.stop - inside.start),
                    problem.base_load_w[:, inside].copy(),
                    TimeGrid(grid.start + after.start * SLOT, after.stop - after.start),
                    problem.base_load_w[:, after].copy(),
                )
            )
