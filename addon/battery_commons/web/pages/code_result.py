"""The page of one code that is over: the village's load against its baseline."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from battery_commons.domain.flash_mob import VILLAGE, CodeBaseline, home_of
from battery_commons.domain.time import SLOT, TimeGrid
from battery_commons.mob.baseline import whole_slots
from battery_commons.mob.keeping.results import CodeOver, codes_over
from battery_commons.mob.keeping.told import LEARNED_FROM
from battery_commons.mob.response import aftermath, within
from battery_commons.store import Store
from battery_commons.web.pages.chart import Axes, Tick
from battery_commons.web.pages.code_view import deeds_told
from battery_commons.web.pages.rendering import Renderer, go_to
from battery_commons.web.pages.views import SlotPower
from battery_commons.web.server import VillageServer

_ROOM = 0.1
_LEAST_SPAN_W = 1_000.0


@dataclass(frozen=True, slots=True)
class ResultChart:
    """The lines of the drawing, as SVG paths."""

    axes: Axes
    ground: float
    """Where no power is, or the bottom where that is out of sight."""
    hour_ticks: Sequence[Tick]
    window_x: float
    window_width: float
    baseline: str
    band: str
    """Between which loads the window's mean would lie without a code, 95 times of 100."""
    measured: str


@dataclass(frozen=True, slots=True)
class CodeResultView:
    """One code, and what there is to show of it."""

    over: CodeOver
    baseline: CodeBaseline | None
    """The village's."""
    homes_measured: int

    def lines(self) -> list[tuple[datetime, float, float | None]]:
        """Return by quarter hour what was expected without a code and what was measured, in W."""
        if self.baseline is None:
            return []
        parts = [self.baseline.window] + ([self.baseline.after] if self.baseline.after else [])
        expected = [w + part.bias_w for part in parts for w in part.expected_w]
        start = self._window().start
        loads_w = self.over.response.loads_w if self.over.response else ()
        return [
            (start + i * SLOT, each, loads_w[i] if i < len(loads_w) else None)
            for i, each in enumerate(expected)
        ]

    def chart(
        self, width: int, height: int, hour_label: Callable[[datetime], tuple[int, str]]
    ) -> ResultChart | None:
        """Draw it; None where there is no baseline."""
        if self.baseline is None:
            return None
        lines = self.lines()
        window = self._window()
        within_w = within(self.baseline.window)
        inside = lines[: window.slots]
        drawn = [*(each for _, each, _ in lines), *(w for *_, w in lines if w is not None)]
        drawn += [each + off for _, each, _ in inside for off in (-within_w, within_w)]
        span_w = max(max(drawn) - min(drawn), _LEAST_SPAN_W)
        # From afar a response to a village's load cannot be seen.
        is_near = min(drawn) <= span_w and max(drawn) >= -span_w
        low, high = (min(0.0, *drawn), max(0.0, *drawn)) if is_near else (min(drawn), max(drawn))
        room = max(high - low, _LEAST_SPAN_W) * _ROOM
        axes = Axes(window.start, lines[-1][0] + SLOT, high + room, low - room, width, height)
        return ResultChart(
            axes=axes,
            ground=axes.zero if is_near else axes.bottom,
            hour_ticks=axes.hour_ticks(1, hour_label),
            window_x=axes.x(window.start),
            window_width=round(axes.x(window.end) - axes.x(window.start), 1),
            baseline=axes.stepped([SlotPower(at, each) for at, each, _ in lines]),
            band=_band(axes, [(at, each - within_w, each + within_w) for at, each, _ in inside]),
            measured=axes.stepped([SlotPower(at, w) for at, _, w in lines if w is not None]),
        )

    def _window(self) -> TimeGrid:
        return whole_slots(self.over.code.start, self.over.code.end)

    @property
    def until(self) -> datetime:
        """The end of the hours in which what was put off is done."""
        return aftermath(self._window()).end


def _band(axes: Axes, edges: Sequence[tuple[datetime, float, float]]) -> str:
    """Return the area between two stepped lines as an SVG path."""
    above = "".join(f"L{axes.x(at)} {axes.y(high)}H{axes.x(at + SLOT)}" for at, _, high in edges)
    below = "".join(f"L{axes.x(at + SLOT)} {axes.y(low)}H{axes.x(at)}" for at, low, _ in reversed(edges))
    return f"M{above[1:]}{below}Z"


class CodeResultPages:
    """One code that is over."""

    def __init__(self, village: VillageServer, renderer: Renderer) -> None:
        """Show the codes of `village`."""
        self._store = village.store
        self._clock = village.clock
        self._renderer = renderer

    def routes(self) -> list[web.RouteDef]:
        """Return what is served."""
        return [web.get("/codes/{code_id}", self.result)]

    async def result(self, request: web.Request) -> web.Response:
        """Show what one code came to."""
        code_id = request.match_info["code_id"]
        found = await asyncio.to_thread(_view, self._store, code_id, self._clock.now())
        if found is None:
            return go_to(request, "codes", told="code_gone")
        view, deeds = found
        return self._renderer.page(request, "code_result.html", view=view, deeds=deeds)


def _view(store: Store, code_id: str, now: datetime) -> tuple[CodeResultView, object] | None:
    found = [each for each in codes_over(store, now - LEARNED_FROM, now) if each.code.id == code_id]
    if not found:
        return None
    measured = sum(home_of(subject) is not None for subject in store.responses(code_id))
    baseline = store.baselines(code_id).get(VILLAGE)
    return CodeResultView(found[0], baseline, measured), deeds_told(store, code_id)
