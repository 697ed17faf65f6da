"""Rows of votes, read."""

import json
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Connection, Row, delete, func, insert, select

from battery_commons.store import schema
from battery_commons.store import schema_votes as tables
from battery_commons.voting.ballot import Ballot, from_text
from battery_commons.voting.blind import SigningKey, VoteKey
from battery_commons.voting.motion import Motion, Subject
from battery_commons.voting.tally import Result
from battery_commons.voting.vote import Effects, HomeEffect, Refusal, State, Vote, VoteRefusedError

EFFECTS = TypeAdapter(Effects)
HOME_EFFECT = TypeAdapter(HomeEffect)
RESULT = TypeAdapter(tuple[Result, dict[str, int]])
NOT_OVER = (State.COMING, State.OPEN, State.DECIDED)
"""Something is still to become of these."""


def signatures(connection: Connection, vote_id: str) -> int:
    """Return how many ballots of a vote were signed."""
    table = tables.signed_paper
    return connection.execute(
        select(func.count()).select_from(table).where(table.c.vote_id == vote_id)
    ).scalar_one()


def could_vote(connection: Connection, vote_id: str) -> int:
    """Return how many votes there are: of homes that take part still, and all that were given."""
    electors, homes, papers = tables.elector, schema.home, tables.signed_paper
    rows = connection.execute(
        select(
            electors.c.papers, homes.c.id, homes.c.suspended_at, func.count(papers.c.paper).label("signed")
        )
        .outerjoin(homes, homes.c.id == electors.c.home_id)
        .outerjoin(
            papers, (papers.c.vote_id == electors.c.vote_id) & (papers.c.home_id == electors.c.home_id)
        )
        .where(electors.c.vote_id == vote_id)
        .group_by(electors.c.home_id, electors.c.papers, homes.c.id, homes.c.suspended_at)
    ).all()
    return sum(row.papers if row.id and row.suspended_at is None else row.signed for row in rows)


def ballots(connection: Connection, vote_id: str) -> list[Ballot]:
    """Return the ballots in a vote's box."""
    table = tables.ballot
    rows = connection.execute(select(table).where(table.c.vote_id == vote_id)).all()
    ballots = [Ballot(row.choice, row.number, from_text(row.signature)) for row in rows]
    # By number, and not by what a database on a server may have kept of their order.
    return sorted(ballots, key=lambda ballot: ballot.number)


def forget_order(connection: Connection, vote_id: str) -> None:
    """Write a vote's roll and box anew by their keys, all rows at once.

    A database on a server keeps rows in the order in which they came, and one order beside the other would
    lead from ballots to homes.
    """
    for table in (tables.signed_paper, tables.ballot):
        of_vote = table.c.vote_id == vote_id
        by_key = select(table).where(of_vote).order_by(*table.primary_key)
        rows = connection.execute(by_key).mappings().all()
        connection.execute(delete(table).where(of_vote))
        if rows:
            connection.execute(insert(table), [dict(row) for row in rows])


def public_key(row: Row[Any]) -> VoteKey:
    """Return what ballots of an opened vote are checked with."""
    return VoteKey(int(row.modulus, 16))


def signing_key(row: Row[Any]) -> SigningKey:
    """Return what ballots of an open vote are signed with."""
    return SigningKey(public_key(row), int(row.private_prime, 16))


def motion_of(row: Row[Any]) -> Motion:
    """Return what a vote is about."""
    return Motion(
        subject=Subject(row.subject),
        title=row.title,
        explanation=row.explanation,
        values=json.loads(row.values_json),
        opens_at=row.opens_at,
        closes_at=row.closes_at,
        takes_effect_at=row.takes_effect_at,
    )


def vote_of(row: Row[Any], quorum: float) -> Vote:
    """Return a vote from its row; `quorum` counts for one that has not opened."""
    result, votes = (None, {}) if row.result_json is None else RESULT.validate_json(row.result_json)
    return Vote(
        id=row.id,
        motion=motion_of(row),
        state=State(row.state),
        proposed_at=row.proposed_at,
        proposed_by=row.proposed_by,
        by_volunteer=row.by_volunteer,
        quorum=quorum if row.quorum is None else row.quorum,
        key=None if row.modulus is None else public_key(row),
        effects=None if row.effects_json is None else EFFECTS.validate_json(row.effects_json),
        result=result,
        votes=votes,
    )


def row_of(connection: Connection, vote_id: str) -> Row[Any]:
    """Return a vote's row. Raises VoteRefusedError for one that there is not."""
    row = connection.execute(select(tables.vote).where(tables.vote.c.id == vote_id)).one_or_none()
    if row is None:
        raise VoteRefusedError(Refusal.VOTE_UNKNOWN)
    return row


def papers(connection: Connection, vote_id: str, home_id: str) -> int:
    """Return how many votes a home has in a vote; 0 where it is not on the roll."""
    table = tables.elector
    of_home = select(table.c.papers).where(table.c.vote_id == vote_id, table.c.home_id == home_id)
    return connection.scalar(of_home) or 0
