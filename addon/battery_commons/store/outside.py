"""How the sources outside of the village have answered."""

from datetime import datetime

from sqlalchemy import select

from battery_commons.domain.outside import SourceState, Subject, Trouble
from battery_commons.store import schema
from battery_commons.store.database import Database
from battery_commons.store.upsert import insert_or_update

LONGEST_DETAIL = 300


class OutsideStore(Database):
    """The last answer and the last failure of each source."""

    def note_answer(self, subject: Subject, source: str, at: datetime) -> None:
        """Remember that a source answered."""
        self._note({"subject": subject, "source": source, "answered_at": at})

    def note_failure(
        self, subject: Subject, source: str, at: datetime, trouble: Trouble, detail: str
    ) -> None:
        """Remember that a source failed, and why."""
        why = {"trouble": trouble, "detail": detail[:LONGEST_DETAIL]}
        self._note({"subject": subject, "source": source, "failed_at": at} | why)

    def source_states(self, subject: Subject) -> dict[str, SourceState]:
        """Return how each source that was ever asked has answered, by its name."""
        table = schema.outside_source
        with self._read() as connection:
            rows = connection.execute(select(table).where(table.c.subject == subject)).all()
        return {
            row.source: SourceState(
                subject,
                row.source,
                row.answered_at,
                row.failed_at,
                None if row.trouble is None else Trouble(row.trouble),
                row.detail,
            )
            for row in rows
        }

    def _note(self, row: dict[str, object]) -> None:
        with self._write() as connection:
            insert_or_update(connection, schema.outside_source, [row])
