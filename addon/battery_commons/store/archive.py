"""A full backup in one file: the database, and the key that signs plans. It is a zip, for any computer."""

import os
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO

from battery_commons.store.backup import back_up, check_whole
from battery_commons.store.errors import StoreError
from battery_commons.store.keys import load_or_create_key
from battery_commons.store.sqlite import MAGIC
from battery_commons.store.store import Store

DATABASE_IN = "village.db"
KEY_IN = "village-key.pem"
LARGEST_DATABASE = 8 * 1024**3
"""Bytes; years of a thousand homes take less."""
_LARGEST_KEY = 16 * 1024
_AT_ONCE = 1024 * 1024
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError)
"""What zipfile raises for what is cut short, altered, encrypted or made in a way that it cannot read."""


@dataclass(frozen=True, slots=True)
class Unpacked:
    """A backup laid out, for as long as it is looked at."""

    database: Path
    """Brought to the present shape."""
    key: Path | None


@dataclass(frozen=True, slots=True)
class Contents:
    """What a backup holds."""

    village: str
    homes: int
    last_reading_at: datetime | None
    """Of a battery, in village time."""
    has_key: bool


def make_archive(database: Path, key: Path, archive: Path) -> None:
    """Write a full backup (mode 0600), while the coordinator runs or not. Raises StoreError.

    The file is there whole or not at all.
    """
    try:
        with tempfile.TemporaryDirectory(dir=archive.parent, prefix=".backup-") as folder:
            copy, draft = Path(folder, DATABASE_IN), Path(folder, "draft.zip")
            load_or_create_key(key)
            back_up(database, copy)
            with (
                os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file,
                zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed,
            ):
                packed.write(copy, DATABASE_IN)
                packed.write(key, KEY_IN)
            with draft.open("rb") as written:
                os.fsync(written.fileno())
            draft.rename(archive)
    except OSError as error:
        raise StoreError(f"{archive.name} cannot be written: {error.strerror}. Is the disk full?") from error


@contextmanager
def unpacked(backup: Path, beside: Path) -> Iterator[Unpacked]:
    """Lay a full backup, or a copy of the database alone, out beside `beside` while the block runs.

    Raises StoreError for what is broken, another program's or a newer version's; `backup` is left as it is.
    """
    try:
        with tempfile.TemporaryDirectory(dir=beside.parent, prefix=".restore-") as folder:
            database, key = Path(folder, DATABASE_IN), Path(folder, KEY_IN)
            has_key = _unpack(backup, database, key)
            try:
                check_whole(database)
                Store.open(database).close()
                if has_key:
                    load_or_create_key(key)
            except StoreError as error:
                # Where it was laid out means nothing to whoever reads this.
                raise StoreError(str(error).replace(f"{folder}{os.sep}", f"{backup.name}: ")) from error
            yield Unpacked(database, key if has_key else None)
    except OSError as error:
        raise StoreError(f"{backup.name} cannot be unpacked: {error.strerror}. Is the disk full?") from error


def contents(backup: Path, beside: Path) -> Contents:
    """Return what a backup holds, having looked through all of it. Raises StoreError."""
    with unpacked(backup, beside) as found, closing(Store.open(found.database)) as store:
        heard = [reading.at for reading in store.latest_battery_readings().values()]
        return Contents(
            store.village().name, store.home_count(), max(heard, default=None), found.key is not None
        )


def _unpack(backup: Path, database: Path, key: Path) -> bool:
    """Write what is in a backup to files; return whether there was a key."""
    with backup.open("rb") as file:
        begins_as_database = file.read(len(MAGIC)) == MAGIC
        file.seek(0)
        if begins_as_database:
            _write(file, database, LARGEST_DATABASE)
            return False
        try:
            with zipfile.ZipFile(file) as packed:
                names = sorted(packed.namelist())
                if names not in ([DATABASE_IN], sorted([DATABASE_IN, KEY_IN])):
                    raise StoreError(f"{backup.name} is no backup of Battery Commons.")
                for name, target, largest in (
                    (DATABASE_IN, database, LARGEST_DATABASE),
                    (KEY_IN, key, _LARGEST_KEY),
                ):
                    if name in names:
                        with packed.open(name) as part:
                            _write(part, target, largest)
        except _BROKEN as error:
            raise StoreError(f"{backup.name} is damaged, or no backup of Battery Commons.") from error
    return KEY_IN in names


def _write(source: IO[bytes], target: Path, largest: int) -> None:
    """Copy at most so many bytes: what a zip says of its size is not believed."""
    written = 0
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        while part := source.read(_AT_ONCE):
            written += len(part)
            if written > largest:
                raise StoreError(f"{target.name} in the backup is larger than any village's.")
            file.write(part)
