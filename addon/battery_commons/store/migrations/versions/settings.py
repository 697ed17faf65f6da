"""What the village chose, where that was only said on the command line before."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make the table, empty: what was not chosen has its default."""
    op.create_table(
        "setting",
        sa.Column("name", sa.String, primary_key=True),
        sa.Column("value_json", sa.Text, nullable=False),
    )
