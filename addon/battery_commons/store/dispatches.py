"""Which plan went to which home, and what became of it."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, case, insert, select, update
from sqlalchemy.exc import IntegrityError

from battery_commons.store import schema
from battery_commons.store.database import Database
from battery_commons.store.errors import NotFoundError
from battery_commons.store.records import DispatchRecord


class DispatchStore(Database):
    """Every plan sent, numbered per home."""

    def next_sequence(self, home_id: str, at_least: int = 1) -> int:
        """Return a number for the home's next plan, above every one before: it is never given again.

        `at_least` keeps the numbers rising where the record of the last ones is lost, as after a restore.

        Raises NotFoundError for a home that has left.
        """
        table = schema.home
        following = table.c.last_sequence + 1
        statement = (
            update(table)
            .where(table.c.id == home_id)
            .values(last_sequence=case((following > at_least, following), else_=at_least))
            .returning(table.c.last_sequence)
        )
        with self._write() as connection:
            sequence: int | None = connection.scalar(statement)
        if sequence is None:
            msg = f"there is no home {home_id}"
            raise NotFoundError(msg)
        return sequence

    def record_dispatch(
        self, home_id: str, sequence: int, plan_json: str, issued_at: datetime, lease_until: datetime
    ) -> None:
        """Keep a plan that is about to be sent.

        Raises:
            NotFoundError: When the home has left.
            ValueError: When a plan with this number was recorded before.
        """
        table = schema.dispatch
        same = and_(table.c.home_id == home_id, table.c.sequence == sequence)
        with self._write() as connection:
            if connection.scalar(select(table.c.sequence).where(same)) is not None:
                msg = f"plan {sequence} of home {home_id} was recorded before"
                raise ValueError(msg)
            try:
                connection.execute(
                    insert(table).values(
                        home_id=home_id,
                        sequence=sequence,
                        plan=plan_json,
                        issued_at=issued_at,
                        lease_until=lease_until,
                        attempts=0,
                    )
                )
            except IntegrityError as error:
                msg = f"there is no home {home_id}"
                raise NotFoundError(msg) from error

    def record_answer(
        self, home_id: str, sequence: int, at: datetime, *, accepted: bool, reason: str | None
    ) -> None:
        """Keep the home's answer to a plan. A home that has left meanwhile has nothing to keep."""
        self._record_attempt(
            home_id, sequence, at, accepted=accepted, reason=reason, answered_at=at, last_error=None
        )

    def record_attempt_failed(self, home_id: str, sequence: int, at: datetime, error: str) -> None:
        """Keep why a plan did not reach its home. A home that has left meanwhile has nothing to keep."""
        self._record_attempt(home_id, sequence, at, last_error=error)

    def _record_attempt(self, home_id: str, sequence: int, at: datetime, **values: object) -> None:
        table = schema.dispatch
        statement = update(table).where(table.c.home_id == home_id, table.c.sequence == sequence)
        with self._write() as connection:
            connection.execute(statement.values(attempts=table.c.attempts + 1, last_attempt_at=at, **values))

    def latest_dispatches(self) -> dict[str, DispatchRecord]:
        """Return the newest plan of each home that was sent one, by the home's id."""
        table = schema.dispatch
        newest = table.c.sequence.desc()
        with self._read() as connection:
            homes = connection.scalars(select(schema.home.c.id)).all()
            # Home by home goes straight to the newest in the key; joined, SQLite walks through all there are.
            found = [
                connection.execute(
                    select(table).where(table.c.home_id == home_id).order_by(newest).limit(1)
                ).first()
                for home_id in homes
            ]
        return {row.home_id: dispatch_record(row) for row in found if row is not None}

    def last_accepted(self, since: datetime) -> dict[str, tuple[int, datetime]]:
        """Return number and moment of the last plan since `since` that each home accepted, by its id."""
        table = schema.dispatch
        newest = (
            select(table.c.sequence, table.c.answered_at)
            .where(table.c.issued_at >= since, table.c.accepted)
            .order_by(table.c.issued_at.desc())
            .limit(1)
        )
        with self._read() as connection:
            homes = connection.scalars(select(schema.home.c.id)).all()
            found = {id_: connection.execute(newest.where(table.c.home_id == id_)).first() for id_ in homes}
        return {id_: (row.sequence, row.answered_at) for id_, row in found.items() if row is not None}


def dispatch_record(row: Row[Any]) -> DispatchRecord:
    """Return the plan in a row of its table."""
    return DispatchRecord(
        sequence=row.sequence,
        issued_at=row.issued_at,
        lease_until=row.lease_until,
        accepted=row.accepted,
        answered_at=row.answered_at,
        reason=row.reason,
        plan_json=row.plan,
        attempts=row.attempts,
        last_attempt_at=row.last_attempt_at,
        last_error=row.last_error,
    )
