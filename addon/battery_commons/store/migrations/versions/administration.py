"""Homes that are suspended, invitations that are revoked, and the audit log of who did so."""

import sqlalchemy as sa
from alembic import op

from battery_commons.store.added_to import protect

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add columns and the log, which the database itself keeps from being changed."""
    op.add_column("home", sa.Column("suspended_at", sa.BigInteger))
    op.add_column("invitation", sa.Column("revoked_at", sa.BigInteger))
    op.create_table(
        "audit",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("administrator", sa.String, nullable=False),
        sa.Column("act", sa.String, nullable=False),
        sa.Column("about", sa.String, nullable=False),
        sa.Column("detail", sa.String, nullable=False),
    )
    protect(op.get_bind(), "audit")
