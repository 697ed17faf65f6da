"""When which reports on an event are due (OpenADR 3 user guide, "Report requests").

A descriptor counts in intervals of its event. A report is made where interval `startInterval` begins, or, for
-1, where the last one ends. It is about the `numIntervals` before that, or with `historical` false about
those that follow. The next is made `frequency` intervals later, `repeat` times in all.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from battery_commons.domain.time import SLOT, slot_start
from battery_commons.openadr.intervals import windows
from battery_commons.openadr.objects import MAX_INTERVALS, Event, Interval, ReportDescriptor, Values

MOST_INTERVALS = MAX_INTERVALS
"""Of an event that goes on and on, the first so many are reported on."""
MOST_PARTS = 1_000
"""Into no more quarter hours than this is a report divided; else it keeps to the event's intervals."""
_ALWAYS = datetime(1990, 1, 1, tzinfo=UTC), datetime(2250, 1, 1, tzinfo=UTC)


class Span(NamedTuple):
    """An interval of an event or of a report, [start, end)."""

    id: int
    start: datetime
    end: datetime


class ReportIntervals(StrEnum):
    """Which intervals a report has."""

    INTERVALS = "INTERVALS"
    SUB_INTERVALS = "SUB_INTERVALS"
    OPEN_INTERVALS = "OPEN_INTERVALS"


@dataclass(frozen=True, slots=True)
class EventSpans:
    """The intervals of an event that have an end, in order."""

    spans: Sequence[Span]
    is_whole: bool
    """Whether the last of them is the event's last."""


@dataclass(frozen=True, slots=True)
class DueReport:
    """A report that is due at a moment."""

    descriptor: ReportDescriptor
    name: str
    """Tells it from every other report on its event, and is the same each time it is worked out."""
    due: datetime
    intervals: Sequence[Span]


def spans_of(event: Event, received_at: datetime, ven_name: str = "") -> EventSpans:
    """Return the intervals of an event that can be reported on. Raises UnacceptableError."""
    once = event.model_copy(update={"duration": None})
    first = _spans(once, _ALWAYS[1], received_at, ven_name)
    lengths = [end - start for _, start, end in first if end is not None]
    if event.duration is None or event.duration.is_nothing or not lengths:
        found, is_whole = first, True
    else:
        # Of years, fewer fit into the calendar.
        until = first[0][1] + MOST_INTERVALS * min(*lengths, (_ALWAYS[1] - first[0][1]) / MOST_INTERVALS)
        found = _spans(event, until, received_at, ven_name)[:MOST_INTERVALS]
        last = found[-1][2] if found else None
        is_whole = not event.duration.is_endless and last is not None and last < until
    ended = [Span(id_, start, end) for id_, start, end in found if end is not None]
    return EventSpans(ended, is_whole and len(ended) == len(found))


def due_reports(
    of_event: EventSpans, descriptors: Sequence[ReportDescriptor], after: datetime, until: datetime
) -> list[DueReport]:
    """Return the reports that are due in (after, until], in that order."""
    found = [
        DueReport(
            descriptor,
            f"{descriptor.payload_type} {index} {due.isoformat().replace('+00:00', 'Z')}",
            due,
            _parts(descriptor, of_event.spans[first:end]),
        )
        for index, descriptor in enumerate(descriptors)
        for due, first, end in _occasions(of_event, descriptor)
        if after < due <= until
    ]
    return sorted(found, key=lambda report: report.due)


def _occasions(of_event: EventSpans, descriptor: ReportDescriptor) -> Iterator[tuple[datetime, int, int]]:
    """Yield when each report of a descriptor is due, and which intervals [first, end) it is about."""
    spans, count = of_event.spans, len(of_event.spans)
    wants_all = descriptor.num_intervals < 0
    number = count if wants_all else descriptor.num_intervals
    at = descriptor.start_interval
    if at < 0:
        if descriptor.historical and not of_event.is_whole:
            return
        # Nothing follows the end of the last: what is to come is told where the event begins.
        at = count if descriptor.historical else 0
    step = descriptor.frequency if descriptor.frequency > 0 else number
    times = descriptor.repeat
    while times and at <= count:
        first, end = (max(at - number, 0), at) if descriptor.historical else (at, min(at + number, count))
        if first < end:
            yield spans[end - 1].end if descriptor.historical else spans[first].start, first, end
        if step <= 0:
            return
        at += step
        times -= 1


def _parts(descriptor: ReportDescriptor, spans: Sequence[Span]) -> Sequence[Span]:
    """Return the intervals of a report: those of the event, or quarter hours where the village may choose."""
    if (descriptor.report_intervals or ReportIntervals.INTERVALS) == ReportIntervals.INTERVALS:
        return spans
    if sum((each.end - each.start for each in spans), timedelta(0)) > MOST_PARTS * SLOT:
        return spans
    starts_and_ends = [part for each in spans for part in _quarters(each.start, each.end)]
    return [Span(number, start, end) for number, (start, end) in enumerate(starts_and_ends)]


def _quarters(start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    while start < end:
        following = min(slot_start(start) + SLOT, end)
        yield start, following
        start = following


def _spans(
    event: Event, until: datetime, received_at: datetime, ven_name: str
) -> list[tuple[int, datetime, datetime | None]]:
    """Return every interval's id, start and end, in order."""
    named = [each.model_copy(update={"payloads": (_id_of(each),)}) for each in event.intervals or ()]
    by_id = event.model_copy(update={"intervals": named})
    found = windows(by_id, _ALWAYS[0], until, received_at=received_at, ven_name=ven_name)
    return sorted(
        ((int(each.values[0]), each.start, each.end) for each in found if isinstance(each.values[0], int)),
        key=lambda span: (span[1], span[0]),
    )


def _id_of(interval: Interval) -> Values:
    """Return an interval's id in the place of what it says: intervals that say other things may overlap."""
    types = ",".join(sorted(each.type for each in interval.payloads))
    return Values.model_construct(type=types, values=(interval.id,))
