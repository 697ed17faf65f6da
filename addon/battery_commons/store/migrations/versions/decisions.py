"""What plans rested on, so that each can be told again."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "decision",
        sa.Column("at", sa.BigInteger, primary_key=True),
        sa.Column("content", sa.LargeBinary, nullable=False),
    )
    home = sa.ForeignKey("home.id", ondelete="CASCADE")
    op.create_table(
        "decision_home",
        sa.Column("home_id", sa.String, home, primary_key=True),
        sa.Column("at", sa.BigInteger, primary_key=True),
        sa.Column("content", sa.LargeBinary, nullable=False),
    )
    op.create_index("decision_home_by_time", "decision_home", ["at"])
    home = sa.ForeignKey("home.id", ondelete="CASCADE")
    op.create_table(
        "correction",
        sa.Column("home_id", sa.String, home, primary_key=True),
        sa.Column("battery_id", sa.String, primary_key=True),
        sa.Column("at", sa.BigInteger, primary_key=True),
        sa.Column("power_w", sa.Float, nullable=False),
    )
    op.create_index("correction_by_time", "correction", ["at"])
