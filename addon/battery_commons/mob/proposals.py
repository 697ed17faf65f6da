"""Which windows of code red and green are worth asking residents for, from the village's own forecast."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np

from battery_commons.control.flash_mob import WINDOW_SLOTS, CodeWindow, choose_windows
from battery_commons.control.problem import ControlProblem
from battery_commons.domain.bylaws import CodeRules
from battery_commons.domain.flash_mob import Because, Need, Proposal
from battery_commons.domain.grid import CongestionSignal
from battery_commons.domain.series import MeasuredSeries
from battery_commons.domain.time import MARKET_ZONE, SLOT, SLOTS_PER_DAY, TimeGrid, slot_start
from battery_commons.mob.baseline import Floats, Span
from battery_commons.mob.fatigue import Willingness

LOOKED_BACK = 28
"""Days that tell what a high load is."""
LEAST_DAYS = 14
SELDOM = 0.1
"""A load is high where no more than one day in ten had a higher one."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A window worth asking for, and why."""

    window: CodeWindow
    because: Because

    @property
    def start(self) -> datetime:
        """When it begins."""
        return self.window.start

    @property
    def end(self) -> datetime:
        """When it ends."""
        return self.window.start + self.window.length * SLOT

    @property
    def key(self) -> str:
        """What it is known by: it is proposed once."""
        return key_of(self.window.code, self.start)


def key_of(code: CongestionSignal, start: datetime) -> str:
    """Return the local day and the code: no more than one of each is asked for."""
    return f"{start.astimezone(MARKET_ZONE):%Y-%m-%d}-{code.value}"


@dataclass(frozen=True, eq=False, slots=True)
class Extremes:
    """The highest and the lowest load (W) of two hours on each of the last days, of the village."""

    highest_w: Floats
    lowest_w: Floats

    @classmethod
    def of(cls, base_load: Sequence[MeasuredSeries], now: datetime) -> Extremes:
        """Return those of the last four weeks, from each transformer's load without batteries.

        A day (of 24 hours back from `now`) of which a quarter hour is missing does not count.
        """
        first = slot_start(now) - LOOKED_BACK * SLOTS_PER_DAY * SLOT
        whole = TimeGrid(first, LOOKED_BACK * SLOTS_PER_DAY)
        if not base_load:
            return cls(np.empty(0), np.empty(0))
        days = np.sum([series.over(whole) for series in base_load], axis=0).reshape(LOOKED_BACK, -1)
        days = days[np.isfinite(days).all(axis=1)]
        means = np.lib.stride_tricks.sliding_window_view(days, WINDOW_SLOTS, axis=1).mean(axis=2)
        return cls(means.max(axis=1, initial=-np.inf), means.min(axis=1, initial=np.inf))


def worth_asking(
    problem: ControlProblem, planned_w: Floats, rules: CodeRules, past: Extremes
) -> list[Wanted]:
    """Return the windows that are worth asking for, in the order of time.

    Args:
        problem: What the plan in force was made from.
        planned_w: (K, T) what each transformer is expected to carry with that plan followed.
        rules: Of these the quiet hours count here.
        past: What the village's load has been.
    """
    if not rules.most_per_week:
        return []
    wanted = []
    for window in choose_windows(replace(problem, base_load_w=planned_w), rules):
        inside = window.slots(problem.grid)
        because = _near_limit(problem, planned_w, window) or _seldom(
            window, float(problem.base_load_w[:, inside].sum(axis=0).mean()), past
        )
        if because:
            wanted.append(Wanted(window, because))
    return wanted


def allowed(
    wanted: Sequence[Wanted],
    rules: CodeRules,
    willingness: Willingness,
    announced: Sequence[Span],
    now: datetime,
) -> list[Wanted]:
    """Return those of `wanted` that may be proposed at `now`, without asking more often than is accepted.

    `announced` are the codes of the last weeks and those to come. What the grid needs most comes first.
    """
    span = willingness.span()
    taken = list(announced)
    found = []
    for each in sorted(wanted, key=_urgency, reverse=True):
        near = [start for start, _ in taken if abs(start - each.start) < span]
        overlaps = any(start < each.end and each.start < end for start, end in taken)
        is_late = announce_by(each.start, rules) < now
        if len(near) < rules.most_per_week and not overlaps and not is_late:
            taken.append((each.start, each.end))
            found.append(each)
    return sorted(found, key=lambda each: each.start)


def announce_by(start: datetime, rules: CodeRules) -> datetime:
    """Return until when a window is to be announced: the quarter hour before that is not quiet either."""
    latest = start - timedelta(hours=rules.hours_ahead)
    for _ in range(SLOTS_PER_DAY):
        if not (is_quiet(latest, rules) or is_quiet(latest - SLOT, rules)):
            break
        latest -= SLOT
    return latest


def is_quiet(moment: datetime, rules: CodeRules) -> bool:
    """Return whether nobody is to be asked anything at a moment."""
    return rules.is_quiet(moment.astimezone(MARKET_ZONE).time())


def promised_w(proposal: Proposal) -> float | None:
    """Return what residents may be told to expect (W): nothing where it may as well be the other way."""
    effect = proposal.effect
    if effect is None:
        return None
    is_right = effect.change_w < 0 if proposal.code is CongestionSignal.RED else effect.change_w > 0
    return effect.change_w if is_right else None


def _urgency(wanted: Wanted) -> tuple[bool, float]:
    return wanted.because.need is Need.LIMIT, wanted.because.figure


def _near_limit(problem: ControlProblem, planned_w: Floats, window: CodeWindow) -> Because | None:
    """Return the transformer that comes nearest to its limit, where that is as near as its signal says."""
    sign = 1.0 if window.code is CongestionSignal.RED else -1.0
    inside = planned_w[:, window.slots(problem.grid)]
    peaks_w = sign * (sign * inside).max(axis=1)
    shares = [
        (abs(float(peak_w)) / transformer.limit_w, transformer.name)
        for transformer, peak_w in zip(problem.transformers, peaks_w, strict=True)
        if transformer.signal(float(peak_w)) is window.code
    ]
    return Because(Need.LIMIT, max(shares)[1], max(shares)[0]) if shares else None


def _seldom(window: CodeWindow, expected_w: float, past: Extremes) -> Because | None:
    days = len(past.highest_w)
    if days < LEAST_DAYS:
        return None
    if window.code is CongestionSignal.RED:
        beyond = int((past.highest_w > expected_w).sum())
    else:
        beyond = int((past.lowest_w < expected_w).sum())
    return Because(Need.HIGHEST, "", float(days)) if beyond <= SELDOM * days else None
