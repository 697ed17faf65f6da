"""What is told about votes: each thing once."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta

from custom_components.battery_commons.community.vote_news import KnownVotes, News, heard
from custom_components.battery_commons.community.votes import Vote, VoteState
from tests.home.community.test_golden_votes import NOON, OPEN

CLOSES = OPEN.closes_at
DECIDED = replace(OPEN, state=VoteState.DECIDED)


def told(
    known: KnownVotes, vote: Vote, now: datetime, counted: Collection[str] = ()
) -> tuple[list[News], KnownVotes]:
    told, known = heard(known, [vote], counted, now)
    return [news for news, _ in told], known


def test_a_vote_opens_closes_soon_and_is_decided_each_once() -> None:
    news, known = told({}, OPEN, NOON)
    assert news == [News.OPENED]
    assert told(known, OPEN, NOON + timedelta(days=5))[0] == []

    news, known = told(known, OPEN, CLOSES - timedelta(hours=24))
    assert news == [News.CLOSING_SOON]
    assert told(known, OPEN, CLOSES)[0] == []

    news, known = told(known, DECIDED, CLOSES)
    assert news == [News.DECIDED]
    assert told(known, DECIDED, CLOSES) == ([], known)


def test_a_ballot_that_was_counted_is_told_once() -> None:
    _, known = told({}, OPEN, NOON)

    news, known = told(known, DECIDED, CLOSES, {OPEN.vote_id})
    assert news == [News.DECIDED, News.COUNTED]
    assert told(known, DECIDED, CLOSES, {OPEN.vote_id})[0] == []


def test_a_short_vote_is_not_said_to_close_soon_when_it_has_just_opened() -> None:
    short = replace(OPEN, closes_at=OPEN.opens_at + timedelta(hours=3))

    assert told({}, short, short.opens_at)[0] == [News.OPENED]
    assert told({}, short, short.opens_at + timedelta(hours=2))[0] == [News.OPENED, News.CLOSING_SOON]


def test_what_was_over_before_it_was_heard_of_is_no_news_and_a_coming_vote_neither() -> None:
    assert told({}, DECIDED, CLOSES) == ([], {})
    assert told({}, replace(OPEN, state=VoteState.COMING), NOON) == ([], {})


def test_a_vote_that_is_no_longer_listed_is_forgotten() -> None:
    _, known = told({}, OPEN, NOON)

    assert heard(known, [], (), NOON) == ([], {})
