"""The tables. The migrations build them; a test holds both together."""

from datetime import UTC, datetime, timedelta
from typing import override

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
)
from sqlalchemy.exc import DontWrapMixin

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


class NaiveTimeError(ValueError, DontWrapMixin):
    """A time without a zone was about to be kept."""


class UtcDateTime(TypeDecorator[datetime]):
    """A moment, kept as whole microseconds since 1970 in UTC: exact, ordered and small.

    Refuses a time without a zone, which could mean anything.
    """

    impl = BigInteger
    cache_ok = True

    @override
    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        if value is None:
            return None
        if value.tzinfo is None:
            msg = f"{value.isoformat()} has no time zone"
            raise NaiveTimeError(msg)
        return (value - _EPOCH) // MICROSECOND

    @override
    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        return None if value is None else _EPOCH + value * MICROSECOND


METADATA = MetaData()

village = Table(
    "village",
    METADATA,
    Column("id", String, primary_key=True),
    Column("name", String, nullable=False),
)

transformer = Table(
    "transformer",
    METADATA,
    Column("id", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("limit_w", Float, nullable=False),
    Column("meter_token_sha256", String, unique=True),
)

invitation = Table(
    "invitation",
    METADATA,
    Column("code_sha256", String, primary_key=True),
    Column("transformer_id", ForeignKey("transformer.id"), nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("used_at", UtcDateTime),
    Column("revoked_at", UtcDateTime),
)

home = Table(
    "home",
    METADATA,
    Column("id", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("transformer_id", ForeignKey("transformer.id"), nullable=False),
    Column("webhook_urls", Text, nullable=False),  # a JSON list
    Column("token_sha256", String, nullable=False, unique=True),
    Column("last_sequence", Integer, nullable=False),
    Column("consented_at", UtcDateTime),
    Column("suspended_at", UtcDateTime),
)

battery = Table(
    "battery",
    METADATA,
    Column("home_id", ForeignKey("home.id", ondelete="CASCADE"), primary_key=True),
    Column("battery_id", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("capacity_wh", Float, nullable=False),
    Column("max_charge_w", Float, nullable=False),
    Column("max_discharge_w", Float, nullable=False),
    Column("charge_efficiency", Float, nullable=False),
    Column("discharge_efficiency", Float, nullable=False),
    Column("reserve", Float, nullable=False),
)

battery_reading = Table(
    "battery_reading",
    METADATA,
    Column("home_id", ForeignKey("home.id", ondelete="CASCADE"), primary_key=True),
    Column("battery_id", String, primary_key=True),
    Column("at", UtcDateTime, primary_key=True),
    Column("state_of_charge", Float, nullable=False),
    Column("power_w", Float, nullable=False),
    Column("setpoint_w", Float),
    Column("mode", String, nullable=False),
    Column("reason", String, nullable=False),
    Column("plan_sequence", Integer),
    sqlite_with_rowid=False,  # the key is the order in which readings are asked for
)

meter_reading = Table(
    "meter_reading",
    METADATA,
    Column("transformer_id", ForeignKey("transformer.id", ondelete="CASCADE"), primary_key=True),
    Column("at", UtcDateTime, primary_key=True),
    Column("power_w", Float, nullable=False),
    sqlite_with_rowid=False,
)

battery_quarter_hour = Table(
    "battery_quarter_hour",
    METADATA,
    Column("home_id", ForeignKey("home.id", ondelete="CASCADE"), primary_key=True),
    Column("battery_id", String, primary_key=True),
    Column("start", UtcDateTime, primary_key=True),
    Column("power_w", Float, nullable=False),
    Column("state_of_charge", Float, nullable=False),
    sqlite_with_rowid=False,
)

meter_quarter_hour = Table(
    "meter_quarter_hour",
    METADATA,
    Column("transformer_id", ForeignKey("transformer.id", ondelete="CASCADE"), primary_key=True),
    Column("start", UtcDateTime, primary_key=True),
    Column("power_w", Float, nullable=False),
    sqlite_with_rowid=False,
)

price = Table(
    "price",
    METADATA,
    Column("start", UtcDateTime, primary_key=True),
    Column("eur_per_kwh", Float, nullable=False),
    Column("source", String, nullable=False),
)

dispatch = Table(
    "dispatch",
    METADATA,
    Column("home_id", ForeignKey("home.id", ondelete="CASCADE"), primary_key=True),
    Column("sequence", Integer, primary_key=True),
    Column("plan_json", Text, nullable=False),
    Column("issued_at", UtcDateTime, nullable=False),
    Column("lease_until", UtcDateTime, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("last_attempt_at", UtcDateTime),
    Column("last_error", Text),
    Column("accepted", Boolean),
    Column("answered_at", UtcDateTime),
    Column("reason", String),
    Index("dispatch_by_time", "home_id", "issued_at"),
)

code_window = Table(
    "code_window",
    METADATA,
    Column("id", String, primary_key=True),
    Column("code", String, nullable=False),
    Column("start", UtcDateTime, nullable=False),
    Column("end", UtcDateTime, nullable=False),
    Column("reason", String, nullable=False),
    Column("expected_effect_w", Float),
    Column("announced_at", UtcDateTime, nullable=False),
    Column("withdrawn_at", UtcDateTime),
)

audit = Table(
    "audit",
    METADATA,
    Column("number", Integer, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("administrator", String, nullable=False),
    Column("act", String, nullable=False),
    Column("about", String, nullable=False),
    Column("detail", String, nullable=False),
)

code_answer = Table(
    "code_answer",
    METADATA,
    Column("code_id", ForeignKey("code_window.id", ondelete="CASCADE"), primary_key=True),
    Column("home_id", ForeignKey("home.id", ondelete="CASCADE"), primary_key=True),
    Column("joins", Boolean, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)
