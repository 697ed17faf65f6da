"""The values of reports, of what is known of the village at a moment; pure.

Of what is not known, or would tell of one household, there is no value, and the quality says so. The reports'
payload types are those of OpenADR 3 ("Enumerations", report payloads).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from battery_commons.domain.grid import FEEDER_ID
from battery_commons.domain.time import SLOT, slot_start
from battery_commons.openadr.reports.batteries import BATTERY_MEASURES
from battery_commons.openadr.reports.subjects import Subject, may_tell_batteries
from battery_commons.openadr.reports.values import (
    Known,
    Measure,
    Quality,
    SlotMeans,
    Told,
    batteries_behind,
    homes_of,
    hours,
    plan_in_force,
    told,
)


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


def _demand(subject: Subject, start: datetime, end: datetime, known: Known) -> Told:
    load = _load_w(subject, start, end, known)
    return told(None if load is None else load / 1000)


def _usage(subject: Subject, start: datetime, end: datetime, known: Known) -> Told:
    load = _load_w(subject, start, end, known)
    return told(None if load is None else load / 1000 * hours(start, end))


def _baseline(subject: Subject, start: datetime, end: datetime, known: Known) -> Told:
    """Tell the load less what the batteries drew. With the load, it tells what they drew."""
    behind = batteries_behind(subject, known.batteries)
    if behind and not may_tell_batteries(subject, known.transformers, homes_of(known.batteries)):
        return Told(None, Quality.WITHHELD)
    load = _load_w(subject, start, end, known)
    drawn = _sum_w([known.drawn.get(each.id, {}) for each in behind], start, end)
    return told(None if load is None or drawn is None else (load - drawn) / 1000)


def _forecast(subject: Subject, start: datetime, end: datetime, known: Known) -> Told:
    """Tell what the plan in force expects to be drawn."""
    plan = known.plan
    if plan is None:
        return Told(None, Quality.MISSING)
    if plan_in_force(known) is None:
        return Told(None, Quality.STALE)
    if subject.is_feeder:
        series = [plan.feeder_w({each.id for each in batteries_behind(subject, known.batteries)})]
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
    return Told(expected / 1000 * hours(start, end), quality)


MEASURES: Mapping[str, Measure] = {
    **BATTERY_MEASURES,
    "READING": Measure("KW", "MEAN", _demand, is_metered=True),
    "DEMAND": Measure("KW", "MEAN", _demand, is_metered=True),
    "USAGE": Measure("KWH", "SUMMED", _usage, is_metered=True),
    "BASELINE": Measure("KW", "MEAN", _baseline, is_metered=True, needs_batteries=True),
    "USAGE_FORECAST": Measure("KWH", "FORECAST", _forecast),
}
"""What the village can report. `DATA_QUALITY` alone is that of the load."""
