"""The database: opened with care, written one transaction at a time, whichever kind it is."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Self

from sqlalchemy import Connection, insert, select

from battery_commons.store.backend import Backend, translated_errors
from battery_commons.store.place import DatabaseUrl, Place
from battery_commons.store.schema import village
from battery_commons.store.shape import migrate
from battery_commons.store.sqlite import SQLiteFile
from battery_commons.store.tokens import new_id

DEFAULT_VILLAGE_NAME = "Battery Commons"


class Database:
    """Connections to one database; the subjects of the store build on them.

    Its methods may be called from any thread: readers see the last commit, writers take turns.
    """

    def __init__(self, backend: Backend) -> None:
        """Use `open` instead, which makes sure of the database first."""
        self._backend = backend
        self._one_writer = threading.Lock()
        self._joint = threading.local()

    @classmethod
    def open(cls, place: Place) -> Self:
        """Open the database, made or brought to the present shape where needed.

        Raises:
            StoreError: When the database cannot be reached, or is locked, damaged, not ours or from a newer
                version. Such a one is left as it is.
        """
        store = cls(backend_of(place))
        try:
            with translated_errors(store._backend):
                store._backend.refuse_unusable()
                with store._backend.preparing() as connection:
                    migrate(connection)
                    store._backend.mark(connection)
                    if connection.scalar(select(village.c.id)) is None:
                        connection.execute(insert(village).values(id=new_id(), name=DEFAULT_VILLAGE_NAME))
                store._backend.settle()
        except BaseException:
            store.close()
            raise
        return store

    def claim(self) -> None:
        """Keep every other coordinator from a database on a server, until closed.

        A file is kept with the folder that it is in: see store/sole_use.py. Raises StoreError where another
        coordinator was first.
        """
        with translated_errors(self._backend):
            self._backend.claim()

    def size_bytes(self) -> int:
        """Return how much room the database takes. Raises StoreError."""
        sizes = {
            "sqlite": "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size",
            "postgresql": "SELECT pg_database_size(current_database())",
        }
        with self._read() as connection:
            return int(connection.exec_driver_sql(sizes[connection.dialect.name]).scalar_one())

    def close(self) -> None:
        """Let go of the database. A write that was acknowledged is in it already."""
        self._backend.close()

    @contextmanager
    def together(self) -> Iterator[None]:
        """Make one transaction of all that this thread writes within the block: the disk is waited for once.

        Each write is still done whole or not at all: one that raises leaves the others. Nothing of them is on
        disk before the block ends, and nothing is when it raises.
        """
        done: list[Callable[[], None]] = []
        with self._write() as connection:
            self._joint.connection, self._joint.done = connection, done
            try:
                yield
            finally:
                self._joint.connection = self._joint.done = None
        for tell in done:
            tell()

    def _once_on_disk(self, tell: Callable[[], None]) -> None:
        """Call `tell` when what this thread has written is on disk."""
        if (done := getattr(self._joint, "done", None)) is None:
            tell()
        else:
            done.append(tell)

    @contextmanager
    def _read(self) -> Iterator[Connection]:
        with translated_errors(self._backend), self._backend.readers.connect() as connection:
            yield connection

    @contextmanager
    def _write(self) -> Iterator[Connection]:
        """One transaction: all of it is on disk when the block ends, or none of it.

        Within `together`, a part of that one.
        """
        joint: Connection | None = getattr(self._joint, "connection", None)
        if joint is not None:
            with translated_errors(self._backend), joint.begin_nested():
                yield joint
            return
        with self._one_writer, translated_errors(self._backend), self._backend.writer.begin() as connection:
            yield connection


def backend_of(place: Place) -> Backend:
    """Return the database at a place. Raises StoreError where the folder of a file is missing."""
    if isinstance(place, DatabaseUrl):
        # Loaded where there is a server: most villages have none.
        on_server: Backend = import_module("battery_commons.store.postgresql").PostgreSQLDatabase(place)
        return on_server
    return SQLiteFile(place)
