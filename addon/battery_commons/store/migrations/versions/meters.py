"""Where transformers' and the feeder's meters are read."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Make the table, empty: without a source a meter reports by itself, as it did before."""
    op.create_table(
        "meter_source",
        sa.Column(
            "meter_id", sa.String, sa.ForeignKey("transformer.id", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("settings_json", sa.Text, nullable=False),
        sa.Column("secret", sa.Text, nullable=False),
    )
