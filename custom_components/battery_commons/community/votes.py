"""What the village tells about votes: what is asked, what each answer would do, and what was decided."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from .blind import VoteKey, read_key
from .fields import moment, number, optional, part, power_w, text

MAX_VOTES = 500
MAX_OPTIONS = 26
_MAX_PAPERS = 2
_LONGEST = 2000
_MOST = 10_000_000


class VoteState(StrEnum):
    """How far a vote is."""

    COMING = "coming"
    OPEN = "open"
    DECIDED = "decided"
    """An answer was chosen, and will be in force."""
    IN_FORCE = "in_force"
    NO_RESULT = "no_result"
    """A tie, or too few votes: nothing changes."""
    WITHDRAWN = "withdrawn"


OVER = frozenset({VoteState.DECIDED, VoteState.IN_FORCE, VoteState.NO_RESULT})
"""Votes whose ballots are published."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What an answer would have done; None where the village does not say."""

    highest_import_w: float | None
    """Of the transformer that would have carried most."""
    cost_eur_per_month: float | None
    """Of the community as one customer."""
    self_consumption: float | None
    own_bill_eur_per_month: float | None
    """Of this home: nobody else is told."""
    own_bill_is_estimated: bool
    own_share_eur: float | None
    """Of a vote on sharing: this home's share of the month that was settled last."""
    to_fund_eur: float | None
    """Of a vote on sharing: what the community fund would have got of that month."""
    moved_kwh_per_week: float | None
    """Of a vote on codes: what residents would move together, at most."""


@dataclass(frozen=True, slots=True)
class Option:
    """One of the answers."""

    choice: str
    """Its letter."""
    labels: Mapping[str, str]
    """What it says, by language."""
    effect: Effect | None
    ballots: int | None
    """How often it was chosen; None before the close."""

    def label(self, language: str) -> str:
        """Return what it says, in English where it does not speak `language`."""
        return self.labels.get(language.split("-", maxsplit=1)[0]) or self.labels["en"]


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a vote."""

    outcome: str
    """Chosen, tie or no_quorum."""
    choice: str | None
    ballots: int
    could_vote: int


@dataclass(frozen=True, slots=True)
class Vote:
    """A vote as this home sees it."""

    vote_id: str
    state: VoteState
    subject: str
    title: str
    explanation: str
    opens_at: datetime
    closes_at: datetime
    takes_effect_at: datetime
    options: tuple[Option, ...]
    key: VoteKey | None
    """None before it opens."""
    papers: int
    """How many votes this home has in it; 0 where it is not on the roll."""
    signed: frozenset[int]
    """Which of them were given, counted from 0, here or on the home's page in a browser."""
    effects_state: str
    """What the effects rest on: own, example, account, codes, none, failed, or reckoning."""
    fund_eur: float | None
    """What the community fund held, where the vote is on its use."""
    result: Result | None

    @property
    def left(self) -> tuple[int, ...]:
        """Return the papers that this home has not given."""
        return tuple(paper for paper in range(self.papers) if paper not in self.signed)

    def option(self, named: str) -> Option | None:
        """Return the answer with a letter, or else with what it says in some language.

        A letter comes first: an answer may say the letter of another.
        """
        wanted = named.strip().casefold()
        for option in self.options:
            if wanted == option.choice:
                return option
        for option in self.options:
            if wanted in {label.strip().casefold() for label in option.labels.values()}:
                return option
        return None


def parse_votes(message: Mapping[str, Any]) -> tuple[Vote, ...]:
    """Return the votes that a message lists. Raises ValueError for what is none.

    A vote in a state, or about a subject, that this version does not know is passed over or shown as it is: a
    newer village must not take the others away.
    """
    listed = message.get("votes")
    if not isinstance(listed, list) or len(listed) > MAX_VOTES:
        raise ValueError("votes is no list, or longer than any village needs")
    votes = (part({"vote": each}, "vote") for each in listed)
    return tuple(_vote(each) for each in votes if text(each, "state") in set(VoteState))


