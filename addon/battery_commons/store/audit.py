"""The audit log: what administrators did, when, and about whom.

Each entry is written in the transaction of its act, so that there is none without the other. The
database itself refuses to change or delete one (store/added_to.py). An entry names homes, invitations and
transformers by their ids: nothing in it is a household's, so it stays when a home is erased.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, insert, select

from battery_commons.store import schema
from battery_commons.store.database import Database

MOST_LISTED = 500
COMMAND_LINE = "command line"
"""Who acts where a command does: whoever may use the coordinator's machine."""
VILLAGE_ITSELF = "the village itself"
"""Who acts where the village does as its members agreed."""


class Act(StrEnum):
    """What an administrator can do."""

    VILLAGE_RENAMED = "village_renamed"
    TRANSFORMER_ADDED = "transformer_added"
    TRANSFORMER_CHANGED = "transformer_changed"
    FEEDER_CHANGED = "feeder_changed"
    FEEDER_REMOVED = "feeder_removed"
    METER_TOKEN_RENEWED = "meter_token_renewed"  # noqa: S105 - the name of an act
    INVITATION_MADE = "invitation_made"
    INVITATION_REVOKED = "invitation_revoked"
    HOME_SUSPENDED = "home_suspended"
    HOME_RESUMED = "home_resumed"
    HOME_MOVED = "home_moved"
    HOME_REMOVED = "home_removed"
    CODE_ANNOUNCED = "code_announced"
    CODE_WITHDRAWN = "code_withdrawn"
    CODE_DISMISSED = "code_dismissed"
    SETTING_CHANGED = "setting_changed"
    METER_SOURCE_CHOSEN = "meter_source_chosen"
    METER_SOURCE_DROPPED = "meter_source_dropped"
    METER_FILE_TAKEN_IN = "meter_file_taken_in"
    ADMINISTRATOR_INVITED = "administrator_invited"
    ADMINISTRATOR_ADDED = "administrator_added"
    ADMINISTRATOR_REMOVED = "administrator_removed"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - the name of an act
    PASSKEY_ADDED = "passkey_added"
    PASSKEY_REMOVED = "passkey_removed"
    BACKUP_MADE = "backup_made"
    BACKUP_DOWNLOADED = "backup_downloaded"
    BACKUP_UPLOADED = "backup_uploaded"
    BACKUP_DELETED = "backup_deleted"
    RESTORED = "restored"
    CERTIFICATE_RENEWED = "certificate_renewed"
    OPERATOR_LINE_ADDED = "operator_line_added"
    OPERATOR_LINE_CHANGED = "operator_line_changed"
    OPERATOR_LINE_REMOVED = "operator_line_removed"
    VTN_CLIENT_ADDED = "vtn_client_added"
    VTN_CLIENT_REMOVED = "vtn_client_removed"
    VTN_CLIENT_RENAMED = "vtn_client_renamed"
    VTN_EVENT_PUBLISHED = "vtn_event_published"
    VTN_EVENT_WITHDRAWN = "vtn_event_withdrawn"
    CONTRACT_SIGNED = "contract_signed"
    CONTRACT_REMOVED = "contract_removed"
    DUTCH_FLEX_CHANGED = "dutch_flex_changed"
    DUTCH_FLEX_ENDED = "dutch_flex_ended"
    CONNECTION_GIVEN = "connection_given"
    CONNECTION_WITHDRAWN = "connection_withdrawn"
    VOTE_PROPOSED = "vote_proposed"
    VOTE_WITHDRAWN = "vote_withdrawn"
    VOTE_OPENED = "vote_opened"
    VOTE_CLOSED = "vote_closed"
    VOTE_IN_FORCE = "vote_in_force"
    HOME_TARIFF_CHANGED = "home_tariff_changed"
    HOME_TARIFF_REMOVED = "home_tariff_removed"
    BANK_ACCOUNT_GIVEN = "bank_account_given"
    BANK_ACCOUNT_REMOVED = "bank_account_removed"
    ACCOUNT_BEGUN = "account_begun"
    REVENUE_TYPED = "revenue_typed"
    REVENUE_REMOVED = "revenue_removed"
    MONTH_CLOSED = "month_closed"
    MONTH_CORRECTED = "month_corrected"
    PAYMENTS_BOOKED = "payments_booked"
    FUND_USED = "fund_used"
    EXPERIMENT_PLANNED = "experiment_planned"
    EXPERIMENT_PAUSED = "experiment_paused"
    EXPERIMENT_RESUMED = "experiment_resumed"
    EXPERIMENT_STOPPED = "experiment_stopped"


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

    def note(self, act: Act, about: str, by: Author, detail: str = "") -> None:
        """Write down an act that changes nothing else in the database."""
        with self._write() as connection:
            record(connection, by, act, about, detail)


def record(connection: Connection, author: Author | None, act: Act, about: str, detail: str = "") -> None:
    """Write an act down in the transaction that carries it out; without an author it was nobody's."""
    if author is None:
        return
    connection.execute(
        insert(schema.audit).values(
            at=author.at, administrator=author.name, act=act.value, about=about, detail=detail
        )
    )
