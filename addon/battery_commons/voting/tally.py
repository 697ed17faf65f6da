"""The count: the same whoever makes it, and in whichever order ballots come."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from battery_commons.voting.ballot import Ballot
from battery_commons.voting.blind import VoteKey


class Outcome(StrEnum):
    """What came of a vote."""

    CHOSEN = "chosen"
    TIE = "tie"
    """Two options or more had the most votes: all stays as it is."""
    NO_QUORUM = "no_quorum"
    """Too few voted: all stays as it is."""
    STUFFED = "stuffed"
    """There are more ballots than were signed: all stays as it is, and the vote is to be held again."""


class NotCounted(StrEnum):
    """Why a ballot does not count."""

    UNKNOWN_CHOICE = "unknown_choice"
    NOT_SIGNED = "not_signed"
    TWICE = "twice"
    """Its number was on another ballot."""


@dataclass(frozen=True, slots=True)
class Count:
    """How often each option was chosen, and what did not count."""

    votes: Mapping[str, int]
    """By option, also those that nobody chose."""
    not_counted: Mapping[NotCounted, int]

    @property
    def total(self) -> int:
        """How many ballots count."""
        return sum(self.votes.values())


@dataclass(frozen=True, slots=True)
class Result:
    """What a vote decided."""

    outcome: Outcome
    choice: str | None
    """None unless something was chosen."""
    ballots: int
    """That counted."""
    signatures: int
    """That were given for ballots."""
    could_vote: int
    """How many votes there were at the close, given or not."""


def count(vote_id: str, key: VoteKey, choices: Collection[str], ballots: Iterable[Ballot]) -> Count:
    """Return the count of `ballots`.

    Of ballots with the same number one counts, and only where they are the same: two that differ cast doubt
    on both.
    """
    votes = dict.fromkeys(choices, 0)
    refused: Counter[NotCounted] = Counter()
    by_number: dict[str, set[Ballot]] = {}
    for ballot in ballots:
        if ballot.choice not in votes:
            refused[NotCounted.UNKNOWN_CHOICE] += 1
        elif not ballot.is_signed(vote_id, key):
            refused[NotCounted.NOT_SIGNED] += 1
        else:
            same = by_number.setdefault(ballot.number, set())
            refused[NotCounted.TWICE] += bool(same)
            same.add(ballot)
    for same in by_number.values():
        if len({ballot.choice for ballot in same}) == 1:
            votes[next(iter(same)).choice] += 1
        else:
            refused[NotCounted.TWICE] += 1
    return Count(votes, {why: times for why, times in refused.items() if times})


def decide(counted: Count, *, quorum: float, signatures: int, could_vote: int) -> Result:
    """Return what was decided: the option with the most votes, if it is one and enough have voted.

    `quorum` is the share of votes that must be given, from 0 to 1. Without a single ballot there is none.
    """
    most = max(counted.votes.values(), default=0)
    leading = [choice for choice, votes in counted.votes.items() if votes == most]
    choice = None
    # Rounded, since 28 % of 25 votes would be a little more than 7.
    enough = round(quorum * could_vote, 6)
    if counted.total > signatures:
        outcome = Outcome.STUFFED
    elif not counted.total or counted.total < enough:
        outcome = Outcome.NO_QUORUM
    elif len(leading) > 1:
        outcome = Outcome.TIE
    else:
        outcome, choice = Outcome.CHOSEN, leading[0]
    return Result(outcome, choice, counted.total, signatures, could_vote)
