"""What readings are worth, what homes draw from the grid, and the feeder."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Add tables and columns. The feeder stands in the table of transformers: it is metered as they are."""
    op.add_column("transformer", sa.Column("connections", sa.Integer))
    op.add_column("transformer", sa.Column("on_feeder", sa.Boolean, nullable=False, server_default=sa.true()))
    op.add_column(
        "transformer", sa.Column("is_feeder", sa.Boolean, nullable=False, server_default=sa.false())
    )
    for table, stamp in (("house_reading", "at"), ("house_quarter_hour", "start")):
        op.create_table(
            table,
            sa.Column("home_id", sa.String, sa.ForeignKey("home.id", ondelete="CASCADE"), primary_key=True),
            sa.Column(stamp, sa.BigInteger, primary_key=True),
            sa.Column("power_w", sa.Float, nullable=False),
            sqlite_with_rowid=False,
        )
    op.create_table(
        "finding",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("source", sa.String, nullable=False),
        sa.Column("home_id", sa.String, sa.ForeignKey("home.id", ondelete="CASCADE")),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("quality", sa.String, nullable=False),
        sa.Column("since", sa.BigInteger, nullable=False),
        sa.Column("until", sa.BigInteger),
        sa.Column("figures_json", sa.Text, nullable=False),
    )
    op.create_index("finding_by_source", "finding", ["source", "since"])
