"""What the store asks of a kind of database; store/sqlite.py and store/postgresql.py answer."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from enum import Enum, auto
from typing import Protocol

from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import IntegrityError
from sqlalchemy.pool import ConnectionPoolEntry

from battery_commons.store.errors import StoreError


class Condition(Enum):
    """How a database stands that is sound and ours, or that is not there yet."""

    NONE = auto()
    OLD = auto()
    """Of an older version: opening it changes its shape."""
    WELL = auto()


class Backend(Protocol):
    """One database of some kind, and how it differs from one of another."""

    @property
    def readers(self) -> Engine:
        """Connections of which each transaction sees the database as it stood at its first statement."""

    @property
    def writer(self) -> Engine:
        """Connections of which each transaction has no other writer beside it, of whichever program."""

    def refuse_unusable(self) -> None:
        """Raise StoreError unless there is none yet, or a sound one of ours and no newer version's.

        Nothing is made or changed.
        """

    def preparing(self) -> AbstractContextManager[Connection]:
        """Return a transaction in which the tables may be changed, and that may take long."""

    def mark(self, connection: Connection) -> None:
        """Have the database be known as ours, in the transaction that makes its first table."""

    def settle(self) -> None:
        """Do what can only be done once there are tables, outside a transaction."""

    def claim(self) -> None:
        """Keep other coordinators away until closed, where the folder's lock does not do that."""

    def translated(self, error: Exception) -> StoreError | None:
        """Return what an error means for whoever keeps the database; None for one that is not of its kind."""

    def close(self) -> None:
        """Let go of the database: of what a thread is still at, as soon as it is done."""


def close_all(engine: Engine) -> None:
    """Close an engine's connections: those that lie idle now, any other when it is given back.

    A task that is cancelled leaves its thread at work. Its connection would otherwise go back to a pool that
    nobody looks after any more, and stay open, with what it locks.
    """
    event.listen(engine, "checkin", _close)
    engine.dispose()


def _close(_connection: DBAPIConnection | None, entry: ConnectionPoolEntry) -> None:
    entry.close()


@contextmanager
def translated_errors(backend: Backend) -> Iterator[None]:
    """Raise StoreError in the place of the database's own errors.

    Not where a rule of its tables was broken: only the caller can explain that.
    """
    try:
        yield
    except IntegrityError:
        raise
    except Exception as error:
        if (translated := backend.translated(error)) is None:
            raise
        raise translated from error
