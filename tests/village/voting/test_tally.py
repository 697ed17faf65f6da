"""The count: the same in any order, and of nothing but what was signed."""

import random
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from battery_commons.voting.ballot import Ballot
from battery_commons.voting.blind import SigningKey
from battery_commons.voting.tally import Count, NotCounted, Outcome, count, decide
from tests.village.voting.voter import Voter

KEY = SigningKey.generate()
CHOICES = ("a", "b", "c")


def cast(choice: str) -> Ballot:
    voter = Voter("v1", KEY.public, choice)
    return voter.ballot(KEY.sign(voter.blinded))


BALLOTS = [cast(choice) for choice in "aaabbcaabb"]
SPOILT = [
    replace(BALLOTS[0], choice="b"),
    replace(BALLOTS[1], signature=b"x" * 256),
    replace(BALLOTS[2], choice="z"),
    BALLOTS[3],
]


@given(st.lists(st.sampled_from([*BALLOTS, *SPOILT]), max_size=14), st.randoms(use_true_random=False))
def test_any_order_of_the_ballots_gives_the_same_count(ballots: list[Ballot], chance: random.Random) -> None:
    shuffled = ballots.copy()
    chance.shuffle(shuffled)

    counted = count("v1", KEY.public, CHOICES, ballots)

    assert count("v1", KEY.public, CHOICES, shuffled) == counted
    assert counted.total + sum(counted.not_counted.values()) == len(ballots)
    assert counted.votes == dict.fromkeys(CHOICES, 0) | Counter(
        ballot.choice for ballot in set(ballots) & set(BALLOTS)
    )


def test_what_does_not_count_is_told_with_its_reason() -> None:
    assert count("v1", KEY.public, CHOICES, [*BALLOTS, *SPOILT]).not_counted == {
        NotCounted.NOT_SIGNED: 2,
        NotCounted.UNKNOWN_CHOICE: 1,
        NotCounted.TWICE: 1,
    }


@pytest.mark.parametrize(
    ("votes", "outcome", "choice"),
    [
        ({"a": 3, "b": 2}, Outcome.CHOSEN, "a"),
        ({"a": 2, "b": 3}, Outcome.CHOSEN, "b"),
        ({"a": 2, "b": 2, "c": 1}, Outcome.TIE, None),
        ({"a": 2, "b": 0}, Outcome.NO_QUORUM, None),
        ({"a": 0, "b": 0}, Outcome.NO_QUORUM, None),
        ({"a": 3, "b": 0}, Outcome.CHOSEN, "a"),
    ],
)
def test_the_most_votes_decide_where_enough_have_voted(
    votes: dict[str, int], outcome: Outcome, choice: str | None
) -> None:
    decided = decide(Count(votes, {}), quorum=0.3, signatures=5, could_vote=10)

    assert (decided.outcome, decided.choice) == (outcome, choice)
    assert decided.ballots == sum(votes.values())


def test_without_a_quorum_in_the_bylaws_one_vote_is_enough_and_none_is_not() -> None:
    assert decide(Count({"a": 1, "b": 0}, {}), quorum=0, signatures=1, could_vote=9).choice == "a"
    assert decide(Count({"a": 0, "b": 0}, {}), quorum=0, signatures=0, could_vote=9).choice is None


@given(st.integers(0, 100), st.integers(1, 200))
@example(28, 25)  # 0.28 * 25 is a little more than 7
def test_a_quorum_is_reached_by_exactly_so_many_votes(percent: int, could_vote: int) -> None:
    enough = max(1, -(-percent * could_vote // 100))

    def outcome(votes: int) -> Outcome:
        counted = Count({"a": votes, "b": 0}, {})
        return decide(counted, quorum=percent / 100, signatures=votes, could_vote=could_vote).outcome

    assert outcome(enough) is Outcome.CHOSEN
    assert outcome(enough - 1) is Outcome.NO_QUORUM


def test_a_box_with_more_ballots_than_were_signed_decides_nothing() -> None:
    decided = decide(Count({"a": 6, "b": 1}, {}), quorum=0.3, signatures=6, could_vote=10)

    assert (decided.outcome, decided.choice) == (Outcome.STUFFED, None)
