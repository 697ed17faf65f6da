"""The village's store as a command opens it, and in whose name a command acts."""

import argparse
from contextlib import closing

from battery_commons.cli.clock import clock_of
from battery_commons.coordinator import DATABASE
from battery_commons.store import Store
from battery_commons.store.audit import Author

COMMAND_LINE = "command line"
"""Who acts in the audit log: whoever may use the coordinator's machine."""


def open_store(options: argparse.Namespace) -> closing[Store]:
    """Open the store, to be closed when its block ends. Raises StoreError."""
    return closing(Store.open(options.data_dir / DATABASE))


def author_of(options: argparse.Namespace) -> Author:
    """Return who acts, at the village's time."""
    return Author(COMMAND_LINE, clock_of(options).now())
