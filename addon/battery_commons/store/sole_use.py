"""One coordinator per data folder, and none while the database is put back."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from battery_commons.store.errors import StoreError

LOCK = "coordinator.lock"
"""An empty file. What counts is the lock on it, which ends with the process that has it."""


@contextmanager
def sole_use(folder: Path) -> Iterator[None]:
    """Have the data folder to oneself. Raises StoreError while a coordinator runs on it."""
    try:
        file = (folder / LOCK).open("ab")
    except OSError as error:
        msg = f"The folder {folder} cannot be used: {error.strerror}. Check that it is there, and its rights."
        raise StoreError(msg) from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            msg = f"A coordinator is running on the folder {folder}. Stop it first."
            raise StoreError(msg) from error
        yield


def is_in_use(folder: Path) -> bool:
    """Return whether a coordinator runs on the data folder."""
    try:
        with (folder / LOCK).open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False
