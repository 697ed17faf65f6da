"""Votes: proposed, opened, signed, cast, counted and put in force.

The roll says which home has had a ballot signed; the box holds ballots. Neither has a time, and nothing in
one names anything in the other.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from battery_commons.store import schema
from battery_commons.store import schema_votes as tables
from battery_commons.store import vote_rows as rows
from battery_commons.store.audit import Act, Author, record
from battery_commons.store.experiments import end_for_vote
from battery_commons.store.settings import author_name
from battery_commons.store.tokens import new_id
from battery_commons.store.upsert import insert_new, insert_or_update
from battery_commons.store.vote_readings import VoteReadings
from battery_commons.voting.ballot import Ballot, from_text, to_text
from battery_commons.voting.blind import BlindedMessageError, SigningKey
from battery_commons.voting.motion import Motion, Subject, in_force
from battery_commons.voting.tally import count, decide
from battery_commons.voting.vote import (
    Effects,
    HomeEffect,
    Refusal,
    State,
    Vote,
    VoteRefusedError,
)


@dataclass(frozen=True, slots=True)
class Opening:
    """What a vote opens with."""

    key: SigningKey
    quorum: float
    roll: Mapping[str, int]
    """How many votes each home has, by its id."""


class VoteStore(VoteReadings):
    """The village's votes. What is refused raises VoteRefusedError."""

    def propose(self, motion: Motion, by: Author, home_id: str | None = None) -> str:
        """Keep a motion, and return the vote's id; of a home, or of a volunteer.

        Refused while another on the same subject has not taken effect.
        """
        table, vote_id = tables.vote, new_id()
        same = select(table.c.id).where(table.c.subject == motion.subject, table.c.state.in_(rows.NOT_OVER))
        with self._write() as connection:
            if connection.scalar(same) is not None:
                raise VoteRefusedError(Refusal.SUBJECT_TAKEN)
            connection.execute(
                insert(table).values(
                    id=vote_id,
                    state=State.COMING,
                    subject=motion.subject,
                    title=motion.title,
                    explanation=motion.explanation,
                    values_json=json.dumps(list(motion.values)),
                    proposed_at=by.at,
                    proposed_by=home_id,
                    by_volunteer=home_id is None,
                    opens_at=motion.opens_at,
                    closes_at=motion.closes_at,
                    takes_effect_at=motion.takes_effect_at,
                )
            )
            record(connection, by, Act.VOTE_PROPOSED, vote_id, f"{motion.subject}: {motion.title}")
        return vote_id

    def withdraw_vote(self, vote_id: str, by: Author, why: str = "") -> None:
        """Take a motion back before it opens; afterwards nobody can."""
        with self._write() as connection:
            if rows.row_of(connection, vote_id).state != State.COMING:
                raise VoteRefusedError(Refusal.VOTE_CLOSED, "A vote that has opened cannot be withdrawn.")
            _change(connection, vote_id, state=State.WITHDRAWN)
            record(connection, by, Act.VOTE_WITHDRAWN, vote_id, why)

    def keep_effects(self, vote_id: str, effects: Effects, homes: Mapping[str, HomeEffect]) -> None:
        """Keep what is shown with a vote: of all, and of each home, by its id. Who has left is left out."""
        with self._write() as connection:
            _change(connection, vote_id, effects_json=rows.EFFECTS.dump_json(effects).decode())
            there = set(connection.scalars(select(schema.home.c.id)))
            of_homes = [
                {
                    "vote_id": vote_id,
                    "home_id": id_,
                    "effect_json": rows.HOME_EFFECT.dump_json(effect).decode(),
                }
                for id_, effect in homes.items()
                if id_ in there
            ]
            insert_or_update(connection, tables.vote_home_effect, of_homes)

    def open_vote(self, vote_id: str, motion: Motion, opening: Opening, by: Author) -> None:
        """Open a vote that was coming, with the times of `motion`."""
        electors = [
            {"vote_id": vote_id, "home_id": id_, "papers": papers} for id_, papers in opening.roll.items()
        ]
        with self._write() as connection:
            if rows.row_of(connection, vote_id).state != State.COMING:
                raise VoteRefusedError(Refusal.VOTE_UNKNOWN)
            _change(
                connection,
                vote_id,
                state=State.OPEN,
                opens_at=motion.opens_at,
                closes_at=motion.closes_at,
                takes_effect_at=motion.takes_effect_at,
                quorum=opening.quorum,
                modulus=f"{opening.key.public.modulus:x}",
                private_prime=f"{opening.key.prime:x}",
            )
            insert_new(connection, tables.elector, electors)
            detail = f"{len(electors)} homes, {sum(opening.roll.values())} votes"
            record(connection, by, Act.VOTE_OPENED, vote_id, detail)

    def sign_paper(self, vote_id: str, home_id: str, paper: int, blinded: bytes, now: datetime) -> bytes:
        """Return the blind signature of a home's ballot, which is on the roll from then on.

        The same blinded ballot is given the same signature again: an answer that was lost loses no vote.
        """
        table = tables.signed_paper
        which = {"vote_id": vote_id, "home_id": home_id, "paper": paper}
        with self._read() as connection:
            key = rows.signing_key(_open_row(connection, vote_id, now))
        try:
            # Before anybody's turn to write: it takes as long as many writes.
            signature = key.sign(blinded)
        except BlindedMessageError as error:
            raise VoteRefusedError(Refusal.BALLOT_INVALID, str(error)) from error
        with self._write() as connection:
            _open_row(connection, vote_id, now)
            home = connection.execute(select(schema.home).where(schema.home.c.id == home_id)).one_or_none()
            if home is None or paper >= rows.papers(connection, vote_id, home_id):
                raise VoteRefusedError(Refusal.NOT_ON_ROLL)
            if home.suspended_at is not None:
                raise VoteRefusedError(Refusal.SUSPENDED)
            signed = connection.execute(select(table).filter_by(**which)).one_or_none()
            if signed is not None:
                if signed.blinded != to_text(blinded):
                    raise VoteRefusedError(Refusal.ALREADY_VOTED)
                return from_text(signed.blind_signature)
            connection.execute(
                insert(table).values(**which, blinded=to_text(blinded), blind_signature=to_text(signature))
            )
        return signature

    def cast(self, vote_id: str, ballot: Ballot, now: datetime) -> None:
        """Put a ballot in the box."""
        with self._read() as connection:
            row = _open_row(connection, vote_id, now)
        # Looked at before anybody's turn to write: anybody may send anything here.
        if ballot.choice not in rows.motion_of(row).options():
            raise VoteRefusedError(Refusal.UNKNOWN_CHOICE)
        if not ballot.is_signed(vote_id, rows.public_key(row)):
            raise VoteRefusedError(Refusal.BALLOT_INVALID)
        kept = {
            "vote_id": vote_id,
            "digest": ballot.digest(),
            "choice": ballot.choice,
            "number": ballot.number,
            "signature": to_text(ballot.signature),
        }
        with self._write() as connection:
            _open_row(connection, vote_id, now)
            if not insert_new(connection, tables.ballot, [kept]):
                raise VoteRefusedError(Refusal.ALREADY_CAST)

    def close_vote(self, vote_id: str, now: datetime) -> Vote:
        """Count the ballots of an open vote, keep what they decided, and throw its key away.

        No ballot comes in between. Raises VoteRefusedError for one that is not open, or not to close yet.
        """
        with self._write() as connection:
            row = rows.row_of(connection, vote_id)
            if row.state != State.OPEN or now < row.closes_at:
                raise VoteRefusedError(Refusal.VOTE_NOT_CLOSED)
            ballots = rows.ballots(connection, vote_id)
            counted = count(vote_id, rows.public_key(row), rows.motion_of(row).options(), ballots)
            result = decide(
                counted,
                quorum=row.quorum,
                signatures=rows.signatures(connection, vote_id),
                could_vote=rows.could_vote(connection, vote_id),
            )
            _change(
                connection,
                vote_id,
                state=State.NO_RESULT if result.choice is None else State.DECIDED,
                private_prime=None,
                result_json=rows.RESULT.dump_json((result, dict(counted.votes))).decode(),
            )
            rows.forget_order(connection, vote_id)
            votes = ", ".join(f"{choice} {votes}" for choice, votes in counted.votes.items())
            detail = f"{result.outcome}: {votes}"
            record(connection, Author(author_name(vote_id), now), Act.VOTE_CLOSED, vote_id, detail)
        return self.vote(vote_id)

    def put_in_force(self, vote_id: str, now: datetime) -> Vote:
        """Change the settings to what a vote decided, by the vote itself, once: all of it or nothing.

        Where members chose the control model, an experiment with control models ends.
        """
        by = Author(author_name(vote_id), now)
        with self.together(), self._write() as connection:
            vote = rows.vote_of(rows.row_of(connection, vote_id), 0.0)
            if vote.state is not State.DECIDED or vote.result is None or vote.result.choice is None:
                raise VoteRefusedError(Refusal.VOTE_UNKNOWN)
            value = vote.motion.options()[vote.result.choice]
            self.change_settings(lambda former: in_force(former, vote.motion.subject, value), by)
            if vote.motion.subject is Subject.CONTROL_MODEL:
                end_for_vote(connection, by)
            _change(connection, vote_id, state=State.IN_FORCE)
            record(connection, by, Act.VOTE_IN_FORCE, vote_id, f"{vote.motion.subject}: {value}")
        return self.vote(vote_id)


def _open_row(connection: Connection, vote_id: str, now: datetime) -> Row[Any]:
    row = rows.row_of(connection, vote_id)
    if row.state == State.COMING:
        raise VoteRefusedError(Refusal.VOTE_NOT_OPEN)
    if row.state != State.OPEN or now >= row.closes_at:
        raise VoteRefusedError(Refusal.VOTE_CLOSED)
    return row


def _change(connection: Connection, vote_id: str, **values: object) -> None:
    connection.execute(update(tables.vote).where(tables.vote.c.id == vote_id).values(**values))
