"""When an event counts: its intervals as windows of time (OpenADR 3 user guide, "Intervals").

An event has a period of its own, from which its intervals follow one another, or each interval has one. A
period without a duration, or of PT0S, lasts until the next one begins, or until something else is said. The
event's own duration repeats its intervals, or cuts them off.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import pairwise

from battery_commons.domain.time import MARKET_ZONE
from battery_commons.openadr.durations import Duration
from battery_commons.openadr.errors import Reason, UnacceptableError
from battery_commons.openadr.objects import Event, Interval, Value

SHORTEST_CYCLE = timedelta(minutes=1)
MOST_A_MINUTE = 10
"""Values of intervals that are repeated: more of them without end would fill the memory."""


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of time, [start, end), for which an event says something of one type."""

    type: str
    start: datetime
    end: datetime | None
    """None until further notice."""
    values: Sequence[Value]


def windows(
    event: Event, since: datetime, until: datetime, *, received_at: datetime, ven_name: str = ""
) -> list[Window]:
    """Return the windows of an event that touch [since, until), by type and start, without overlap.

    `received_at` stands for "now" where the event does not say when it was made. A randomised start is
    drawn from the event's id and `ven_name`, so that it is the same each time it is asked for.

    Raises UnacceptableError for an event that contradicts itself.
    """
    try:
        laid = _laid(event, [span for each in _passes(event, received_at, since, until) for span in each])
        moved = [_moved(window, _delay(event, ven_name)) for window in _cut(event, laid)]
    except OverflowError:
        raise UnacceptableError(event.id, Reason.MALFORMED, "no calendar goes that far") from None
    touching = [each for each in moved if each.start < until and (each.end is None or each.end > since)]
    return sorted(touching, key=lambda window: (window.type, window.start))


def made_at(event: Event, received_at: datetime) -> datetime:
    """Return when an event was made, as far as is known."""
    return event.created_date_time or received_at


def _origin(event: Event, received_at: datetime) -> datetime:
    """Return when the first interval of an event begins, or would if it did not say so itself."""
    if event.interval_period is not None:
        return event.interval_period.start or made_at(event, received_at)
    starts = [
        interval.interval_period.start or made_at(event, received_at)
        for interval in event.intervals or ()
        if interval.interval_period is not None
    ]
    if not starts and len(event.intervals or ()) > 1:
        raise UnacceptableError(event.id, Reason.NO_START)
    return min(starts, default=made_at(event, received_at))


type _Spans = Sequence[tuple[Interval, datetime, datetime | None]]


def _passes(event: Event, received_at: datetime, since: datetime, until: datetime) -> Iterator[_Spans]:
    """Yield each time that the intervals are gone through, as far as it touches [since, until)."""
    first = _origin(event, received_at)
    spans = _spans(event, first, Duration(), received_at)
    yield spans
    cycle = _cycle(event)
    if event.duration is None or cycle is None or not spans:
        return
    length = cycle.after(first, MARKET_ZONE) - first
    said = sum(len(interval.payloads) for interval, _, _ in spans)
    if length < SHORTEST_CYCLE or said * timedelta(minutes=1) > MOST_A_MINUTE * length:
        raise UnacceptableError(event.id, Reason.IMPOSSIBLE, "intervals of seconds are repeated")
    # Days differ by an hour: start a little early.
    times = max(1, int((since - first) / length) - 2)
    while (cycle * times).after(first, MARKET_ZONE) < until:
        yield _spans(event, first, cycle * times, received_at)
        times += 1


def _cycle(event: Event) -> Duration | None:
    """Return how long going through all intervals once takes; None where that has no end."""
    total = Duration()
    for interval in event.intervals or ():
        duration = _duration(event, interval)
        if duration is None:
            return None
        total += duration
    return None if total.is_nothing else total


def _duration(event: Event, interval: Interval) -> Duration | None:
    """Return how long an interval lasts; None for until further notice."""
    own = interval.interval_period.duration if interval.interval_period else None
    shared = event.interval_period.duration if event.interval_period else None
    duration = own or shared
    return None if duration is None or duration.is_nothing or duration.is_endless else duration


def _spans(event: Event, first: datetime, passed: Duration, received_at: datetime) -> _Spans:
    """Return each interval with its start and end, where going through them began at `first`, `passed` ago.

    Each moment is counted from where the intervals first began, and not from the moment before it: of days
    that begin at half past two, one begins at half past three, and the next must not.
    """
    base, offset, is_open = first, passed, False
    spans: list[tuple[Interval, datetime, datetime | None]] = []
    for interval in event.intervals or ():
        period = interval.interval_period
        if period is not None and (event.interval_period is None or period.start is not None):
            base, offset, is_open = period.start or made_at(event, received_at), passed, False
        if is_open:
            raise UnacceptableError(
                event.id, Reason.CONTRADICTORY, f"interval {interval.id} follows one without an end"
            )
        start = offset.after(base, MARKET_ZONE)
        duration = _duration(event, interval)
        is_open = duration is None
        offset += duration or Duration()
        spans.append((interval, start, None if is_open else offset.after(base, MARKET_ZONE)))
    return spans


def _laid(event: Event, spans: _Spans) -> list[Window]:
    """Return the windows by type; one without an end lasts until the next of its type."""
    by_type: dict[str, list[Window]] = {}
    for interval, start, end in spans:
        for payload in interval.payloads:
            window = Window(payload.type, start, end, payload.values)
            by_type.setdefault(payload.type, []).append(window)
    laid = []
    for of_type in by_type.values():
        of_type.sort(key=lambda window: window.start)
        for window, following in pairwise(of_type):
            end = following.start if window.end is None else window.end
            if end > following.start or window.start == following.start:
                raise UnacceptableError(
                    event.id, Reason.CONTRADICTORY, f"two values of {window.type} at {following.start}"
                )
            laid.append(Window(window.type, window.start, end, window.values))
        laid.append(of_type[-1])
    return laid


def _cut(event: Event, laid: Sequence[Window]) -> list[Window]:
    """Return what lies within the event's own duration."""
    if event.duration is None or event.duration.is_endless or event.duration.is_nothing or not laid:
        return list(laid)
    last = event.duration.after(min(window.start for window in laid), MARKET_ZONE)
    return [
        Window(each.type, each.start, last if each.end is None else min(each.end, last), each.values)
        for each in laid
        if each.start < last
    ]


def _delay(event: Event, ven_name: str) -> timedelta:
    """Return by how much this VEN starts later than the event says: at most its randomizeStart."""
    period = event.interval_period
    if period is None or period.randomize_start is None:
        return timedelta(0)
    drawn = int.from_bytes(sha256(f"{event.id}\n{ven_name}".encode()).digest()[:8]) / 2**64
    return drawn * period.randomize_start.exact


def _moved(window: Window, delay: timedelta) -> Window:
    end = None if window.end is None else window.end + delay
    return Window(window.type, window.start + delay, end, window.values)
