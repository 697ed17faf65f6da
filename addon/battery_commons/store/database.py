"""The SQLite file: opened with care, written one transaction at a time."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Self

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event, insert, select
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DatabaseError, IntegrityError
from sqlalchemy.pool import ConnectionPoolEntry

from battery_commons.store.errors import StoreError
from battery_commons.store.schema import village
from battery_commons.store.tokens import new_id

APPLICATION_ID = 0x42436D73
"""Stands in the header of the file, so that no other program's database is taken for ours ("BCms")."""
BUSY_TIMEOUT = 3.0
"""Seconds to wait for another process that is writing."""
DEFAULT_VILLAGE_NAME = "Battery Commons"

MAGIC = b"SQLite format 3\0"
_APPLICATION_ID_AT = slice(68, 72)  # https://www.sqlite.org/fileformat.html#application_id
_HEADER_BYTES = 100


class Database:
    """A connection pool on one file; the subjects of the store build on it.

    Its methods may be called from any thread: readers see the last commit, writers take turns.
    """

    def __init__(self, path: Path, engine: Engine) -> None:
        """Use `open` instead, which makes sure of the file first."""
        self._path = path
        self._engine = engine
        self._writing_engine = engine.execution_options(writing=True)
        self._one_writer = threading.Lock()

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open the database, made or brought to the present shape where needed.

        Raises:
            StoreError: When the file is locked, damaged, not ours or from a newer version. Such a
                file is left as it is.
        """
        if not path.parent.is_dir():
            msg = f"The folder {path.parent} for the database does not exist. Make it, or name another."
            raise StoreError(msg)
        refuse_foreign(path)
        store = cls(path, _engine(path))
        try:
            with store._write() as connection:
                _migrate(connection)
                if connection.scalar(select(village.c.id)) is None:
                    connection.execute(insert(village).values(id=new_id(), name=DEFAULT_VILLAGE_NAME))
            with store._translated_errors(), closing(store._engine.raw_connection()) as raw:
                # Readers and the writer then do not wait for each other. It stays so in the file.
                raw.cursor().execute("PRAGMA journal_mode = WAL")
        except BaseException:
            store.close()
            raise
        return store

    def close(self) -> None:
        """Let go of the file. A write that was acknowledged is in it already."""
        self._engine.dispose()

    @contextmanager
    def _read(self) -> Iterator[Connection]:
        with self._translated_errors(), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def _write(self) -> Iterator[Connection]:
        """One transaction: all of it is on disk when the block ends, or none of it."""
        with self._one_writer, self._translated_errors(), self._writing_engine.begin() as connection:
            yield connection

    @contextmanager
    def _translated_errors(self) -> Iterator[None]:
        try:
            yield
        except IntegrityError:
            raise  # a rule of the tables, for the caller to explain
        except DatabaseError as error:
            raise store_error(self._path, error.orig) from error
        except sqlite3.DatabaseError as error:
            raise store_error(self._path, error) from error


def _engine(path: Path) -> Engine:
    # The driver's own transactions are switched off: SQLite is told where each begins, and whether it
    # will write. A reader that turns writer halfway could not wait for its turn.
    engine = create_engine(
        f"sqlite:///{path}", connect_args={"timeout": BUSY_TIMEOUT, "isolation_level": None}
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

    event.listen(engine, "connect", configure)
    event.listen(engine, "begin", begin)
    return engine


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
            revisions = db.execute("SELECT version_num FROM alembic_version").fetchall()
    except sqlite3.DatabaseError as error:
        raise store_error(path, error) from error
    if verdict != "ok":
        msg = f"The database {path} is damaged ({verdict}). Put back a backup, or move the file away."
        raise StoreError(msg)
    known = {script.revision for script in ScriptDirectory.from_config(_alembic()).walk_revisions()}
    if not {revision for [revision] in revisions} <= known:
        msg = f"The database {path} was made by a newer version of Battery Commons. Update this one."
        raise StoreError(msg)


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


def is_outdated(path: Path) -> bool:
    """Return whether a sound database of ours is of an older version, and changes its shape when opened."""
    with closing(read_only(path)) as db:
        revisions = {revision for [revision] in db.execute("SELECT version_num FROM alembic_version")}
    return revisions != set(ScriptDirectory.from_config(_alembic()).get_heads())


def _migrate(connection: Connection) -> None:
    if connection.exec_driver_sql("PRAGMA application_id").scalar() != APPLICATION_ID:
        connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
    config = _alembic()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _alembic() -> Config:
    config = Config()
    config.set_main_option("script_location", "battery_commons.store:migrations")
    return config


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
