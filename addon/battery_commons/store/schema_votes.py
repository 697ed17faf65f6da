"""The tables of votes. Who voted and what was voted stand apart; nothing leads from one to the other."""

from sqlalchemy import Boolean, Column, Float, ForeignKey, Integer, String, Table, Text

from battery_commons.store.schema import METADATA, UtcDateTime

vote = Table(
    "vote",
    METADATA,
    Column("id", String, primary_key=True),
    Column("state", String, nullable=False),
    Column("subject", String, nullable=False),
    Column("title", Text, nullable=False),
    Column("explanation", Text, nullable=False),
    Column("values_json", Text, nullable=False),
    Column("proposed_at", UtcDateTime, nullable=False),
    Column("proposed_by", ForeignKey("home.id", ondelete="SET NULL")),
    Column("by_volunteer", Boolean, nullable=False),
    Column("opens_at", UtcDateTime, nullable=False),
    Column("closes_at", UtcDateTime, nullable=False),
    Column("takes_effect_at", UtcDateTime, nullable=False),
    Column("quorum", Float),  # from the opening on
    Column("modulus", Text),  # hex digits
    Column("private_prime", Text),  # hex digits; thrown away at the close
    Column("effects_json", Text),
    Column("result_json", Text),
)

elector = Table(
    "elector",
    METADATA,
    Column("vote_id", ForeignKey("vote.id"), primary_key=True),
    Column("home_id", String, primary_key=True),  # stays when the home leaves: an id is nobody's
    Column("papers", Integer, nullable=False),
)

signed_paper = Table(
    "signed_paper",
    METADATA,
    Column("vote_id", ForeignKey("vote.id"), primary_key=True),
    Column("home_id", String, primary_key=True),
    Column("paper", Integer, primary_key=True),
    Column("blinded", Text, nullable=False),
    Column("blind_signature", Text, nullable=False),
    sqlite_with_rowid=False,  # nor in which order homes came
)

ballot = Table(
    "ballot",
    METADATA,
    Column("vote_id", ForeignKey("vote.id"), primary_key=True),
    Column("digest", String, primary_key=True),
    Column("choice", String, nullable=False),
    Column("number", String, nullable=False),
    Column("signature", Text, nullable=False),
    sqlite_with_rowid=False,  # row numbers would tell in which order ballots came
)

vote_home_effect = Table(
    "vote_home_effect",
    METADATA,
    Column("vote_id", ForeignKey("vote.id"), primary_key=True),
    Column("home_id", ForeignKey("home.id", ondelete="CASCADE"), primary_key=True),
    Column("effect_json", Text, nullable=False),
)
