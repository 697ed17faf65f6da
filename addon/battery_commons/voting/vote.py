"""A vote from its proposal to its result, and what it is refused for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from battery_commons.voting.blind import VoteKey
from battery_commons.voting.motion import Motion
from battery_commons.voting.tally import Result


class State(StrEnum):
    """How far a vote is."""

    COMING = "coming"
    OPEN = "open"
    DECIDED = "decided"
    """Its result is to take effect."""
    IN_FORCE = "in_force"
    NO_RESULT = "no_result"
    """A tie, or too few votes."""
    WITHDRAWN = "withdrawn"


OVER = frozenset({State.DECIDED, State.IN_FORCE, State.NO_RESULT})
"""Ballots are published."""


class Refusal(StrEnum):
    """Why something about a vote is refused; each is a code of docs/protocol.md."""

    VOTE_UNKNOWN = "vote_unknown"
    VOTE_NOT_OPEN = "vote_not_open"
    VOTE_CLOSED = "vote_closed"
    VOTE_NOT_CLOSED = "vote_not_closed"
    NOT_ON_ROLL = "not_on_roll"
    SUSPENDED = "suspended"
    ALREADY_VOTED = "already_voted"
    ALREADY_CAST = "already_cast"
    UNKNOWN_CHOICE = "unknown_choice"
    BALLOT_INVALID = "ballot_invalid"
    OUTSIDE_BYLAWS = "outside_bylaws"
    SUBJECT_TAKEN = "subject_taken"


MEANING: Mapping[Refusal, str] = {
    Refusal.VOTE_UNKNOWN: "There is no such vote. Ask for the list of votes again.",
    Refusal.VOTE_NOT_OPEN: "This vote has not opened yet.",
    Refusal.VOTE_CLOSED: "This vote is over: nothing was counted.",
    Refusal.VOTE_NOT_CLOSED: "Ballots are published when the vote is over.",
    Refusal.NOT_ON_ROLL: "Your home is not on this vote's roll, or has no such paper: it was made when the "
    "vote opened.",
    Refusal.SUSPENDED: "Your home is suspended. Ask the volunteer.",
    Refusal.ALREADY_VOTED: "A ballot of your home was signed before: there is one for each vote it has.",
    Refusal.ALREADY_CAST: "A ballot with this number is in the box, and counts once.",
    Refusal.UNKNOWN_CHOICE: "This vote has no such option.",
    Refusal.BALLOT_INVALID: "The village did not sign this ballot for this vote: it does not count.",
    Refusal.OUTSIDE_BYLAWS: "The bylaws do not allow this.",
    Refusal.SUBJECT_TAKEN: "Another vote on this is coming, open, or about to take effect.",
}


class VoteRefusedError(Exception):
    """Something about a vote is refused."""

    def __init__(self, refusal: Refusal, meaning: str | None = None) -> None:
        """Say which, and what that means to who asked."""
        super().__init__(meaning or MEANING[refusal])
        self.refusal = refusal


class EffectSource(StrEnum):
    """What the effects that are shown with a vote rest on."""

    OWN = "own"
    """The village's own past."""
    ACCOUNT = "account"
    """The village's account: the month that was settled last, or what the fund holds."""
    CODES = "codes"
    """What residents did in the codes that were measured."""
    EXAMPLE = "example"
    """The built-in village: this one's record is too short."""
    NONE = "none"
    """Nothing is reckoned about such a question."""
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class TransformerEffect:
    """What a transformer would have gone through."""

    name: str
    highest_import_w: float
    highest_feed_in_w: float
    hours_over: float


@dataclass(frozen=True, slots=True)
class OptionEffect:
    """What would have been under one option, as far as it is reckoned."""

    transformers: Sequence[TransformerEffect] = ()
    cost_eur_per_month: float | None = None
    """Of the community as one customer; below zero it earns."""
    self_consumption: float | None = None
    to_fund_eur: float | None = None
    """What the community fund would have got of the last settled month."""
    moved_kwh_per_week: float | None = None
    """What residents would draw less in codes red and more in codes green, at most..."""
    moved_within_kwh: float | None = None
    """...and so much more or less, in 95 of 100 cases."""


@dataclass(frozen=True, slots=True)
class HomeEffect:
    """What one home would have paid or got; nobody else is shown."""

    bill_eur_per_month: Mapping[str, float] = field(default_factory=dict)
    """By option."""
    is_estimated: bool = False
    """Whether its house is not measured, and counts as a usual one."""
    shared_eur: Mapping[str, float] = field(default_factory=dict)
    """By option, its share of the last settled month."""


@dataclass(frozen=True, slots=True)
class Effects:
    """What is shown with the options of a vote."""

    source: EffectSource
    start: datetime | None = None
    days: int = 0
    options: Mapping[str, OptionEffect] = field(default_factory=dict)
    """By option."""
    codes: int = 0
    """On how many measured codes they rest."""
    fund_eur: float | None = None
    """What the community fund held, where the vote is on its use."""


type Reckoned = tuple[Effects, dict[str, HomeEffect]]
"""What is shown to all, and what only to each home, by its id."""


@dataclass(frozen=True, slots=True)
class Vote:
    """A vote as it stands."""

    id: str
    motion: Motion
    state: State
    proposed_at: datetime
    proposed_by: str | None
    """The home that did; None for a volunteer, and for a home that has left."""
    by_volunteer: bool
    quorum: float
    """As the bylaws had it when it opened, or have it while it is coming."""
    key: VoteKey | None
    """None before it opens."""
    effects: Effects | None
    """None while they are not reckoned yet."""
    result: Result | None
    votes: Mapping[str, int]
    """By option, how often it was chosen; empty before the close."""


@dataclass(frozen=True, slots=True)
class OnRoll:
    """What a home has in a vote."""

    papers: int = 0
    """How many votes; 0 where it is not on the roll."""
    signed: Sequence[int] = ()
    """The papers that were signed for it, from 0."""
    effect: HomeEffect | None = None
