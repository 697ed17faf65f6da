"""What there is to tell about votes: each thing once. Pure."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from .votes import OVER, Vote, VoteState

SOON = timedelta(hours=24)
"""Before its close a vote is mentioned once more."""
_SOON_SHARE = 1 / 3
"""Of the time that a vote is open, at most: a short one is not mentioned twice at once."""


class News(StrEnum):
    """What happens with a vote."""

    OPENED = "opened"
    CLOSING_SOON = "closing_soon"
    DECIDED = "decided"
    """It is over, whether or not an answer was chosen."""
    COUNTED = "counted"
    """This home's ballot was found among those that were counted."""


type KnownVotes = Mapping[str, frozenset[News]]
"""What has been told, by vote."""
type Told = tuple[News, Vote]


def heard(
    known: KnownVotes, votes: Iterable[Vote], counted: Collection[str], now: datetime
) -> tuple[list[Told], KnownVotes]:
    """Return what is new now that the village lists these `votes`, and what has been told since.

    `counted` are the votes in which all ballots of this home were counted. What was over before it was first
    heard of is no news.
    """
    told: list[Told] = []
    kept: dict[str, frozenset[News]] = {}
    for vote in sorted(votes, key=lambda vote: vote.opens_at):
        before = known.get(vote.vote_id, frozenset())
        news = [each for each in _news(vote, before, counted, now) if each not in before]
        told += [(each, vote) for each in news]
        if after := before.union(news):
            kept[vote.vote_id] = after
    return told, kept


def _news(vote: Vote, before: frozenset[News], counted: Collection[str], now: datetime) -> list[News]:
    if vote.state is VoteState.OPEN and now < vote.closes_at:
        soon = min(SOON, _SOON_SHARE * (vote.closes_at - vote.opens_at))
        return [News.OPENED] + ([News.CLOSING_SOON] if now >= vote.closes_at - soon else [])
    if vote.state in OVER and News.OPENED in before:
        return [News.DECIDED] + ([News.COUNTED] if vote.vote_id in counted else [])
    return []
