"""Contracts with grid operators."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Make the table, empty."""
    op.create_table(
        "contract",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("terms_json", sa.Text, nullable=False),
        sa.Column("signed_at", sa.BigInteger, nullable=False),
        sa.Column("removed_at", sa.BigInteger),
    )
