"""Copies of the database that can be made while the coordinator runs, and put back while it does not."""

import os
import sqlite3
import tempfile
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from battery_commons.store.errors import StoreError
from battery_commons.store.sole_use import sole_use
from battery_commons.store.sqlite import BUSY_TIMEOUT, MAGIC, read_only, refuse_foreign, store_error
from battery_commons.store.store import Store

_BESIDE = ("", "-wal", "-shm")
"""What SQLite may keep in files next to a database; the three belong together."""


def back_up(database: Path, copy: Path) -> None:
    """Write a copy of the database as it stands at one moment, whoever is writing to it.

    It is one file, checked, mode 0600. Nothing that was erased is in it: free space is left out.

    Raises:
        StoreError: When there is no sound database, or it cannot be read.
        FileExistsError: When `copy` is there already.
        OSError: When `copy` cannot be written.
    """
    if copy.exists():
        raise FileExistsError(f"{copy} is there already, and is left as it is. Name another file.")
    draft = _copied(database, copy.parent)
    try:
        draft.rename(copy)
    finally:
        draft.unlink(missing_ok=True)
    _sync_folder(copy.parent)


def put_back(backup: Path, database: Path, now: datetime) -> Path | None:
    """Put a backup in the place of the database; return where the former one is kept, if there was one.

    The backup is left as it is. Nothing is changed unless the copy of it is sound and brought to the
    present shape.

    Raises:
        StoreError: While a coordinator runs, or when the backup is damaged, from a newer version or not ours.
        OSError: When there is no room.
    """
    with sole_use(database.parent):
        draft = _copied(backup, database.parent)
        try:
            Store.open(draft).close()
            former = _put_aside(database, now)
            draft.rename(database)
        finally:
            for name in _BESIDE:
                Path(f"{draft}{name}").unlink(missing_ok=True)
        _sync_folder(database.parent)
    return former


def check_whole(path: Path) -> None:
    """Read every page of a database. Raises StoreError unless it is there, ours and sound."""
    if not path.exists() or not path.stat().st_size:
        raise StoreError(f"There is no database {path}.")
    refuse_foreign(path)
    try:
        with closing(read_only(path)) as db:
            [verdict] = db.execute("PRAGMA integrity_check(1)").fetchone()
            stray = db.execute("PRAGMA foreign_key_check").fetchone()
    except sqlite3.DatabaseError as error:
        raise store_error(path, error) from error
    if verdict != "ok" or stray is not None:
        problem = verdict if verdict != "ok" else f"a row of {stray[0]} that belongs to nothing"
        raise StoreError(f"The database {path} is damaged ({problem}). Put back a backup.")


def _copied(source: Path, folder: Path) -> Path:
    """Return a fresh file in `folder` with a checked copy of the database `source`."""
    check_whole(source)
    descriptor, name = tempfile.mkstemp(dir=folder, prefix=".village-copy.", suffix=".db")
    draft = Path(name)
    try:
        try:
            with closing(read_only(source)) as db:
                # Not the backup interface: that would take free pages along, with whatever was erased.
                db.execute("VACUUM INTO ?", (name,))
        except sqlite3.DatabaseError as error:
            raise store_error(source, error) from error
        check_whole(draft)
        os.fsync(descriptor)
    except BaseException:
        draft.unlink()
        raise
    finally:
        os.close(descriptor)
    return draft


def _put_aside(database: Path, now: datetime) -> Path | None:
    """Give the database another name, with what SQLite keeps beside it, and return that."""
    aside = database.with_name(f"{database.stem}-before-restore-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}.db")
    # SQLite would tidy up around what is no database: that is kept just as it is.
    if _begins_as_database(database):
        try:
            with closing(sqlite3.connect(database, timeout=BUSY_TIMEOUT)) as db:
                # Brings all into the one file. It needs the database to itself: nobody else is in it.
                db.execute("PRAGMA journal_mode = DELETE")
        except sqlite3.DatabaseError as error:
            if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY:
                raise store_error(database, error) from error
            # It is damaged, which may be why a backup is put back.
    parts = [name for name in _BESIDE if Path(f"{database}{name}").exists()]
    for name in parts:
        if name:
            Path(f"{database}{name}").rename(f"{aside}{name}")
        else:
            # A second name for it: were this cut short here, there would still be a database to start with.
            aside.hardlink_to(database)
    return aside if parts else None


def _begins_as_database(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(len(MAGIC)) == MAGIC
    except FileNotFoundError:
        return False


def _sync_folder(folder: Path) -> None:
    """See to it that new names in `folder` outlive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
