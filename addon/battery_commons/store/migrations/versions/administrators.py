"""Who may see the pages, where no Home Assistant asks."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Make the tables, empty: until there is an administrator, the pages ask nobody who they are."""
    op.create_table(
        "administrator",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("name", sa.String, nullable=False, unique=True),
        sa.Column("password", sa.String, nullable=False),
        sa.Column("added_at", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "administrator_code",
        sa.Column("code_sha256", sa.String, primary_key=True),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "passkey",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column(
            "administrator_id",
            sa.String,
            sa.ForeignKey("administrator.id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("public_key", sa.String, nullable=False),
        sa.Column("uses", sa.BigInteger, nullable=False),
        sa.Column("added_at", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "session",
        sa.Column("token_sha256", sa.String, primary_key=True),
        sa.Column(
            "administrator_id",
            sa.String,
            sa.ForeignKey("administrator.id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("begun_at", sa.BigInteger, nullable=False),
        sa.Column("used_at", sa.BigInteger, nullable=False),
    )
