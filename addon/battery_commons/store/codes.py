"""Code red and code green: when residents are asked to use less or more, and what homes answer."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, case, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from battery_commons.domain.flash_mob import ProposalState
from battery_commons.domain.grid import CongestionSignal
from battery_commons.store import schema
from battery_commons.store.audit import Act, Author, record
from battery_commons.store.database import Database
from battery_commons.store.errors import NotFoundError, NotOfferedError
from battery_commons.store.flash_mob import close_proposal
from battery_commons.store.records import AnnouncedCode, OfferedCode
from battery_commons.store.tokens import new_id
from battery_commons.store.upsert import insert_or_update

SHOWN_AFTER = timedelta(days=1)
"""A code stays listed for so long after its end, so that calendars and late clocks still know it."""
MOST_LISTED = 100
"""More than any village needs; homes read no longer list."""


class CodeStore(Database):
    """The windows that the village announced, and each home's answer."""

    def announce_code(
        self,
        code: CongestionSignal,
        start: datetime,
        end: datetime,
        now: datetime,
        *,
        reason: str = "",
        expected_effect_w: float | None = None,
        by: Author | None = None,
        proposal_id: str | None = None,
    ) -> str:
        """Keep a new window and return its id; the proposal that it comes from is then announced.

        Raises ValueError when it overlaps another that counts.
        """
        table = schema.code_window
        announced = new_id()
        overlapping = select(table.c.id).where(
            table.c.withdrawn_at.is_(None), table.c.start < end, table.c.end > start
        )
        with self._write() as connection:
            if (other := connection.scalar(overlapping)) is not None:
                raise ValueError(f"code {other} is announced for a part of that time already")
            connection.execute(
                insert(table).values(
                    id=announced,
                    code=code.value,
                    start=start,
                    end=end,
                    reason=reason,
                    expected_effect_w=expected_effect_w,
                    announced_at=now,
                )
            )
            if proposal_id is not None:
                close_proposal(connection, proposal_id, ProposalState.ANNOUNCED)
            detail = f"{code.value}, {start.isoformat()} - {end.isoformat()}"
            record(connection, by, Act.CODE_ANNOUNCED, announced, detail)
        return announced

    def withdraw_code(self, code_id: str, now: datetime, by: Author | None = None) -> None:
        """Take an announced window back.

        Raises NotFoundError for one that is unknown, over or withdrawn before.
        """
        table = schema.code_window
        statement = update(table).where(_counts(code_id, now)).values(withdrawn_at=now)
        with self._write() as connection:
            if not connection.execute(statement).rowcount:
                raise NotFoundError(f"there is no code {code_id} that is still to end")
            record(connection, by, Act.CODE_WITHDRAWN, code_id)

    def announced_codes(self, now: datetime) -> list[AnnouncedCode]:
        """Return the windows that are not over or ended in the last day, withdrawn ones too, by start."""
        table, answers = schema.code_window, schema.code_answer
        statement = (
            select(
                table,
                func.count(case((answers.c.joins, 1))).label("joining"),
                func.count(case((~answers.c.joins, 1))).label("declining"),
            )
            .outerjoin(answers)
            .where(table.c.end > now - SHOWN_AFTER)
            .group_by(table.c.id)
            .order_by(table.c.start, table.c.announced_at)
        )
        with self._read() as connection:
            rows = connection.execute(statement).all()
        return [
            AnnouncedCode(offered(row), row.announced_at, row.withdrawn_at, row.joining, row.declining)
            for row in rows
        ]

    def codes_for(self, home_id: str, now: datetime) -> list[OfferedCode]:
        """Return the windows that count and are not over or ended in the last day, with a home's answers."""
        table, answers = schema.code_window, schema.code_answer
        statement = (
            select(table, answers.c.joins)
            .outerjoin(answers, and_(answers.c.code_id == table.c.id, answers.c.home_id == home_id))
            .where(table.c.withdrawn_at.is_(None), table.c.end > now - SHOWN_AFTER)
            .order_by(table.c.start)
            .limit(MOST_LISTED)
        )
        with self._read() as connection:
            rows = connection.execute(statement).all()
        return [offered(row, row.joins) for row in rows]

    def answer_code(self, code_id: str, home_id: str, now: datetime, *, joins: bool) -> None:
        """Keep whether a home joins a window; a later answer takes the place of an earlier one.

        Raises:
            NotOfferedError: When the window is unknown, withdrawn or over.
            NotFoundError: When the home has left.
        """
        row = {"code_id": code_id, "home_id": home_id, "joins": joins, "at": now}
        with self._write() as connection:
            if connection.scalar(select(schema.code_window.c.id).where(_counts(code_id, now))) is None:
                raise NotOfferedError(f"there is no code {code_id} to answer")
            try:
                insert_or_update(connection, schema.code_answer, [row])
            except IntegrityError as error:
                raise NotFoundError(f"there is no home {home_id}") from error


def _counts(code_id: str, now: datetime) -> ColumnElement[bool]:
    table = schema.code_window
    return and_(table.c.id == code_id, table.c.withdrawn_at.is_(None), table.c.end > now)


def offered(row: Row[Any], joins: bool | None = None) -> OfferedCode:  # noqa: FBT001 - a column's value
    """Return the window in a row of its table, with what a home answered."""
    return OfferedCode(
        id=row.id,
        code=CongestionSignal(row.code),
        start=row.start,
        end=row.end,
        reason=row.reason,
        expected_effect_w=row.expected_effect_w,
        joins=joins,
    )
