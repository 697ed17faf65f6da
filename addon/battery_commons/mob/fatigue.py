"""How often residents accept to be asked, from how they answered and what they did lately."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from battery_commons.domain.flash_mob import Change
from battery_commons.domain.grid import CongestionSignal

LATELY, BEFORE = 3, 6
"""The last three codes, held against up to six before them."""
LEAST_WILLING = 0.25
"""Codes never become rarer than this share of what the rules allow, so that it is seen when people are
willing again."""
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class AskedBefore:
    """A code that is over, and how it was answered."""

    code: CongestionSignal
    start: datetime
    homes: int
    """How many were asked."""
    joining: int
    """How many said that they join; who is silent or declines does not."""
    change: Change | None
    """What the village did; None where it was not measured."""

    @property
    def joined(self) -> float:
        """The share of homes that said they join."""
        return min(1.0, self.joining / self.homes) if self.homes else 0.0


@dataclass(frozen=True, slots=True)
class Willingness:
    """How willing residents are."""

    share: float
    """Of the codes that the rules allow, how many are proposed: LEAST_WILLING to 1."""
    joined_lately: float | None
    """The mean share of homes that joined the last codes; None before the first."""
    joined_before: float | None
    """The same of those before them; None while there are none."""
    did_less: bool
    """Whether the measured response fell, by more than its own uncertainty."""

    def span(self) -> timedelta:
        """Return in how much time as many codes are proposed as the rules allow in a week."""
        return WEEK / self.share


def willingness(codes: Sequence[AskedBefore]) -> Willingness:
    """Return how willing residents are, from the codes that are over, the oldest first.

    After the first three codes without anybody who joins, and whenever fewer join than did before, codes
    become as much rarer.
    """
    lately, before = codes[-LATELY:], codes[-LATELY - BEFORE : -LATELY]
    joined_lately = _mean([each.joined for each in lately])
    joined_before = _mean([each.joined for each in before])
    share = 1.0
    if len(lately) == LATELY and not joined_lately:
        share = 0.0
    elif joined_lately is not None and joined_before:
        share = joined_lately / joined_before
    did_less, kept = _kept_up(lately, before)
    if did_less:
        share = min(share, kept)
    return Willingness(min(1.0, max(LEAST_WILLING, share)), joined_lately, joined_before, did_less)


def _kept_up(lately: Sequence[AskedBefore], before: Sequence[AskedBefore]) -> tuple[bool, float]:
    """Return whether less was done lately than before, beyond what measuring leaves open, and the ratio.

    Codes red are held against codes red, and green against green: people do other things at noon.
    """
    now_w, then_w, variance = 0.0, 0.0, 0.0
    for colour in CongestionSignal:
        now, then = _done(lately, colour), _done(before, colour)
        if not (now and then):
            continue
        now_w += sum(done_w for done_w, _ in now)
        then_w += len(now) * sum(done_w for done_w, _ in then) / len(then)
        variance += sum(error_w**2 for _, error_w in now)
        variance += (len(now) / len(then)) ** 2 * sum(error_w**2 for _, error_w in then)
    if then_w <= 0 or then_w - now_w <= 2 * variance**0.5:
        return False, 1.0
    return True, max(0.0, now_w) / then_w


def _done(codes: Sequence[AskedBefore], colour: CongestionSignal) -> list[tuple[float, float]]:
    """Return what was done in the direction that each code of a colour asked for, and the standard error."""
    sign = -1.0 if colour is CongestionSignal.RED else 1.0
    changes = [each.change for each in codes if each.code is colour and each.change is not None]
    return [(sign * change.change_w, change.error_w) for change in changes]


def _mean(shares: Sequence[float]) -> float | None:
    return sum(shares) / len(shares) if shares else None
