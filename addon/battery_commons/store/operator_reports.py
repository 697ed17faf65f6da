"""What was reported to grid operators: kept before it is sent, so that nothing is sent twice."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update

from battery_commons.store import schema_operators
from battery_commons.store.database import Database
from battery_commons.store.upsert import insert_new

_TABLE = schema_operators.operator_report


@dataclass(frozen=True, slots=True)
class KeptReport:
    """A report on an event."""

    line_id: str
    event_id: str
    name: str
    """Tells it from the other reports on its event."""
    due_at: datetime
    """In village time, as all times here."""
    body: str
    """As it was, or is to be, sent: JSON."""
    report_id: str | None = None
    """As the operator's server gave it; None until that has it."""
    sent_at: datetime | None = None
    """When it was last sent, corrections too."""
    corrections: int = 0
    refusal: str | None = None
    """Why the operator did not take it; it is not sent again then."""


class OperatorReportStore(Database):
    """Reports that were sent or are to be sent."""

    def operator_reports(self, line_id: str, due_after: datetime) -> list[KeptReport]:
        """Return the reports on a line that were due after a moment, the oldest first."""
        chosen = (_TABLE.c.line_id == line_id) & (_TABLE.c.due_at > due_after)
        statement = select(_TABLE).where(chosen).order_by(_TABLE.c.due_at, _TABLE.c.name)
        with self._read() as connection:
            return [KeptReport(**row) for row in connection.execute(statement).mappings()]

    def newest_operator_reports(self, line_id: str, most: int) -> list[KeptReport]:
        """Return the reports on a line that were due last, the newest first."""
        chosen = select(_TABLE).where(_TABLE.c.line_id == line_id)
        statement = chosen.order_by(_TABLE.c.due_at.desc(), _TABLE.c.name).limit(most)
        with self._read() as connection:
            return [KeptReport(**row) for row in connection.execute(statement).mappings()]

    def keep_operator_reports(self, reports: Collection[KeptReport]) -> None:
        """Keep reports that are to be sent; those that are known already stay as they are."""
        rows = [{column.name: getattr(each, column.name) for column in _TABLE.columns} for each in reports]
        with self._write() as connection:
            insert_new(connection, _TABLE, rows)

    def note_operator_report(self, report: KeptReport) -> None:
        """Keep what became of a report."""
        changed = ("body", "report_id", "sent_at", "corrections", "refusal")
        with self._write() as connection:
            connection.execute(
                update(_TABLE)
                .where(
                    _TABLE.c.line_id == report.line_id,
                    _TABLE.c.event_id == report.event_id,
                    _TABLE.c.name == report.name,
                )
                .values({each: getattr(report, each) for each in changed})
            )
