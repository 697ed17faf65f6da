"""The first shape: village, homes, batteries, readings, prices and dispatches."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make every table. Times are microseconds since 1970 in UTC."""
    op.create_table(
        "village",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("name", sa.String, nullable=False),
    )
    op.create_table(
        "transformer",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("limit_w", sa.Float, nullable=False),
        sa.Column("meter_token_sha256", sa.String, unique=True),
    )
    op.create_table(
        "invitation",
        sa.Column("code_sha256", sa.String, primary_key=True),
        sa.Column("transformer_id", sa.String, sa.ForeignKey("transformer.id"), nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.Column("used_at", sa.BigInteger),
    )
    op.create_table(
        "home",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("transformer_id", sa.String, sa.ForeignKey("transformer.id"), nullable=False),
        sa.Column("webhook_urls", sa.Text, nullable=False),
        sa.Column("token_sha256", sa.String, nullable=False, unique=True),
        sa.Column("last_sequence", sa.Integer, nullable=False),
    )
    op.create_table(
        "battery",
        sa.Column("home_id", sa.String, sa.ForeignKey("home.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("battery_id", sa.String, primary_key=True),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("capacity_wh", sa.Float, nullable=False),
        sa.Column("max_charge_w", sa.Float, nullable=False),
        sa.Column("max_discharge_w", sa.Float, nullable=False),
        sa.Column("charge_efficiency", sa.Float, nullable=False),
        sa.Column("discharge_efficiency", sa.Float, nullable=False),
        sa.Column("reserve", sa.Float, nullable=False),
    )
    op.create_table(
        "battery_reading",
        sa.Column("home_id", sa.String, sa.ForeignKey("home.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("battery_id", sa.String, primary_key=True),
        sa.Column("at", sa.BigInteger, primary_key=True),
        sa.Column("state_of_charge", sa.Float, nullable=False),
        sa.Column("power_w", sa.Float, nullable=False),
        sa.Column("setpoint_w", sa.Float),
        sa.Column("mode", sa.String, nullable=False),
        sa.Column("reason", sa.String, nullable=False),
        sa.Column("plan_sequence", sa.Integer),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "meter_reading",
        sa.Column(
            "transformer_id", sa.String, sa.ForeignKey("transformer.id", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("at", sa.BigInteger, primary_key=True),
        sa.Column("power_w", sa.Float, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "price",
        sa.Column("start", sa.BigInteger, primary_key=True),
        sa.Column("eur_per_kwh", sa.Float, nullable=False),
        sa.Column("source", sa.String, nullable=False),
    )
    op.create_table(
        "dispatch",
        sa.Column("home_id", sa.String, sa.ForeignKey("home.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("sequence", sa.Integer, primary_key=True),
        sa.Column("plan_json", sa.Text, nullable=False),
        sa.Column("issued_at", sa.BigInteger, nullable=False),
        sa.Column("lease_until", sa.BigInteger, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("last_attempt_at", sa.BigInteger),
        sa.Column("last_error", sa.Text),
        sa.Column("accepted", sa.Boolean),
        sa.Column("answered_at", sa.BigInteger),
        sa.Column("reason", sa.String),
    )
