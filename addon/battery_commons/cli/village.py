"""The village's store as a command opens it, and in whose name a command acts."""

import argparse
import os
from contextlib import closing
from dataclasses import replace

from battery_commons.cli.clock import clock_of
from battery_commons.store import Store
from battery_commons.store.audit import COMMAND_LINE, Author
from battery_commons.store.place import DATABASE, DatabaseUrl, Place

URL = "BATTERY_COMMONS_DATABASE_URL"
PASSWORD = "PGPASSWORD"  # noqa: S105 - the name of a variable, that every PostgreSQL client knows


def open_store(options: argparse.Namespace) -> closing[Store]:
    """Open the store, to be closed when its block ends. Raises StoreError, or ValueError for a wrong URL."""
    return closing(Store.open(place_of(options)))


def place_of(options: argparse.Namespace) -> Place:
    """Return where the village's database is. Raises ValueError for a wrong URL."""
    return url_of(options.database_url) or options.data_dir / DATABASE


def url_of(given: str | None) -> DatabaseUrl | None:
    """Return the database's URL: the one that a command was given, or that of the environment.

    Raises ValueError for a wrong URL, and for a given one with a password: everybody on a machine can see
    what commands there are given.
    """
    text = given or os.environ.get(URL)
    if not text:
        return None
    url = DatabaseUrl.parse(text)
    if given and url.password:
        raise ValueError(
            f"a command line is no place for a password: put it in ${PASSWORD}, or all in ${URL}"
        )
    return url if url.password else replace(url, password=os.environ.get(PASSWORD))


def author_of(options: argparse.Namespace) -> Author:
    """Return who acts, at the village's time."""
    return Author(COMMAND_LINE, clock_of(options).now())
