"""A village below as one virtual battery, put together from its reports; pure.

Only reports on the whole village count (`AGGREGATED_REPORT`), and of each figure the newest: where that says
that nothing is known, an older value is not shown in its place.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from battery_commons.openadr.objects import Interval, Report
from battery_commons.openadr.reports.subjects import AGGREGATED
from battery_commons.openadr.reports.values import FRESH_FOR

NOW_TOLD = (
    "STORAGE_POWER",
    "STORAGE_CHARGE_LEVEL",
    "STORAGE_USABLE_ENERGY",
    "STORAGE_USABLE_CAPACITY",
    "STORAGE_MAX_CHARGE_POWER",
    "STORAGE_MAX_DISCHARGE_POWER",
)
"""How it stands, by the reports that tell it."""
COMING_TOLD = (
    "UP_REGULATION_AVAILABLE",
    "DOWN_REGULATION_AVAILABLE",
    "UP_REGULATION_PRICE",
    "DOWN_REGULATION_PRICE",
)
"""What it can do in the slots to come, and at what price."""
_QUALITY = "DATA_QUALITY"
_UNKNOWN = "MISSING"
_MOST_KW = 1e7
"""More than any country's batteries: a figure beyond is none."""


@dataclass(frozen=True, slots=True)
class ToldFigure:
    """A figure as a village told it."""

    value: float | None = None
    quality: str = _UNKNOWN
    """What the village says of it: as in `Quality` of openadr/reports/values.py."""
    at: datetime | None = None
    """Of when it is; None for one that was never told."""

    def age(self, now: datetime) -> timedelta | None:
        """Return how old it is."""
        return None if self.at is None else max(now - self.at, timedelta(0))

    def is_fresh(self, now: datetime) -> bool:
        """Return whether it says something about now."""
        return self.value is not None and self.at is not None and now - self.at <= FRESH_FOR

    def fresh(self, now: datetime) -> float | None:
        """Return the value, if it says something about now."""
        return self.value if self.is_fresh(now) else None


@dataclass(frozen=True, slots=True)
class ComingSlot:
    """A slot to come: how far the batteries could be moved in it, each slot by itself."""

    start: datetime
    end: datetime
    up_kw: float | None
    """How far below zero they could go."""
    down_kw: float | None
    """How far above zero."""
    up_eur_per_kwh: float | None
    """What the village asks for a kWh less than it planned."""
    down_eur_per_kwh: float | None
    """And for a kWh more."""


@dataclass(frozen=True, slots=True)
class VirtualBattery:
    """What a village told of all its batteries together."""

    figures: Mapping[str, ToldFigure] = field(default_factory=dict)
    """By the report that tells it, those of `NOW_TOLD`."""
    coming: Sequence[ComingSlot] = ()
    """The slots from now on, of reports that are fresh."""
    heard_at: datetime | None = None
    """When the newest of its reports came."""

    def figure(self, name: str) -> ToldFigure:
        """Return a figure, by the report that tells it."""
        return self.figures.get(name, ToldFigure())


def virtual_battery(told: Iterable[tuple[Report, datetime]], now: datetime) -> VirtualBattery:
    """Return the virtual battery that a village's reports, each with when it came, make."""
    figures: dict[str, ToldFigure] = {}
    coming: dict[str, tuple[datetime, Mapping[tuple[datetime, datetime], float]]] = {}
    heard_at: datetime | None = None
    for report, came in told:
        heard_at = came if heard_at is None else max(came, heard_at)
        for name, intervals in _of_whole(report).items():
            about = min([_start(each) or came for each in intervals], default=came)
            at = min(about, came)
            if name in NOW_TOLD:
                known = figures.get(name)
                if known is None or known.at is None or at > known.at:
                    figures[name] = _figure(name, intervals[0], at)
            elif name not in coming or at > coming[name][0]:
                coming[name] = at, _by_slot(name, intervals)
    fresh = {name: values for name, (at, values) in coming.items() if now - at <= FRESH_FOR}
    return VirtualBattery(figures, _coming(fresh, now), heard_at)


def _coming(
    fresh: Mapping[str, Mapping[tuple[datetime, datetime], float]], now: datetime
) -> list[ComingSlot]:
    slots = sorted({slot for values in fresh.values() for slot in values if slot[1] > now})
    return [
        ComingSlot(start, end, *(fresh.get(name, {}).get((start, end)) for name in COMING_TOLD))
        for start, end in slots
    ]


def _of_whole(report: Report) -> Mapping[str, Sequence[Interval]]:
    """Return the intervals in which a report tells of the whole village, by what they are about."""
    asked = [each.payload_type for each in report.payload_descriptors or ()]
    found = {}
    for resource in report.resources:
        if resource.resource_name == AGGREGATED:
            carried = [payload.type for each in resource.intervals for payload in each.payloads]
            # A report without a value says so in its quality, and its descriptors say of what.
            for name in (*NOW_TOLD, *COMING_TOLD):
                if name in asked or name in carried:
                    found[name] = resource.intervals
    return found


def _figure(name: str, interval: Interval, at: datetime) -> ToldFigure:
    quality = next((str(each.values[0]) for each in interval.payloads if each.type == _QUALITY), "OK")
    value = _value(name, interval)
    if value is None and quality == "OK":
        quality = _UNKNOWN
    return ToldFigure(value, quality, at)


def _by_slot(name: str, intervals: Sequence[Interval]) -> dict[tuple[datetime, datetime], float]:
    found = {}
    for each in intervals:
        period, value = each.interval_period, _value(name, each)
        if value is None or period is None or period.start is None or period.duration is None:
            continue
        try:
            end = period.duration.after(period.start, UTC)
        except OverflowError:
            continue
        if end > period.start:
            found[period.start, end] = value
    return found


def _value(name: str, interval: Interval) -> float | None:
    """Return what an interval says; None for nothing, or for what no batteries can be."""
    for each in interval.payloads:
        value = each.values[0]
        if each.type == name and isinstance(value, int | float) and not isinstance(value, bool):
            least = -_MOST_KW if name == "STORAGE_POWER" or name.endswith("_PRICE") else 0.0
            most = 100.0 if name == "STORAGE_CHARGE_LEVEL" else _MOST_KW
            return float(value) if least <= value <= most else None
    return None


def _start(interval: Interval) -> datetime | None:
    return interval.interval_period.start if interval.interval_period is not None else None
