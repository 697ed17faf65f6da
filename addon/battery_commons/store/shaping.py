"""Has a database brought to its present shape by a process of its own.

What does it takes 11 MB of memory, which a coordinator would keep for as long as it runs.
"""

import sqlite3
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from battery_commons.store.errors import StoreError
from battery_commons.store.sqlite import is_outdated
from battery_commons.store.store import Store


def shape_elsewhere(path: Path) -> None:
    """Make the database in a file, or bring it to its present shape, where that is needed.

    What goes wrong with that goes wrong again when the file is opened here, and is told then.
    """
    if not _is_well(path):
        # Not by multiprocessing, whose tracker would stay on, larger than what is saved.
        subprocess.run([sys.executable, "-m", __name__, str(path)], check=False)  # noqa: S603 - this module


def _is_well(path: Path) -> bool:
    with suppress(sqlite3.DatabaseError, OSError):
        return path.exists() and path.stat().st_size > 0 and not is_outdated(path)
    return False


if __name__ == "__main__":
    with suppress(StoreError):
        Store.open(Path(sys.argv[1])).close()
