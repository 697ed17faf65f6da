"""Votes and ballots."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    """Make the tables, empty."""
    op.create_table(
        "vote",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("subject", sa.String, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("explanation", sa.Text, nullable=False),
        sa.Column("values_json", sa.Text, nullable=False),
        sa.Column("proposed_at", sa.BigInteger, nullable=False),
        sa.Column("proposed_by", sa.String, sa.ForeignKey("home.id", ondelete="SET NULL")),
        sa.Column("by_volunteer", sa.Boolean, nullable=False),
        sa.Column("opens_at", sa.BigInteger, nullable=False),
        sa.Column("closes_at", sa.BigInteger, nullable=False),
        sa.Column("takes_effect_at", sa.BigInteger, nullable=False),
        sa.Column("quorum", sa.Float),
        sa.Column("modulus", sa.Text),
        sa.Column("private_prime", sa.Text),
        sa.Column("effects_json", sa.Text),
        sa.Column("result_json", sa.Text),
    )
    op.create_table(
        "elector",
        sa.Column("vote_id", sa.String, sa.ForeignKey("vote.id"), primary_key=True),
        sa.Column("home_id", sa.String, primary_key=True),
        sa.Column("papers", sa.Integer, nullable=False),
    )
    op.create_table(
        "signed_paper",
        sa.Column("vote_id", sa.String, sa.ForeignKey("vote.id"), primary_key=True),
        sa.Column("home_id", sa.String, primary_key=True),
        sa.Column("paper", sa.Integer, primary_key=True),
        sa.Column("blinded", sa.Text, nullable=False),
        sa.Column("blind_signature", sa.Text, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "ballot",
        sa.Column("vote_id", sa.String, sa.ForeignKey("vote.id"), primary_key=True),
        sa.Column("digest", sa.String, primary_key=True),
        sa.Column("choice", sa.String, nullable=False),
        sa.Column("number", sa.String, nullable=False),
        sa.Column("signature", sa.Text, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "vote_home_effect",
        sa.Column("vote_id", sa.String, sa.ForeignKey("vote.id"), primary_key=True),
        sa.Column("home_id", sa.String, sa.ForeignKey("home.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("effect_json", sa.Text, nullable=False),
    )
