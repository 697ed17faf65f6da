"""What was reported to grid operators."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Make the table, empty."""
    op.create_table(
        "operator_report",
        sa.Column("line_id", sa.String, sa.ForeignKey("operator_line.id"), primary_key=True),
        sa.Column("event_id", sa.String, primary_key=True),
        sa.Column("name", sa.String, primary_key=True),
        sa.Column("due_at", sa.BigInteger, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("report_id", sa.String),
        sa.Column("sent_at", sa.BigInteger),
        sa.Column("corrections", sa.Integer, nullable=False),
        sa.Column("refusal", sa.String),
    )
    op.create_index("operator_report_by_time", "operator_report", ["line_id", "due_at"])
