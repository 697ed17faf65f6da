"""The shape of the database: which revisions there are, and how one is brought to the newest."""

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection


def migrate(connection: Connection, revision: str = "head") -> None:
    """Bring the tables to a revision, in the transaction that is open."""
    config = _alembic()
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def known_revisions() -> set[str]:
    """Return every revision that this version knows."""
    return {script.revision for script in ScriptDirectory.from_config(_alembic()).walk_revisions()}


def newest_revisions() -> set[str]:
    """Return the revision that this version brings a database to."""
    return set(ScriptDirectory.from_config(_alembic()).get_heads())


def _alembic() -> Config:
    config = Config()
    config.set_main_option("script_location", "battery_commons.store:migrations")
    return config
