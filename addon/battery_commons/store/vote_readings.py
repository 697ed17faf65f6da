"""Votes as they stand: what is asked, who is on the roll, and the ballots once a vote is over."""

from datetime import datetime

from sqlalchemy import func, select

from battery_commons.store import schema_votes as tables
from battery_commons.store import vote_rows as rows
from battery_commons.store.settings import SettingsStore
from battery_commons.voting.ballot import Ballot
from battery_commons.voting.vote import OVER, OnRoll, Refusal, Vote, VoteRefusedError


class VoteReadings(SettingsStore):
    """Reads votes. What is refused raises VoteRefusedError."""

    def votes(self, since: datetime) -> list[Vote]:
        """Return the votes that close after `since`, the last to close first."""
        table = tables.vote
        with self._read() as connection:
            found = connection.execute(
                select(table).where(table.c.closes_at > since).order_by(table.c.closes_at.desc(), table.c.id)
            ).all()
        quorum = self.settings().bylaws.quorum
        return [rows.vote_of(row, quorum) for row in found]

    def unfinished_votes(self) -> list[Vote]:
        """Return the votes that something is still to become of, in the order of their proposals."""
        table = tables.vote
        with self._read() as connection:
            found = connection.execute(
                select(table)
                .where(table.c.state.in_(rows.NOT_OVER))
                .order_by(table.c.proposed_at, table.c.id)
            ).all()
        quorum = self.settings().bylaws.quorum
        return [rows.vote_of(row, quorum) for row in found]

    def vote(self, vote_id: str) -> Vote:
        """Return one vote."""
        with self._read() as connection:
            row = rows.row_of(connection, vote_id)
        return rows.vote_of(row, self.settings().bylaws.quorum)

    def ballots(self, vote_id: str) -> tuple[list[Ballot], int]:
        """Return the ballots of a vote that is over, by their numbers, and how many were signed."""
        with self._read() as connection:
            if rows.row_of(connection, vote_id).state not in OVER:
                raise VoteRefusedError(Refusal.VOTE_NOT_CLOSED)
            return rows.ballots(connection, vote_id), rows.signatures(connection, vote_id)

    def on_roll(self, vote_id: str, home_id: str) -> OnRoll:
        """Return what a home has in a vote."""
        papers, effects = tables.signed_paper, tables.vote_home_effect
        own = {"vote_id": vote_id, "home_id": home_id}
        with self._read() as connection:
            signed = connection.scalars(
                select(papers.c.paper).filter_by(**own).order_by(papers.c.paper)
            ).all()
            effect = connection.scalar(select(effects.c.effect_json).filter_by(**own))
            return OnRoll(
                rows.papers(connection, vote_id, home_id),
                list(signed),
                None if effect is None else rows.HOME_EFFECT.validate_json(effect),
            )

    def votes_of(self, home_id: str) -> list[tuple[Vote, OnRoll]]:
        """Return every vote that a home proposed, is on the roll of or is told an effect of, by its close."""
        vote = tables.vote.c
        effects = select(tables.vote_home_effect.c.vote_id).filter_by(home_id=home_id)
        own = select(tables.elector.c.vote_id).filter_by(home_id=home_id).union(effects)
        with self._read() as connection:
            ids = connection.scalars(
                select(vote.id)
                .where(vote.id.in_(own) | (vote.proposed_by == home_id))
                .order_by(vote.closes_at)
            ).all()
        return [(self.vote(vote_id), self.on_roll(vote_id, home_id)) for vote_id in ids]

    def turnout(self, vote_id: str) -> tuple[int, int, int]:
        """Return how many ballots were signed and how many are in the box, of how many votes."""
        box = select(func.count()).select_from(tables.ballot).where(tables.ballot.c.vote_id == vote_id)
        with self._read() as connection:
            cast = connection.execute(box).scalar_one()
            return rows.signatures(connection, vote_id), cast, rows.could_vote(connection, vote_id)
