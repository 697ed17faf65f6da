"""How a village's database stands, seen without changing anything about it."""

import sqlite3
from pathlib import Path

from battery_commons.store.backend import Condition
from battery_commons.store.backup import check_whole
from battery_commons.store.place import Place
from battery_commons.store.postgresql import condition as condition_on_server
from battery_commons.store.sqlite import is_outdated, store_error


def condition_of(place: Place) -> Condition:
    """Return how the database stands. Raises StoreError for one that is damaged, not ours or out of reach."""
    if not isinstance(place, Path):
        return condition_on_server(place)
    if not place.exists() or not place.stat().st_size:
        return Condition.NONE
    check_whole(place)
    try:
        return Condition.OLD if is_outdated(place) else Condition.WELL
    except sqlite3.DatabaseError as error:
        raise store_error(place, error) from error
