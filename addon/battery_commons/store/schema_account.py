"""The tables of the account: who takes part as which number, what months rest on, and the ledger."""

from sqlalchemy import Column, ForeignKey, Integer, String, Table, Text

from battery_commons.store.schema import METADATA, CompressedText, UtcDateTime

account = Table(
    "account",
    METADATA,
    Column("number", String, primary_key=True),  # a pseudonym: all that the ledger knows of a home
    Column("home_id", ForeignKey("home.id", ondelete="SET NULL"), unique=True),  # none once it has left
    Column("first_day", String, nullable=False),  # dates of the village's own calendar
    Column("last_day", String),
)

home_tariff = Table(
    "home_tariff",
    METADATA,
    Column("home_id", ForeignKey("home.id", ondelete="CASCADE"), primary_key=True),
    Column("first_day", String, primary_key=True),
    Column("tariff_json", Text, nullable=False),
)

bank_account = Table(
    "bank_account",
    METADATA,
    # Personal: of one household, erased with it, and in no log.
    Column("home_id", ForeignKey("home.id", ondelete="CASCADE"), primary_key=True),
    Column("holder", String, nullable=False),
    Column("iban", String, nullable=False),
)

own_bank_account = Table(
    "own_bank_account",
    METADATA,
    Column("iban", String, primary_key=True),  # one row, or none: from where the community pays
    Column("holder", String, nullable=False),
)

account_month = Table(
    "account_month",
    METADATA,
    Column("period", String, primary_key=True),
    Column("terms_json", Text, nullable=False),  # as they were when the month began
)

gathered_month = Table(
    "gathered_month",
    METADATA,
    Column("period", String, primary_key=True),
    Column("account", ForeignKey("account.number"), primary_key=True),
    Column("until", UtcDateTime, nullable=False),
    Column("tables_json", CompressedText, nullable=False),
)

grid_revenue = Table(
    "grid_revenue",
    METADATA,
    Column("id", String, primary_key=True),
    Column("period", String, nullable=False),
    Column("contract", String, nullable=False),
    Column("cents", Integer, nullable=False),
    Column("evidence", Text, nullable=False),
    Column("typed_at", UtcDateTime, nullable=False),
    Column("removed_at", UtcDateTime),  # a closed month may rest on it
)

basis_table = Table(
    "basis_table",
    METADATA,
    Column("period", String, primary_key=True),
    Column("name", String, primary_key=True),
    Column("digest", String, primary_key=True),  # of a correction, only what changed is there once more
    Column("content", CompressedText, nullable=False),
)

ledger = Table(
    "ledger",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", UtcDateTime, nullable=False),
    Column("period", String, nullable=False),
    Column("account", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("cents", Integer, nullable=False),
    Column("detail", Text, nullable=False),
    Column("corrects", Integer),
    Column("previous", String, nullable=False),
    Column("hash", String, nullable=False),
)

ledger_signature = Table(
    "ledger_signature",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=False),  # of the last entry that it covers
    Column("hash", String, nullable=False),
    Column("signature", String, nullable=False),  # Ed25519, base64
)
