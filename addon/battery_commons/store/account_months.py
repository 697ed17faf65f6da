"""What months rest on: rules, each home's quarter hours as gathered, and revenue by contract."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy import LargeBinary, delete, insert, select, type_coerce, update

from battery_commons.store.audit import Act, Author, record
from battery_commons.store.database import Database
from battery_commons.store.errors import KeptAlreadyError, NotFoundError
from battery_commons.store.schema_account import account, account_month, gathered_month, grid_revenue
from battery_commons.store.tokens import new_id
from battery_commons.store.upsert import insert_new, insert_or_update


@dataclass(frozen=True, slots=True)
class Gathered:
    """What is known of one home's month so far."""

    until: datetime
    """Quarter hours before it have been looked at."""
    tables: Mapping[str, str]
    """As account/tables.py writes them."""


@dataclass(frozen=True, slots=True)
class KeptRevenue:
    """What a contract brought in, as a volunteer typed it."""

    id: str
    period: str
    contract: str
    cents: int
    """Negative for a penalty."""
    evidence: str
    """Where it can be looked up, such as the number of an invoice."""
    typed_at: datetime


class AccountMonthStore(Database):
    """What has been gathered of months."""

    def account_months(self) -> dict[str, str]:
        """Return by what each month that the account knows is settled, as JSON, in the order of months."""
        with self._read() as connection:
            rows = connection.execute(select(account_month).order_by(account_month.c.period)).all()
        return {row.period: row.terms_json for row in rows}

    def begin_account(self, period: str, terms_json: str, by: Author) -> bool:
        """Keep by what the account's first month is settled; False where it has begun before."""
        with self._write() as connection:
            if connection.scalar(select(account_month.c.period)) is not None:
                return False
            connection.execute(insert(account_month).values(period=period, terms_json=terms_json))
            record(connection, by, Act.ACCOUNT_BEGUN, period)
        return True

    def begin_account_month(self, period: str, terms_json: str) -> None:
        """Keep by what a month is settled, unless that is known already."""
        with self._write() as connection:
            insert_new(connection, account_month, [{"period": period, "terms_json": terms_json}])

    def gathered(self, period: str) -> dict[str, Gathered]:
        """Return what was gathered of a month, by account."""
        with self._read() as connection:
            rows = connection.execute(select(gathered_month).where(gathered_month.c.period == period)).all()
        return {row.account: Gathered(row.until, json.loads(row.tables_json)) for row in rows}

    def gathered_stamps(self, period: str) -> dict[str, str]:
        """Return, by account, a digest of what was gathered of a month, which is not unpacked for it."""
        table = gathered_month
        packed = type_coerce(table.c.tables_json, LargeBinary)
        statement = select(table.c.account, packed.label("packed")).where(table.c.period == period)
        with self._read() as connection:
            return {row.account: sha256(row.packed).hexdigest() for row in connection.execute(statement)}

    def gathered_until(self, period: str) -> dict[str, datetime]:
        """Return, by account, until when a month has been looked at."""
        table = gathered_month
        statement = select(table.c.account, table.c.until).where(table.c.period == period)
        with self._read() as connection:
            return {row.account: row.until for row in connection.execute(statement)}

    def gathered_of(self, period: str, account: str) -> Gathered | None:
        """Return what was gathered of one home's month; None while that is nothing."""
        table = gathered_month
        statement = select(table).where(table.c.period == period, table.c.account == account)
        with self._read() as connection:
            row = connection.execute(statement).one_or_none()
        return None if row is None else Gathered(row.until, json.loads(row.tables_json))

    def put_gathered(self, period: str, number: str, gathered: Gathered) -> None:
        """Keep what was gathered of a home's month, in the place of what was there.

        Not of a home that has left meanwhile: its last days were gathered as it did, and can be read no more.
        """
        row = {
            "period": period,
            "account": number,
            "until": gathered.until,
            "tables_json": json.dumps(dict(gathered.tables)),
        }
        with self._write() as connection:
            if connection.scalar(select(account.c.home_id).where(account.c.number == number)) is not None:
                insert_or_update(connection, gathered_month, [row])

    def revenues(self, period: str | None = None) -> list[KeptRevenue]:
        """Return what was typed and not removed, of one month or of all, the oldest month first."""
        table = grid_revenue
        statement = select(table).where(table.c.removed_at.is_(None))
        if period is not None:
            statement = statement.where(table.c.period == period)
        with self._read() as connection:
            rows = connection.execute(statement.order_by(table.c.period, table.c.typed_at, table.c.id)).all()
        return [
            KeptRevenue(row.id, row.period, row.contract, row.cents, row.evidence, row.typed_at)
            for row in rows
        ]

    def add_revenue(self, period: str, contract: str, cents: int, evidence: str, by: Author) -> str:
        """Keep what a contract brought in in a month, and return its id.

        Raises KeptAlreadyError for an amount that is there with the same evidence, as of a form sent twice.
        """
        revenue_id = f"revenue-{new_id()}"
        row = {"period": period, "contract": contract, "cents": cents, "evidence": evidence}
        table = grid_revenue
        is_there = select(table.c.id).filter_by(**row).where(table.c.removed_at.is_(None))
        with self._write() as connection:
            if connection.scalar(is_there) is not None:
                raise KeptAlreadyError("this amount is there already, with the same evidence")
            connection.execute(insert(table).values(id=revenue_id, **row, typed_at=by.at))
            record(connection, by, Act.REVENUE_TYPED, contract, f"{period}, {cents / 100:.2f} EUR")
        return revenue_id

    def remove_revenue(self, revenue_id: str, by: Author) -> None:
        """Have an amount count no longer. Raises NotFoundError."""
        table = grid_revenue
        is_it = (table.c.id == revenue_id) & table.c.removed_at.is_(None)
        with self._write() as connection:
            if not connection.execute(update(table).where(is_it).values(removed_at=by.at)).rowcount:
                raise NotFoundError(f"there is no revenue {revenue_id}")
            record(connection, by, Act.REVENUE_REMOVED, revenue_id)

    def forget_gathered(self, before: str) -> int:
        """Throw away what was gathered of months before this one; return how many rows that was."""
        with self._write() as connection:
            return connection.execute(delete(gathered_month).where(gathered_month.c.period < before)).rowcount
