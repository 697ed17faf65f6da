"""The geometry of the drawings: where each line and bar goes, in SVG units."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil, floor

from battery_commons.domain.time import SLOT, slot_start
from battery_commons.web.pages.overview import COMING, PAST
from battery_commons.web.pages.views import CodeView, ComingSlot, SlotPower, TransformerView

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
class Axes:
    """From moments and powers (W) to places in a drawing of some width and height."""

    first: datetime
    last: datetime
    ceiling: float
    depth: float
    width: int
    height: int

    @property
    def left(self) -> float:
        """Where the first moment is."""
        return _LEFT

    @property
    def right(self) -> float:
        """Where the last moment is."""
        return self.width - _RIGHT

    @property
    def top(self) -> float:
        """Where the highest power is."""
        return _TOP

    @property
    def bottom(self) -> float:
        """Where the lowest power is."""
        return self.height - _BOTTOM

    @property
    def zero(self) -> float:
        """Where no power is."""
        return self.y(0)

    def x(self, moment: datetime) -> float:
        """Return where a moment is."""
        share = (moment - self.first) / (self.last - self.first)
        return round(self.left + (self.right - self.left) * share, 1)

    def y(self, power_w: float) -> float:
        """Return where a power is."""
        share = (self.ceiling - power_w) / (self.ceiling - self.depth)
        return round(self.top + (self.bottom - self.top) * share, 1)

    @property
    def power_ticks(self) -> list[Tick]:
        """The marks of whole kilowatts, not too many."""
        depth, ceiling = self.depth, self.ceiling
        step = next((kw for kw in _STEPS_KW if (ceiling - depth) / (kw * 1000) <= _MOST_TICKS), _STEPS_KW[-1])
        return [
            Tick(self.y(kw * 1000), str(kw))
            for kw in range(ceil(depth / step / 1000) * step, floor(ceiling / step / 1000) * step + 1, step)
        ]

    def hour_ticks(self, hours_apart: int, hour_label: Callable[[datetime], tuple[int, str]]) -> list[Tick]:
        """Return a mark at every multiple of `hours_apart`, as load_chart says."""
        ticks = []
        hour = self.first.replace(minute=0) + (timedelta(hours=1) if self.first.minute else timedelta())
        while hour <= self.last:
            local_hour, label = hour_label(hour)
            if local_hour % hours_apart == 0:
                ticks.append(Tick(self.x(hour), label))
            hour += timedelta(hours=1)
        return ticks

    def stepped(self, slots: Sequence[SlotPower]) -> str:
        """Return a line of mean powers as an SVG path, level in each slot and open where one is missing."""
        path: list[str] = []
        end: datetime | None = None
        for slot in slots:
            y = self.y(slot.power_w)
            path.append(f"V{y}" if slot.start == end else f"M{self.x(slot.start)} {y}")
            end = slot.start + SLOT
            path.append(f"H{self.x(end)}")
        return "".join(path)


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
    shown = [slot.power_w for line in (view.measured, view.base, view.planned) for slot in line]
    off_w = view.estimated_within_w or 0.0
    shown += [slot.power_w + off for slot in view.estimated for off in (-off_w, off_w)]
    axes = Axes(
        first,
        last,
        ceiling=max([view.limit_w, *shown]) * _HEADROOM,
        depth=min([-view.limit_w, *shown]) * _HEADROOM,
        width=width,
        height=height,
    )
    x, y = axes.x, axes.y
    return LoadChart(
        width=width,
        height=height,
        left=axes.left,
        right=axes.right,
        top=axes.top,
        bottom=axes.bottom,
        zero=axes.zero,
        now=x(now),
        import_limit=y(view.limit_w),
        export_limit=y(-view.limit_w),
        power_ticks=axes.power_ticks,
        hour_ticks=axes.hour_ticks(hours_apart, hour_label),
        measured=axes.stepped([slot for slot in view.measured if first <= slot.start < last]),
        base=axes.stepped(view.base),
        planned=axes.stepped(view.planned),
        estimated=axes.stepped(view.estimated)
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
