"""Taking care of a village's data: copies of it, and putting one back."""

import argparse
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from battery_commons.cli.say import say
from battery_commons.coordinator import DATABASE, KEY
from battery_commons.store import Store
from battery_commons.store.backup import back_up, put_back
from battery_commons.store.keys import copy_key, load_or_create_key, put_key_back


def backup(options: argparse.Namespace) -> None:
    """Copy the database, and the signing key where that is asked."""
    key, key_copy = options.data_dir / KEY, _key_of(options.file)
    if options.with_key:
        copy_key(key, key_copy)
    try:
        back_up(options.data_dir / DATABASE, options.file)
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
    options.data_dir.mkdir(parents=True, exist_ok=True)
    now = datetime.now(UTC)
    key, key_copy = options.data_dir / KEY, _key_of(options.file)
    if key_copy.exists():
        load_or_create_key(key_copy)
    former = put_back(options.file, options.data_dir / DATABASE, now)
    if former is not None:
        say(f"The former database is kept as {former}.")
    if key_copy.exists() and (former_key := put_key_back(key_copy, key, now)) is not None:
        say(f"The former signing key is kept as {former_key}.")
    with closing(Store.open(options.data_dir / DATABASE)) as store:
        heard = [reading.at for reading in store.latest_battery_readings().values()]
        say(f"{store.village().name} is back, with {store.home_count()} homes.")
    if heard:
        say(f"Its last reading of a battery is of {max(heard):%d-%m-%Y %H:%M} UTC.")
    say("Homes that joined after that must join again. Homes that left after that are back: remove them.")
    if not key.exists():
        say(f"There is no signing key. Put your copy of it back as {key} before you start the coordinator:")
        say("otherwise it makes a new one, and every home must join again.")


def _key_of(backup: Path) -> Path:
    """Return where the key is kept that goes with a backup."""
    return backup.with_name(f"{backup.name}.key.pem")
