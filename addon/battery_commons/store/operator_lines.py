"""The lines to grid operators.

Secrets stand in columns of their own, so that nothing that tells of settings tells of them.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime

from pydantic import TypeAdapter
from sqlalchemy import Connection, insert, select, update

from battery_commons.domain.operator_line import KeptLine, OperatorLine
from battery_commons.store import schema_operators
from battery_commons.store.audit import Act, Author, record
from battery_commons.store.database import Database
from battery_commons.store.errors import NotFoundError, StoreError
from battery_commons.store.tokens import new_id, new_token

_SECRET = "secret"  # noqa: S105 - the name of a field and of its column


class OperatorLineStore(Database):
    """Where grid operators are called, and as whom."""

    def operator_lines(self) -> list[KeptLine]:
        """Return every line with its secrets. Raises StoreError where one is none that this version knows."""
        table = schema_operators.operator_line
        with self._read() as connection:
            rows = connection.execute(
                select(table).where(table.c.removed_at.is_(None)).order_by(table.c.id)
            ).all()
        try:
            return [
                KeptLine(
                    row.id,
                    TypeAdapter(OperatorLine).validate_python(
                        json.loads(row.settings_json) | {_SECRET: row.secret}
                    ),
                    row.webhook_key,
                    row.webhook_token,
                    row.ven_id,
                    row.heard_at,
                    _resource_names(row.resource_names_json),
                )
                for row in rows
            ]
        except ValueError as error:
            raise StoreError(f"A line to an operator cannot be told: {type(error).__name__}") from error

    def add_operator_line(self, line: OperatorLine, by: Author | None = None) -> str:
        """Keep a new line, and return its id."""
        line_id = new_id()
        with self._write() as connection:
            connection.execute(
                insert(schema_operators.operator_line).values(
                    id=line_id, webhook_key=new_token(), webhook_token=new_token(), **_columns(line)
                )
            )
            record(connection, by, Act.OPERATOR_LINE_ADDED, line_id, _told(line))
        return line_id

    def change_operator_line(self, line_id: str, line: OperatorLine, by: Author | None = None) -> None:
        """Change a line. What the VTN called the village is forgotten with another VTN, client or name.

        Raises NotFoundError where there is no such line.
        """
        with self._write() as connection:
            row = connection.execute(
                select(schema_operators.operator_line).where(schema_operators.operator_line.c.id == line_id)
            ).first()
            if row is None or row.removed_at is not None:
                raise NotFoundError(f"there is no line {line_id} to an operator")
            former = json.loads(row.settings_json)
            new = asdict(line)
            same = all(former[each] == new[each] for each in ("url", "client_id", "ven_name"))
            known = {"ven_id", "resource_names_json"}
            kept = {name: getattr(row, name) if same else None for name in known}
            _set(connection, line_id, **_columns(line), **kept)
            record(connection, by, Act.OPERATOR_LINE_CHANGED, line_id, _told(line))

    def remove_operator_line(self, line_id: str, at: datetime, by: Author | None = None) -> None:
        """Have no more to do with an operator: what it asked ends. What came over the line is kept."""
        with self._write() as connection:
            if _set(connection, line_id, secret="", webhook_token="", removed_at=at):
                record(connection, by, Act.OPERATOR_LINE_REMOVED, line_id)

    def note_ven(self, line_id: str, ven_id: str) -> None:
        """Keep how the VTN calls the village."""
        with self._write() as connection:
            _set(connection, line_id, ven_id=ven_id)

    def note_resource_names(self, line_id: str, names: Mapping[str, Sequence[str]]) -> None:
        """Keep how the operator calls the parts of the village."""
        text = json.dumps({part: list(called) for part, called in names.items()})
        with self._write() as connection:
            _set(connection, line_id, resource_names_json=text)

    def note_heard(self, line_id: str, at: datetime) -> None:
        """Keep when all of the operator's events were last seen, in village time."""
        with self._write() as connection:
            _set(connection, line_id, heard_at=at)


def _set(connection: Connection, line_id: str, **values: object) -> bool:
    """Change a line that was not removed, and return whether there is one."""
    table = schema_operators.operator_line
    there = (table.c.id == line_id) & table.c.removed_at.is_(None)
    return connection.execute(update(table).where(there).values(**values)).rowcount > 0


def _resource_names(text: str | None) -> dict[str, list[str]]:
    """Return what was kept; nothing where it cannot be read: it is listed again."""
    try:
        return TypeAdapter(dict[str, list[str]]).validate_python(json.loads(text or "{}"))
    except ValueError:
        return {}


def _columns(line: OperatorLine) -> dict[str, str]:
    settings = TypeAdapter(OperatorLine).dump_python(line, mode="json")
    secret = settings.pop(_SECRET)
    return {"settings_json": json.dumps(settings), "secret": secret}


def _told(line: OperatorLine) -> str:
    return f"{line.name}, {line.url}"
