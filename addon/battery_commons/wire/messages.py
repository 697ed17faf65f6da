"""The messages of protocol version 1, validated field by field.

Times on the wire are wall time in UTC; power is in W, positive = charging or import.
"""

from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    HttpUrl,
    model_validator,
)

from battery_commons.domain.flash_mob import Deed
from battery_commons.domain.grid import CongestionSignal
from battery_commons.domain.plan import ControlModel, PlanReason

MAX_POWER_W = 1_000_000.0
"""No home battery or village transformer in scope carries more: a larger figure is a wrong unit."""
MAX_FEEDER_POWER_W = 100_000_000.0
"""No medium-voltage cable carries more."""
MAX_SLOTS = 400
MAX_REASON = 200
MAX_CODES = 100
MAX_RESULT = 300
MAX_SEQUENCE = 2**53
"""JSON readers agree on whole numbers up to here (RFC 8259); no village sends so many plans."""


def _stripped(text: str) -> str:
    return text.strip()


def power_or_none(power_w: float) -> float | None:
    """Return `power_w`, or None for more than a message can say."""
    return power_w if abs(power_w) <= MAX_POWER_W else None


type Power = Annotated[float, Field(ge=-MAX_POWER_W, le=MAX_POWER_W, allow_inf_nan=False)]
type FeederPower = Annotated[float, Field(ge=-MAX_FEEDER_POWER_W, le=MAX_FEEDER_POWER_W, allow_inf_nan=False)]
type Rating = Annotated[float, Field(ge=0, le=MAX_POWER_W, allow_inf_nan=False)]
type Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
type Efficiency = Annotated[float, Field(gt=0, le=1, allow_inf_nan=False)]
type Price = Annotated[float, Field(ge=-20, le=20, allow_inf_nan=False)]
type Name = Annotated[str, AfterValidator(_stripped), Field(min_length=1, max_length=80)]
type Identifier = Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,64}$")]
type Nonce = Annotated[str, Field(pattern=r"^[A-Za-z0-9+/=_-]{16,64}$")]
type Fingerprint = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{43}$")]
"""SHA-256 as base64url without padding."""
type Code = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{8,64}$")]
type HomeMode = Literal["village", "self_consumption", "paused", "shadow", "unreachable"]


class Message(BaseModel):
    """A message of protocol version 1: unknown fields are tolerated, wrong ones are not."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    version: Literal[1] = 1


# --- Upwards: from a home to the members' API ---------------------------------------------


class InvitationQuery(Message):
    """A home asks what it is being invited to."""

    code: Code
    nonce: Nonce


class JoinRequest(InvitationQuery):
    """A home accepts an invitation, with its resident's consent."""

    consent: Literal[True]
    name: Name
    webhook_urls: Annotated[list[HttpUrl], Field(max_length=4)]
    """Empty where the home can only be reached down the stream that it opens itself."""


class BatteryDescription(BaseModel):
    """What one battery of a home can do."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    battery_id: Identifier
    name: Name
    capacity_wh: Annotated[float, Field(gt=0, le=MAX_POWER_W, allow_inf_nan=False)]
    max_charge_w: Rating
    max_discharge_w: Rating
    charge_efficiency: Efficiency = 0.95
    discharge_efficiency: Efficiency = 0.95
    reserve: Share


class HomeDescription(Message):
    """Where a home can be reached and which batteries it has."""

    webhook_urls: Annotated[list[HttpUrl], Field(max_length=4)]
    """Empty where the home can only be reached down the stream that it opens itself."""
    batteries: Annotated[list[BatteryDescription], Field(max_length=16)]

    @model_validator(mode="after")
    def _batteries_are_distinct(self) -> HomeDescription:
        ids = [battery.battery_id for battery in self.batteries]
        if len(set(ids)) != len(ids):
            msg = "each battery_id may occur once"
            raise ValueError(msg)
        return self


class BatteryReading(BaseModel):
    """How one battery stood at a moment."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    battery_id: Identifier
    at: AwareDatetime
    state_of_charge: Share
    power_w: Power
    setpoint_w: Power | None = None
    mode: HomeMode
    reason: Annotated[str, Field(pattern=r"^[a-z_]{1,40}$")]
    plan_sequence: Annotated[int, Field(ge=1, le=MAX_SEQUENCE)] | None = None


