"""What readings are worth, and what was found wrong with them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Self

from battery_commons.domain.battery import Battery

_BEYOND_LIMIT = 3.0
"""A cable or transformer that carries as much for a quarter hour is none any more."""
_BEYOND_RATING = 3.0
"""Times the rating, or the capacity in an hour: what a resident leaves to the village may be less than what
a battery can."""
HOUSE_BOUND_W = 100_000.0
"""What no house draws or feeds in: almost twice the largest connection of a home (3 x 80 A)."""


def meter_bound_w(limit_w: float) -> float:
    """Return what the load of a transformer or feeder with this limit is never beyond, either way (W)."""
    return _BEYOND_LIMIT * limit_w


def battery_bound_w(battery: Battery) -> float:
    """Return what the power of a battery is never beyond, either way (W)."""
    return _BEYOND_RATING * max(battery.max_charge_w, battery.max_discharge_w, battery.capacity_wh)


class Quality(StrEnum):
    """What a reading is worth. All are kept."""

    GOOD = "good"
    DOUBTFUL = "doubtful"
    """Used, and told."""
    WRONG = "wrong"
    """Not used in loads, forecasts or plans."""


class SourceKind(StrEnum):
    """Where readings come from."""

    METER = "meter"
    """Of a transformer, or of the feeder."""
    BATTERY = "battery"
    HOUSE = "house"
    """The meter of a home's connection."""


@dataclass(frozen=True, slots=True)
class Source:
    """One source of readings."""

    kind: SourceKind
    id: str
    """Of the transformer or feeder, of the battery (`<home_id>/<battery_id>`), or of the home."""

    @classmethod
    def of(cls, text: str) -> Self:
        """Return the source that `str` wrote. Raises ValueError for what is none."""
        kind, _, id_ = text.partition(":")
        return cls(SourceKind(kind), id_)

    def __str__(self) -> str:
        """Return it as one word, to keep it by."""
        return f"{self.kind}:{self.id}"

    @property
    def home_id(self) -> str | None:
        """Whose readings these are; None for those of the grid."""
        return None if self.kind is SourceKind.METER else self.id.partition("/")[0]


class FindingKind(StrEnum):
    """What is wrong."""

    SIGN = "sign"
    """Turned round: drawn is told as fed in, charging as discharging."""
    TOO_LARGE = "too_large"
    """Beyond what there can be for hours on end: W told as mW, kW taken for W."""
    TOO_SMALL = "too_small"
    """Next to nothing where there must be more: kW told as W."""
    STUCK = "stuck"
    """The very same for longer than can be."""
    SPIKE = "spike"
    """A single value beyond what there can be."""
    JUMP = "jump"
    """A state of charge that has changed by more than the power explains."""
    CLOCK = "clock"
    """Stamps that are ahead of the village's clock, or behind it."""


MOMENTARY = frozenset({FindingKind.SPIKE, FindingKind.JUMP})
"""What is over by the time it is found."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found wrong with a source's readings, from `since` on."""

    source: Source
    kind: FindingKind
    quality: Quality
    """What the readings are worth that it is about."""
    since: datetime
    until: datetime | None = None
    """When it was over; None while it lasts."""
    figures: Mapping[str, float] = field(default_factory=dict)
    """What it was found by: W, Wh, shares (0 to 1), hours or seconds, as their names say."""

    def is_about(self, moment: datetime) -> bool:
        """Return whether a reading of `moment` is worth no more than `quality`."""
        return self.since <= moment and (self.until is None or moment < self.until)
