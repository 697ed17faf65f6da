"""The tables of the community's facts: each day's, for good, and which homes may be shown by name."""

from sqlalchemy import Column, ForeignKey, String, Table

from battery_commons.store.schema import METADATA, CompressedText, UtcDateTime

community_day = Table(
    "community_day",
    METADATA,
    Column("day", String, primary_key=True),  # of the village's own calendar
    Column("made_of", String, nullable=False),  # a digest of what it was made of
    Column("made_at", UtcDateTime, nullable=False),
    Column("content", CompressedText, nullable=False),  # sums only: nothing of a single home
)

shown_home = Table(
    "shown_home",
    METADATA,
    Column("home_id", ForeignKey("home.id", ondelete="CASCADE"), primary_key=True),
    Column("since", UtcDateTime, nullable=False),
)
