"""Proposed codes, and what homes did in those announced."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    """Make the tables, empty: of codes announced before, no baseline was fixed."""
    op.create_table(
        "code_proposal",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("code", sa.String, nullable=False),
        sa.Column("start", sa.BigInteger, nullable=False),
        sa.Column("end", sa.BigInteger, nullable=False),
        sa.Column("because_json", sa.Text, nullable=False),
        sa.Column("effect_json", sa.Text),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("made_at", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "code_measuring",
        _of_code(),
        sa.Column("homes", sa.Integer, nullable=False),
        sa.Column("fixed_at", sa.BigInteger, nullable=False),
        sa.Column("closed_at", sa.BigInteger),
    )
    op.create_table(
        "code_baseline",
        _of_code(),
        sa.Column("subject", sa.String, primary_key=True),
        sa.Column("home_id", sa.String, sa.ForeignKey("home.id", ondelete="CASCADE")),
        sa.Column("content", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "code_response",
        _of_code(),
        sa.Column("subject", sa.String, primary_key=True),
        sa.Column("home_id", sa.String, sa.ForeignKey("home.id", ondelete="CASCADE")),
        sa.Column("measured_at", sa.BigInteger, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "code_deeds",
        _of_code(),
        sa.Column("home_id", sa.String, sa.ForeignKey("home.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("deeds_json", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
    )


def _of_code() -> sa.Column[str]:
    return sa.Column(
        "code_id", sa.String, sa.ForeignKey("code_window.id", ondelete="CASCADE"), primary_key=True
    )
