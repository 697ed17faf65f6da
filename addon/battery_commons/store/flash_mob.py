"""Codes that the village proposes, and what those announced came to."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import TypeAdapter
from sqlalchemy import Connection, Integer, Table, and_, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from battery_commons.domain.flash_mob import (
    Because,
    Change,
    CodeBaseline,
    Deed,
    MeasuredResponse,
    Proposal,
    ProposalState,
    home_of,
)
from battery_commons.domain.grid import CongestionSignal
from battery_commons.store import schema, schema_mob
from battery_commons.store.audit import Act, Author, record
from battery_commons.store.database import Database
from battery_commons.store.errors import NotFoundError, NotOfferedError
from battery_commons.store.upsert import insert_or_update

TOLD_FOR = timedelta(days=1)
"""Homes can say what they did until so long after a code's end."""
_DECIDED = (ProposalState.ANNOUNCED.value, ProposalState.DISMISSED.value)
_BECAUSE = TypeAdapter(Because)
_CHANGE = TypeAdapter(Change)
_BASELINE = TypeAdapter(CodeBaseline)
_RESPONSE = TypeAdapter(MeasuredResponse)


@dataclass(frozen=True, slots=True)
class MeasuredCode:
    """A code that counted, and how far its measuring is."""

    id: str
    code: CongestionSignal
    start: datetime
    end: datetime
    """When it was to end, or was withdrawn."""
    announced_at: datetime
    withdrawn: bool
    joining: int
    declining: int
    homes: int | None
    """How many were asked; None while the baselines are not fixed."""
    closed: bool
    """Whether nothing more is waited for."""


