"""The shapes in which the store answers."""

from dataclasses import dataclass
from datetime import datetime

from battery_commons.domain.battery import Battery
from battery_commons.domain.grid import CongestionSignal


@dataclass(frozen=True, slots=True)
class Village:
    """The village itself."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Invitation:
    """What an invitation lets a home into."""

    transformer_id: str
    expires_at: datetime
    used: bool


@dataclass(frozen=True, slots=True)
class ListedInvitation:
    """An invitation as the volunteer sees it: without its code, which is kept nowhere."""

    id: str
    """The first 16 hex digits of the SHA-256 of its code."""
    transformer_id: str
    expires_at: datetime
    used_at: datetime | None
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class NewHome:
    """A home that has just joined. Its token is told here once and kept nowhere."""

    home_id: str
    token: str


@dataclass(frozen=True, slots=True)
class Home:
    """A home that takes part."""

    id: str
    name: str
    transformer_id: str
    webhook_urls: tuple[str, ...]
    """Where the home's Home Assistant takes plans, in the order to try."""
    suspended_at: datetime | None = None
    """Since when the volunteer has it take no part; None for one that does."""


@dataclass(frozen=True, slots=True)
class HomeBattery:
    """A battery and the home that it stands in."""

    home_id: str
    battery_id: str
    """As its home calls it; `battery.id` is unique within the village."""
    name: str
    battery: Battery


@dataclass(frozen=True, slots=True)
class StoredPrice:
    """What energy costs in one slot, and who said so."""

    start: datetime
    eur_per_kwh: float
    source: str


@dataclass(frozen=True, slots=True)
class DispatchRecord:
    """What became of one plan that was sent to one home."""

    sequence: int
    issued_at: datetime
    lease_until: datetime
    accepted: bool | None
    """None until the home has answered."""
    answered_at: datetime | None
    reason: str | None
    """Why the home refused, in the words of docs/protocol.md."""
    plan_json: str
    attempts: int
    """How often it was sent, the answered time included."""
    last_attempt_at: datetime | None
    last_error: str | None
    """Why the last attempt did not reach the home; None once it has answered."""


@dataclass(frozen=True, slots=True)
class OfferedCode:
    """A window of code red or green that was announced."""

    id: str
    code: CongestionSignal
    """Red or green."""
    start: datetime
    end: datetime
    reason: str
    """The volunteer's own words; may be empty."""
    expected_effect_w: float | None
    """The change of the village's load that is hoped for; negative = less import."""
    joins: bool | None
    """What the home that asks has answered; None while it has not."""


@dataclass(frozen=True, slots=True)
class AnnouncedCode:
    """A window as the village itself sees it, with how many homes answered what."""

    window: OfferedCode
    announced_at: datetime
    withdrawn_at: datetime | None
    joining: int
    declining: int


@dataclass(frozen=True, slots=True)
class GivenAnswer:
    """What a home answered to a window, and when."""

    window: OfferedCode
    at: datetime


@dataclass(frozen=True, slots=True)
class MeanSlot:
    """How a battery stood in a quarter hour: the mean of its readings."""

    start: datetime
    power_w: float
    state_of_charge: float
