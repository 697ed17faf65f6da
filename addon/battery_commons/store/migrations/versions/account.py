"""The account: numbers, tariffs, what months rest on, and a ledger that is only added to."""

import sqlalchemy as sa
from alembic import op

from battery_commons.store.added_to import protect

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """Make the tables, empty: the account begins with the month in which it is first looked at."""
    op.create_table(
        "account",
        sa.Column("number", sa.String, primary_key=True),
        sa.Column("home_id", sa.String, sa.ForeignKey("home.id", ondelete="SET NULL"), unique=True),
        sa.Column("first_day", sa.String, nullable=False),
        sa.Column("last_day", sa.String),
    )
    op.create_table(
        "home_tariff",
        sa.Column("home_id", sa.String, sa.ForeignKey("home.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("first_day", sa.String, primary_key=True),
        sa.Column("tariff_json", sa.Text, nullable=False),
    )
    op.create_table(
        "bank_account",
        sa.Column("home_id", sa.String, sa.ForeignKey("home.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("holder", sa.String, nullable=False),
        sa.Column("iban", sa.String, nullable=False),
    )
    op.create_table(
        "own_bank_account",
        sa.Column("iban", sa.String, primary_key=True),
        sa.Column("holder", sa.String, nullable=False),
    )
    op.create_table(
        "account_month",
        sa.Column("period", sa.String, primary_key=True),
        sa.Column("terms_json", sa.Text, nullable=False),
    )
    op.create_table(
        "gathered_month",
        sa.Column("period", sa.String, primary_key=True),
        sa.Column("account", sa.String, sa.ForeignKey("account.number"), primary_key=True),
        sa.Column("until", sa.BigInteger, nullable=False),
        sa.Column("tables_json", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "grid_revenue",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("period", sa.String, nullable=False),
        sa.Column("contract", sa.String, nullable=False),
        sa.Column("cents", sa.Integer, nullable=False),
        sa.Column("evidence", sa.Text, nullable=False),
        sa.Column("typed_at", sa.BigInteger, nullable=False),
        sa.Column("removed_at", sa.BigInteger),
    )
    op.create_table(
        "basis_table",
        sa.Column("period", sa.String, primary_key=True),
        sa.Column("name", sa.String, primary_key=True),
        sa.Column("digest", sa.String, primary_key=True),
        sa.Column("content", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "ledger",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("period", sa.String, nullable=False),
        sa.Column("account", sa.String, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("cents", sa.Integer, nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
        sa.Column("corrects", sa.Integer),
        sa.Column("previous", sa.String, nullable=False),
        sa.Column("hash", sa.String, nullable=False),
    )
    op.create_table(
        "ledger_signature",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("hash", sa.String, nullable=False),
        sa.Column("signature", sa.String, nullable=False),
    )
    protect(op.get_bind(), "ledger")
    protect(op.get_bind(), "ledger_signature")
