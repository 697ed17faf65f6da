"""What a report's values are made of: what is known, and what may be told of it; pure."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from battery_commons.domain.battery import Battery
from battery_commons.domain.grid import Transformer
from battery_commons.domain.plan import Plan
from battery_commons.domain.reading import BatteryReading
from battery_commons.domain.time import SLOT
from battery_commons.openadr.reports.subjects import Subject

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

    @property
    def is_ok(self) -> bool:
        """Whether there is nothing to be said against it."""
        return self.quality is Quality.OK


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


def told(value: float | None) -> Told:
    """Return a value; of None, that it is missing."""
    return Told(None, Quality.MISSING) if value is None else Told(value, Quality.OK)


def hours(start: datetime, end: datetime) -> float:
    """Return how long an interval is."""
    return (end - start) / timedelta(hours=1)


def plan_in_force(known: Known) -> Plan | None:
    """Return the plan, if it is not too old to tell anything by."""
    plan = known.plan
    return None if plan is None or known.now - plan.grid.start > FRESH_FOR else plan


def batteries_behind(subject: Subject, batteries: Sequence[Battery]) -> list[Battery]:
    """Return the batteries of a part of the grid."""
    ids = {each.id for each in subject.transformers}
    return [each for each in batteries if each.transformer_id in ids]


def homes_of(batteries: Sequence[Battery]) -> Mapping[str, int]:
    """Return how many homes have one, by transformer."""
    homes = {(each.transformer_id, each.id.partition("/")[0]) for each in batteries}
    return Counter(transformer_id for transformer_id, _ in homes)
