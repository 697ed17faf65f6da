"""What would have been drawn without an activation, by three methods (docs/proof.md). Pure."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from itertools import islice
from statistics import fmean, stdev

from battery_commons.domain.activation import BatteryPower
from battery_commons.domain.holidays import is_public_holiday
from battery_commons.domain.time import MARKET_ZONE, SLOT, slot_start

CHOSEN, LOOKED_AT = 4, 5
"""High 4 of 5, as in PJM's customer baseline load (PJM Manual 11)."""
REACH_DAYS = 45
"""So far back days are looked for, as there."""
ADJUSTED_BY = 8
"""Slots: the two hours before an activation say how this day differs from others."""
LONGEST = timedelta(hours=24)
"""Nothing that lasts longer is held against other days."""
_EIGHTY_PERCENT = 1.638
"""Standard deviations, as found in four days, on either side of their mean that hold four out of five days:
Student's t with three degrees of freedom."""
_SATURDAY = 5

type Span = tuple[datetime, datetime]
"""[start, end)."""
type Loads = Callable[[datetime, datetime], Mapping[datetime, float]]
"""The mean loads (W) of the quarter hours in [start, end), of those that were measured."""


class Method(StrEnum):
    """How a baseline is found."""

    METER_MINUS_BATTERIES = "meter_minus_batteries"
    """Of the load: what the meter says, less what the batteries behind it drew in the same quarter hour."""
    HIGH_4_OF_5 = "high_4_of_5"
    """Of the load: the same hours of the four days with most load among the last five of the same kind."""
    OPERATOR = "operator"
    """Of what the batteries draw together: as the operator's event rests on."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What would have been drawn in one quarter hour."""

    power_w: float
    spread_w: float
    """How far off it may be, either way. docs/proof.md says what that means for each method."""
    age: timedelta | None
    """How old the newest reading that it rests on was when the quarter hour began; None where the operator
    tells it."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """What would have been drawn, by quarter hour; one that cannot be told is left out."""

    method: Method
    expected: Mapping[datetime, Expected]
    days: Sequence[date] = field(default=())
    """Which days it rests on, where it rests on days."""


def meter_minus_batteries(
    loads_w: Mapping[datetime, float], batteries: Mapping[datetime, BatteryPower]
) -> Baseline:
    """Return the load without its batteries: exact where all of them were measured."""
    return Baseline(
        Method.METER_MINUS_BATTERIES,
        {
            at: Expected(load_w - batteries[at].power_w, batteries[at].spread_w, timedelta())
            for at, load_w in loads_w.items()
            if at in batteries
        },
    )


def operators_own(slots: Sequence[datetime], power_w: float | None) -> Baseline:
    """Return what the operator's event rests on; nothing where it names no baseline (None)."""
    told = {} if power_w is None else {at: Expected(power_w, 0.0, None) for at in slots}
    return Baseline(Method.OPERATOR, told)


def high_4_of_5(
    slots: Sequence[datetime], loads: Loads, busy: Collection[Span], begins: datetime | None = None
) -> Baseline:
    """Return the mean of the days with most load, moved to where this day was just before.

    `slots` are the quarter hours of an activation in order; `busy` are the spans of all other activations of
    this part of the grid, and no day is taken that one of them reaches into. `begins` is when this one began,
    where that is before the first slot: nothing since then counts. Without five whole days of the same kind,
    or the two hours before, there is no such baseline.
    """
    nothing = Baseline(Method.HIGH_4_OF_5, {})
    if not slots:
        return nothing
    begins = min(begins or slots[0], slots[0])
    before = _before(begins)
    is_short = slots[-1] + SLOT - begins <= LONGEST
    today = _powers(before, loads(before[0], begins))
    if not is_short or today is None or _is_busy((before[0], begins), busy):
        return nothing
    days = list(islice(_days_like(slots, begins, loads, busy), LOOKED_AT))
    if len(days) < LOOKED_AT:
        return nothing
    # The sort is stable: of days alike, the later comes first.
    chosen = sorted(days, key=lambda day: -fmean(day.during_w))[:CHOSEN]
    moved = [[load_w + fmean(today) - fmean(day.before_w) for load_w in day.during_w] for day in chosen]
    expected = {}
    for n, at in enumerate(slots):
        powers = [day[n] for day in moved]
        # Of one more day like these, whose own mean is not known any better than theirs.
        spread_w = _EIGHTY_PERCENT * stdev(powers) * (1 + 1 / CHOSEN) ** 0.5
        expected[at] = Expected(fmean(powers), spread_w, at - begins)
    return Baseline(Method.HIGH_4_OF_5, expected, sorted(day.date for day in chosen))


@dataclass(frozen=True, slots=True)
class _Day:
    """What was drawn at the same hours of another day."""

    date: date
    before_w: Sequence[float]
    during_w: Sequence[float]


def _days_like(
    slots: Sequence[datetime], begins: datetime, loads: Loads, busy: Collection[Span]
) -> Iterator[_Day]:
    """Give the whole days before that are of the same kind, worked or free, the latest first."""
    today = begins.astimezone(MARKET_ZONE).date()
    before = _before(begins)
    for back in range(1, REACH_DAYS + 1):
        day = today - timedelta(days=back)
        ahead, during = _days_earlier(before, back), _days_earlier(slots, back)
        reached = min(*ahead, *during), max(*ahead, *during) + SLOT
        if _is_free(day) != _is_free(today) or reached[1] > before[0] or _is_busy(reached, busy):
            continue
        seen = loads(*reached)
        before_w, during_w = _powers(ahead, seen), _powers(during, seen)
        if before_w is not None and during_w is not None:
            yield _Day(day, before_w, during_w)


def _before(begins: datetime) -> list[datetime]:
    """Return the last whole quarter hours of two hours before."""
    return [slot_start(begins) - n * SLOT for n in range(ADJUSTED_BY, 0, -1)]


def _days_earlier(slots: Sequence[datetime], days: int) -> list[datetime]:
    """Return the quarter hours at which clocks showed the same, so many days earlier."""
    # Wall time less whole days, and only then back to UTC: the days between may be of 23 or 25 hours.
    return [(at.astimezone(MARKET_ZONE) - timedelta(days=days)).astimezone(UTC) for at in slots]


def _powers(slots: Sequence[datetime], loads_w: Mapping[datetime, float]) -> list[float] | None:
    """Return the loads of all of them; None where one is missing."""
    return [loads_w[at] for at in slots] if all(at in loads_w for at in slots) else None


def _is_free(day: date) -> bool:
    return day.weekday() >= _SATURDAY or is_public_holiday(day)


def _is_busy(reached: Span, busy: Collection[Span]) -> bool:
    return any(start < reached[1] and reached[0] < end for start, end in busy)
