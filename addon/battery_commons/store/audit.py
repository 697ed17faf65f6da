"""The audit log: what administrators did, when, and about whom.

Each entry is written in the transaction of its act, so that there is none without the other. SQLite itself
refuses to change or delete one (the triggers of migration 0004). An entry names homes, invitations and
transformers by their ids: nothing in it is a household's, so it stays when a home is erased.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, insert, select

from battery_commons.store import schema
from battery_commons.store.database import Database

MOST_LISTED = 500


class Act(StrEnum):
    """What an administrator can do."""

    VILLAGE_RENAMED = "village_renamed"
    TRANSFORMER_ADDED = "transformer_added"
    TRANSFORMER_CHANGED = "transformer_changed"
    METER_TOKEN_RENEWED = "meter_token_renewed"  # noqa: S105 - the name of an act
    INVITATION_MADE = "invitation_made"
    INVITATION_REVOKED = "invitation_revoked"
    HOME_SUSPENDED = "home_suspended"
    HOME_RESUMED = "home_resumed"
    HOME_MOVED = "home_moved"
    HOME_REMOVED = "home_removed"
    CODE_ANNOUNCED = "code_announced"
    CODE_WITHDRAWN = "code_withdrawn"


@dataclass(frozen=True, slots=True)
class Author:
    """An administrator at work."""

    name: str
    at: datetime
    """When, in village time."""


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One act."""

    number: int
    at: datetime
    administrator: str
    act: Act
    about: str
    """The id of the home, invitation, transformer, code or village that it was about."""
    detail: str
    """What the act brought about, where its name does not say so; may be empty."""


class AuditStore(Database):
    """What administrators did."""

    def audit(self, most: int = MOST_LISTED) -> list[AuditEntry]:
        """Return the last `most` acts, the newest first."""
        table = schema.audit
        with self._read() as connection:
            rows = connection.execute(select(table).order_by(table.c.number.desc()).limit(most)).all()
        return [
            AuditEntry(row.number, row.at, row.administrator, Act(row.act), row.about, row.detail)
            for row in rows
        ]


def record(connection: Connection, author: Author | None, act: Act, about: str, detail: str = "") -> None:
    """Write an act down in the transaction that carries it out; without an author it was nobody's."""
    if author is None:
        return
    connection.execute(
        insert(schema.audit).values(
            at=author.at, administrator=author.name, act=act.value, about=about, detail=detail
        )
    )
