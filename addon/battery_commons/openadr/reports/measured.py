"""The values of reports, of what is known of the village at a moment; pure.

Of what is not known, or would tell of one household, there is no value, and the quality says so. The reports'
payload types are those of OpenADR 3 ("Enumerations", report payloads).
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from battery_commons.domain.battery import Battery
from battery_commons.domain.grid import FEEDER_ID, Transformer
from battery_commons.domain.plan import Plan
from battery_commons.domain.reading import BatteryReading
from battery_commons.domain.time import SLOT, slot_start
from battery_commons.openadr.reports.subjects import Subject, may_tell_batteries

FRESH_FOR = 2 * SLOT
"""A reading or a plan older than this (village time) says nothing about now."""

type SlotMeans = Mapping[datetime, float]
"""Mean power (W) by the start of a quarter hour."""


class Quality(StrEnum):
    """What is to be thought of a value, as `DATA_QUALITY` tells it."""

    OK = "OK"
    ESTIMATED = "ESTIMATED"
    PARTIAL = "PARTIAL"
    """Of the batteries that were heard of lately; others were not."""
    STALE = "STALE"
    """What is known is too old to be told."""
    MISSING = "MISSING"
    WITHHELD = "WITHHELD"
    """It would tell about one household."""


@dataclass(frozen=True, slots=True)
class Told:
    """A value, if there is one, and what is to be thought of it."""

    value: float | None
    quality: Quality


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the village at a moment."""

    now: datetime
    transformers: Sequence[Transformer]
    batteries: Sequence[Battery]
    """All of them: what they draw is in the load."""
    at_hand: Sequence[Battery]
    """Those that can be asked something: of homes that take part now."""
    latest: Mapping[str, BatteryReading]
    loads: Mapping[str, SlotMeans]
    """By transformer, and the feeder by its own id."""
    drawn: Mapping[str, SlotMeans]
    """By battery."""
    plan: Plan | None = None


@dataclass(frozen=True, slots=True)
class Measure:
    """A payload type that the village can report."""

    unit: str
    reading_type: str
    tell: Callable[[Subject, datetime, datetime, Known], Told]
    is_metered: bool = False
    """Whether late meter data can still change it."""
    needs_batteries: bool = False
    """Whether it needs what batteries drew."""


def mean_w(means: SlotMeans, start: datetime, end: datetime) -> float | None:
    """Return the mean power over [start, end); None unless each quarter hour of it was measured."""
    energy = 0.0
    slot = slot_start(start)
    while slot < end:
        if slot not in means:
            return None
        energy += means[slot] * ((min(slot + SLOT, end) - max(slot, start)) / SLOT)
        slot += SLOT
    return energy / ((end - start) / SLOT)


def _hours(start: datetime, end: datetime) -> float:
    return (end - start) / timedelta(hours=1)


def _sources(subject: Subject, known: Known) -> list[SlotMeans]:
    ids = [FEEDER_ID] if subject.is_feeder else [each.id for each in subject.transformers]
    return [known.loads.get(id_, {}) for id_ in ids]


def _sum_w(sources: Sequence[SlotMeans], start: datetime, end: datetime) -> float | None:
    total = 0.0
    for means in sources:
        power = mean_w(means, start, end)
        if power is None:
            return None
        total += power
    return total


def _load_w(subject: Subject, start: datetime, end: datetime, known: Known) -> float | None:
    return None if end > known.now else _sum_w(_sources(subject, known), start, end)


def _told(value: float | None) -> Told:
    return Told(None, Quality.MISSING) if value is None else Told(value, Quality.OK)


def _demand(subject: Subject, start: datetime, end: datetime, known: Known) -> Told:
    load = _load_w(subject, start, end, known)
    return _told(None if load is None else load / 1000)


def _usage(subject: Subject, start: datetime, end: datetime, known: Known) -> Told:
    load = _load_w(subject, start, end, known)
    return _told(None if load is None else load / 1000 * _hours(start, end))


def _baseline(subject: Subject, start: datetime, end: datetime, known: Known) -> Told:
    """Tell the load less what the batteries drew. With the load, it tells what they drew."""
    behind = _behind(subject, known.batteries)
    if behind and not may_tell_batteries(subject, known.transformers, _homes(known.batteries)):
        return Told(None, Quality.WITHHELD)
    load = _load_w(subject, start, end, known)
    drawn = _sum_w([known.drawn.get(each.id, {}) for each in behind], start, end)
    return _told(None if load is None or drawn is None else (load - drawn) / 1000)


def _behind(subject: Subject, batteries: Sequence[Battery]) -> list[Battery]:
    ids = {each.id for each in subject.transformers}
    return [each for each in batteries if each.transformer_id in ids]


def _homes(batteries: Sequence[Battery]) -> Mapping[str, int]:
    """Return how many homes have one, by transformer."""
    homes = {(each.transformer_id, each.id.partition("/")[0]) for each in batteries}
    return Counter(transformer_id for transformer_id, _ in homes)


