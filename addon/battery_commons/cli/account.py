"""The account's commands: written out for anybody to check, and checked."""

import argparse

from battery_commons.account.export import write_export
from battery_commons.account.keeping.books import Books
from battery_commons.cli.say import say
from battery_commons.cli.village import open_store
from battery_commons.store.keys import load_or_create_key
from battery_commons.store.place import KEY


def export(options: argparse.Namespace) -> None:
    """Write the whole account to a file or folder. Raises ValueError where that cannot be."""
    if options.to.exists():
        raise ValueError(f"{options.to} is there already, and is left as it is. Name another file.")
    if not (options.data_dir / KEY).exists():
        # One made here would not be the one that signed the ledger.
        raise ValueError(f"{options.data_dir} has no {KEY}. Name the village's folder with --data-dir.")
    key = load_or_create_key(options.data_dir / KEY)
    with open_store(options) as store:
        whole = Books(store, key).export()
        try:
            write_export(options.to, whole)
        except OSError as error:
            raise ValueError(f"{options.to} cannot be written: {error.strerror}.") from error
    say(f"{options.to}: {len(whole.entries)} entries, {len(whole.tables)} tables.")
    say(f"Check it: battery-commons audit {options.to}")
