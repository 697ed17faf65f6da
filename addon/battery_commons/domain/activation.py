"""What became of each thing that a grid operator asked: when it came, was planned, sent and accepted.

An event that asks something of several parts of the grid is an activation of each.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Asked(StrEnum):
    """What kind of thing an operator asks."""

    LIMIT = "limit"
    """That a part of the grid carries no more than so much."""
    CALL = "call"
    """That the batteries behind it draw no more than so much together."""
    WINDOW = "window"
    """That the feeder's peaks are fought in these hours."""


@dataclass(frozen=True, slots=True)
class Ask:
    """One thing that is asked of one part of the grid."""

    event_id: str
    subject: str
    kind: Asked
    start: datetime
    end: datetime | None
    """None until further notice."""


@dataclass(frozen=True, slots=True)
class Activation:
    """What became of an ask."""

    ask: Ask
    received_at: datetime
    """When the version of the event that is in force came in."""
    planned_at: datetime | None = None
    """When the first plan that honours it was made."""
    sent_at: datetime | None = None
    """When that plan was on its way to all homes."""
    accepted_at: datetime | None = None
    """When the last home accepted its part, of those that did."""
    homes_asked: int = 0
    homes_accepted: int = 0
    homes_refused: int = 0
    overload_w: float = 0.0
    """By how much the newest plan expects to miss what is asked, at most."""
    withdrawn_at: datetime | None = None
    ended_at: datetime | None = None

    @property
    def unreachable(self) -> int:
        """How many of the homes asked have not answered."""
        return self.homes_asked - self.homes_accepted - self.homes_refused

    @property
    def response(self) -> timedelta | None:
        """From receipt to the last accepted setpoint; None while no home has accepted."""
        return None if self.accepted_at is None else self.accepted_at - self.received_at

    @property
    def is_open(self) -> bool:
        """Whether it still counts, or will."""
        return self.withdrawn_at is None and self.ended_at is None


@dataclass(frozen=True, slots=True)
class BatteryPower:
    """What all batteries behind a part of the grid drew together in a quarter hour."""

    power_w: float
    """Of those that reported."""
    silent: int = 0
    """How many did not."""
    spread_w: float = 0.0
    """What those could have drawn or delivered at most."""


@dataclass(frozen=True, slots=True)
class ActivationSlot:
    """One quarter hour of an activation: what was asked, and what the last plan before it wanted."""

    start: datetime
    highest_w: float | None
    """The highest load that is asked; None where none is."""
    lowest_w: float | None
    ceiling_w: float | None
    """The most that the batteries may draw together."""
    base_w: float
    """The load that was expected without the batteries."""
    batteries_w: float
    """What the batteries were to draw together."""

    @property
    def planned_w(self) -> float:
        """The load that the plan expected."""
        return self.base_w + self.batteries_w

    @property
    def beyond_w(self) -> float:
        """By how much the plan expected to miss what is asked."""
        beyond = [0.0]
        if self.highest_w is not None:
            beyond.append(self.planned_w - self.highest_w)
        if self.lowest_w is not None:
            beyond.append(self.lowest_w - self.planned_w)
        if self.ceiling_w is not None:
            beyond.append(self.batteries_w - self.ceiling_w)
        return max(beyond)
