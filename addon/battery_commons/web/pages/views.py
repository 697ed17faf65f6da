"""What the first page, and others after it, show: the shapes of it, without how they are made."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from battery_commons.domain.grid import CongestionSignal, Transformer
from battery_commons.domain.plan import ControlModel, PlanReason
from battery_commons.domain.reading import BatteryReading, MeterReading
from battery_commons.store.records import (
    AnnouncedCode,
    DispatchRecord,
    Home,
    HomeBattery,
    StoredPrice,
    Village,
)


class Condition(StrEnum):
    """Whether an input can be relied on."""

    FRESH = "fresh"
    OLD = "old"
    MISSING = "missing"


class Phase(StrEnum):
    """Where a window of time is, seen from now."""

    OVER = "over"
    NOW = "now"
    COMING = "coming"


class Delivery(StrEnum):
    """What became of a plan that was sent."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything the store knows that the page needs, read at one go."""

    village: Village
    transformers: Sequence[Transformer]
    homes: Sequence[Home]
    batteries: Sequence[HomeBattery]
    readings: Mapping[str, BatteryReading]
    """By battery."""
    loads: Mapping[str, MeterReading | None]
    """The newest of each transformer."""
    measured_w: Mapping[str, Mapping[datetime, float]]
    """Mean load per slot of the past hours, by transformer."""
    prices: Mapping[datetime, StoredPrice]
    dispatches: Mapping[str, DispatchRecord]
    """The newest of each home."""
    codes: Sequence[AnnouncedCode] = ()
    """Windows of code red and green that are not long over, withdrawn ones too."""
    proposed: int = 0
    """How many codes are proposed and neither announced nor dismissed."""
    had_prices: bool = False
    """Whether prices were ever brought in, of whatever time."""


@dataclass(frozen=True, slots=True)
class Age:
    """How old an input is."""

    at: datetime | None
    seconds: float | None
    """In village time; None when there is nothing."""
    condition: Condition


@dataclass(frozen=True, slots=True)
class SlotPower:
    """The mean power of one slot (W)."""

    start: datetime
    power_w: float


@dataclass(frozen=True, slots=True)
class TransformerView:
    """A transformer: what it carried, and what it is expected to carry."""

    id: str
    name: str
    limit_w: float
    meter: Age
    load_w: float | None
    signal: CongestionSignal | None
    """None while the load is not fresh."""
    measured: Sequence[SlotPower]
    base: Sequence[SlotPower]
    """The forecast without batteries."""
    planned: Sequence[SlotPower]
    """The forecast with the batteries following the plan."""
    highest: SlotPower | None
    """The most import expected, if any."""
    lowest: SlotPower | None
    """The most feed-in expected, if any."""
    estimated_within_w: float | None = None
    """Of an estimated load: four out of five are no further off. None for one that is measured."""
    estimated: Sequence[SlotPower] = ()
    """The newest slot that was estimated, where that stands in for the meter."""
    room_w: float | None = None
    """What is left under the limit, in the direction of the load; below zero when it is over the limit.

    None while the load is not fresh.
    """
    tightest: SlotPower | None = None
    """The coming slot with the least room under the limit, in either direction; None of an old forecast."""


@dataclass(frozen=True, slots=True)
class CodeView:
    """A window in which residents are asked to use less (red) or more (green): [start, end)."""

    code: CongestionSignal
    start: datetime
    end: datetime
    reason: str
    """The volunteer's own words; may be empty."""
    joining: int
    """How many homes said that they join."""
    phase: Phase


@dataclass(frozen=True, slots=True)
class ComingSlot:
    """What a battery will be asked to do in a slot; None leaves it to its own house."""

    start: datetime
    power_w: float | None
    reason: PlanReason


@dataclass(frozen=True, slots=True)
class SentPlan:
    """The newest plan that went to a battery's home."""

    sequence: int
    issued_at: datetime
    lease_until: datetime
    lease_over: bool
    delivery: Delivery
    refusal: str | None
    attempts: int
    last_error: str | None


@dataclass(frozen=True, slots=True)
class BatteryView:
    """A battery: how it stands and what it is asked."""

    id: str
    home_id: str
    home: str
    name: str
    transformer_id: str
    capacity_wh: float
    max_power_w: float
    reading: Age
    state_of_charge: float | None
    power_w: float | None
    setpoint_w: float | None
    mode: str | None
    reason: str | None
    followed_sequence: int | None
    """The plan that the home says it follows."""
    coming: Sequence[ComingSlot]
    next_change: ComingSlot | None
    """The first coming slot that asks something else than the present one."""
    sent: SentPlan | None


@dataclass(frozen=True, slots=True)
class PriceView:
    """What energy costs and how far ahead that is known."""

    condition: Condition
    sources: Sequence[str]
    synthetic: bool
    """Whether any of them is made up."""
    now_eur_per_kwh: float | None
    known_until: datetime | None


@dataclass(frozen=True, slots=True)
class Setup:
    """Which steps of setting up are done."""

    village: bool
    transformer: bool
    home: bool
    prices: bool

    @property
    def complete(self) -> bool:
        """Whether nothing is left to do."""
        return self.village and self.transformer and self.home and self.prices


@dataclass(frozen=True, slots=True)
class Together:
    """All batteries of which a reading is up to date, as one."""

    count: int
    capacity_wh: float
    stored_wh: float
    power_w: float


@dataclass(frozen=True, slots=True)
class Overview:
    """The village at one moment."""

    at: datetime
    village: str
    control_model: ControlModel
    setup: Setup
    transformers: Sequence[TransformerView]
    batteries: Sequence[BatteryView]
    prices: PriceView
    forecast: Age
    codes: Sequence[CodeView] = ()
    """From what the charts look back on up to CODES_COMING ahead, by start."""
    proposed: int = 0
    """How many codes are proposed, for a volunteer to announce or dismiss."""
    homes: int = 0

    @property
    def silent(self) -> list[BatteryView]:
        """The batteries of which no reading is up to date."""
        return [each for each in self.batteries if each.reading.condition is not Condition.FRESH]

    @property
    def together(self) -> Together:
        """What the other batteries are together."""
        known = [
            (each.capacity_wh, each.capacity_wh * each.state_of_charge, each.power_w)
            for each in self.batteries
            if each.reading.condition is Condition.FRESH
            and each.state_of_charge is not None
            and each.power_w is not None
        ]
        capacity_wh, stored_wh, power_w = map(sum, zip(*known, strict=True)) if known else (0, 0, 0)
        return Together(len(known), capacity_wh, stored_wh, power_w)
