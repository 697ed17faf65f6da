"""The tables of experiments with control models."""

from sqlalchemy import Column, ForeignKey, String, Table, Text

from battery_commons.store.schema import METADATA, UtcDateTime

experiment = Table(
    "experiment",
    METADATA,
    Column("id", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("design_json", Text, nullable=False),
    Column("planned_at", UtcDateTime, nullable=False),
    Column("stopped_at", UtcDateTime),
    Column("stopped_by", String),
)

experiment_pause = Table(
    "experiment_pause",
    METADATA,
    Column("experiment_id", ForeignKey("experiment.id", ondelete="CASCADE"), primary_key=True),
    Column("start", UtcDateTime, primary_key=True),
    Column("end", UtcDateTime),  # none while it goes on
)

experiment_day = Table(
    "experiment_day",
    METADATA,
    Column("experiment_id", ForeignKey("experiment.id", ondelete="CASCADE"), primary_key=True),
    Column("day", String, primary_key=True),  # the local day, as 2026-03-01
    Column("content", Text, nullable=False),
)
