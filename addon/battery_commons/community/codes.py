"""Codes red and green of a period: who joined, and what they did together, with its uncertainty."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import hypot

from battery_commons.domain.flash_mob import Change
from battery_commons.domain.grid import CongestionSignal


@dataclass(frozen=True, slots=True)
class CodeFact:
    """One code that is over."""

    code: CongestionSignal
    start: datetime
    end: datetime
    homes: int | None
    """How many were asked; None where that is not known."""
    joined: int
    """How many said that they join."""
    change: Change | None
    """Of the village's load; None where it was not measured, or is not yet."""

    @property
    def hours(self) -> float:
        """How long it was."""
        return (self.end - self.start) / timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class CodesTogether:
    """All codes of one colour."""

    code: CongestionSignal
    times: int
    measured: int
    """Of how many it is known what they did."""
    joined: int
    """So many said that they join, of the codes of which it is known how many were asked."""
    asked: int
    change: Change | None
    """The mean over the measured hours; None without any."""
    kwh: float
    """By how much more was drawn in them: below zero is less."""
    kwh_within: float
    """The true figure is no further off in 95 of 100 cases."""


def together(codes: Sequence[CodeFact], code: CongestionSignal) -> CodesTogether:
    """Return what the codes of one colour came to, each measured by itself: errors add up as squares."""
    own = [each for each in codes if each.code is code]
    known = [each for each in own if each.homes is not None]
    measured = [(each.hours, each.change) for each in own if each.change is not None]
    hours = sum(each for each, _ in measured)
    watt_hours = sum(each * change.change_w for each, change in measured)
    error = hypot(*(each * change.error_w for each, change in measured))
    within = hypot(*(each * (change.high_w - change.low_w) / 2 for each, change in measured))
    change = None
    if hours > 0:
        mean, off = watt_hours / hours, within / hours
        change = Change(mean, mean - off, mean + off, error / hours)
    return CodesTogether(
        code,
        len(own),
        len(measured),
        joined=sum(each.joined for each in known),
        asked=sum(each.homes or 0 for each in known),
        change=change,
        kwh=watt_hours / 1000,
        kwh_within=within / 1000,
    )
