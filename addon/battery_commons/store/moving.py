"""Bringing a village from its file to a PostgreSQL server: all of it, seen to be the same, or nothing."""

import hashlib
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import BigInteger, Boolean, Connection, Float, Integer, LargeBinary, String, Table, text

from battery_commons.store.backend import translated_errors
from battery_commons.store.backup import check_whole
from battery_commons.store.errors import StoreError
from battery_commons.store.place import DatabaseUrl
from battery_commons.store.postgresql import PostgreSQLDatabase, is_empty
from battery_commons.store.schema import METADATA
from battery_commons.store.shape import migrate
from battery_commons.store.sole_use import sole_use
from battery_commons.store.sqlite import SQLiteFile, read_only
from battery_commons.store.store import Store

type Value = int | float | str | bytes | None

_NULL = r"\N"
_ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})
_ESCAPED = {"t": "\t", "n": "\n", "r": "\r", "b": "\b", "f": "\f", "v": "\v"}


def move(file: Path, url: DatabaseUrl) -> dict[str, int]:
    """Copy a village to an empty database, in one transaction; return how many rows each table has.

    The file stays as it is, but that it is brought to the present shape first.

    Raises:
        StoreError: While a coordinator runs, when the file is not sound, when the database is not empty or
            cannot be used, and when what has arrived is not what was sent.
    """
    with sole_use(file.parent):
        check_whole(file)
        Store.open(file).close()
        target = PostgreSQLDatabase(url)
        try:
            with (
                translated_errors(target),
                translated_errors(SQLiteFile(file)),
                closing(read_only(file)) as source,
                target.preparing() as connection,
            ):
                _refuse_full(connection, url)
                migrate(connection)
                target.mark(connection)
                source.execute("BEGIN")
                return {table.name: _copied(source, connection, table) for table in METADATA.sorted_tables}
        finally:
            target.close()


def _refuse_full(target: Connection, url: DatabaseUrl) -> None:
    if not is_empty(target):
        raise StoreError(f"The database {url} is not empty, and is left as it is. Name another.")


def _copied(source: sqlite3.Connection, target: Connection, table: Table) -> int:
    """Copy one table, and return its number of rows once it is seen to be the same."""
    names = ", ".join(f'"{column.name}"' for column in table.columns)
    sent = _Digest()
    in_order = f'SELECT {names} FROM "{table.name}" ORDER BY '  # noqa: S608 - names of our own schema
    rows = source.execute(in_order + _key(table, "BINARY"))
    cursor: Any = target.connection.cursor()
    cursor.execute(f'COPY "{table.name}" ({names}) FROM STDIN', stream=_lines(rows, sent))
    arrived = _Arrived([_reader_of(column.type) for column in table.columns])
    cursor.execute(f"COPY ({in_order}{_key(table, 'C')}) TO STDOUT", stream=arrived)
    if arrived.digest.seen() != sent.seen():
        problem = f"{sent.rows} rows of {table.name} were sent, and what arrived is not the same"
        raise StoreError(f"{problem} ({arrived.digest.rows} rows). Nothing was moved.")
    _go_on_counting(target, table)
    return sent.rows


def _key(table: Table, collation: str) -> str:
    return ", ".join(
        f'"{column.name}"' + (f' COLLATE "{collation}"' if isinstance(column.type, String) else "")
        for column in table.primary_key
    )


def _go_on_counting(target: Connection, table: Table) -> None:
    """Have the database go on with the numbers that it gives rows itself."""
    number = table.autoincrement_column
    if number is not None and not number.foreign_keys:
        last = f"SELECT max({number.name}) FROM {table.name}"  # noqa: S608 - names of our own schema
        sequence = f"pg_get_serial_sequence('{table.name}', '{number.name}')"
        # An empty table begins at its beginning.
        target.execute(text(f"SELECT setval({sequence}, ({last}))"))


class _Digest:
    """How many rows went by, and what was in them."""

    def __init__(self) -> None:
        self.rows = 0
        self._sha256 = hashlib.sha256()

    def add(self, row: Sequence[Value]) -> None:
        self.rows += 1
        self._sha256.update(repr(tuple(row)).encode())

    def seen(self) -> tuple[int, str]:
        return self.rows, self._sha256.hexdigest()


def _lines(rows: Iterator[Sequence[Value]], digest: _Digest) -> Iterator[str]:
    """Yield rows in the text format of https://www.postgresql.org/docs/current/sql-copy.html."""
    for row in rows:
        digest.add(row)
        yield "\t".join(map(_written, row)) + "\n"


def _written(value: Value) -> str:
    match value:
        case None:
            return _NULL
        case str():
            return value.translate(_ESCAPES)
        case bytes():
            return rf"\\x{value.hex()}"
        case _:
            return repr(value)


class _Arrived:
    """Takes rows as COPY writes them."""

    def __init__(self, readers: Sequence[Callable[[str], Value]]) -> None:
        self.digest = _Digest()
        self._readers = readers

    def write(self, line: bytes) -> None:
        """Take one row."""
        fields = line.decode().removesuffix("\n").split("\t")
        self.digest.add(
            [None if each == _NULL else read(each) for read, each in zip(self._readers, fields, strict=True)]
        )


def _reader_of(kind: object) -> Callable[[str], Value]:
    """Return what makes of a field what SQLite keeps in its place."""
    match getattr(kind, "impl", kind):
        case Boolean():
            return lambda field: int(field == "t")
        case Float():
            return float
        case Integer() | BigInteger():
            return int
        case LargeBinary():
            return lambda field: bytes.fromhex(_unescaped(field).removeprefix(r"\x"))
        case _:
            return _unescaped


def _unescaped(field: str) -> str:
    first, *parts = field.replace(r"\\", "\0").split("\\")
    return "".join([first, *(_ESCAPED[part[0]] + part[1:] for part in parts)]).replace("\0", "\\")
