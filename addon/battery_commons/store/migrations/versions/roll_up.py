"""Quarter-hour means of what is too old to be kept in full."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the tables, empty: the coordinator rolls up what is old within a day of its start."""
    op.create_table(
        "battery_quarter_hour",
        sa.Column("home_id", sa.String, sa.ForeignKey("home.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("battery_id", sa.String, primary_key=True),
        sa.Column("start", sa.BigInteger, primary_key=True),
        sa.Column("power_w", sa.Float, nullable=False),
        sa.Column("state_of_charge", sa.Float, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "meter_quarter_hour",
        sa.Column(
            "transformer_id", sa.String, sa.ForeignKey("transformer.id", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("start", sa.BigInteger, primary_key=True),
        sa.Column("power_w", sa.Float, nullable=False),
        sqlite_with_rowid=False,
    )
