"""What a village serves to those below it over OpenADR."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Make the tables, empty: nobody is served until a client is made."""
    op.create_table(
        "vtn_client",
        sa.Column("client_id", sa.String, primary_key=True),
        sa.Column("name", sa.String, nullable=False, unique=True),
        sa.Column("role", sa.String, nullable=False),
        sa.Column("secret_sha256", sa.String, nullable=False),
        sa.Column("made_at", sa.BigInteger, nullable=False),
        sa.Column("seen_at", sa.BigInteger),
    )
    op.create_table(
        "vtn_object",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column(
            "client_id",
            sa.String,
            sa.ForeignKey("vtn_client.client_id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("parent_id", sa.String, sa.ForeignKey("vtn_object.id", ondelete="CASCADE")),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("modified_at", sa.BigInteger, nullable=False),
    )
    op.create_index("vtn_object_by_kind", "vtn_object", ["kind", "created_at"])
    op.create_index("vtn_object_by_parent", "vtn_object", ["parent_id"])
