"""What the page shows: one picture of the village, made of what is stored and the plan in force."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from battery_commons.domain.grid import CongestionSignal, Transformer
from battery_commons.domain.plan import BatteryPlan, ControlModel, Plan, PlanReason
from battery_commons.domain.reading import BatteryReading, MeterReading
from battery_commons.domain.situation import EstimatedLoad
from battery_commons.domain.tariff import SYNTHETIC
from battery_commons.domain.time import SLOT, slot_start
from battery_commons.store.records import (
    AnnouncedCode,
    DispatchRecord,
    Home,
    HomeBattery,
    StoredPrice,
    Village,
)
from battery_commons.web.members.status import FRESH_FOR

PAST = timedelta(hours=12)
COMING = timedelta(hours=24)
CODES_COMING = timedelta(hours=48)
PRICES_AHEAD = timedelta(hours=10)
"""Day-ahead prices for tomorrow are out by 14:00, so this much is known at any time of a good day."""


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
    homes: int = 0


def overview(
    snapshot: Snapshot,
    plan: Plan | None,
    control_model: ControlModel,
    now: datetime,
    *,
    unnamed: str,
    estimated: Mapping[str, EstimatedLoad] | None = None,
) -> Overview:
    """Return the village at the village time `now`; `unnamed` is the name it has before it is given one.

    `estimated` is by transformer what stands in for its meter, where something does.
    """
    return Overview(
        at=now,
        village=snapshot.village.name,
        control_model=control_model,
        setup=Setup(
            village=snapshot.village.name != unnamed,
            transformer=bool(snapshot.transformers),
            home=bool(snapshot.homes),
            prices=bool(snapshot.prices) or snapshot.had_prices,
        ),
        transformers=[
            _transformer(each, snapshot, plan, now, (estimated or {}).get(each.id))
            for each in snapshot.transformers
        ],
        batteries=_batteries(snapshot, plan, now),
        prices=_prices(snapshot.prices, now),
        forecast=age_of(plan.grid.start if plan else None, now),
        codes=_codes(snapshot.codes, now),
        homes=len(snapshot.homes),
    )


def age_of(at: datetime | None, now: datetime) -> Age:
    """Return how old something of `at` is."""
    if at is None:
        return Age(at=None, seconds=None, condition=Condition.MISSING)
    condition = Condition.FRESH if now - at <= FRESH_FOR else Condition.OLD
    return Age(at=at, seconds=max(0.0, (now - at).total_seconds()), condition=condition)


def _codes(codes: Sequence[AnnouncedCode], now: datetime) -> list[CodeView]:
    views = []
    for each in codes:
        window = each.window
        if each.withdrawn_at or window.end <= now - PAST or window.start >= now + CODES_COMING:
            continue
        phase = Phase.OVER if window.end <= now else Phase.NOW if window.start <= now else Phase.COMING
        views.append(CodeView(window.code, window.start, window.end, window.reason, each.joining, phase))
    return views


def _coming(plan: Plan, now: datetime) -> slice:
    """The plan's slots from the present one on, as far as the page looks ahead."""
    first = max(0, (slot_start(now) - plan.grid.start) // SLOT)
    return slice(first, max(first, (slot_start(now) + COMING - plan.grid.start) // SLOT))


def _transformer(
    transformer: Transformer,
    snapshot: Snapshot,
    plan: Plan | None,
    now: datetime,
    estimate: EstimatedLoad | None,
) -> TransformerView:
    load = snapshot.loads.get(transformer.id)
    meter = age_of(load.at if load else None, now)
    if estimate is not None and (load is None or load.at < estimate.at):
        load = MeterReading(estimate.at, estimate.load_w)
    else:
        estimate = None
    is_fresh = age_of(load.at if load else None, now).condition is Condition.FRESH
    measured = snapshot.measured_w.get(transformer.id, {})
    is_new = age_of(plan.grid.start if plan else None, now).condition is Condition.FRESH
    base: list[SlotPower] = []
    planned: list[SlotPower] = []
    # What nothing is known of is planned for as a plain zero, which is no forecast.
    if plan and transformer.id in plan.base_load_w and transformer.id not in plan.unmeasured:
        behind = [
            each.battery.id for each in snapshot.batteries if each.battery.transformer_id == transformer.id
        ]
        coming = _coming(plan, now)
        starts = plan.grid.starts()[coming]
        base = _series(starts, plan.base_load_w[transformer.id][coming])
        planned = _series(starts, plan.load_w(transformer.id, behind)[coming])
    highest = max(planned, key=lambda slot: slot.power_w, default=None)
    lowest = min(planned, key=lambda slot: slot.power_w, default=None)
    return TransformerView(
        id=transformer.id,
        name=transformer.name,
        limit_w=transformer.limit_w,
        meter=meter,
        load_w=load.power_w if load else None,
        estimated_within_w=estimate.spread_w if estimate else None,
        estimated=[SlotPower(estimate.at - SLOT, estimate.load_w)] if estimate else [],
        signal=transformer.signal(load.power_w) if load and is_fresh else None,
        room_w=transformer.limit_w - abs(load.power_w) if load and is_fresh else None,
        tightest=max(planned, key=lambda slot: abs(slot.power_w), default=None) if is_new else None,
        measured=[SlotPower(start, measured[start]) for start in sorted(measured)],
        base=base,
        planned=planned,
        highest=highest if highest and highest.power_w > 0 else None,
        lowest=lowest if lowest and lowest.power_w < 0 else None,
    )


def _series(starts: Sequence[datetime], powers_w: Sequence[float]) -> list[SlotPower]:
    return [SlotPower(start, float(power_w)) for start, power_w in zip(starts, powers_w, strict=True)]


def _batteries(snapshot: Snapshot, plan: Plan | None, now: datetime) -> list[BatteryView]:
    homes = {home.id: home for home in snapshot.homes}
    plans = {each.battery_id: each for each in plan.batteries} if plan else {}
    views = []
    for each in snapshot.batteries:
        if each.home_id not in homes:
            continue  # It left while the snapshot was taken.
        reading = snapshot.readings.get(each.battery.id)
        own_plan = plans.get(each.battery.id)
        coming = _coming_slots(plan, own_plan, now) if plan and own_plan else []
        views.append(
            BatteryView(
                id=each.battery.id,
                home_id=each.home_id,
                home=homes[each.home_id].name,
                name=each.name,
                transformer_id=each.battery.transformer_id,
                capacity_wh=each.battery.capacity_wh,
                max_power_w=max(each.battery.max_charge_w, each.battery.max_discharge_w),
                reading=age_of(reading.at if reading else None, now),
                state_of_charge=reading.state_of_charge if reading else None,
                power_w=reading.power_w if reading else None,
                setpoint_w=reading.setpoint_w if reading else None,
                mode=reading.mode if reading else None,
                reason=reading.reason if reading else None,
                followed_sequence=reading.plan_sequence if reading else None,
                coming=coming,
                next_change=next((slot for slot in coming if slot.reason != coming[0].reason), None),
                sent=sent_plan(snapshot.dispatches.get(each.home_id), now),
            )
        )
    return views


def _coming_slots(plan: Plan, own: BatteryPlan, now: datetime) -> list[ComingSlot]:
    coming = _coming(plan, now)
    slots = zip(plan.grid.starts()[coming], own.power_w[coming], own.reasons[coming], strict=True)
    return [ComingSlot(start, None if power is None else float(power), why) for start, power, why in slots]


def sent_plan(record: DispatchRecord | None, now: datetime) -> SentPlan | None:
    """Return how a plan that was sent stands."""
    if record is None:
        return None
    answers = {None: Delivery.WAITING, True: Delivery.ACCEPTED, False: Delivery.REFUSED}
    return SentPlan(
        sequence=record.sequence,
        issued_at=record.issued_at,
        lease_until=record.lease_until,
        lease_over=record.lease_until <= now,
        delivery=answers[record.accepted],
        refusal=record.reason,
        attempts=record.attempts,
        last_error=record.last_error,
    )


def _prices(prices: Mapping[datetime, StoredPrice], now: datetime) -> PriceView:
    """Look at the prices without a gap from the present slot on."""
    known = []
    start = slot_start(now)
    while start in prices:
        known.append(prices[start])
        start += SLOT
    sources = sorted({price.source for price in known})
    if not known:
        condition = Condition.OLD if prices else Condition.MISSING
    else:
        condition = Condition.FRESH if start - now >= PRICES_AHEAD else Condition.OLD
    return PriceView(
        condition=condition,
        sources=sources,
        synthetic=SYNTHETIC in sources,
        now_eur_per_kwh=known[0].eur_per_kwh if known else None,
        known_until=start if known else None,
    )