class GridReading(BaseModel):
    """What a home's connection carried at a moment, batteries included; positive = import."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    at: AwareDatetime
    power_w: Power


class Telemetry(Message):
    """What a home has measured since it last called."""

    sent_at: AwareDatetime
    batteries: Annotated[list[BatteryReading], Field(max_length=1000)]
    grid: GridReading | None = None
    """Of the meter of its connection, where its resident shares that."""


class MeterReading(BaseModel):
    """The load that the meter of a transformer, or of the feeder, saw; positive = import."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    at: AwareDatetime
    power_w: FeederPower


class MeterReadings(Message):
    """Readings of one transformer's meter."""

    readings: Annotated[list[MeterReading], Field(min_length=1, max_length=3000)]


class CodeAnswer(Message):
    """A home says whether it joins a code red or green."""

    joins: bool


class CodeDeeds(Message):
    """A home says what it did in a code red or green."""

    did: Annotated[list[Deed], Field(max_length=len(Deed))]


class StreamHello(Message):
    """The first thing that a home says on its stream."""

    sequence: Annotated[int, Field(ge=0, le=MAX_SEQUENCE)]
    """Of the last plan that it accepted; 0 before it accepted one."""


class VillageQuery(Message):
    """Somebody asks who answers here."""

    nonce: Nonce


# --- Answers of the members' API -----------------------------------------------------------


class Named(BaseModel):
    """Something with an id and a name: the village, a transformer."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    id: str
    name: str


class InvitationDetails(Message):
    """What a home is invited to; sealed, so that the home knows who invites it."""

    type: Literal["invitation"] = "invitation"
    nonce: Nonce
    village: Named
    transformer: Named
    expires_at: AwareDatetime


class VillageIdentity(Message):
    """Who answers; sealed, so that a home can follow its village to another address."""

    type: Literal["village"] = "village"
    nonce: Nonce
    village: Named
    certificate: Fingerprint | None = None
    """Of the TLS certificate that the members' listener itself shows; None where it shows none."""


class Membership(Message):
    """A home has joined; sealed."""

    type: Literal["membership"] = "membership"
    nonce: Nonce
    home_id: str
    token: str
    village: Named
    transformer: Named


class TransformerStatus(BaseModel):
    """How the home's transformer stands; None where nothing recent is known."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    id: str
    name: str
    limit_w: Rating
    load_w: Power | None
    load_at: AwareDatetime | None
    signal: CongestionSignal | None
    load_estimated: bool = False
    """Whether the load is no meter's, but estimated from members' meters or what homes usually draw."""
    forecast_peak_w: Power | None = None
    """The highest load, import or feed-in, expected in the coming 24 hours with the plan followed."""
    forecast_peak_at: AwareDatetime | None = None


class FeederStatus(BaseModel):
    """How the medium-voltage feeder above the village stands; None where nobody knows."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    forecast_peak_w: FeederPower | None = None
    forecast_peak_at: AwareDatetime | None = None


class MeasuredChange(BaseModel):
    """How much more was drawn than the baseline, without batteries: below zero is less."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    change_w: Power
    low_w: Power
    """The true change is between these in 95 of 100 cases."""
    high_w: Power


class CodeResult(BaseModel):
    """What a code that is over came to."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    state: Literal["waiting", "measured", "unmeasured"]
    """Whether the readings are in; `unmeasured` where they are not waited for any longer."""
    village: MeasuredChange | None = None
    own: MeasuredChange | None = None
    """None where the home shares no meter of its house, or too little is known of it."""
    joined: Annotated[int, Field(ge=0)] = 0
    """How many homes said that they join."""
    en: Annotated[str, Field(max_length=MAX_RESULT)] = ""
    """The same in a sentence or two."""
    nl: Annotated[str, Field(max_length=MAX_RESULT)] = ""


class CodeWindow(BaseModel):
    """A time in which residents are asked to use less (code red) or more (code green)."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    id: Identifier
    code: Literal[CongestionSignal.RED, CongestionSignal.GREEN]
    start: AwareDatetime
    end: AwareDatetime
    reason: Annotated[str, Field(max_length=MAX_REASON)] = ""
    expected_effect_w: Power | None = None
    joins: bool | None = None
    """What the home that asks has answered; None while it has not."""
    did: Annotated[list[Deed], Field(max_length=len(Deed))] = []
    """What that home said it did."""
    result: CodeResult | None = None
    """None until it is over."""


class Account(BaseModel):
    """What taking part has come to for one home."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    saving_month_eur: float | None = None
    shared_month_eur: float | None = None


