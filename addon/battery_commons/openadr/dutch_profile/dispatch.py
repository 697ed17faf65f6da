"""A call on the flexibility of a group (a FLEX event): stretches of 2, 4 or 6 hours, told the day before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from battery_commons.domain.dutch_flex import MaxDuration
from battery_commons.openadr.dutch_profile.shape import (
    Event,
    Interval,
    Period,
    Rule,
    announces,
    asks_for,
    only_value,
    power_w,
)
from battery_commons.openadr.dutch_profile.terms import (
    ADJACENT_HOUR,
    QUARTER,
    WINDOW,
    EventPayload,
    ReportPayload,
)
from battery_commons.openadr.errors import UnacceptableError

_STRETCHES = frozenset(each.duration for each in MaxDuration)


@dataclass(frozen=True, slots=True)
class FlexInterval:
    """A stretch of a call: [start, start + duration), in wall time, on whole quarter hours."""

    id: int
    start: datetime
    duration: timedelta
    flex_w: float
    """So much less than its baseline the group may draw, zero or more; zero in an hour beside a stretch."""

    @property
    def end(self) -> datetime:
        """Return when it is over."""
        return self.start + self.duration

    @property
    def is_adjacent(self) -> bool:
        """Return whether it is an hour beside a stretch, in which the group keeps to its baseline."""
        return self.duration == ADJACENT_HOUR


@dataclass(frozen=True, slots=True)
class FlexDispatch:
    """A call on one group. It is never changed: the operator deletes it, and makes another."""

    event_id: str
    created_at: datetime
    """Wall time."""
    group: str
    """Group-ID."""
    window_start: datetime
    """Of the 24 hours that it is about, in wall time."""
    intervals: Sequence[FlexInterval]
    """In the order of their ids, which need not be that of time."""

    @property
    def end(self) -> datetime:
        """Return when the last stretch is over, in wall time."""
        return max(each.end for each in self.intervals)


def read_dispatch(event: Event) -> FlexDispatch:
    """Return the call that an event makes. Raises UnacceptableError where it breaks the profile's rules."""
    flex = {EventPayload.FLEX.value}
    announces(event, flex, powers=flex)
    event.require(Rule.REPORT_DESCRIPTORS, len(event.report_descriptors) == 2)  # noqa: PLR2004 - those below
    event.require(Rule.REPORT_DESCRIPTORS, asks_for(event, ReportPayload.ACK).frequency == 0)
    delivery = asks_for(event, ReportPayload.DELIVERED)
    once = (delivery.report_intervals, delivery.frequency, delivery.repeat) == ("INTERVALS", -1, 1)
    event.require(Rule.REPORT_DESCRIPTORS, once)
    event.require(Rule.TARGETS, len(event.targets) == 1)
    window = event.interval_period
    if window is None or window.duration != WINDOW:
        raise UnacceptableError(event.id, Rule.PERIOD.value)
    ids = [each.id for each in event.intervals]
    event.require(Rule.INTERVALS, ids[:1] == [0], all(first < second for first, second in pairwise(ids)))
    intervals = [_interval(event, each, window) for each in event.intervals]
    in_time = sorted(intervals, key=lambda each: each.start)
    event.require(Rule.INTERVALS, all(first.end <= second.start for first, second in pairwise(in_time)))
    _require_neighbours(event, intervals)
    return FlexDispatch(event.id, event.created_date_time, event.targets[0], window.start, intervals)


def _interval(event: Event, interval: Interval, window: Period) -> FlexInterval:
    period = interval.interval_period
    if period is None:
        raise UnacceptableError(event.id, Rule.INTERVALS.value)
    event.require(Rule.INTERVALS, window.start <= period.start, period.end <= window.end)
    event.require(Rule.INTERVALS, period.duration in _STRETCHES | {ADJACENT_HOUR})
    # The market counts in quarter hours, and so does the report of what was delivered.
    event.require(Rule.INTERVALS, not period.start.timestamp() % QUARTER.total_seconds())
    event.require(Rule.VALUES, len(interval.payloads) == 1)
    flex_w = power_w(event, only_value(event, interval, EventPayload.FLEX))
    event.require(Rule.VALUES, flex_w >= 0, flex_w == 0 or period.duration != ADJACENT_HOUR)
    return FlexInterval(interval.id, period.start, period.duration, flex_w)


def _require_neighbours(event: Event, intervals: Sequence[FlexInterval]) -> None:
    """Raise UnacceptableError for an hour beside a stretch that is beside none."""
    stretches = [each for each in intervals if not each.is_adjacent]
    starts, ends = {each.start for each in stretches}, {each.end for each in stretches}
    beside = (each.end in starts or each.start in ends for each in intervals if each.is_adjacent)
    event.require(Rule.INTERVALS, *beside)
