"""The geometry of the drawings: where each line and bar goes, in SVG units."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil, floor

from battery_commons.domain.time import SLOT, slot_start
from battery_commons.web.pages.overview import COMING, PAST, CodeView, ComingSlot, SlotPower, TransformerView

_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 10, 14, 30
_HEADROOM = 1.08
_STEPS_KW = (1, 2, 5, 10, 20, 25, 50, 100, 200, 250, 500)
_MOST_TICKS = 8


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on an axis."""

    at: float
    label: str


@dataclass(frozen=True, slots=True)
class Band:
    """A window of code red or green, from the top of a chart to its bottom."""

    x: float
    width: float
    code: str


@dataclass(frozen=True, slots=True)
class LoadChart:
    """A transformer's load over time. Lines are SVG paths, stepped per slot, open where data is missing."""

    width: int
    height: int
    left: float
    right: float
    top: float
    bottom: float
    zero: float
    now: float
    import_limit: float
    export_limit: float
    power_ticks: Sequence[Tick]
    hour_ticks: Sequence[Tick]
    measured: str
    base: str
    planned: str
    estimated: str
    """With an upright line as long as the estimate may be off."""
    bands: Sequence[Band]


@dataclass(frozen=True, slots=True)
class Bar:
    """One slot of a battery's plan: a bar from the middle line, up for charging."""

    x: int
    y: float
    height: float
    kind: str
    """`charge`, `discharge`, or `free` where the battery is left to its own house."""


def load_chart(
    view: TransformerView,
    now: datetime,
    *,
    codes: Sequence[CodeView] = (),
    width: int,
    height: int,
    hours_apart: int,
    hour_label: Callable[[datetime], tuple[int, str]],
) -> LoadChart:
    """Draw from PAST before `now` to COMING after it.

    `hour_label` gives the local hour of a moment and how to write it; a mark stands at every
    multiple of `hours_apart`, also on the days on which the clock is changed.
    """
    first, last = slot_start(now) - PAST, slot_start(now) + COMING
    left, right, top, bottom = _LEFT, width - _RIGHT, _TOP, height - _BOTTOM
    shown = [slot.power_w for line in (view.measured, view.base, view.planned) for slot in line]
    off_w = view.estimated_within_w or 0.0
    shown += [slot.power_w + off for slot in view.estimated for off in (-off_w, off_w)]
    ceiling = max([view.limit_w, *shown]) * _HEADROOM
    depth = min([-view.limit_w, *shown]) * _HEADROOM

    def x(moment: datetime) -> float:
        return round(left + (right - left) * ((moment - first) / (last - first)), 1)

    def y(power_w: float) -> float:
        return round(top + (bottom - top) * ((ceiling - power_w) / (ceiling - depth)), 1)

    step = next((kw for kw in _STEPS_KW if (ceiling - depth) / (kw * 1000) <= _MOST_TICKS), _STEPS_KW[-1])
    power_ticks = [
        Tick(y(kw * 1000), str(kw))
        for kw in range(ceil(depth / step / 1000) * step, floor(ceiling / step / 1000) * step + 1, step)
    ]
    hour_ticks = []
    hour = first.replace(minute=0) + (timedelta(hours=1) if first.minute else timedelta())
    while hour <= last:
        local_hour, label = hour_label(hour)
        if local_hour % hours_apart == 0:
            hour_ticks.append(Tick(x(hour), label))
        hour += timedelta(hours=1)
    return LoadChart(
        width=width,
        height=height,
        left=left,
        right=right,
        top=top,
        bottom=bottom,
        zero=y(0),
        now=x(now),
        import_limit=y(view.limit_w),
        export_limit=y(-view.limit_w),
        power_ticks=power_ticks,
        hour_ticks=hour_ticks,
        measured=_stepped([slot for slot in view.measured if first <= slot.start < last], x, y),
        base=_stepped(view.base, x, y),
        planned=_stepped(view.planned, x, y),
        estimated=_stepped(view.estimated, x, y)
        + "".join(
            f"M{x(slot.start + SLOT / 2)} {y(slot.power_w - off_w)}V{y(slot.power_w + off_w)}"
            for slot in view.estimated
        ),
        bands=[
            Band(x(start), round(x(end) - x(start), 1), each.code)
            for each in codes
            if (start := max(first, each.start)) < (end := min(last, each.end))
        ],
    )


def plan_bars(coming: Sequence[ComingSlot], max_power_w: float) -> list[Bar]:
    """Draw a battery's coming slots, one unit wide each, 10 units up and down from the middle."""
    bars = []
    for x, slot in enumerate(coming):
        if slot.power_w is None:
            bars.append(Bar(x, y=9.5, height=1, kind="free"))
        elif slot.power_w and max_power_w:
            height = round(10 * min(1.0, abs(slot.power_w) / max_power_w), 2)
            charging = slot.power_w > 0
            bars.append(
                Bar(
                    x,
                    y=10 - height if charging else 10,
                    height=height,
                    kind="charge" if charging else "discharge",
                )
            )
    return bars


def _stepped(slots: Sequence[SlotPower], x: Callable[[datetime], float], y: Callable[[float], float]) -> str:
    path: list[str] = []
    end: datetime | None = None
    for slot in slots:
        path.append(f"V{y(slot.power_w)}" if slot.start == end else f"M{x(slot.start)} {y(slot.power_w)}")
        end = slot.start + SLOT
        path.append(f"H{x(end)}")
    return "".join(path)
