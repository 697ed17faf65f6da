"""The backups that are kept in the data folder, and what a restore put aside."""

import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path

from battery_commons.store.archive import make_archive
from battery_commons.store.errors import NotFoundError, StoreError

FOLDER = "backups"
NIGHTLY_KEPT = 7
NIGHT = timedelta(hours=2)
"""After midnight in UTC: three or four o'clock in the Netherlands."""
_STAMP = "%Y%m%dT%H%M%SZ"
_KEPT = re.compile(r"(\d{8}T\d{6}Z)-(manual|nightly|uploaded)\.(zip|db)", re.ASCII)


class Kind(StrEnum):
    """How a backup came to be here."""

    MANUAL = "manual"
    NIGHTLY = "nightly"
    UPLOADED = "uploaded"
    FORMER = "former"
    """The database before a restore."""


@dataclass(frozen=True, slots=True)
class Backup:
    """One that is kept."""

    name: str
    kind: Kind
    made_at: datetime
    """By the wall's clock."""
    size: int
    """Bytes."""
    path: Path
    key: Path | None = None
    """The key that goes with it, where that is a file of its own."""


class BackupFolder:
    """Makes, lists and throws away backups of one village that is a file. Every method may block."""

    def __init__(self, database: Path, key: Path) -> None:
        """Keep backups in a folder beside `database`."""
        self.database = database
        self.key = key
        self._folder = database.parent / FOLDER
        self._former = re.compile(
            rf"{re.escape(database.stem)}-before-restore-(\d{{8}}T\d{{6}}Z)\.db", re.ASCII
        )

    def all(self) -> list[Backup]:
        """Return what is kept, the newest first."""
        found = [
            backup
            for folder in (self._folder, self.database.parent)
            if folder.is_dir()
            for path in folder.iterdir()
            if path.is_file() and (backup := self._read(path)) is not None
        ]
        return sorted(found, key=lambda each: (each.made_at, each.name), reverse=True)

    def named(self, name: str) -> Backup:
        """Return one by its name. Raises NotFoundError."""
        for backup in self.all():
            if backup.name == name:
                return backup
        raise NotFoundError(f"there is no backup {name}")

    def make(self, kind: Kind, now: datetime) -> Backup:
        """Make one of everything. Raises StoreError."""
        path = self._new(kind, now, ".zip")
        make_archive(self.database, self.key, path)
        return self.named(path.name)

    def draft(self) -> Path:
        """Return a name for a file that is being brought in. Raises StoreError."""
        return self._made() / f".upload-{secrets.token_hex(8)}"

    def take_in(self, draft: Path, now: datetime) -> Backup:
        """Keep what was brought in. Raises StoreError."""
        with draft.open("rb") as file:
            suffix = ".zip" if file.read(2) == b"PK" else ".db"
        path = self._new(Kind.UPLOADED, now, suffix)
        draft.rename(path)
        return self.named(path.name)

    def delete(self, name: str) -> None:
        """Throw one away, with the key that goes with it. Raises NotFoundError."""
        backup = self.named(name)
        for path in (backup.path, backup.key):
            if path is not None:
                path.unlink(missing_ok=True)

    def make_nightly(self, now: datetime) -> Backup | None:
        """Make tonight's where there is none yet, and throw old nightly ones away. Raises StoreError."""
        night = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0) + NIGHT
        due = night if night <= now else night - timedelta(days=1)
        nightly = [backup for backup in self.all() if backup.kind is Kind.NIGHTLY]
        if nightly and nightly[0].made_at >= due:
            return None
        made = self.make(Kind.NIGHTLY, now)
        for old in nightly[NIGHTLY_KEPT - 1 :]:
            self.delete(old.name)
        return made

    def _new(self, kind: Kind, now: datetime, suffix: str) -> Path:
        path = self._made() / f"{now.astimezone(UTC):{_STAMP}}-{kind.value}{suffix}"
        if path.exists():
            raise StoreError("A backup was made this very second. Look at the list.")
        return path

    def _made(self) -> Path:
        try:
            self._folder.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise StoreError(f"The folder {self._folder} cannot be made: {error.strerror}.") from error
        return self._folder

    def _read(self, path: Path) -> Backup | None:
        if path.parent == self._folder:
            found = _KEPT.fullmatch(path.name)
            kind = Kind(found[2]) if found else None
        else:
            found, kind = self._former.fullmatch(path.name), Kind.FORMER
        if found is None or kind is None:
            return None
        try:
            made_at = datetime.strptime(found[1], _STAMP).replace(tzinfo=UTC)
            size = path.stat().st_size
        except ValueError, FileNotFoundError:
            return None  # no date that there is, or thrown away meanwhile
        key = self.key.with_name(f"{self.key.stem}-before-restore-{found[1]}.pem")
        return Backup(
            path.name, kind, made_at, size, path, key if kind is Kind.FORMER and key.exists() else None
        )
