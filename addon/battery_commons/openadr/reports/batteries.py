"""The values of reports that tell of batteries: how they stand, and what they can do; pure.

Sums over batteries are of those that were heard of lately, and of no fewer homes than may be told of.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from battery_commons.domain.battery import Battery
from battery_commons.domain.reading import BatteryReading
from battery_commons.openadr.reports.coming import held_wh, moving_prices
from battery_commons.openadr.reports.subjects import Subject, may_tell_batteries
from battery_commons.openadr.reports.values import (
    FRESH_FOR,
    Known,
    Measure,
    Quality,
    Told,
    batteries_behind,
    homes_of,
    hours,
    plan_in_force,
    told,
)

type _Standing = Sequence[tuple[Battery, BatteryReading]]
"""Batteries with their newest readings."""
type _Sum = Callable[[_Standing, datetime, datetime, Known], Told]
"""Of batteries, in an interval."""


def _of_batteries(add_up: _Sum) -> Callable[[Subject, datetime, datetime, Known], Told]:
    """Return what tells a sum over the batteries as they stand; of an interval that is long over, nothing."""

    def tell(subject: Subject, start: datetime, end: datetime, known: Known) -> Told:
        behind = batteries_behind(subject, known.at_hand)
        heard = [each for each in known.at_hand if _is_fresh(known.latest.get(each.id), known.now)]
        fresh = batteries_behind(subject, heard)
        if not fresh:
            was_heard = any(each.id in known.latest for each in behind)
            return Told(None, Quality.STALE if was_heard else Quality.MISSING)
        if not may_tell_batteries(subject, known.transformers, homes_of(heard)):
            return Told(None, Quality.WITHHELD)
        if known.now - end > FRESH_FOR:
            return Told(None, Quality.STALE)
        found = add_up([(each, known.latest[each.id]) for each in fresh], start, end, known)
        return replace(found, quality=Quality.PARTIAL) if len(fresh) < len(behind) and found.is_ok else found

    return tell


def _sum_now(add_up: Callable[[_Standing], float]) -> Callable[[Subject, datetime, datetime, Known], Told]:
    """Return what tells how batteries stand, whatever the interval."""
    return _of_batteries(lambda standing, _start, _end, _known: told(add_up(standing)))


def _is_fresh(reading: BatteryReading | None, now: datetime) -> bool:
    return reading is not None and now - reading.at <= FRESH_FOR


def _level_percent(standing: _Standing) -> float:
    held = sum(each.capacity_wh * reading.state_of_charge for each, reading in standing)
    return 100 * held / sum(each.capacity_wh for each, _ in standing)


def _usable_kwh(standing: _Standing) -> float:
    return sum(each.capacity_wh * (1 - each.reserve) for each, _ in standing) / 1000


def _held_kwh(standing: _Standing) -> float:
    """Add up what is held above the homes' reserves."""
    return (
        sum(each.capacity_wh * max(now.state_of_charge - each.reserve, 0.0) for each, now in standing) / 1000
    )


def _room(side: int) -> _Sum:
    """Return what tells how far batteries could go below (0) or above (1) zero for a whole interval."""

    def tell(standing: _Standing, start: datetime, end: datetime, known: Known) -> Told:
        plan, is_coming = plan_in_force(known), start > known.now
        total = 0.0
        for battery, now in standing:
            held = battery.capacity_wh * now.state_of_charge
            if is_coming and plan is not None:
                held = held_wh(battery, held, known.now, start, plan)
            total += abs(battery.reach_w(held, hours(start, end))[side])
        return Told(total / 1000, Quality.ESTIMATED if is_coming and plan is None else Quality.OK)

    return tell


def _moving_price(standing: _Standing, start: datetime, end: datetime, known: Known, *, is_up: bool) -> Told:
    if known.plan is None:
        return Told(None, Quality.MISSING)
    plan = plan_in_force(known)
    if plan is None:
        return Told(None, Quality.STALE)
    of_each = [each.charge_efficiency * each.discharge_efficiency for each, _ in standing]
    prices = moving_prices(plan, start, end, known.now, sum(of_each) / len(of_each))
    return told(None if prices is None else prices.up if is_up else prices.down)


BATTERY_MEASURES: Mapping[str, Measure] = {
    "STORAGE_CHARGE_LEVEL": Measure("PERCENT", "DIRECT_READ", _sum_now(_level_percent)),
    "STORAGE_USABLE_CAPACITY": Measure("KWH", "SUMMED", _sum_now(_usable_kwh)),
    "STORAGE_USABLE_ENERGY": Measure("KWH", "SUMMED", _sum_now(_held_kwh)),
    "STORAGE_POWER": Measure(
        "KW", "SUMMED", _sum_now(lambda standing: sum(now.power_w for _, now in standing) / 1000)
    ),
    "STORAGE_MAX_CHARGE_POWER": Measure(
        "KW", "SUMMED", _sum_now(lambda standing: sum(each.max_charge_w for each, _ in standing) / 1000)
    ),
    "STORAGE_MAX_DISCHARGE_POWER": Measure(
        "KW", "SUMMED", _sum_now(lambda standing: sum(each.max_discharge_w for each, _ in standing) / 1000)
    ),
    "UP_REGULATION_AVAILABLE": Measure("KW", "ESTIMATED", _of_batteries(_room(0))),
    "DOWN_REGULATION_AVAILABLE": Measure("KW", "ESTIMATED", _of_batteries(_room(1))),
    "UP_REGULATION_PRICE": Measure("KWH", "ESTIMATED", _of_batteries(partial(_moving_price, is_up=True))),
    "DOWN_REGULATION_PRICE": Measure("KWH", "ESTIMATED", _of_batteries(partial(_moving_price, is_up=False))),
}
"""What the village can report of its batteries.

Private are `STORAGE_USABLE_ENERGY`, `STORAGE_POWER` and the prices (EUR per kWh): no standard type says that.
"""
