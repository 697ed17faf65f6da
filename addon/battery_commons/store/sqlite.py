"""The village in one file of SQLite: what is particular to that."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DatabaseError
from sqlalchemy.pool import ConnectionPoolEntry

from battery_commons.store.backend import close_all
from battery_commons.store.errors import StoreError
from battery_commons.store.shape import known_revisions, newest_revisions

APPLICATION_ID = 0x42436D73
"""Stands in the header of the file, so that no other program's database is taken for ours ("BCms")."""
BUSY_TIMEOUT = 3.0
"""Seconds to wait for another process that is writing."""

FILE_MODE = 0o600
"""Passwords of meters' brokers stand in it (store/meter_sources.py), and what households do."""

MAGIC = b"SQLite format 3\0"
_APPLICATION_ID_AT = slice(68, 72)  # https://www.sqlite.org/fileformat.html#application_id
_HEADER_BYTES = 100


class SQLiteFile:
    """A database that is a file, as store/backend.py describes one."""

    def __init__(self, path: Path) -> None:
        """Open nothing yet. Raises StoreError where the folder for the file is missing."""
        if not path.parent.is_dir():
            msg = f"The folder {path.parent} for the database does not exist. Make it, or name another."
            raise StoreError(msg)
        self._path = path
        self.readers = engine(path)
        self.writer = self.readers.execution_options(writing=True)

    def refuse_unusable(self) -> None:
        """Raise StoreError unless the file is absent, empty, or sound and ours."""
        refuse_foreign(self._path)

    @contextmanager
    def preparing(self) -> Iterator[Connection]:
        """Return a transaction like any other."""
        with self.writer.begin() as connection:
            yield connection

    def mark(self, connection: Connection) -> None:
        """Write our number in the header of the file."""
        if connection.exec_driver_sql("PRAGMA application_id").scalar() != APPLICATION_ID:
            connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")

    def settle(self) -> None:
        """Have readers and the writer not wait for each other, and nobody else read. It stays so."""
        with suppress(PermissionError):  # Somebody else's file is theirs to close.
            self._path.chmod(FILE_MODE)  # The files beside it take it over.
        with closing(self.readers.raw_connection()) as raw:
            raw.cursor().execute("PRAGMA journal_mode = WAL")

    def claim(self) -> None:
        """Rely on the lock of the folder that the file is in (store/sole_use.py)."""

    def translated(self, error: Exception) -> StoreError | None:
        """Return what an error of SQLite means."""
        if isinstance(error, DatabaseError):
            return store_error(self._path, error.orig)
        return store_error(self._path, error) if isinstance(error, sqlite3.DatabaseError) else None

    def close(self) -> None:
        """Let go of the file. A write that was acknowledged is in it already."""
        close_all(self.readers)


def engine(path: Path) -> Engine:
    """Return connections to a file. One that is to write has the execution option `writing`."""
    # The driver's own transactions are switched off: SQLite is told where each begins, and whether it
    # will write. A reader that turns writer halfway could not wait for its turn.
    connections = create_engine(
        f"sqlite:///{path}",
        connect_args={"timeout": BUSY_TIMEOUT, "isolation_level": None},
        hide_parameters=True,  # an error is logged; what a household told is not
    )

    def configure(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
        cursor = connection.cursor()
        cursor.execute("PRAGMA foreign_keys = ON")
        # What a home was told is kept must outlive a power cut, not only a crash of this program.
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.close()

    def begin(connection: Connection) -> None:
        writing = connection.get_execution_options().get("writing", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    event.listen(connections, "connect", configure)
    event.listen(connections, "begin", begin)
    return connections


def refuse_foreign(path: Path) -> None:
    """Raise StoreError unless the file is absent, empty, or a sound database of ours and no newer version's.

    It is looked at before it is opened as a database, so that nothing beside it is touched either.
    """
    try:
        with path.open("rb") as file:
            header = file.read(_HEADER_BYTES)
    except FileNotFoundError:
        return
    except OSError as error:
        msg = f"The database {path} cannot be read: {error.strerror}. Check its permissions."
        raise StoreError(msg) from error
    if not header:
        return  # made, but never written: a first start that was cut short
    if not header.startswith(MAGIC):
        msg = f"{path} is damaged, or no database at all. Put back a backup, or move the file away."
        raise StoreError(msg)
    if int.from_bytes(header[_APPLICATION_ID_AT]) != APPLICATION_ID:
        msg = f"{path} is the database of another program. Name another file."
        raise StoreError(msg)
    try:
        with closing(read_only(path)) as db:
            [verdict] = db.execute("PRAGMA quick_check(1)").fetchone()
        revisions = revisions_in(path)
    except sqlite3.DatabaseError as error:
        raise store_error(path, error) from error
    if verdict != "ok":
        msg = f"The database {path} is damaged ({verdict}). Put back a backup, or move the file away."
        raise StoreError(msg)
    if not revisions <= known_revisions():
        msg = f"The database {path} was made by a newer version of Battery Commons. Update this one."
        raise StoreError(msg)


def revisions_in(path: Path) -> set[str]:
    """Return of which revision a database of ours is. Raises sqlite3.DatabaseError when it cannot be read."""
    with closing(read_only(path)) as db:
        return {revision for [revision] in db.execute("SELECT version_num FROM alembic_version")}


def is_outdated(path: Path) -> bool:
    """Return whether a sound database of ours is of an older version, and changes its shape when opened."""
    return revisions_in(path) != newest_revisions()


def read_only(path: Path) -> sqlite3.Connection:
    """Open a sound database of ours to read it.

    A change that a power cut broke off is undone first, as SQLite does for whoever may write.

    Raises:
        sqlite3.DatabaseError: When it cannot be read.
    """
    connection = _connected(path, "ro")
    try:
        connection.execute("PRAGMA schema_version")
    except sqlite3.DatabaseError as error:
        connection.close()
        if error.sqlite_errorcode != sqlite3.SQLITE_READONLY_ROLLBACK:
            raise
        with closing(_connected(path, "rw")) as writer:
            writer.execute("PRAGMA schema_version")
        return _connected(path, "ro")
    return connection


def _connected(path: Path, mode: str) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode={mode}", uri=True, timeout=BUSY_TIMEOUT)


def store_error(path: Path, error: BaseException | None) -> StoreError:
    """Return what an error of SQLite means for whoever keeps the file."""
    code = getattr(error, "sqlite_errorcode", None)
    primary = code & 0xFF if isinstance(code, int) else None
    match primary:
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            advice = "is locked by another program. Stop the other one, or try again"
        case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB:
            advice = "is damaged. Put back a backup, or move the file away"
        case sqlite3.SQLITE_FULL:
            advice = "cannot grow: the disk is full. Make room"
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_PERM | sqlite3.SQLITE_IOERR:
            advice = "cannot be read or written. Check its permissions and the disk"
        case _:
            advice = "cannot be used"
    return StoreError(f"The database {path} {advice} ({error}).")
