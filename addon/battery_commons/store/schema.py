"""The tables. The migrations build them; a test holds both together."""

import zlib
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
    LargeBinary,
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


class CompressedText(TypeDecorator[str]):
    """A text that says the same over and over, in the fewest bytes that zlib makes of it."""

    impl = LargeBinary
    cache_ok = True

    @override
    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        return None if value is None else zlib.compress(value.encode())

    @override
    def process_result_value(self, value: bytes | None, dialect: Dialect) -> str | None:
        return None if value is None else zlib.decompress(value).decode()


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
    Column("connections", Integer),
    Column("on_feeder", Boolean, nullable=False, default=True),
    Column("is_feeder", Boolean, nullable=False, default=False),  # the feeder is metered in the same way
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
    Column("plan", CompressedText, nullable=False),
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

house_reading = Table(
    "house_reading",
    METADATA,
    Column("home_id", ForeignKey("home.id", ondelete="CASCADE"), primary_key=True),
    Column("at", UtcDateTime, primary_key=True),
    Column("power_w", Float, nullable=False),
    sqlite_with_rowid=False,
)

house_quarter_hour = Table(
    "house_quarter_hour",
    METADATA,
    Column("home_id", ForeignKey("home.id", ondelete="CASCADE"), primary_key=True),
    Column("start", UtcDateTime, primary_key=True),
    Column("power_w", Float, nullable=False),
    sqlite_with_rowid=False,
)

finding = Table(
    "finding",
    METADATA,
    Column("number", Integer, primary_key=True),
    Column("source", String, nullable=False),  # as domain.quality.Source writes it
    Column("home_id", ForeignKey("home.id", ondelete="CASCADE")),  # whose it is; erased with it
    Column("kind", String, nullable=False),
    Column("quality", String, nullable=False),
    Column("since", UtcDateTime, nullable=False),
    Column("until", UtcDateTime),
    Column("figures_json", Text, nullable=False),
    Index("finding_by_source", "source", "since"),
)

meter_source = Table(
    "meter_source",
    METADATA,
    # A transformer's or the feeder's.
    Column("meter_id", ForeignKey("transformer.id", ondelete="CASCADE"), primary_key=True),
    Column("kind", String, nullable=False),
    Column("settings_json", Text, nullable=False),
    Column("secret", Text, nullable=False),  # apart, so that nothing that shows settings shows it
)

setting = Table(
    "setting",
    METADATA,
    Column("name", String, primary_key=True),  # a field of domain.settings.VillageSettings
    Column("value_json", Text, nullable=False),
)

weather = Table(
    "weather",
    METADATA,
    Column("place", String, primary_key=True),
    Column("start", UtcDateTime, primary_key=True),
    Column("a_day_ahead", Boolean, primary_key=True),  # else the newest word
    Column("issued_at", UtcDateTime, nullable=False),
    Column("source", String, nullable=False),
    Column("temperature_c", Float, nullable=False),
    Column("radiation_w_m2", Float, nullable=False),
)

outside_source = Table(
    "outside_source",
    METADATA,
    Column("subject", String, primary_key=True),
    Column("source", String, primary_key=True),
    Column("answered_at", UtcDateTime),
    Column("failed_at", UtcDateTime),
    Column("trouble", String),
    Column("detail", Text),
)

code_answer = Table(
    "code_answer",
    METADATA,
    Column("code_id", ForeignKey("code_window.id", ondelete="CASCADE"), primary_key=True),
    Column("home_id", ForeignKey("home.id", ondelete="CASCADE"), primary_key=True),
    Column("joins", Boolean, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

administrator = Table(
    "administrator",
    METADATA,
    Column("id", String, primary_key=True),
    Column("name", String, nullable=False, unique=True),
    Column("password", String, nullable=False),  # argon2id, as a PHC string
    Column("added_at", UtcDateTime, nullable=False),
)

administrator_code = Table(
    "administrator_code",
    METADATA,
    Column("code_sha256", String, primary_key=True),
    Column("expires_at", UtcDateTime, nullable=False),
)

passkey = Table(
    "passkey",
    METADATA,
    Column("id", String, primary_key=True),  # the credential's, in base64url
    Column("administrator_id", ForeignKey("administrator.id", ondelete="CASCADE"), nullable=False),
    Column("public_key", String, nullable=False),  # COSE, in base64url
    Column("uses", BigInteger, nullable=False),  # as the authenticator counts them
    Column("added_at", UtcDateTime, nullable=False),
)

session = Table(
    "session",
    METADATA,
    Column("token_sha256", String, primary_key=True),
    Column("administrator_id", ForeignKey("administrator.id", ondelete="CASCADE"), nullable=False),
    Column("begun_at", UtcDateTime, nullable=False),
    Column("used_at", UtcDateTime, nullable=False),
)

decision = Table(
    "decision",
    METADATA,
    Column("at", UtcDateTime, primary_key=True),
    Column("content", LargeBinary, nullable=False),  # what of it is the village's; see store/decisions.py
)

decision_home = Table(
    "decision_home",
    METADATA,
    Column("home_id", ForeignKey("home.id", ondelete="CASCADE"), primary_key=True),
    Column("at", UtcDateTime, primary_key=True),
    Column("content", LargeBinary, nullable=False),  # what of it is this home's
    Index("decision_home_by_time", "at"),
)

correction = Table(
    "correction",
    METADATA,
    Column("home_id", ForeignKey("home.id", ondelete="CASCADE"), primary_key=True),
    Column("battery_id", String, primary_key=True),
    Column("at", UtcDateTime, primary_key=True),
    Column("power_w", Float, nullable=False),
    Index("correction_by_time", "at"),
)
