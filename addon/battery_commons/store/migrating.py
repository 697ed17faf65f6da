"""Carries out what brings a database from one revision to another. Loaded when needed: it takes 11 MB."""

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection


def upgrade(connection: Connection, revision: str) -> None:
    """Bring the tables to a revision, in the transaction that is open."""
    config = Config()
    config.set_main_option("script_location", "battery_commons.store:migrations")
    config.attributes["connection"] = connection
    command.upgrade(config, revision)
