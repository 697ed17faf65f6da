"""The village in a database of a PostgreSQL server: what is particular to that.

Writers take turns by a lock that PostgreSQL keeps until their transaction ends, and each statement sees what
all writers before committed. So what is read within a writing transaction stays true until its end, as in a
file of SQLite. SERIALIZABLE would let writers run side by side and refuse some at their end: each would have
to be able to run again, and a village writes too little to gain by that.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial

from pg8000 import dbapi
from sqlalchemy import Connection, Engine, NullPool, create_engine, event, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoneFreeError
from sqlalchemy.pool import ConnectionPoolEntry

from battery_commons.store.backend import Condition, close_all, translated_errors
from battery_commons.store.errors import StoreError
from battery_commons.store.place import DatabaseUrl
from battery_commons.store.postgresql_driver import connect, sqlstate
from battery_commons.store.postgresql_errors import NOT_IN_TIME, store_error
from battery_commons.store.shape import known_revisions, newest_revisions, revisions_of

MARK = "Battery Commons"
"""The comment on our table of revisions, so that no other program's database is taken for ours."""
READERS = 8
"""Connections that are kept for reading; as many more are made while there is much to read."""
WAIT_S = 3
"""For another program that is writing, or for a connection that is free."""
STATEMENT_S = 50
"""No statement takes nearly as long. The server ends one that does."""
SILENCE_S = 60.0
"""A server that is silent for so long is taken to be lost."""

_MARK_OF_TABLES = text("SELECT obj_description(to_regclass('alembic_version'), 'pg_class')")
_KEYS = 0x42436D73
"""The first half of the numbers of our locks, as the application id in a file of SQLite."""
_WRITING, _COORDINATING = 1, 2
_PATIENT = {
    "lock_timeout": f"{WAIT_S}s",
    # So that what a coordinator locked is soon free when its machine has lost its power.
    "tcp_keepalives_idle": "20",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "4",
}
_USUAL = _PATIENT | {"statement_timeout": f"{STATEMENT_S}s"}
_READING = _USUAL | {
    "default_transaction_isolation": "repeatable read",
    "default_transaction_read_only": "on",
}


class PostgreSQLDatabase:
    """A database on a server, as store/backend.py describes one."""

    def __init__(self, url: DatabaseUrl) -> None:
        """Connect nowhere yet."""
        self._url = url
        self._claimed = False
        self.readers = self._pooled(_READING, pool_size=READERS, max_overflow=READERS)
        self.writer = self._pooled(_USUAL, pool_size=1, max_overflow=0)
        event.listen(self.writer, "connect", self._take_claim)
        _made_to_write(self.writer)

    def refuse_unusable(self) -> None:
        """Raise StoreError unless the database is empty, or ours and of a version that is known."""
        with self.readers.connect() as connection:
            if (encoding := connection.scalar(text("SHOW server_encoding"))) != "UTF8":
                msg = f"The database {self._url} keeps text as {encoding}. Make it anew with ENCODING 'UTF8'."
                raise StoreError(msg)
            if is_empty(connection):
                return
            if connection.scalar(_MARK_OF_TABLES) != MARK:
                raise StoreError(f"The database {self._url} is of another program. Name another.")
            if not revisions_of(connection) <= known_revisions():
                msg = f"The database {self._url} was made by a newer version of Battery Commons. "
                raise StoreError(msg + "Update this one.")

    @contextmanager
    def preparing(self) -> Iterator[Connection]:
        """Return a transaction that waits for its turn, and then takes as long as it takes."""
        engine = create_engine(
            "postgresql+pg8000://",
            module=dbapi,
            creator=partial(connect, self._url, _PATIENT, silence_s=None),
            poolclass=NullPool,
            hide_parameters=True,
        )
        with _made_to_write(engine).begin() as connection:
            yield connection

    def mark(self, connection: Connection) -> None:
        """Leave a comment, which a dump takes along."""
        if connection.scalar(_MARK_OF_TABLES) != MARK:
            connection.execute(text(f"COMMENT ON TABLE alembic_version IS '{MARK}'"))

    def settle(self) -> None:
        """Do nothing: readers and writers do not wait for each other here."""

    def claim(self) -> None:
        """Take a lock that lives as long as the connection that writes, and is taken anew with each.

        So a coordinator that has lost its connection, and finds another in its place, cannot write. A server
        takes a moment to see that a connection is gone: one that has just ended is waited for.
        """
        self._claimed = True
        self.writer.dispose()
        with self.writer.connect():
            pass

    def translated(self, error: Exception) -> StoreError | None:
        """Return what an error of the server, or on the way to it, means."""
        if isinstance(error, DBAPIError):
            return store_error(self._url, error.orig)
        return store_error(self._url, error) if isinstance(error, NoneFreeError) else None

    def close(self) -> None:
        """Close all connections. A write that was acknowledged is on the server's disk already."""
        close_all(self.readers)
        close_all(self.writer)

    def _pooled(self, parameters: Mapping[str, str], *, pool_size: int, max_overflow: int) -> Engine:
        # The password goes to the driver alone: no error or log of SQLAlchemy can hold it.
        return create_engine(
            "postgresql+pg8000://",
            module=dbapi,
            creator=partial(connect, self._url, parameters, SILENCE_S),
            pool_size=pool_size,
            max_overflow=max_overflow,
            pool_timeout=WAIT_S,
            pool_pre_ping=True,
            hide_parameters=True,
        )

    def _take_claim(self, connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
        if not self._claimed:
            return
        cursor = connection.cursor()
        try:
            cursor.execute(f"SELECT pg_advisory_lock({_KEYS}, {_COORDINATING})")
        except dbapi.DatabaseError as error:
            if sqlstate(error) != NOT_IN_TIME:
                raise
            msg = f"A coordinator is running on the database {self._url}. Stop it first."
            raise StoreError(msg) from error
        connection.commit()


def condition(url: DatabaseUrl) -> Condition:
    """Return how a database stands, which is left as it is.

    Raises StoreError when it cannot be reached, or is not ours, or from a newer version.
    """
    database = PostgreSQLDatabase(url)
    try:
        with translated_errors(database):
            database.refuse_unusable()
            with database.readers.connect() as connection:
                if is_empty(connection):
                    return Condition.NONE
                return Condition.WELL if revisions_of(connection) == newest_revisions() else Condition.OLD
    finally:
        database.close()


def is_empty(connection: Connection) -> bool:
    """Return whether there is no table at all."""
    tables = "SELECT count(*) FROM pg_tables WHERE schemaname = current_schema()"
    return not connection.scalar(text(tables))


def _made_to_write(engine: Engine) -> Engine:
    def wait_for_the_disk(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
        """Have a commit be on disk before it is acknowledged, where the server was told otherwise."""
        cursor = connection.cursor()
        cursor.execute(
            "SELECT set_config('synchronous_commit', 'on', false) "
            "WHERE current_setting('synchronous_commit') IN ('off', 'local')"
        )
        connection.commit()

    def take_turn(connection: Connection) -> None:
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_KEYS}, {_WRITING})")

    event.listen(engine, "connect", wait_for_the_disk)
    event.listen(engine, "begin", take_turn)
    return engine