def _vote(vote: Mapping[str, Any]) -> Vote:
    key, result = vote.get("key"), vote.get("result")
    read = Vote(
        vote_id=text(vote, "vote_id"),
        state=VoteState(text(vote, "state")),
        subject=text(vote, "subject"),
        title=text(vote, "title"),
        explanation=_long_text(vote.get("explanation")),
        opens_at=moment(vote, "opens_at"),
        closes_at=moment(vote, "closes_at"),
        takes_effect_at=moment(vote, "takes_effect_at"),
        options=_options(vote.get("options")),
        key=None if key is None else read_key(part(vote, "key").get("n"), part(vote, "key").get("e")),
        papers=whole(vote.get("papers"), _MAX_PAPERS),
        signed=_signed(vote.get("signed")),
        effects_state=text(part(vote, "effects"), "state"),
        fund_eur=optional(part(vote, "effects"), "fund_eur", number),
        result=None if result is None else _result(part(vote, "result")),
    )
    if read.closes_at <= read.opens_at:
        raise ValueError("a vote is open for a while")
    return read


def _options(listed: object) -> tuple[Option, ...]:
    if not isinstance(listed, list) or not 2 <= len(listed) <= MAX_OPTIONS:  # noqa: PLR2004 - a choice
        raise ValueError("a vote has some options")
    options = tuple(_option(part({"option": option}, "option")) for option in listed)
    if len({option.choice for option in options}) < len(options):
        raise ValueError("two options have one letter")
    return options


def _option(option: Mapping[str, Any]) -> Option:
    labels, effect = part(option, "labels"), option.get("effect")
    choice = text(option, "choice")
    if len(choice) != 1 or not "a" <= choice <= "z":
        raise ValueError("an option is named by a letter")
    return Option(
        choice=choice,
        labels={language: text(labels, language) for language in ("en", "nl")},
        effect=None if effect is None else _effect(part(option, "effect")),
        ballots=optional(option, "ballots", lambda value: whole(value, _MOST)),
    )


def _effect(effect: Mapping[str, Any]) -> Effect:
    transformers = effect.get("transformers") or []
    if not isinstance(transformers, list):
        raise ValueError("transformers is no list")  # noqa: TRY004 - a wrong message, not a wrong call
    loads = [power_w(part({"it": each}, "it").get("highest_import_w")) for each in transformers]
    return Effect(
        highest_import_w=max(loads, default=None),
        cost_eur_per_month=optional(effect, "cost_eur_per_month", number),
        self_consumption=optional(effect, "self_consumption", number),
        own_bill_eur_per_month=optional(effect, "own_bill_eur_per_month", number),
        own_bill_is_estimated=effect.get("own_bill_is_estimated") is True,
        own_share_eur=optional(effect, "own_share_eur", number),
        to_fund_eur=optional(effect, "to_fund_eur", number),
        moved_kwh_per_week=optional(effect, "moved_kwh_per_week", number),
    )


def _result(result: Mapping[str, Any]) -> Result:
    return Result(
        outcome=text(result, "outcome"),
        choice=None if result.get("choice") is None else text(result, "choice"),
        ballots=whole(result.get("ballots"), _MOST),
        could_vote=whole(result.get("could_vote"), _MOST),
    )


def _signed(listed: object) -> frozenset[int]:
    if not isinstance(listed, list) or len(listed) > _MAX_PAPERS:
        raise ValueError("signed is no list of papers")
    return frozenset(whole(paper, _MAX_PAPERS - 1) for paper in listed)


def whole(value: object, most: int) -> int:
    """Return a whole number from 0 to `most`. Raises ValueError for another value."""
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= most:
        raise ValueError("no whole number within its bounds")
    return value


def _long_text(value: object) -> str:
    if not isinstance(value, str) or len(value) > _LONGEST:
        raise ValueError("no text, or a long one")
    return value
