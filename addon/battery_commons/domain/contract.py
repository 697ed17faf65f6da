"""Contracts between a village and its grid operator, as data.

The five forms of Dutch congestion management that a community meets: capacity limitation alone (CBC) or as a
group (G-CBC), a group transport agreement (GTO), capacity steering (CSC), and redispatch.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from math import isfinite

from battery_commons.domain.holidays import is_public_holiday


class ContractKind(StrEnum):
    """Which form a contract has."""

    CBC = "cbc"
    G_CBC = "g_cbc"
    GTO = "gto"
    CSC = "csc"
    REDISPATCH = "redispatch"


class Days(StrEnum):
    """On which days the hours of a contract count."""

    ALL = "all"
    WORKDAYS = "workdays"
    WEEKENDS = "weekends"

    def holds(self, day: date) -> bool:
        """Return whether it is one of these days. A public holiday is no working day."""
        is_weekend = day.weekday() >= 5  # noqa: PLR2004 - Saturday and Sunday
        if self is Days.WORKDAYS:
            return not (is_weekend or is_public_holiday(day))
        return is_weekend or self is Days.ALL


STANDING = frozenset({ContractKind.GTO})
"""Forms that count in all their hours; the others when the operator, or the market, calls."""
OF_A_GROUP = frozenset({ContractKind.G_CBC, ContractKind.GTO, ContractKind.REDISPATCH})
"""Forms in which several connections stand as one, and may have to share one balance responsible party."""


@dataclass(frozen=True, slots=True)
class Contract:
    """What was agreed, or is being thought about. Times are those of the market's clock."""

    kind: ContractKind
    operator: str
    congestion_point: str
    subject: str
    """The transformer that it is about, by id, or FEEDER_ID."""
    first_day: date
    last_day: date | None
    """None until it is ended."""
    from_time: time
    until_time: time
    """Of the same day; midnight is the day's end."""
    days: Days
    import_w: float | None
    """The most that may be drawn while it counts; None where that is not limited."""
    export_w: float | None
    """The most that may be fed in while it counts."""
    call_w: float | None
    """The power that can be called; None for a contract that only limits."""
    longest_call: timedelta | None
    notice: timedelta
    """How long before a call begins it is made."""
    eur_per_year: float
    eur_per_kwh: float
    """For what is delivered on call."""
    penalty_eur_per_kwh: float
    one_brp: bool
    """Whether all its connections must have one balance responsible party."""

    def __post_init__(self) -> None:
        """Refuse what no contract can say."""
        figures = [self.import_w, self.export_w, self.call_w]
        money = [self.eur_per_year, self.eur_per_kwh, self.penalty_eur_per_kwh]
        if any(each is not None and not (isfinite(each) and each >= 0) for each in [*figures, *money]):
            raise ValueError("powers and amounts are zero or more")
        if all(each is None for each in figures):
            raise ValueError("a contract limits something, or something can be called")
        if self.kind in STANDING and self.import_w is None and self.export_w is None:
            raise ValueError("a group transport agreement limits what is drawn, or what is fed in")
        if self.last_day is not None and self.last_day < self.first_day:
            raise ValueError("the last day is before the first")
        if self.until_time != time(0) and self.until_time <= self.from_time:
            raise ValueError("the hours end after they begin, or at midnight")
        if self.notice < timedelta(0) or (
            self.longest_call is not None and self.longest_call <= timedelta(0)
        ):
            raise ValueError("notice and calls take time")

    @property
    def is_standing(self) -> bool:
        """Whether its limits count in all its hours, without a call."""
        return self.kind in STANDING


@dataclass(frozen=True, slots=True)
class KeptContract:
    """A contract that was signed, and by which id it is kept."""

    id: str
    contract: Contract


@dataclass(frozen=True, slots=True)
class UnreadableContract:
    """A contract that was signed, of which this version does not know what it says: it counts for nothing."""

    id: str
    signed_at: datetime
