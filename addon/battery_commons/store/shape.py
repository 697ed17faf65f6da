"""The shape of the database: which revisions there are, and how one is brought to the newest."""

import re
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from importlib.resources import files

from sqlalchemy import Connection, inspect, text

_REVISION = re.compile(r'^revision = "(.+)"$', re.MULTILINE)
_FORMER = re.compile(r'^down_revision = "(.+)"$', re.MULTILINE)


def migrate(connection: Connection, revision: str | None = None) -> None:
    """Bring the tables to a revision, or to the newest, in the transaction that is open."""
    wanted = newest_revisions() if revision is None else {revision}
    if inspect(connection).has_table("alembic_version") and revisions_of(connection) == wanted:
        return
    import_module("battery_commons.store.migrating").upgrade(connection, *wanted)


def revisions_of(connection: Connection) -> set[str]:
    """Return of which revision a database of ours is."""
    return {*connection.scalars(text("SELECT version_num FROM alembic_version"))}


def known_revisions() -> set[str]:
    """Return every revision that this version knows."""
    return {*_revisions()}


def newest_revisions() -> set[str]:
    """Return the revision that this version brings a database to."""
    return known_revisions() - {*_revisions().values()}


@cache
def _revisions() -> Mapping[str, str | None]:
    """Return each revision with the one before it, as the migrations themselves say."""
    scripts = [
        each.read_text()
        for each in files("battery_commons.store.migrations.versions").iterdir()
        if each.name.endswith(".py")
    ]
    found = ((_REVISION.search(script), _FORMER.search(script)) for script in scripts)
    return {revision[1]: former and former[1] for revision, former in found if revision}
