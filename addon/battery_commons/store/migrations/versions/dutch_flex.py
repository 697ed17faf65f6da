"""How the village takes part in the Dutch grid operators' flexibility."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Make the tables, empty: a village takes part once its volunteer says so."""
    op.create_table(
        "dutch_flex",
        sa.Column("provider", sa.String, primary_key=True),
        sa.Column("operator", sa.String, nullable=False),
    )
    op.create_table(
        "dutch_point",
        sa.Column("subject", sa.String, primary_key=True),
        sa.Column("point_id", sa.String, nullable=False),
        sa.Column("max_duration", sa.String, nullable=False),
    )
    op.create_table(
        "dutch_connection",
        sa.Column("home_id", sa.String, sa.ForeignKey("home.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("ean", sa.String, nullable=False),
    )
    op.create_table(
        "dutch_group",
        sa.Column("line_id", sa.String, sa.ForeignKey("operator_line.id"), primary_key=True),
        sa.Column("name", sa.String, primary_key=True),
        sa.Column("group_json", sa.Text, nullable=False),
    )
    op.create_table(
        "dutch_call",
        sa.Column("line_id", sa.String, sa.ForeignKey("operator_line.id"), primary_key=True),
        sa.Column("event_id", sa.String, primary_key=True),
        sa.Column("subject", sa.String, nullable=False),
        sa.Column("baseline_w", sa.Float, nullable=False),
    )
