"""Votes in the store: who is refused, what is secret, and that a result takes effect once."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from battery_commons.domain.plan import ControlModel
from battery_commons.store import Store, schema_votes
from battery_commons.store.audit import Act, Author
from battery_commons.store.records import NewHome
from battery_commons.store.votes import Opening
from battery_commons.voting.ballot import Ballot
from battery_commons.voting.blind import SigningKey
from battery_commons.voting.motion import Motion, Subject
from battery_commons.voting.tally import Outcome, Result
from battery_commons.voting.vote import (
    Effects,
    EffectSource,
    HomeEffect,
    Refusal,
    State,
    VoteRefusedError,
)
from tests.village.voting.voter import Voter

from .conftest import NOON, joined

DAY = timedelta(days=1)
ANNA = Author("Anna", NOON)
MOTION = Motion(Subject.CONTROL_MODEL, "How we steer", "", ["M4", "M2"], NOON, NOON + 7 * DAY, NOON + 8 * DAY)
KEY = SigningKey.generate()
CLOSED = NOON + 7 * DAY


def opened(store: Store, *homes: NewHome, papers: int = 1) -> str:
    vote_id = store.propose(MOTION, ANNA)
    store.open_vote(vote_id, MOTION, Opening(KEY, 0.3, {home.home_id: papers for home in homes}), ANNA)
    return vote_id


def voted(store: Store, vote_id: str, home: NewHome, choice: str, paper: int = 0) -> Ballot:
    voter = Voter(vote_id, KEY.public, choice)
    ballot = voter.ballot(store.sign_paper(vote_id, home.home_id, paper, voter.blinded, NOON))
    store.cast(vote_id, ballot, NOON)
    return ballot


def refused(error: pytest.ExceptionInfo[VoteRefusedError]) -> Refusal:
    return error.value.refusal


def test_a_vote_goes_from_proposal_to_force(store: Store, home: NewHome) -> None:
    others = [joined(store, f"home-{number}") for number in range(3)]
    vote_id = opened(store, home, *others)
    for voter, choice in zip([home, *others], "bbab", strict=True):
        voted(store, vote_id, voter, choice)

    decided = store.close_vote(vote_id, CLOSED)
    put = store.put_in_force(vote_id, NOON + 8 * DAY)

    assert (decided.state, decided.votes) == (State.DECIDED, {"a": 1, "b": 3})
    assert decided.result == Result(Outcome.CHOSEN, "b", 4, 4, 4)
    assert put.state is State.IN_FORCE
    assert store.settings().control_model is ControlModel.M2
    by_vote = [
        (entry.act, entry.detail) for entry in store.audit() if entry.administrator == f"vote {vote_id}"
    ]
    assert by_vote == [
        (Act.VOTE_IN_FORCE, "control_model: M2"),
        (Act.SETTING_CHANGED, "M2"),
        (Act.VOTE_CLOSED, "chosen: a 1, b 3"),
    ]


def test_a_result_takes_effect_once(store: Store, home: NewHome) -> None:
    vote_id = opened(store, home)
    voted(store, vote_id, home, "b")
    store.close_vote(vote_id, CLOSED)
    store.put_in_force(vote_id, NOON + 8 * DAY)

    with pytest.raises(VoteRefusedError):
        store.put_in_force(vote_id, NOON + 8 * DAY)


def test_a_tie_changes_nothing(store: Store, home: NewHome) -> None:
    other = joined(store, "second-home")
    vote_id = opened(store, home, other)
    voted(store, vote_id, home, "a")
    voted(store, vote_id, other, "b")

    assert store.close_vote(vote_id, CLOSED).state is State.NO_RESULT
    with pytest.raises(VoteRefusedError):
        store.put_in_force(vote_id, NOON + 8 * DAY)
    assert store.settings().control_model is ControlModel.M4


def test_a_home_has_one_ballot_signed_and_is_given_a_lost_answer_again(store: Store, home: NewHome) -> None:
    vote_id = opened(store, home)
    voter, again = Voter(vote_id, KEY.public, "a"), Voter(vote_id, KEY.public, "a")
    first = store.sign_paper(vote_id, home.home_id, 0, voter.blinded, NOON)

    assert store.sign_paper(vote_id, home.home_id, 0, voter.blinded, NOON) == first
    with pytest.raises(VoteRefusedError) as error:
        store.sign_paper(vote_id, home.home_id, 0, again.blinded, NOON)
    assert refused(error) is Refusal.ALREADY_VOTED


def test_where_the_bylaws_say_so_a_home_has_two_votes_and_no_third(store: Store, home: NewHome) -> None:
    vote_id = opened(store, home, papers=2)
    voted(store, vote_id, home, "a", 0)
    voted(store, vote_id, home, "b", 1)

    with pytest.raises(VoteRefusedError) as error:
        voted(store, vote_id, home, "b", 2)
    assert refused(error) is Refusal.NOT_ON_ROLL
    assert store.on_roll(vote_id, home.home_id).signed == [0, 1]


def test_who_joined_after_the_opening_is_not_on_the_roll(store: Store, home: NewHome) -> None:
    vote_id = opened(store, home)
    late = joined(store, "second-home")

    with pytest.raises(VoteRefusedError) as error:
        voted(store, vote_id, late, "a")
    assert refused(error) is Refusal.NOT_ON_ROLL


def test_a_removed_home_and_a_suspended_one_have_nothing_signed(store: Store, home: NewHome) -> None:
    removed = joined(store, "second-home")
    vote_id = opened(store, home, removed)
    store.suspend(home.home_id, ANNA)
    store.remove(removed.home_id, ANNA)

    with pytest.raises(VoteRefusedError) as suspension:
        voted(store, vote_id, home, "a")
    with pytest.raises(VoteRefusedError) as removal:
        voted(store, vote_id, removed, "a")
    assert (refused(suspension), refused(removal)) == (Refusal.SUSPENDED, Refusal.NOT_ON_ROLL)
    assert store.turnout(vote_id) == (0, 0, 0)


def test_what_a_home_voted_before_it_left_still_counts(store: Store, home: NewHome) -> None:
    vote_id = opened(store, home)
    voted(store, vote_id, home, "b")
    store.leave(home.home_id)

    assert store.close_vote(vote_id, CLOSED).result == Result(Outcome.CHOSEN, "b", 1, 1, 1)


def test_too_early_and_too_late_votes_are_refused(store: Store, home: NewHome) -> None:
    vote_id = store.propose(MOTION, ANNA)
    with pytest.raises(VoteRefusedError) as early:
        store.sign_paper(vote_id, home.home_id, 0, bytes(256), NOON)
    store.open_vote(vote_id, MOTION, Opening(KEY, 0.3, {home.home_id: 1}), ANNA)
    voter = Voter(vote_id, KEY.public, "a")
    ballot = voter.ballot(store.sign_paper(vote_id, home.home_id, 0, voter.blinded, NOON))
    with pytest.raises(VoteRefusedError) as late_cast:
        store.cast(vote_id, ballot, CLOSED)
    with pytest.raises(VoteRefusedError) as late_sign:
        store.sign_paper(vote_id, home.home_id, 0, voter.blinded, CLOSED)

    assert refused(early) is Refusal.VOTE_NOT_OPEN
    assert (refused(late_cast), refused(late_sign)) == (Refusal.VOTE_CLOSED, Refusal.VOTE_CLOSED)


def test_tampered_replayed_and_unknown_ballots_are_refused(store: Store, home: NewHome) -> None:
    vote_id = opened(store, home)
    ballot = voted(store, vote_id, home, "a")
    spoilt = {
        Refusal.ALREADY_CAST: ballot,
        Refusal.BALLOT_INVALID: Ballot("b", ballot.number, ballot.signature),
        Refusal.UNKNOWN_CHOICE: Ballot("c", ballot.number, ballot.signature),
    }

    for why, each in spoilt.items():
        with pytest.raises(VoteRefusedError) as error:
            store.cast(vote_id, each, NOON)
        assert refused(error) is why
    with pytest.raises(VoteRefusedError) as error:
        store.cast("another", ballot, NOON)
    assert refused(error) is Refusal.VOTE_UNKNOWN
    assert store.turnout(vote_id) == (1, 1, 1)


def test_ballots_are_told_after_the_close_alone(store: Store, home: NewHome) -> None:
    vote_id = opened(store, home)
    ballot = voted(store, vote_id, home, "a")

    with pytest.raises(VoteRefusedError) as error:
        store.ballots(vote_id)
    store.close_vote(vote_id, CLOSED)

    assert refused(error) is Refusal.VOTE_NOT_CLOSED
    assert store.ballots(vote_id) == ([ballot], 1)


def test_a_vote_is_closed_at_its_time_and_once(store: Store, home: NewHome) -> None:
    vote_id = opened(store, home)
    with pytest.raises(VoteRefusedError):
        store.close_vote(vote_id, CLOSED - timedelta(seconds=1))
    store.close_vote(vote_id, CLOSED)
    with pytest.raises(VoteRefusedError):
        store.close_vote(vote_id, CLOSED)


def test_nothing_in_the_box_leads_to_the_roll(store: Store, home: NewHome) -> None:
    others = [joined(store, f"home-{number}") for number in range(8)]
    vote_id = opened(store, home, *others)
    for each in [home, *others]:
        voted(store, vote_id, each, "a")

    with store._read() as connection:
        box = connection.execute(select(schema_votes.ballot)).mappings().all()
        roll = connection.execute(select(schema_votes.signed_paper)).mappings().all()

    on_roll = {str(value) for row in roll for name, value in row.items() if name != "vote_id"}
    assert not any(str(value) in on_roll for row in box for name, value in row.items() if name != "vote_id")
    assert {"vote_id", "digest", "choice", "number", "signature"} == set(box[0])


def test_after_the_close_no_order_of_rows_leads_from_the_box_to_the_roll(store: Store, home: NewHome) -> None:
    """A database on a server keeps rows in the order in which they came, unless they are written anew."""
    others = [joined(store, f"home-{number}") for number in range(8)]
    vote_id = opened(store, home, *others)
    for each in [home, *others]:
        voted(store, vote_id, each, "a")
    store.close_vote(vote_id, CLOSED)

    with store._read() as connection:
        roll = list(connection.scalars(select(schema_votes.signed_paper.c.home_id)))
        box = list(connection.scalars(select(schema_votes.ballot.c.digest)))

    assert (roll, box) == (sorted(roll), sorted(box))
    assert (len(roll), len(box)) == (9, 9)


def test_a_box_with_more_ballots_than_were_signed_changes_nothing(store: Store, home: NewHome) -> None:
    vote_id = opened(store, home)
    for _ in range(2):
        voter = Voter(vote_id, KEY.public, "b")
        store.cast(vote_id, voter.ballot(KEY.sign(voter.blinded)), NOON)

    closed = store.close_vote(vote_id, CLOSED)

    assert closed.state is State.NO_RESULT
    assert closed.result == Result(Outcome.STUFFED, None, 2, 0, 1)


def test_the_key_is_thrown_away_at_the_close(store: Store, home: NewHome) -> None:
    vote_id = opened(store, home)
    store.close_vote(vote_id, CLOSED)

    with store._read() as connection:
        assert connection.scalar(select(schema_votes.vote.c.private_prime)) is None
    assert store.vote(vote_id).key == KEY.public


def test_one_vote_on_a_subject_at_a_time(store: Store) -> None:
    first = store.propose(MOTION, ANNA)
    with pytest.raises(VoteRefusedError) as error:
        store.propose(MOTION, ANNA)
    store.withdraw_vote(first, ANNA)

    assert refused(error) is Refusal.SUBJECT_TAKEN
    assert store.propose(MOTION, ANNA)


def test_what_has_opened_is_not_withdrawn(store: Store, home: NewHome) -> None:
    vote_id = opened(store, home)
    with pytest.raises(VoteRefusedError):
        store.withdraw_vote(vote_id, ANNA)


def test_what_a_home_proposed_is_among_its_votes_before_it_opens(store: Store, home: NewHome) -> None:
    other = joined(store, "second-home")
    vote_id = store.propose(MOTION, ANNA, home.home_id)

    assert [vote.id for vote, _ in store.votes_of(home.home_id)] == [vote_id]
    assert store.votes_of(other.home_id) == []


def test_the_effect_on_a_home_is_its_own_and_gone_with_it(store: Store, home: NewHome) -> None:
    other = joined(store, "second-home")
    vote_id = store.propose(MOTION, ANNA, home.home_id)
    bill = HomeEffect({"a": 40.0, "b": 38.5}, is_estimated=False)
    store.keep_effects(vote_id, Effects(EffectSource.OWN, NOON, 7), {home.home_id: bill, "gone": bill})

    assert store.on_roll(vote_id, home.home_id).effect == bill
    assert store.on_roll(vote_id, other.home_id).effect is None
    store.leave(home.home_id)
    assert store.on_roll(vote_id, home.home_id).effect is None
    assert store.vote(vote_id).proposed_by is None
