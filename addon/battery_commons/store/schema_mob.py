"""The tables of code red and green: what was proposed, and what those announced came to."""

from sqlalchemy import Column, ForeignKey, Integer, String, Table, Text

from battery_commons.store.schema import METADATA, CompressedText, UtcDateTime

code_proposal = Table(
    "code_proposal",
    METADATA,
    Column("id", String, primary_key=True),  # the local day and the code
    Column("code", String, nullable=False),
    Column("start", UtcDateTime, nullable=False),
    Column("end", UtcDateTime, nullable=False),
    Column("because_json", Text, nullable=False),
    Column("effect_json", Text),
    Column("state", String, nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
)

code_measuring = Table(
    "code_measuring",
    METADATA,
    Column("code_id", ForeignKey("code_window.id", ondelete="CASCADE"), primary_key=True),
    Column("homes", Integer, nullable=False),  # how many were asked
    Column("fixed_at", UtcDateTime, nullable=False),  # the baselines
    Column("closed_at", UtcDateTime),  # nothing more is waited for
)

code_baseline = Table(
    "code_baseline",
    METADATA,
    Column("code_id", ForeignKey("code_window.id", ondelete="CASCADE"), primary_key=True),
    Column("subject", String, primary_key=True),  # as domain/flash_mob.py names it
    Column("home_id", ForeignKey("home.id", ondelete="CASCADE")),  # whose it is; erased with it
    Column("content", CompressedText, nullable=False),
)

code_response = Table(
    "code_response",
    METADATA,
    Column("code_id", ForeignKey("code_window.id", ondelete="CASCADE"), primary_key=True),
    Column("subject", String, primary_key=True),
    Column("home_id", ForeignKey("home.id", ondelete="CASCADE")),
    Column("measured_at", UtcDateTime, nullable=False),
    Column("content", CompressedText, nullable=False),
)

code_deeds = Table(
    "code_deeds",
    METADATA,
    Column("code_id", ForeignKey("code_window.id", ondelete="CASCADE"), primary_key=True),
    Column("home_id", ForeignKey("home.id", ondelete="CASCADE"), primary_key=True),
    Column("deeds_json", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)
