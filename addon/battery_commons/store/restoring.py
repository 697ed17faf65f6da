"""Putting a backup back where a coordinator runs: it stops, changes the database, and starts again.

What asks for it and what came of it outlive that restart in here; the pages show them.
"""

import asyncio
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import structlog

from battery_commons.store import Store, StoreError
from battery_commons.store.administrators import Access
from battery_commons.store.archive import unpacked
from battery_commons.store.audit import Act, Author
from battery_commons.store.backup import put_back
from battery_commons.store.backup_folder import Backup, BackupFolder
from battery_commons.store.keys import load_or_create_key, put_key_back

_LOGGER = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of putting a backup back."""

    backup: Backup
    problem: str | None
    """Why it was not put back, in words; None where it was."""


class Restoring:
    """One request to put a backup back at a time, and what came of the last. It outlives an event loop."""

    def __init__(self) -> None:
        """Start with nothing asked."""
        self.asked = asyncio.Event()
        self.outcome: Outcome | None = None
        self._request: tuple[Backup, Author] | None = None

    def ask(self, backup: Backup, by: Author) -> None:
        """Have the coordinator put `backup` back, as soon as it has stopped its work."""
        self._request = backup, by
        self.outcome = None
        self.asked.set()

    def carry_out(self, folder: BackupFolder, now: datetime) -> bool:
        """Do what was asked, if anything was, while nobody uses the data folder; return whether it was.

        `now` is wall time.
        """
        if self._request is None:
            return False
        backup, author = self._request
        problem = None
        try:
            restore(backup, folder, author, now)
            _LOGGER.info("backup put back", backup=backup.name)
        except (StoreError, OSError) as error:
            problem = str(error)
            _LOGGER.error("backup not put back", backup=backup.name, problem=problem)  # noqa: TRY400 - made to be read
        self.outcome = Outcome(backup, problem)
        self._request = None
        self.asked = asyncio.Event()  # The one before belongs to an event loop that has ended.
        return True


def restore(
    backup: Backup, folder: BackupFolder, by: Author, now: datetime
) -> tuple[Path | None, Path | None]:
    """Put a backup in the place of the database, and its key in the place of the key, if it has one.

    Who may come in stays as it is: a backup brings back no former administrator or password. Return where the
    database and the key that were there are kept. Nothing is changed unless the backup is sound.

    Raises:
        StoreError: While a coordinator runs, or when the backup is damaged, from a newer version or not ours.
        OSError: When there is no room.
    """
    with unpacked(backup.path, folder.database) as found:
        key = found.key or backup.key
        if key is not None:
            load_or_create_key(key)
        access = _access(folder.database)
        with closing(Store.open(found.database)) as store:
            if access is not None:
                store.replace_access(access)
            store.note(Act.RESTORED, backup.name, by)
        former = put_back(found.database, folder.database, now)
        try:
            former_key = put_key_back(key, folder.key, now) if key is not None else None
        except BaseException:
            if former is not None:
                former.replace(folder.database)
            raise
    return former, former_key


def _access(database: Path) -> Access | None:
    """Return who may come in now; None where that is nobody yet, or the damage that a backup is to mend."""
    if not database.exists():
        return None
    try:
        with closing(Store.open(database)) as store:
            return store.access() if store.has_administrators() else None
    except StoreError as error:
        _LOGGER.warning("who may sign in is as the backup has it", problem=str(error))
        return None