class FlashMobStore(Database):
    """Proposals, baselines, responses, and what homes say they did."""

    def propose_codes(self, wanted: Sequence[Proposal], now: datetime) -> None:
        """Have `wanted` be the open proposals.

        What was announced or dismissed stays so; other open ones lapse.
        """
        table = schema_mob.code_proposal
        is_open = table.c.state == ProposalState.OPEN.value
        with self._write() as connection:
            connection.execute(update(table).where(is_open).values(state=ProposalState.LAPSED.value))
            decided = set(connection.scalars(select(table.c.id).where(table.c.state.in_(_DECIDED))))
            rows = [
                {
                    "id": each.id,
                    "code": each.code.value,
                    "start": each.start,
                    "end": each.end,
                    "because_json": _BECAUSE.dump_json(each.because).decode(),
                    "effect_json": _CHANGE.dump_json(each.effect).decode() if each.effect else None,
                    "state": ProposalState.OPEN.value,
                    "made_at": now,
                }
                for each in wanted
                if each.id not in decided
            ]
            insert_or_update(connection, table, rows)

    def proposals(self, now: datetime) -> list[Proposal]:
        """Return the open proposals that are still to begin, by their start."""
        table = schema_mob.code_proposal
        statement = (
            select(table)
            .where(table.c.state == ProposalState.OPEN.value, table.c.start > now)
            .order_by(table.c.start)
        )
        with self._read() as connection:
            rows = connection.execute(statement).all()
        return [
            Proposal(
                row.id,
                CongestionSignal(row.code),
                row.start,
                row.end,
                _BECAUSE.validate_json(row.because_json),
                _CHANGE.validate_json(row.effect_json) if row.effect_json else None,
            )
            for row in rows
        ]

    def decided_proposals(self, now: datetime) -> set[str]:
        """Return the ids of the proposals still to begin that were announced or dismissed."""
        table = schema_mob.code_proposal
        statement = select(table.c.id).where(table.c.state.in_(_DECIDED), table.c.start > now)
        with self._read() as connection:
            return set(connection.scalars(statement))

    def dismiss_proposal(self, proposal_id: str, by: Author) -> None:
        """Have a proposal not be made again. Raises NotFoundError for one that is not open."""
        with self._write() as connection:
            if not close_proposal(connection, proposal_id, ProposalState.DISMISSED):
                raise NotFoundError(f"there is no proposal {proposal_id} to dismiss")
            record(connection, by, Act.CODE_DISMISSED, proposal_id)

    def codes_since(self, since: datetime) -> list[MeasuredCode]:
        """Return the codes that were not over by `since`, by their start.

        Those withdrawn before they began are left out.
        """
        table, answers, measuring = schema.code_window, schema.code_answer, schema_mob.code_measuring
        counts = select(
            answers.c.code_id,
            func.sum(answers.c.joins.cast(Integer)).label("joining"),
            func.count().label("answered"),
        ).group_by(answers.c.code_id)
        answered = counts.subquery()
        statement = (
            select(table, answered.c.joining, answered.c.answered, measuring.c.homes, measuring.c.closed_at)
            .outerjoin(answered, answered.c.code_id == table.c.id)
            .outerjoin(measuring, measuring.c.code_id == table.c.id)
            .where(
                table.c.end > since, table.c.withdrawn_at.is_(None) | (table.c.withdrawn_at > table.c.start)
            )
            .order_by(table.c.start)
        )
        with self._read() as connection:
            rows = connection.execute(statement).all()
        return [
            MeasuredCode(
                id=row.id,
                code=CongestionSignal(row.code),
                start=row.start,
                end=min(row.end, row.withdrawn_at or row.end),
                announced_at=row.announced_at,
                withdrawn=row.withdrawn_at is not None,
                joining=row.joining or 0,
                declining=(row.answered or 0) - (row.joining or 0),
                homes=row.homes,
                closed=row.closed_at is not None,
            )
            for row in rows
        ]

    def fix_baselines(
        self, code_id: str, baselines: Mapping[str, CodeBaseline], homes: int, now: datetime
    ) -> None:
        """Keep a code's baselines by whose load they are of, and how many homes were asked, once.

        Homes that have left meanwhile have none. Raises NotFoundError for a code that is unknown.
        """
        measuring, table = schema_mob.code_measuring, schema_mob.code_baseline
        with self._write() as connection:
            try:
                connection.execute(insert(measuring).values(code_id=code_id, homes=homes, fixed_at=now))
            except IntegrityError as error:
                raise NotFoundError(f"code {code_id} is unknown, or its baselines are fixed") from error
            rows = [
                {"content": _BASELINE.dump_json(each).decode(), **key}
                for subject, each in baselines.items()
                if (key := _key(connection, code_id, subject))
            ]
            if rows:
                connection.execute(insert(table), rows)

    def baselines(self, code_id: str) -> dict[str, CodeBaseline]:
        """Return a code's baselines by whose load they are of."""
        return {
            subject: _BASELINE.validate_json(content)
            for subject, content in self._contents(schema_mob.code_baseline, code_id).items()
        }

    def keep_responses(
        self, code_id: str, responses: Mapping[str, MeasuredResponse], now: datetime, *, closed: bool
    ) -> None:
        """Keep what was measured in a code by whose load it is, and whether that is all."""
        with self._write() as connection:
            rows = [
                {"content": _RESPONSE.dump_json(each).decode(), "measured_at": now, **key}
                for subject, each in responses.items()
                if (key := _key(connection, code_id, subject))
            ]
            insert_or_update(connection, schema_mob.code_response, rows)
            if closed:
                of_code = schema_mob.code_measuring.c.code_id == code_id
                connection.execute(update(schema_mob.code_measuring).where(of_code).values(closed_at=now))

    def responses(self, code_id: str) -> dict[str, MeasuredResponse]:
        """Return what was measured in a code by whose load it is."""
        return {
            subject: _RESPONSE.validate_json(content)
            for subject, content in self._contents(schema_mob.code_response, code_id).items()
        }

    def responses_of(
        self, subject: str, code_ids: Sequence[str] | None = None
    ) -> dict[str, MeasuredResponse]:
        """Return by code what one load did in each of these, or in all, where it was measured."""
        contents = self._by_code(schema_mob.code_response, subject, code_ids)
        return {code_id: _RESPONSE.validate_json(content) for code_id, content in contents.items()}

    def baselines_of(self, subject: str) -> dict[str, CodeBaseline]:
        """Return by code the baseline of one load."""
        contents = self._by_code(schema_mob.code_baseline, subject)
        return {code_id: _BASELINE.validate_json(content) for code_id, content in contents.items()}

    def say_deeds(self, code_id: str, home_id: str, deeds: Sequence[Deed], now: datetime) -> None:
        """Keep what a home says it did in a code; a later word takes the place of an earlier one.

        Raises:
            NotOfferedError: When the code is unknown, withdrawn, not begun or over for longer than a day.
            NotFoundError: When the home has left.
        """
        window, table = schema.code_window, schema_mob.code_deeds
        in_time = and_(
            window.c.id == code_id,
            window.c.withdrawn_at.is_(None),
            window.c.start <= now,
            window.c.end > now - TOLD_FOR,
        )
        said = [each.value for each in dict.fromkeys(deeds)]
        row = {"code_id": code_id, "home_id": home_id, "deeds_json": json.dumps(said), "at": now}
        with self._write() as connection:
            if connection.scalar(select(window.c.id).where(in_time)) is None:
                raise NotOfferedError(f"there is no code {code_id} to tell of")
            try:
                if said:
                    insert_or_update(connection, table, [row])
                else:
                    own = and_(table.c.code_id == code_id, table.c.home_id == home_id)
                    connection.execute(delete(table).where(own))
            except IntegrityError as error:
                raise NotFoundError(f"there is no home {home_id}") from error

    def deeds(self, code_id: str) -> dict[str, list[Deed]]:
        """Return by home what it says it did in a code."""
        table = schema_mob.code_deeds
        with self._read() as connection:
            rows = connection.execute(select(table).where(table.c.code_id == code_id)).all()
        return {row.home_id: _deeds(row.deeds_json) for row in rows}

    def deeds_of(self, home_id: str) -> dict[str, list[Deed]]:
        """Return by code what a home says it did."""
        table = schema_mob.code_deeds
        with self._read() as connection:
            rows = connection.execute(select(table).where(table.c.home_id == home_id)).all()
        return {row.code_id: _deeds(row.deeds_json) for row in rows}

    def _by_code(self, table: Table, subject: str, code_ids: Sequence[str] | None = None) -> dict[str, str]:
        statement = select(table.c.code_id, table.c.content).where(table.c.subject == subject)
        if code_ids is not None:
            statement = statement.where(table.c.code_id.in_(code_ids))
        with self._read() as connection:
            return {row.code_id: row.content for row in connection.execute(statement)}

    def _contents(self, table: Table, code_id: str) -> dict[str, str]:
        statement = select(table.c.subject, table.c.content).where(table.c.code_id == code_id)
        with self._read() as connection:
            return {row.subject: row.content for row in connection.execute(statement)}


def close_proposal(connection: Connection, proposal_id: str, state: ProposalState) -> bool:
    """Have an open proposal be announced or dismissed; return whether there was one."""
    table = schema_mob.code_proposal
    is_open = and_(table.c.id == proposal_id, table.c.state == ProposalState.OPEN.value)
    return bool(connection.execute(update(table).where(is_open).values(state=state.value)).rowcount)


def _key(connection: Connection, code_id: str, subject: str) -> dict[str, str | None] | None:
    """Return what a row of a load is known by; None for a home that has left."""
    home_id = home_of(subject)
    if home_id is not None:
        known = select(schema.home.c.id).where(schema.home.c.id == home_id)
        if connection.scalar(known) is None:
            return None
    return {"code_id": code_id, "subject": subject, "home_id": home_id}


def _deeds(text: str) -> list[Deed]:
    return [Deed(each) for each in json.loads(text)]
