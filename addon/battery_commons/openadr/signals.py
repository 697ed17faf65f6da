"""From the events in force to what operators ask and tell, in the village's own terms. Pure.

Where events of one operator overlap, the more urgent one counts (the lower `priority`; one without comes
last), and of equals the one made later: an operator that sends a second event means the second. What one
operator asks takes nothing from what another asks: both count. Of what can only be one thing, prices and
forecasts, the more urgent of all counts.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import heappop, heappush
from typing import NamedTuple

import numpy as np

from battery_commons.domain.grid import FEEDER_ID
from battery_commons.domain.operator import CalledWindow, FlexCall, OperatorSignals, PowerLimit, ToldLoad
from battery_commons.domain.time import SLOT, slot_start
from battery_commons.openadr.acceptance import (
    ALERTS,
    EXPORT_PRICE,
    LEVEL,
    LIMITS,
    LOAD_FORECAST,
    PRICE,
    SETPOINT,
    eur_per_kwh,
    figure,
    kilowatts,
    limit_kw,
)
from battery_commons.openadr.intervals import Window, made_at, windows
from battery_commons.openadr.objects import Event

AHEAD = timedelta(hours=48)
"""Further than any plan looks."""
_LEAST_URGENT = 10**9 + 1
_OF_ALL_LINES = frozenset({PRICE, EXPORT_PRICE, LOAD_FORECAST})
"""What there is one of, whoever tells it."""


@dataclass(frozen=True, slots=True)
class InForce:
    """An event that was accepted and not withdrawn."""

    event: Event
    received_at: datetime
    """All times are on one clock: the village's, or the wall's."""
    ven_name: str = ""
    reference: str = ""
    """What the village calls the event; empty for its id."""
    line_id: str = ""
    """Over which operator's line it came."""


class _Said(NamedTuple):
    """What one event says of one subject for a while; the smaller `rank` is obeyed."""

    rank: tuple[int, float, str]
    start: datetime
    end: datetime | None
    event: Event
    window: Window


def signals(
    events: Iterable[InForce], subjects: Mapping[str, str], now: datetime, calls: Sequence[FlexCall] = ()
) -> OperatorSignals:
    """Return what is asked and told from the slot of `now` on, for as far as plans look ahead.

    `subjects` leads from the names of transformers, feeder and resources to what they are in the village; an
    event that targets none of these is of FEEDER_ID, since the operator sent it here: what hangs on the
    feeder, or all of a village without one. `calls` are those that come in another form
    (dutch_profile/calls.py).
    """
    said: dict[_Key, list[_Said]] = {}
    since, until = slot_start(now), now + AHEAD
    for each in events:
        found = windows(each.event, since, until, received_at=each.received_at, ven_name=each.ven_name)
        event = each.event
        if each.reference not in ("", event.id):  # Windows are laid by the operator's own id.
            event = event.model_copy(update={"id": each.reference})
        made = made_at(each.event, each.received_at).timestamp()
        urgency = _LEAST_URGENT if each.event.priority is None else each.event.priority
        for window in found:
            rank = urgency, -made, event.id or ""
            line_id = "" if window.type in _OF_ALL_LINES else each.line_id
            for subject in _subjects(each.event, subjects):
                entry = _Said(rank, window.start, window.end, event, window)
                said.setdefault((window.type, subject, line_id), []).append(entry)
    obeyed = {key: _most_urgent(entries) for key, entries in said.items()}
    return OperatorSignals(
        limits=[
            limit
            for type_ in LIMITS
            for subject, each in _of(obeyed, type_)
            if (limit := _limit(subject, each))
        ],
        told_loads=[
            told
            for subject, each in _by_event(obeyed, LOAD_FORECAST)
            if (told := _told(subject, each, until))
        ],
        calls=[
            *calls,
            *(call for subject, each in _by_event(obeyed, SETPOINT) if (call := _call(subject, each, until))),
        ],
        windows=[
            CalledWindow(each.event.id or "", each.start, each.end)
            for type_ in (LEVEL, *sorted(ALERTS))
            for _, each in _of(obeyed, type_)
            if type_ in ALERTS or figure(each.event, each.window) > 0
        ],
        prices=_prices(obeyed, PRICE, since, until),
        export_prices=_prices(obeyed, EXPORT_PRICE, since, until),
    )


def _subjects(event: Event, subjects: Mapping[str, str]) -> list[str]:
    known = {subjects[target] for target in event.targets or () if target in subjects}
    return sorted(known) or [FEEDER_ID]


