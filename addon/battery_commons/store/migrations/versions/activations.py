"""What became of each call of a grid operator."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Make the tables, empty."""
    op.create_table(
        "activation",
        sa.Column("event_id", sa.String, primary_key=True),
        sa.Column("subject", sa.String, primary_key=True),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("start", sa.BigInteger, nullable=False),
        sa.Column("end", sa.BigInteger),
        sa.Column("received_at", sa.BigInteger, nullable=False),
        sa.Column("planned_at", sa.BigInteger),
        sa.Column("sent_at", sa.BigInteger),
        sa.Column("accepted_at", sa.BigInteger),
        sa.Column("homes_asked", sa.Integer, nullable=False),
        sa.Column("homes_accepted", sa.Integer, nullable=False),
        sa.Column("homes_refused", sa.Integer, nullable=False),
        sa.Column("overload_w", sa.Float, nullable=False),
        sa.Column("withdrawn_at", sa.BigInteger),
        sa.Column("ended_at", sa.BigInteger),
    )
    op.create_index("activation_by_time", "activation", ["start"])
    op.create_table(
        "activation_slot",
        sa.Column("event_id", sa.String, primary_key=True),
        sa.Column("subject", sa.String, primary_key=True),
        sa.Column("start", sa.BigInteger, primary_key=True),
        sa.Column("highest_w", sa.Float),
        sa.Column("lowest_w", sa.Float),
        sa.Column("ceiling_w", sa.Float),
        sa.Column("base_w", sa.Float, nullable=False),
        sa.Column("batteries_w", sa.Float, nullable=False),
    )
