"""What readings are worth: pure checks of quarter hours on end. docs/data-quality.md says how well they find.

Each check either finds something, sees that all is well, or cannot tell: a battery that stands still shows
neither sign nor unit. What was found stays until it is seen to be well again.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from battery_commons.domain.quality import Finding, FindingKind, Quality, Source
from battery_commons.domain.time import SLOT_HOURS
from battery_commons.sense.summary import Floats, Summaries

HOUR_SLOTS = round(1 / SLOT_HOURS)
_DAY = 24 * HOUR_SLOTS
_STUCK_SLOTS = 2 * HOUR_SLOTS
_STUCK_WHILE_OTHERS_MOVE = HOUR_SLOTS
_OTHERS_MOVED_W = 2000.0
_NEXT_TO_NOTHING = 0.002
"""Of a transformer's limit: 500 W on 250 kW, in a whole day."""
_NEXT_TO_NOTHING_W = 5.0
"""Of a house: its meter's own clock takes as much."""
_SURE = 5.0
"""Standard errors."""
_STEEP = 0.3
_NIGHT_SLOTS = 3 * HOUR_SLOTS
_NIGHT_FEED_IN = 0.005
"""Of the limit: what a night without sun or wind does not feed in."""
CLOCK_APART = timedelta(seconds=30)
"""Half of what makes homes and village refuse each other's messages."""


@dataclass(frozen=True, slots=True)
class Well:
    """A check saw that nothing is wrong, from `since` on."""

    source: Source
    kind: FindingKind
    since: datetime


type Verdict = Finding | Well


def check_range(source: Source, seen: Summaries, bound_w: float) -> Iterator[Verdict]:
    """Find what is beyond all bounds: hour after hour it is a wrong unit, else a single value."""
    beyond = np.maximum(seen.highest_w, -seen.lowest_w) > bound_w
    always = np.abs(seen.mean_w) > bound_w
    recent = np.flatnonzero(seen.known)[-HOUR_SLOTS:]
    if len(recent) == HOUR_SLOTS and always[recent].all():
        since = seen.moment(_start_of_row(always, int(recent[-1])))
        largest = float(np.abs(seen.mean_w[recent]).max())
        yield wrong(source, FindingKind.TOO_LARGE, since, power_w=largest, bound_w=bound_w)
        return
    if len(recent) and not beyond[recent].any():
        yield Well(source, FindingKind.TOO_LARGE, seen.moment(int(recent[0])))
    for slot in np.flatnonzero(beyond):
        extremes = seen.highest_w[slot], seen.lowest_w[slot]
        yield Finding(
            source,
            FindingKind.SPIKE,
            Quality.WRONG,
            seen.moment(slot),
            seen.moment(slot + 1),
            {"power_w": float(max(extremes, key=abs)), "bound_w": bound_w},
        )


def check_meter_stuck(source: Source, seen: Summaries, others: Sequence[Summaries] = ()) -> Iterator[Verdict]:
    """Find a meter that says the very same for two hours, or for one in which `others` behind it move."""
    same = seen.sameness()
    if same <= 1:
        if seen.known[-1:].any():
            yield Well(source, FindingKind.STUCK, seen.moment(seen.slots - 1))
        return
    total = np.sum([np.nan_to_num(each.mean_w[-same:]) for each in others], axis=0) if others else np.zeros(1)
    moved = np.ptp(total) >= _OTHERS_MOVED_W
    if same >= (_STUCK_WHILE_OTHERS_MOVE if moved else _STUCK_SLOTS):
        since = seen.moment(seen.slots - same)
        figures = {"power_w": float(seen.mean_w[-1]), "hours": same * SLOT_HOURS}
        yield wrong(source, FindingKind.STUCK, since, **figures)


