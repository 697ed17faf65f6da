"""Taking care of a village's data: copies of it, and putting one back."""

import argparse
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from battery_commons.cli.say import say
from battery_commons.cli.village import URL, place_of, url_of
from battery_commons.store import Store
from battery_commons.store.audit import COMMAND_LINE, Author
from battery_commons.store.backup import back_up
from battery_commons.store.backup_folder import Backup, BackupFolder, Kind
from battery_commons.store.keys import copy_key
from battery_commons.store.moving import move
from battery_commons.store.place import DATABASE, KEY
from battery_commons.store.restoring import restore as put_back


def backup(options: argparse.Namespace) -> None:
    """Copy the database, and the signing key where that is asked."""
    database = _file_of(options)
    key, key_copy = options.data_dir / KEY, _key_of(options.file)
    if options.with_key:
        copy_key(key, key_copy)
    try:
        back_up(database, options.file)
    except BaseException:
        if options.with_key:
            key_copy.unlink()
        raise
    say(f"{options.file}: {options.file.stat().st_size / 1e6:.1f} MB, checked, whole.")
    if options.with_key:
        say(f"{key_copy}: the key that signs every plan. Whoever has it can steer the village's batteries;")
        say("keep both files where only you can read them.")
    else:
        say(f"Not in it: the key that signs every plan ({key}).")
        say(
            "Without it every home must join again. It never changes: keep one copy of it, or use --with-key."
        )
    say("Not in it either: a TLS certificate. The village makes one of its own anew.")


def restore(options: argparse.Namespace) -> None:
    """Put a backup in the place of the database."""
    database = _file_of(options)
    options.data_dir.mkdir(parents=True, exist_ok=True)
    now = datetime.now(UTC)
    if not options.file.exists():
        raise ValueError(f"There is no database {options.file}.")
    key, key_copy = options.data_dir / KEY, _key_of(options.file)
    backup = Backup(
        name=options.file.name,
        kind=Kind.UPLOADED,
        made_at=now,
        size=options.file.stat().st_size,
        path=options.file,
        key=key_copy if key_copy.exists() else None,
    )
    former, former_key = put_back(backup, BackupFolder(database, key), Author(COMMAND_LINE, now), now)
    if former is not None:
        say(f"The former database is kept as {former}.")
    if former_key is not None:
        say(f"The former signing key is kept as {former_key}.")
    with closing(Store.open(database)) as store:
        heard = [reading.at for reading in store.latest_battery_readings().values()]
        say(f"{store.village().name} is back, with {store.home_count()} homes.")
    if heard:
        say(f"Its last reading of a battery is of {max(heard):%d-%m-%Y %H:%M} UTC.")
    say("Homes that joined after that must join again. Homes that left after that are back: remove them.")
    if not key.exists():
        say(f"There is no signing key. Put your copy of it back as {key} before you start the coordinator:")
        say("otherwise it makes a new one, and every home must join again.")


def move_database(options: argparse.Namespace) -> None:
    """Copy the village from its file to a server. Raises StoreError, or ValueError without a URL."""
    url, file = url_of(options.to or options.database_url), options.data_dir / DATABASE
    if url is None:
        raise ValueError(f"say where to: with --to, or in ${URL}")
    moved = move(file, url)
    rows = f"{sum(moved.values())} rows in {len(moved)} tables"
    say(f"The village is on {url}: {rows}, each seen to be the same.")
    say(f"From now on start the coordinator, and every command, with ${URL}.")
    say(f"{file} is as it was, and no longer kept up: put it elsewhere, so that nothing starts on it again.")


def _file_of(options: argparse.Namespace) -> Path:
    """Return the file that the village is in. Raises ValueError for one on a server."""
    place = place_of(options)
    if isinstance(place, Path):
        return place
    raise ValueError(
        f"the village is on {place}: copy it with pg_dump and put it back with pg_restore, as "
        f"docs/operations.md says. The key that signs plans is a file still: {options.data_dir / KEY}"
    )


def _key_of(backup: Path) -> Path:
    """Return where the key is kept that goes with a backup."""
    return backup.with_name(f"{backup.name}.key.pem")
