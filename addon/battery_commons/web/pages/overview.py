"""What the page shows: one picture of the village, made of what is stored and the plan in force."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from battery_commons.domain.grid import Transformer
from battery_commons.domain.plan import BatteryPlan, ControlModel, Plan
from battery_commons.domain.reading import MeterReading
from battery_commons.domain.situation import EstimatedLoad
from battery_commons.domain.tariff import SYNTHETIC
from battery_commons.domain.time import SLOT, slot_start
from battery_commons.store.records import (
    AnnouncedCode,
    DispatchRecord,
    StoredPrice,
)
from battery_commons.web.members.status import FRESH_FOR
from battery_commons.web.pages.naming import in_order
from battery_commons.web.pages.views import (
    Age,
    BatteryView,
    CodeView,
    ComingSlot,
    Condition,
    Delivery,
    Overview,
    Phase,
    PriceView,
    SentPlan,
    Setup,
    SlotPower,
    Snapshot,
    TransformerView,
)

PAST = timedelta(hours=12)
COMING = timedelta(hours=24)
CODES_COMING = timedelta(hours=48)
PRICES_AHEAD = timedelta(hours=10)
"""Day-ahead prices for tomorrow are out by 14:00, so this much is known at any time of a good day."""


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
        proposed=snapshot.proposed,
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
    return sorted(views, key=lambda view: (in_order(view.home), in_order(view.name)))


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