def _most_urgent(entries: Sequence[_Said]) -> list[_Said]:
    """Return for every moment the one entry that counts then, in the order of time."""
    edges = sorted({moment for each in entries for moment in (each.start, each.end) if moment is not None})
    coming = sorted(enumerate(entries), key=lambda numbered: numbered[1].start, reverse=True)
    there: list[tuple[tuple[int, float, str], int, _Said]] = []
    """A heap: the most urgent first, with some that are over already further down."""
    obeyed: list[_Said] = []
    for start, end in zip(edges, [*edges[1:], None], strict=True):
        while coming and coming[-1][1].start <= start:
            number, begun = coming.pop()
            heappush(there, (begun.rank, number, begun))
        while there and (over := there[0][2].end) is not None and over <= start:
            heappop(there)
        if not there:
            continue
        counts = there[0][2]
        last = obeyed[-1] if obeyed else None
        if last is not None and last.end == start and last.window is counts.window:
            obeyed[-1] = last._replace(end=end)
        else:
            obeyed.append(counts._replace(start=start, end=end))
    return obeyed


type _Key = tuple[str, str, str]
"""Type, subject and line."""
type _Obeyed = Mapping[_Key, Sequence[_Said]]


def _of(obeyed: _Obeyed, type_: str) -> Iterable[tuple[str, _Said]]:
    return (
        (subject, each) for (of, subject, _), entries in obeyed.items() if of == type_ for each in entries
    )


def _by_event(obeyed: _Obeyed, type_: str) -> Iterable[tuple[str, list[_Said]]]:
    """Yield what follows without a gap, of one event on one subject."""
    for (of, subject, _), entries in obeyed.items():
        run: list[_Said] = []
        for each in entries if of == type_ else ():
            if run and (run[-1].end != each.start or run[-1].event is not each.event):
                yield subject, run
                run = []
            run.append(each)
        if run:
            yield subject, run


def _limit(subject: str, said: _Said) -> PowerLimit:
    limit_w = 1000 * limit_kw(said.event, said.window)
    way = LIMITS[said.window.type]
    return PowerLimit(
        event_id=said.event.id or "",
        subject=subject,
        start=said.start,
        end=said.end,
        import_w=limit_w if way == "import" else None,
        export_w=limit_w if way == "export" else None,
    )


def _told(subject: str, run: Sequence[_Said], until: datetime) -> ToldLoad | None:
    """Return a forecast per quarter hour; None where it covers no whole one, or has no end."""
    start, means = _quarter_hours(_steps([each for each in run if each.end is not None], until))
    event = run[0].event
    issued_at = event.modification_date_time or event.created_date_time or run[0].window.start
    return ToldLoad(event.id or "", subject, issued_at, start, means) if means else None


def _call(subject: str, run: Sequence[_Said], until: datetime) -> FlexCall | None:
    """Return a setpoint as the most that batteries may draw together, for as far as plans look."""
    start, means = _quarter_hours(_steps(run, until), whole=False)
    return FlexCall(run[0].event.id or "", subject, start, means) if means else None


def _steps(run: Sequence[_Said], until: datetime) -> list[tuple[datetime, datetime, float]]:
    """Return from when to when which power (W) is said, as far as it matters around the present.

    An event may say something of centuries: what is said slot by slot is cut to days.
    """
    since = until - 2 * AHEAD
    return [
        (max(each.start, since), min(each.end or until, until), 1000 * kilowatts(each.event, each.window))
        for each in run
        if each.start < until and (each.end is None or each.end > since)
    ]


def _prices(obeyed: _Obeyed, type_: str, since: datetime, until: datetime) -> dict[datetime, float]:
    """Return mean prices of a type by slot, of those that are told for the whole village."""
    prices: dict[datetime, float] = {}
    for subject, run in _by_event(obeyed, type_):
        if subject == FEEDER_ID:
            steps = [
                (max(each.start, since), min(each.end or until, until), eur_per_kwh(each.event, each.window))
                for each in run
            ]
            start, means = _quarter_hours(steps)
            prices |= {start + n * SLOT: price for n, price in enumerate(means)}
    return prices


def _quarter_hours(
    steps: Sequence[tuple[datetime, datetime, float]], *, whole: bool = True
) -> tuple[datetime, list[float]]:
    """Return mean powers, or prices, per slot from the first that they cover, of steps without a gap between.

    A slot at the edge that is covered in part is left away, or counts with its part's mean (`whole` False).
    """
    if not steps:
        return datetime.max, []  # noqa: DTZ901 - of no slots
    first, last = slot_start(steps[0][0]), steps[-1][1]
    count = -((first - last) // SLOT)
    covered, energy = np.zeros(count), np.zeros(count)
    for start, end, power_w in steps:
        for k in range((start - first) // SLOT, -((first - end) // SLOT)):
            inside = min(end, first + (k + 1) * SLOT) - max(start, first + k * SLOT)
            covered[k] += inside / SLOT
            energy[k] += power_w * (inside / SLOT)
    there = [k for k in range(count) if (covered[k] > 1 - 1e-9 if whole else covered[k] > 0)]
    if not there:
        return first, []
    return first + there[0] * SLOT, [float(energy[k] / covered[k]) for k in range(there[0], there[-1] + 1)]