class VillageStatus(BaseModel):
    """What a home may show about its village; what the village does not know or offer is None."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    at: AwareDatetime
    control_model: ControlModel
    comparing_until: AwareDatetime | None = None
    """Until when the village compares control models in turn; None while it is steered as voted."""
    transformer: TransformerStatus
    feeder: FeederStatus | None = None
    members: int | None = None
    """How many homes take part."""
    members_online: int | None = None
    """How many of them have called within two minutes."""
    peak_shaved_w: Power | None = None
    """By how much the batteries lower today's peak of the home's transformer; below zero they raise it."""
    co2_saved_kg: float | None = None
    """What the batteries saved at least this month, an estimate; below zero where they cost more."""
    co2_saved_at_most_kg: float | None = None
    own_sun_share: Share | None = None
    """Of what homes had left over this month, how much was used among them, with their batteries."""
    own_sun_share_without: Share | None = None
    """The same without batteries."""
    hours_saved: float | None = None
    """How many hours less the home's transformer was beyond its limit this month; below zero, more."""
    shown_by_name: bool | None = None
    """Whether the home asked to be shown by name on the community's page."""
    codes: Annotated[list[CodeWindow], Field(max_length=MAX_CODES)] = []
    account: Account | None = None
    webhook_reached: bool | None = None
    """Whether the home's webhook answered when it was last tried; if not, the home opens its stream."""


class RejectedReading(BaseModel):
    """A reading that was not taken, and why."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    battery_id: str
    at: AwareDatetime
    reason: Literal["unknown_battery", "duplicate", "too_old", "in_the_future"]


class MeterReceipt(Message):
    """How many of a meter's readings were taken in."""

    accepted: int


class Health(Message):
    """The village answers, and can reach its database."""

    status: Literal["ok"] = "ok"


class Envelope(Message):
    """A message under the village's signature."""

    key_id: str
    payload: str
    """The message as JSON text."""
    signature: str


class Problem(Message):
    """Why a call was refused."""

    error: str
    message: str
    """What to do."""


class TelemetryReceipt(Message):
    """What became of a telemetry message, and how the village stands."""

    accepted: int
    rejected: list[RejectedReading]
    village: VillageStatus


# --- Downwards: from the village to a home's webhook ---------------------------------------


class BatterySlots(BaseModel):
    """What one battery is asked to do, slot by slot."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    battery_id: Identifier
    power_w: Annotated[list[Power | None], Field(min_length=1, max_length=MAX_SLOTS)]
    reasons: Annotated[list[PlanReason], Field(min_length=1, max_length=MAX_SLOTS)]


class Outlook(BaseModel):
    """What the village expects of the plan's slots, so that a home can show and explain it."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    transformer_limit_w: Rating | None = None
    transformer_load_w: Annotated[list[Power | None], Field(max_length=MAX_SLOTS)] = []
    """With the plan followed, positive = import."""
    price_per_kwh: Annotated[list[Price | None], Field(max_length=MAX_SLOTS)] = []
    """What importing a kWh costs, in EUR."""


class ConnectionLimits(BaseModel):
    """What a home's connection may carry, kept also when the lease is over; None = no limit."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    import_w: Rating | None = None
    export_w: Rating | None = None


class PlanMessage(Message):
    """A home's part of the village's plan, on a lease; sealed."""

    type: Literal["plan"] = "plan"
    home_id: str
    sequence: Annotated[int, Field(ge=1)]
    issued_at: AwareDatetime
    lease_until: AwareDatetime
    control_model: ControlModel
    start: AwareDatetime
    slot_seconds: Annotated[float, Field(gt=0, le=86_400)]
    batteries: list[BatterySlots]
    outlook: Outlook | None = None
    connection: ConnectionLimits | None = None


class PlanAnswer(Message):
    """A home's answer to a plan."""

    accepted: bool
    sequence: int | None
    reason: str | None = None
