"""Experiments with control models."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    """Make the tables, empty."""
    op.create_table(
        "experiment",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("design_json", sa.Text, nullable=False),
        sa.Column("planned_at", sa.BigInteger, nullable=False),
        sa.Column("stopped_at", sa.BigInteger),
        sa.Column("stopped_by", sa.String),
    )
    op.create_table(
        "experiment_pause",
        _of_experiment(),
        sa.Column("start", sa.BigInteger, primary_key=True),
        sa.Column("end", sa.BigInteger),
    )
    op.create_table(
        "experiment_day",
        _of_experiment(),
        sa.Column("day", sa.String, primary_key=True),
        sa.Column("content", sa.Text, nullable=False),
    )


def _of_experiment() -> sa.Column[str]:
    return sa.Column(
        "experiment_id", sa.String, sa.ForeignKey("experiment.id", ondelete="CASCADE"), primary_key=True
    )
