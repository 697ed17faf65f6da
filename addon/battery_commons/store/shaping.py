"""Has a database brought to its present shape by a process of its own.

What does it takes 11 MB of memory, which a coordinator would keep for as long as it runs.
"""

import sqlite3
from contextlib import suppress
from multiprocessing import get_context
from pathlib import Path

from battery_commons.store.errors import StoreError
from battery_commons.store.sqlite import is_outdated
from battery_commons.store.store import Store


def shape_elsewhere(path: Path) -> None:
    """Make the database in a file, or bring it to its present shape, where that is needed.

    What goes wrong with that goes wrong again when the file is opened here, and is told then.
    """
    if _is_well(path):
        return
    child = get_context("spawn").Process(target=_open, args=(path,), name="database")
    child.start()
    child.join()


def _is_well(path: Path) -> bool:
    with suppress(sqlite3.DatabaseError, OSError):
        return path.exists() and path.stat().st_size > 0 and not is_outdated(path)
    return False


def _open(path: Path) -> None:
    with suppress(StoreError):
        Store.open(path).close()
