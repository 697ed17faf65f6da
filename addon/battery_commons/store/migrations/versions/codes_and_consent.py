"""Code red and green with homes' answers, when each home gave its consent, and plans found by their time."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add tables, column and index. Of homes that joined before, the moment of consent is not known."""
    op.create_index("dispatch_by_time", "dispatch", ["home_id", "issued_at"])
    op.add_column("home", sa.Column("consented_at", sa.BigInteger))
    op.create_table(
        "code_window",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("code", sa.String, nullable=False),
        sa.Column("start", sa.BigInteger, nullable=False),
        sa.Column("end", sa.BigInteger, nullable=False),
        sa.Column("reason", sa.String, nullable=False),
        sa.Column("expected_effect_w", sa.Float),
        sa.Column("announced_at", sa.BigInteger, nullable=False),
        sa.Column("withdrawn_at", sa.BigInteger),
    )
    op.create_table(
        "code_answer",
        sa.Column(
            "code_id", sa.String, sa.ForeignKey("code_window.id", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("home_id", sa.String, sa.ForeignKey("home.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("joins", sa.Boolean, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
    )
