"""M6, energy flash mob: M4 on the load as residents are expected to shift it.

It also chooses when to ask: a window of code red where the village draws most, one of code green where it
feeds in most, at most one of each per local day and only while people are awake. What they will do about it
is learned from what they did: the measured difference from the forecast in the windows before, and in the
hours after them, since what is not used in a window is used later. Before the first event nothing is
expected.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from battery_commons.control.objective import local_days
from battery_commons.control.problem import ControlProblem, Floats
from battery_commons.domain.bylaws import CodeRules
from battery_commons.domain.grid import CongestionSignal
from battery_commons.domain.time import MARKET_ZONE, SLOT, TimeGrid

WINDOW_SLOTS = 8
"""Two hours: long enough to matter, short enough to do."""
AFTER_SLOTS = 16
"""The four hours in which what was put off is done."""
TRUST_AFTER = 3.0
"""So many events weigh as much as the assumption that nobody does anything."""
_USUAL = CodeRules()


@dataclass(frozen=True, slots=True)
class CodeWindow:
    """When residents are asked to use less (red) or more (green)."""

    code: CongestionSignal
    start: datetime
    length: int = WINDOW_SLOTS
    """In slots."""

    def slots(self, grid: TimeGrid) -> slice:
        """Return which slots of `grid` are inside it."""
        return _part(grid, self.start, self.length)

    def aftermath(self, grid: TimeGrid) -> slice:
        """Return which slots of `grid` are in the hours after it."""
        return _part(grid, self.start + self.length * SLOT, AFTER_SLOTS)


@dataclass(frozen=True, eq=False)
class LearnedResponse:
    """What K transformers' residents did on average in earlier windows of one code, and after them."""

    in_window_w: Floats
    """(K,) sum over events of the mean change of load."""
    afterwards_w: Floats
    """(K,) the same over the hours after."""
    events: int = 0

    @classmethod
    def nothing_yet(cls, transformers: int) -> LearnedResponse:
        """Return what is known before the first event."""
        return cls(np.zeros(transformers), np.zeros(transformers))

    def after_event(self, in_window_w: Floats, afterwards_w: Floats) -> LearnedResponse:
        """Return what is known after one more event with these measured mean changes (K,)."""
        return LearnedResponse(
            self.in_window_w + in_window_w, self.afterwards_w + afterwards_w, self.events + 1
        )

    def expected_w(self) -> tuple[Floats, Floats]:
        """Return (K,) what to expect in a window, and after it.

        It is the mean over events, drawn towards zero while they are few.
        """
        weight = self.events + TRUST_AFTER
        return self.in_window_w / weight, self.afterwards_w / weight


def choose_windows(problem: ControlProblem, rules: CodeRules = _USUAL) -> list[CodeWindow]:
    """Return the windows for every local day of the horizon that has one worth asking for, in time order.

    Of `rules` only the quiet hours count here.
    """
    if problem.grid.slots < WINDOW_SLOTS:
        return []
    village_w = problem.base_load_w.sum(axis=0)
    starts = problem.grid.starts()
    days = local_days(problem)
    quiet = [rules.is_quiet(start.astimezone(MARKET_ZONE).time()) for start in starts]
    means_w = np.convolve(village_w, np.ones(WINDOW_SLOTS) / WINDOW_SLOTS, "valid")
    candidates = [
        i
        for i in range(len(means_w))
        if days[i] == days[i + WINDOW_SLOTS - 1] and not any(quiet[i : i + WINDOW_SLOTS])
    ]
    windows = []
    for day in np.unique(days):
        of_day = [i for i in candidates if days[i] == day]
        if not of_day:
            continue
        red, green = max(of_day, key=lambda i: means_w[i]), min(of_day, key=lambda i: means_w[i])
        if means_w[red] > 0:
            windows.append(CodeWindow(CongestionSignal.RED, starts[red]))
        if means_w[green] < 0:
            windows.append(CodeWindow(CongestionSignal.GREEN, starts[green]))
    return sorted(windows, key=lambda window: window.start)


def with_response(
    problem: ControlProblem,
    windows: Sequence[CodeWindow],
    learned: Mapping[CongestionSignal, LearnedResponse],
) -> ControlProblem:
    """Return `problem` with the load as residents are expected to shift it in `windows`."""
    shift_w = np.zeros_like(problem.base_load_w)
    for window in windows:
        inside_w, after_w = learned[window.code].expected_w()
        shift_w[:, window.slots(problem.grid)] += inside_w[:, np.newaxis]
        shift_w[:, window.aftermath(problem.grid)] += after_w[:, np.newaxis]
    return shifted(problem, shift_w)


def shifted(problem: ControlProblem, shift_w: Floats) -> ControlProblem:
    """Return `problem` with `shift_w` (K, T) added to its transformers, and to the meter of the community."""
    if len(problem.meters) != 1:
        raise ValueError("a shift of load needs a village behind one meter")
    meter = replace(problem.meters[0], net_w=problem.meters[0].net_w + shift_w.sum(axis=0))
    return replace(problem, base_load_w=problem.base_load_w + shift_w, meters=[meter])


def _part(grid: TimeGrid, start: datetime, slots: int) -> slice:
    first = (start - grid.start) // SLOT
    return slice(max(first, 0), max(min(first + slots, grid.slots), 0))
