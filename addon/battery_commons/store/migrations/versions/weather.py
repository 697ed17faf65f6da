"""The weather as it was forecast and when, and how the sources outside of the village have answered."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Make the tables, empty: until a village says where it lies, no weather is asked for."""
    op.create_table(
        "weather",
        sa.Column("place", sa.String, primary_key=True),
        sa.Column("start", sa.BigInteger, primary_key=True),
        sa.Column("a_day_ahead", sa.Boolean, primary_key=True),
        sa.Column("issued_at", sa.BigInteger, nullable=False),
        sa.Column("source", sa.String, nullable=False),
        sa.Column("temperature_c", sa.Float, nullable=False),
        sa.Column("radiation_w_m2", sa.Float, nullable=False),
    )
    op.create_table(
        "outside_source",
        sa.Column("subject", sa.String, primary_key=True),
        sa.Column("source", sa.String, primary_key=True),
        sa.Column("answered_at", sa.BigInteger),
        sa.Column("failed_at", sa.BigInteger),
        sa.Column("trouble", sa.String),
        sa.Column("detail", sa.Text),
    )
