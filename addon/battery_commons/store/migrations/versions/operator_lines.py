"""The lines to grid operators, and the events that came over them."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Make the tables, empty: a village has no line to an operator until it is given one."""
    op.create_table(
        "operator_line",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("settings_json", sa.Text, nullable=False),
        sa.Column("secret", sa.Text, nullable=False),
        sa.Column("webhook_key", sa.String, nullable=False, unique=True),
        sa.Column("webhook_token", sa.String, nullable=False),
        sa.Column("ven_id", sa.String),
        sa.Column("heard_at", sa.BigInteger),
        sa.Column("removed_at", sa.BigInteger),
    )
    op.create_table(
        "operator_event",
        sa.Column("line_id", sa.String, sa.ForeignKey("operator_line.id"), primary_key=True),
        sa.Column("event_id", sa.String, primary_key=True),
        sa.Column("version", sa.String, primary_key=True),
        sa.Column("rank", sa.Integer, nullable=False),
        sa.Column("program_id", sa.String, nullable=False),
        sa.Column("modified", sa.BigInteger),
        sa.Column("ends_at", sa.BigInteger),
        sa.Column("received_at", sa.BigInteger, nullable=False),
        sa.Column("raw", sa.LargeBinary, nullable=False),
        sa.Column("refusal", sa.String),
        sa.Column("withdrawn_at", sa.BigInteger),
    )
    op.create_index("operator_event_by_rank", "operator_event", ["line_id", "rank"])