def check_too_small(source: Source, seen: Summaries, limit_w: float | None = None) -> Iterator[Verdict]:
    """Find a day of next to nothing: on a transformer with this limit, or in a house (None)."""
    bound_w = _NEXT_TO_NOTHING_W if limit_w is None else _NEXT_TO_NOTHING * limit_w
    if not np.isfinite(bound_w):
        return
    day = np.abs(seen.mean_w[-_DAY:])
    known = np.count_nonzero(~np.isnan(day))
    if known and np.nanmax(day) > bound_w:
        yield Well(source, FindingKind.TOO_SMALL, seen.moment(max(seen.slots - _DAY, 0)))
    elif known >= _DAY - HOUR_SLOTS and np.nanmax(day) > 0:
        since = seen.moment(seen.slots - _DAY)
        figures = {"power_w": float(np.nanmax(day)), "bound_w": bound_w}
        yield wrong(source, FindingKind.TOO_SMALL, since, **figures)


def check_meter_sign(
    source: Source, seen: Summaries, houses_w: Floats, batteries_w: Floats
) -> Iterator[Verdict]:
    """Hold how a meter moves against how members' houses move, without their batteries.

    Batteries may be steered against the load, so they are told apart from it. Both are (T,) sums over the
    slots of `seen`, NaN where any of them is not known.
    """
    steps = np.column_stack([np.diff(houses_w), np.diff(batteries_w)])
    answer = np.diff(seen.mean_w)
    known = ~(np.isnan(steps).any(axis=1) | np.isnan(answer))
    steps, answer = steps[known], answer[known]
    if len(answer) < _DAY // 2 or np.ptp(steps[:, 0]) == 0:
        return
    if np.ptp(steps[:, 1]) == 0:
        steps = steps[:, :1]
    slopes, *_ = np.linalg.lstsq(steps, answer, rcond=None)
    rest = answer - steps @ slopes
    spread = rest @ rest / max(len(answer) - steps.shape[1], 1)
    error = float(np.sqrt(spread * np.linalg.pinv(steps.T @ steps)[0, 0]))
    slope = float(slopes[0])
    if abs(slope) < max(_STEEP, _SURE * error):
        return
    if slope > 0:
        yield Well(source, FindingKind.SIGN, seen.start)
    else:
        yield wrong(source, FindingKind.SIGN, seen.start, slope=slope)


def check_night(source: Source, night_w: Floats, start: datetime, limit_w: float) -> Iterator[Verdict]:
    """Find a transformer that feeds in for a whole night without its batteries, as a turned meter says.

    `night_w` is its load without them from `start` on, NaN where it is not known. A wind turbine would do the
    same, so it is only doubtful.
    """
    known = night_w[~np.isnan(night_w)]
    if len(known) < _NIGHT_SLOTS or not np.isfinite(limit_w):
        return
    if (known < -_NIGHT_FEED_IN * limit_w).all():
        figures = {"power_w": float(known.mean())}
        yield Finding(source, FindingKind.SIGN, Quality.DOUBTFUL, start, None, figures)
    elif (known > 0).any():
        yield Well(source, FindingKind.SIGN, start)


def check_clock(source: Source, apart: timedelta, since: datetime) -> Verdict:
    """Find a clock that is off. `apart` is how far stamps are ahead of the village's clock, for certain."""
    if abs(apart) < CLOCK_APART:
        return Well(source, FindingKind.CLOCK, since)
    figures = {"ahead_s": apart.total_seconds()}
    return Finding(source, FindingKind.CLOCK, Quality.DOUBTFUL, since, None, figures)


def wrong(source: Source, kind: FindingKind, since: datetime, **figures: float) -> Finding:
    """Return what makes readings worth nothing from `since` on."""
    return Finding(source, kind, Quality.WRONG, since, None, figures)


def _start_of_row(marked: NDArray[np.bool_], last: int) -> int:
    """Return where the row of marked slots starts that ends at `last`."""
    off = np.flatnonzero(~marked[: last + 1])
    return int(off[-1]) + 1 if off.size else 0
