"""What the village itself calls an operator's event: unlike the operator's id, that is one event's alone."""

from collections.abc import Collection
from itertools import batched

from sqlalchemy import Connection, func, select

from battery_commons.store import schema_operators
from battery_commons.store.database import Database

type LineEvent = tuple[str, str]
"""A line, and an event's id as the operator at its end gave it."""
_AT_ONCE = 500


class EventReferenceStore(Database):
    """Tells events of several lines apart."""

    def event_references(self, events: Collection[LineEvent]) -> dict[LineEvent, str]:
        """Return what the village calls events: that stays, whatever comes later, over other lines too."""
        with self._read() as connection:
            return references(connection, events)


def references(connection: Connection, events: Collection[LineEvent]) -> dict[LineEvent, str]:
    """Return the id alone where it came over no other line before, and else the id with its line's."""
    lines = connection.scalars(select(schema_operators.operator_line.c.id)).all()
    first: dict[str, str] = {}
    if len(lines) > 1:
        table = schema_operators.operator_event
        came = func.min(table.c.received_at).label("came")
        for ids in batched(sorted({event_id for _, event_id in events}), _AT_ONCE, strict=False):
            chosen = table.c.line_id.in_(lines) & table.c.event_id.in_(ids)
            by_line = select(table.c.event_id, table.c.line_id, came).where(chosen)
            ordered = by_line.group_by(table.c.event_id, table.c.line_id).order_by(came, table.c.line_id)
            for row in connection.execute(ordered):
                first.setdefault(row.event_id, row.line_id)
    return {
        (line_id, event_id): event_id
        if first.get(event_id, line_id) == line_id
        else f"{event_id} ({line_id})"
        for line_id, event_id in events
    }
