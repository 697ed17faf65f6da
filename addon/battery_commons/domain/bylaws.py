"""What a community agreed on how it decides and shares: within these bounds, members decide by vote."""

from dataclasses import dataclass, field
from datetime import time
from enum import StrEnum
from math import isfinite

MOST_PER_WEEK = 14
"""Codes: two a day would be a job, not a favour."""
MOST_HOURS_AHEAD = 24
"""Forecasts look a day ahead."""


class SharingRule(StrEnum):
    """How what is left is shared, once every owner is as well off as under M1."""

    EQUAL = "equal"
    """The same to every member home."""
    CONTRIBUTION = "contribution"
    """By what each home did for transformer and feeder when they were loaded most."""
    FUND = "fund"
    """To the community fund until it has what it needs; what is over, the same to every member home."""


@dataclass(frozen=True, slots=True)
class CodeRules:
    """How often, and when, residents are asked to use less or more."""

    most_per_week: int = 2
    """In any seven days, red and green together; 0 asks nobody."""
    quiet_from: time = time(22)
    """By the village's clock: no code lasts into the time from here..."""
    quiet_until: time = time(8)
    """...until here."""
    hours_ahead: int = 4
    """So long before it begins, a code is announced at the latest."""
    by_itself: bool = False
    """Whether the village announces its own proposals; else a volunteer does."""

    def __post_init__(self) -> None:
        """Refuse what nobody can live by."""
        if not 0 <= self.most_per_week <= MOST_PER_WEEK:
            raise ValueError(f"a week has 0 to {MOST_PER_WEEK} codes, not {self.most_per_week}")
        if not 0 <= self.hours_ahead <= MOST_HOURS_AHEAD:
            raise ValueError(
                f"a code is announced 0 to {MOST_HOURS_AHEAD} hours ahead, not {self.hours_ahead}"
            )

    def is_quiet(self, at: time) -> bool:
        """Return whether nobody is to be asked anything at this time of the village's clock."""
        if self.quiet_from <= self.quiet_until:
            return self.quiet_from <= at < self.quiet_until
        return at >= self.quiet_from or at < self.quiet_until


@dataclass(frozen=True, slots=True)
class Bounds:
    """From where to where a vote may set something."""

    least: float
    most: float

    def __post_init__(self) -> None:
        """Refuse bounds that hold nothing."""
        if not (isfinite(self.least) and isfinite(self.most) and self.least <= self.most):
            raise ValueError(f"nothing lies between {self.least} and {self.most}")

    def hold(self, value: float) -> bool:
        """Return whether `value` is within them; NaN never is."""
        return self.least <= value <= self.most


@dataclass(frozen=True, slots=True)
class Bylaws:
    """What the members' meeting agreed: a volunteer writes it down, and the log says who did."""

    quorum: float = 0.3
    """The share of homes that must vote for a vote to count."""
    vote_days: int = 7
    """A vote is open for at least so long."""
    battery_votes: bool = False
    """Whether a home with a battery has a second vote; by default one home has one vote."""
    congestion_weight: Bounds = field(default=Bounds(0.25, 4.0))
    minimum_reserve: Bounds = field(default=Bounds(0.0, 0.5))
    fund_share: Bounds = field(default=Bounds(0.0, 0.5))
    codes_per_week: Bounds = field(default=Bounds(0.0, 7.0))
    owners_bear_shortage: bool = False
    """Whether owners may be worse off than under M1 while neither the village's gain nor its fund can make
    them whole; by default what they lack stays a debt of the community, paid first."""
    fund_need_eur: float = 0.0
    """What the fund is to hold under SharingRule.FUND."""

    def __post_init__(self) -> None:
        """Refuse rules that no vote can keep."""
        if not 0 <= self.quorum <= 1:
            raise ValueError(f"a quorum is a share of the homes, from 0 to 1, not {self.quorum}")
        if not 1 <= self.vote_days <= 60:  # noqa: PLR2004 - after two months nobody remembers the question
            raise ValueError(f"a vote is open for 1 to 60 days, not {self.vote_days}")
        if not (isfinite(self.fund_need_eur) and self.fund_need_eur >= 0):
            raise ValueError(f"a fund needs zero or more, not {self.fund_need_eur}")
