"""The ledger and the tables that closed months rest on. The database refuses to change or delete an entry."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict

from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError

from battery_commons.account.ledger import Entry, EntryKind, Signature
from battery_commons.store.audit import Act, Author, record
from battery_commons.store.database import Database
from battery_commons.store.schema_account import basis_table, ledger, ledger_signature
from battery_commons.store.upsert import insert_new

type TableKey = tuple[str, str, str]
"""Period, name and digest."""


class MeanwhileError(ValueError):
    """Something was booked since the ledger was read: look again."""


class LedgerStore(Database):
    """What was booked, signed, and on what it rests."""

    def ledger(self) -> list[Entry]:
        """Return all entries, in order."""
        with self._read() as connection:
            rows = connection.execute(select(ledger).order_by(ledger.c.number)).mappings().all()
        return [Entry(**{**row, "kind": EntryKind(row["kind"])}) for row in rows]

    def last_entry_number(self) -> int:
        """Return the number of the newest entry; 0 while there is none."""
        with self._read() as connection:
            return connection.scalar(select(func.max(ledger.c.number))) or 0

    def ledger_signatures(self) -> list[Signature]:
        """Return the village's signatures, in order."""
        table = ledger_signature
        with self._read() as connection:
            rows = connection.execute(select(table).order_by(table.c.number)).all()
        return [Signature(row.number, row.hash, row.signature) for row in rows]

    def add_to_ledger(
        self,
        entries: Sequence[Entry],
        signature: Signature,
        act: Act,
        about: str,
        by: Author,
        *,
        tables: Mapping[TableKey, str] | None = None,
    ) -> None:
        """Book entries, with the village's signature and the tables they rest on: all of it, or nothing.

        Raises MeanwhileError where others took their numbers since the ledger was read.
        """
        with self._write() as connection:
            try:
                connection.execute(insert(ledger), [asdict(entry) for entry in entries])
            except IntegrityError as error:
                raise MeanwhileError("something was booked meanwhile: look at the account again") from error
            connection.execute(insert(ledger_signature).values(**asdict(signature)))
            rows = [
                {"period": period, "name": name, "digest": digest, "content": text}
                for (period, name, digest), text in (tables or {}).items()
            ]
            insert_new(connection, basis_table, rows)
            record(connection, by, act, about, f"entries {entries[0].number} to {entries[-1].number}")

    def basis_texts(self, period: str, digests: Mapping[str, str]) -> dict[str, str]:
        """Return, by name, the tables of a month with these digests; one that is not kept is left out."""
        table = basis_table
        with self._read() as connection:
            rows = connection.execute(select(table).where(table.c.period == period)).all()
        return {row.name: row.content for row in rows if digests.get(row.name) == row.digest}

    def basis_keys(self) -> list[TableKey]:
        """Return which tables are kept, in order."""
        table = basis_table
        columns = table.c.period, table.c.name, table.c.digest
        with self._read() as connection:
            rows = connection.execute(select(*columns).order_by(*columns)).all()
        return [(row.period, row.name, row.digest) for row in rows]

    def basis_text(self, key: TableKey) -> str | None:
        """Return one table; None where it is not kept."""
        table = basis_table
        period, name, digest = key
        is_it = (table.c.period == period) & (table.c.name == name) & (table.c.digest == digest)
        with self._read() as connection:
            text: str | None = connection.scalar(select(table.c.content).where(is_it))
        return text
