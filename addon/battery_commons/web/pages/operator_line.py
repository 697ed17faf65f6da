"""The volunteer's pages about the lines to grid operators."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus

import structlog
from aiohttp import web

from battery_commons.domain.operator_line import KeptLine, OperatorEvent
from battery_commons.openadr.line_keeper import LineStatus
from battery_commons.openadr.trial import TrialStep, Tried
from battery_commons.openadr.trouble import LineError, LineTrouble
from battery_commons.openadr.ven import OperatorLines
from battery_commons.store import NotFoundError
from battery_commons.store.audit import Author
from battery_commons.store.operator_reports import KeptReport
from battery_commons.web.pages import forms
from battery_commons.web.pages.operator_line_form import OperatorLineForm
from battery_commons.web.pages.rendering import Renderer, go_to
from battery_commons.web.pages.shelf import Shelf
from battery_commons.web.pages.views import Age, Condition
from battery_commons.web.server import VillageServer

LINE_PATH = "/operator/line"
LARGEST_LINE = 64 * 1024
"""In bytes, of the form: certificates are long."""
_EVENTS_SHOWN = 25
_REPORTS_SHOWN = 10
_FRESH_FOR_S = 600.0
"""All events are asked for at least every five minutes."""

_LOGGER = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class LineView:
    """A line as it is shown."""

    kept: KeptLine
    status: LineStatus
    heard: Age
    """Since all of the operator's events were last seen."""
    events: Sequence[OperatorEvent]
    reports: Sequence[KeptReport]


@dataclass(slots=True)
class _Trial:
    """A line that is tried, or was."""

    form: OperatorLineForm
    line_id: str
    steps: list[Tried] = field(default_factory=list)
    task: asyncio.Task[None] | None = None

    @property
    def is_running(self) -> bool:
        return self.task is not None and not self.task.done()


class OperatorLinePages:
    """One method per page or form."""

    def __init__(
        self,
        village: VillageServer,
        renderer: Renderer,
        lines: OperatorLines,
        author: Callable[[web.Request], Author],
    ) -> None:
        """Keep the `lines` of `village`, by whom `author` says it is."""
        self._village = village
        self._store = village.store
        self._renderer = renderer
        self._lines = lines
        self._author = author
        self._trials = Shelf[_Trial]()

    def routes(self) -> list[web.RouteDef]:
        """Return what is served."""
        return [
            web.get("/operator", self.overview),
            web.get(LINE_PATH, self.form),
            web.post(LINE_PATH, self.keep_or_try),
            web.get("/operator/line/remove", self.ask_to_remove),
            web.post("/operator/line/remove", self.remove),
        ]

    async def overview(self, request: web.Request) -> web.Response:
        """Show every line, how it is doing, and what came over it last."""
        views = [await self._view(each) for each in await asyncio.to_thread(self._store.operator_lines)]
        return self._renderer.page(request, "operator.html", lines=views)

    async def form(self, request: web.Request) -> web.Response:
        """Show the form of a line, or how trying what stands in it goes."""
        line_id = request.query.get("id", "")
        if (trial := self._trials.get(request.query.get("trial", ""))) is not None:
            return self._page(request, trial.form, trial.line_id, trial)
        if not line_id:
            village = await asyncio.to_thread(self._store.village)
            return self._page(request, OperatorLineForm.empty(village.name), "")
        if (kept := await self._kept(line_id)) is None:
            return self._gone(request)
        return self._page(request, OperatorLineForm.of(kept.line), line_id)

    async def keep_or_try(self, request: web.Request) -> web.Response:
        """Try a line, or keep it."""
        line_id = request.query.get("id", "")
        kept = await self._kept(line_id)
        if line_id and kept is None:
            return self._gone(request)
        trial = self._trials.get(await forms.field(request, "tried"))
        known = [trial.form.line] if trial is not None and trial.form.line is not None else []
        form = await OperatorLineForm.filled_in(request, [*known, *([kept.line] if kept else [])])
        if form.line is None:
            return self._page(request, form, line_id)
        if await forms.field(request, "do") == "try":
            return go_to(request, "operator/line", trial=self._try(form, line_id))
        author = self._author(request)
        if kept is None:
            await asyncio.to_thread(self._store.add_operator_line, form.line, author)
        else:
            try:
                await asyncio.to_thread(self._store.change_operator_line, line_id, form.line, author)
            except NotFoundError:
                return self._gone(request)
        self._lines.changed()
        return go_to(request, "operator", told="operator_line_kept")

    async def ask_to_remove(self, request: web.Request) -> web.Response:
        """Ask whether a line is really to be removed."""
        kept = await self._kept(request.query.get("id", ""))
        if kept is None:
            return self._gone(request)
        return self._renderer.page(request, "operator_line_remove.html", kept=kept)

    async def remove(self, request: web.Request) -> web.Response:
        """Have no more to do with an operator."""
        author = self._author(request)
        line_id = request.query.get("id", "")
        await asyncio.to_thread(self._store.remove_operator_line, line_id, author.at, author)
        self._lines.changed()
        return go_to(request, "operator", told="operator_line_removed")

    def _try(self, form: OperatorLineForm, line_id: str) -> str:
        """Begin to try a line, and return the name of the trial."""
        trial = _Trial(form, line_id)
        trial.task = asyncio.create_task(self._follow(trial))
        return self._trials.put(trial)

    async def _follow(self, trial: _Trial) -> None:
        if trial.form.line is None:
            return
        try:
            async for step in self._lines.try_now(trial.form.line):
                trial.steps.append(step)
        except Exception:
            # Whoever tries it sees that it failed; the log holds why.
            _LOGGER.exception("operator_trial_failed")
            trial.steps.append(Tried(_next(trial.steps), trouble=LineError(LineTrouble.FAULT)))

    def _page(
        self, request: web.Request, form: OperatorLineForm, line_id: str, trial: _Trial | None = None
    ) -> web.Response:
        running = _next(trial.steps) if trial is not None and trial.is_running else None
        return self._renderer.page(
            request,
            "operator_line.html",
            status=HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK,
            form=form,
            line_id=line_id,
            steps=trial.steps if trial is not None else [],
            running=running,
            tried=self._trials.put(trial) if trial is not None and running is None else "",
        )

    async def _view(self, kept: KeptLine) -> LineView:
        status = self._lines.status(kept.id)
        heard_at = status.heard_at or kept.heard_at
        clock = self._village.clock
        age = max(0.0, (clock.now() - heard_at).total_seconds()) if heard_at else None
        condition = Condition.MISSING
        if heard_at is not None:
            is_fresh = clock.wall_seconds(clock.now() - heard_at) <= _FRESH_FOR_S
            condition = Condition.FRESH if is_fresh else Condition.OLD
        events = await asyncio.to_thread(self._store.newest_operator_events, kept.id, _EVENTS_SHOWN)
        reports = await asyncio.to_thread(self._store.newest_operator_reports, kept.id, _REPORTS_SHOWN)
        return LineView(kept, status, Age(heard_at, age, condition), events, reports)

    async def _kept(self, line_id: str) -> KeptLine | None:
        lines = await asyncio.to_thread(self._store.operator_lines)
        return next((each for each in lines if each.id == line_id), None)

    def _gone(self, request: web.Request) -> web.Response:
        return self._renderer.page(request, "gone.html", status=HTTPStatus.NOT_FOUND, about="operator_line")


def _next(done: Sequence[Tried]) -> TrialStep:
    """Return the step that is tried after these."""
    return list(TrialStep)[min(len(done), len(TrialStep) - 1)]
