"""Rows put where some of their keys may be held already, alike on SQLite and PostgreSQL."""

from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Table

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql, sqlite

type Row = Mapping[str, Any]


def insert_or_update(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Insert rows, which all name the same columns.

    Where a primary key is held already, the other columns that are named take their new values. Of two rows
    with the same key the last counts.
    """
    if not rows:
        return
    key = [column.name for column in table.primary_key]
    statement = _insert(connection, table)
    new = {name: statement.excluded[name] for name in rows[0] if name not in key}
    connection.execute(statement.on_conflict_do_update(index_elements=key, set_=new), list(rows))


def insert_new(connection: Connection, table: Table, rows: Sequence[Row]) -> int:
    """Insert rows whose primary key is not held yet, and return how many. Held ones stay as they were."""
    key = [column.name for column in table.primary_key]
    statement = _insert(connection, table).on_conflict_do_nothing(index_elements=key)
    return sum(connection.execute(statement, dict(row)).rowcount for row in rows)


def _insert(connection: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    # Only the dialect that is connected is loaded already, and the other one is megabytes.
    dialect = import_module(f"sqlalchemy.dialects.{connection.dialect.name}")
    insert: sqlite.Insert | postgresql.Insert = dialect.insert(table)
    return insert