type _Sum = Callable[[Sequence[tuple[Battery, BatteryReading]], float], float]
"""Of batteries with their newest readings, and the hours of an interval."""


def _of_batteries(add_up: _Sum) -> Callable[[Subject, datetime, datetime, Known], Told]:
    """Return what tells a sum over the batteries as they stand; of an interval that is long over, nothing."""

    def tell(subject: Subject, start: datetime, end: datetime, known: Known) -> Told:
        behind = _behind(subject, known.at_hand)
        heard = [each for each in known.at_hand if _is_fresh(known.latest.get(each.id), known.now)]
        fresh = _behind(subject, heard)
        if not fresh:
            was_heard = any(each.id in known.latest for each in behind)
            return Told(None, Quality.STALE if was_heard else Quality.MISSING)
        if not may_tell_batteries(subject, known.transformers, _homes(heard)):
            return Told(None, Quality.WITHHELD)
        if known.now - end > FRESH_FOR:
            return Told(None, Quality.STALE)
        value = add_up([(each, known.latest[each.id]) for each in fresh], _hours(start, end))
        return Told(value, Quality.OK if len(fresh) == len(behind) else Quality.PARTIAL)

    return tell


def _is_fresh(reading: BatteryReading | None, now: datetime) -> bool:
    return reading is not None and now - reading.at <= FRESH_FOR


def _level_percent(standing: Sequence[tuple[Battery, BatteryReading]], _: float) -> float:
    held = sum(each.capacity_wh * reading.state_of_charge for each, reading in standing)
    return 100 * held / sum(each.capacity_wh for each, _ in standing)


def _usable_kwh(standing: Sequence[tuple[Battery, BatteryReading]], _: float) -> float:
    return sum(each.capacity_wh * (1 - each.reserve) for each, _ in standing) / 1000


def _reach_kw(standing: Sequence[tuple[Battery, BatteryReading]], hours: float, side: int) -> float:
    reaches = (each.reach_w(each.capacity_wh * now.state_of_charge, hours) for each, now in standing)
    return sum(abs(reach[side]) for reach in reaches) / 1000


def _forecast(subject: Subject, start: datetime, end: datetime, known: Known) -> Told:
    """Tell what the plan in force expects to be drawn."""
    plan = known.plan
    if plan is None:
        return Told(None, Quality.MISSING)
    if known.now - plan.grid.start > FRESH_FOR:
        return Told(None, Quality.STALE)
    if subject.is_feeder:
        series = [plan.feeder_w()]
    else:
        if any(each.id in plan.untold for each in subject.transformers):
            return Told(None, Quality.WITHHELD)
        series = [
            plan.forecast_w(each.id, {one.id for one in known.batteries if one.transformer_id == each.id})
            for each in subject.transformers
        ]
    starts = plan.grid.starts()
    sources = [dict(zip(starts, each, strict=True)) if each is not None else {} for each in series]
    expected = _sum_w(sources, start, end)
    if expected is None:
        return Told(None, Quality.MISSING)
    is_estimated = any(each.id in plan.estimated for each in subject.transformers)
    quality = Quality.ESTIMATED if is_estimated and not subject.is_feeder else Quality.OK
    return Told(expected / 1000 * _hours(start, end), quality)


MEASURES: Mapping[str, Measure] = {
    "READING": Measure("KW", "MEAN", _demand, is_metered=True),
    "DEMAND": Measure("KW", "MEAN", _demand, is_metered=True),
    "USAGE": Measure("KWH", "SUMMED", _usage, is_metered=True),
    "BASELINE": Measure("KW", "MEAN", _baseline, is_metered=True, needs_batteries=True),
    "STORAGE_CHARGE_LEVEL": Measure("PERCENT", "DIRECT_READ", _of_batteries(_level_percent)),
    "STORAGE_USABLE_CAPACITY": Measure("KWH", "SUMMED", _of_batteries(_usable_kwh)),
    "STORAGE_MAX_CHARGE_POWER": Measure(
        "KW", "SUMMED", _of_batteries(lambda all_, _: sum(each.max_charge_w for each, _ in all_) / 1000)
    ),
    "STORAGE_MAX_DISCHARGE_POWER": Measure(
        "KW", "SUMMED", _of_batteries(lambda all_, _: sum(each.max_discharge_w for each, _ in all_) / 1000)
    ),
    "UP_REGULATION_AVAILABLE": Measure(
        "KW", "ESTIMATED", _of_batteries(lambda all_, hours: _reach_kw(all_, hours, 0))
    ),
    "DOWN_REGULATION_AVAILABLE": Measure(
        "KW", "ESTIMATED", _of_batteries(lambda all_, hours: _reach_kw(all_, hours, 1))
    ),
    "USAGE_FORECAST": Measure("KWH", "FORECAST", _forecast),
}
"""What the village can report. `DATA_QUALITY` alone is that of the load."""
