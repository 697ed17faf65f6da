"""The page of experiments: control models in alternating periods, and what they did at the same weather."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from http import HTTPStatus

from aiohttp import web

from battery_commons.domain.csv_rows import lines
from battery_commons.domain.plan import ControlModel
from battery_commons.domain.settings import TariffChoice
from battery_commons.experiment.keeping.days import past_days
from battery_commons.experiment.measure import Measure
from battery_commons.experiment.power import LEAST_PAST_DAYS, smallest_shown
from battery_commons.experiment.record import Experiment
from battery_commons.experiment.schedule import Design, midnight
from battery_commons.model_obstacles import model_obstacles
from battery_commons.store import NotFoundError, Store
from battery_commons.store.audit import Author
from battery_commons.web.pages.experiment_form import CARRIED, MODELS, ExperimentForm
from battery_commons.web.pages.experiment_table import rows
from battery_commons.web.pages.experiment_view import calendar, names_of, show, side_by_side
from battery_commons.web.pages.forms import field
from battery_commons.web.pages.looking import Looking
from battery_commons.web.pages.rendering import Renderer, go_to, words_for
from battery_commons.web.pages.shelf import Shelf
from battery_commons.web.pages.words.experiment_sentences import Teller
from battery_commons.web.server import VillageServer

_ACTS = {"pause": "experiment_paused", "resume": "experiment_resumed", "stop": "experiment_stopped"}


@dataclass(frozen=True, slots=True)
class CouldShow:
    """How small a difference an experiment could show."""

    past_days: int
    """So many of the village's days tell it."""
    shown: Mapping[Measure, tuple[float, float]]
    """By measure, the difference and what is usual (experiment/power.py)."""


@dataclass(frozen=True, slots=True)
class Preview:
    """An experiment that is looked at before it is planned."""

    form: ExperimentForm
    design: Design
    could: Looking[CouldShow]


class ExperimentPages:
    """One method per page or form."""

    def __init__(
        self, village: VillageServer, renderer: Renderer, author: Callable[[web.Request], Author]
    ) -> None:
        """Plan experiments of `village`, by whom `author` says it is."""
        self._village = village
        self._store = village.store
        self._renderer = renderer
        self._author = author
        self._previews = Shelf[Preview]()

    def routes(self) -> list[web.RouteDef]:
        """Return what is served."""
        return [
            web.get("/experiment", self.experiments),
            web.post("/experiment", self.preview),
            web.get("/experiment/preview/{name}", self.previewed),
            web.get("/experiment/plan", self._back),
            web.post("/experiment/plan", self.plan),
            web.get("/experiment/{id}", self.experiment),
            web.get("/experiment/{id}/days.csv", self.days),
            web.get("/experiment/{id}/{act}", self._back),
            web.post("/experiment/{id}/{act}", self.act),
        ]

    async def experiments(self, request: web.Request) -> web.Response:
        """Show what goes on, the form where nothing does, and former experiments side by side."""
        return await self._page(request)

    async def preview(self, request: web.Request) -> web.Response:
        """Show which model would steer when, and how small a difference that could show."""
        form = await self._filled_in(request)
        if form.design is None or await field(request, "action") == "change":
            return await self._page(request, form)
        could = partial(_could_show, self._store, form.design, self._village.clock.now())
        name = self._previews.put(Preview(form, form.design, Looking(could)))
        return go_to(request, f"experiment/preview/{name}")

    async def previewed(self, request: web.Request) -> web.Response:
        """Show it; how small a difference it could show, as soon as that is known."""
        if (preview := self._previews.get(request.match_info["name"])) is None:
            return go_to(request, "experiment")
        settings = await asyncio.to_thread(self._store.settings)
        return self._renderer.page(
            request,
            "experiment_preview.html",
            form=preview.form,
            design=preview.design,
            carried=CARRIED,
            calendar=calendar(preview.design),
            could=await preview.could.found(),
            least_past_days=LEAST_PAST_DAYS,
            has_place=settings.place is not None,
            spans_net_metering=_spans_net_metering(preview.design, settings.tariff),
            tell=await self._teller(request),
        )

    async def plan(self, request: web.Request) -> web.Response:
        """Plan it."""
        author = self._author(request)
        form = await self._filled_in(request)
        if form.design is None:
            return await self._page(request, form)
        try:
            await asyncio.to_thread(self._store.plan_experiment, form.typed["name"], form.design, author)
        except ValueError:
            taken = replace(form, errors={"name": "experiment_wrong_taken"}, design=None)
            return await self._page(request, taken)
        self._village.settings_changed()
        return go_to(request, "experiment", told="experiment_planned")

    async def act(self, request: web.Request) -> web.Response:
        """Pause an experiment, have it go on, or stop it."""
        acts = {
            "pause": self._store.pause_experiment,
            "resume": self._store.resume_experiment,
            "stop": self._store.stop_experiment,
        }
        act = request.match_info["act"]
        if act not in acts:
            return self._gone(request)
        try:
            await asyncio.to_thread(acts[act], request.match_info["id"], self._author(request))
        except NotFoundError:
            return self._gone(request)
        self._village.settings_changed()
        return go_to(request, "experiment", told=_ACTS[act])

    async def experiment(self, request: web.Request) -> web.Response:
        """Show one experiment with all that it found."""
        if (found := await self._found(request)) is None:
            return self._gone(request)
        now = self._village.clock.now()
        return self._renderer.page(
            request,
            "experiment.html",
            each=await asyncio.to_thread(show, self._store, found, now),
            tell=await self._teller(request),
        )

    async def days(self, request: web.Request) -> web.Response:
        """Hand out the days of an experiment as a table, to compare them again elsewhere."""
        if (found := await self._found(request)) is None:
            return self._gone(request)
        records = await asyncio.to_thread(self._store.experiment_days, found.id)
        disposition = f'attachment; filename="experiment-{found.id}.csv"'
        return web.Response(
            text=lines(rows(found, records)),
            content_type="text/csv",
            headers={"Content-Disposition": disposition, "Cache-Control": "no-store"},
        )

    async def _page(self, request: web.Request, form: ExperimentForm | None = None) -> web.Response:
        now = self._village.clock.now()
        going_on = await asyncio.to_thread(self._store.experiment_going_on, now)
        experiments = await asyncio.to_thread(self._store.experiments)
        former = [
            await asyncio.to_thread(show, self._store, each, now)
            for each in experiments
            if going_on is None or each.id != going_on.id
        ]
        settings = await asyncio.to_thread(self._store.settings)
        possible = await self._possible()
        return self._renderer.page(
            request,
            "experiments.html",
            status=HTTPStatus.UNPROCESSABLE_ENTITY if form and form.errors else HTTPStatus.OK,
            form=form or ExperimentForm.empty(settings.control_model, possible, now),
            model_fields=MODELS,
            possible=possible,
            chosen=settings.control_model,
            current=await asyncio.to_thread(show, self._store, going_on, now) if going_on else None,
            model_now=going_on.model_at(now) if going_on else None,
            former=former,
            together=side_by_side(former),
            tell=await self._teller(request),
        )

    async def _filled_in(self, request: web.Request) -> ExperimentForm:
        return await ExperimentForm.filled_in(request, await self._possible(), self._village.clock.now())

    async def _possible(self) -> list[ControlModel]:
        plan = self._village.current_plan()
        found = await asyncio.to_thread(model_obstacles, self._store, plan)
        return [model for model, obstacle in found.items() if obstacle is None]

    async def _found(self, request: web.Request) -> Experiment | None:
        try:
            return await asyncio.to_thread(self._store.experiment, request.match_info["id"])
        except NotFoundError:
            return None

    async def _teller(self, request: web.Request) -> Teller:
        return Teller(words_for(request), await asyncio.to_thread(names_of, self._store))

    def _gone(self, request: web.Request) -> web.Response:
        return self._renderer.page(request, "gone.html", status=HTTPStatus.NOT_FOUND, about="experiment")

    async def _back(self, request: web.Request) -> web.Response:
        return go_to(request, "experiment")


def _could_show(store: Store, design: Design, now: datetime) -> CouldShow:
    past = past_days(store, design, now)
    return CouldShow(len(past), smallest_shown(past, design))


def _spans_net_metering(design: Design, choice: TariffChoice) -> bool:
    """Return whether what models go by changes within an experiment, as net metering ends."""
    first, last = midnight(design.first_day), design.end - timedelta(seconds=1)
    return choice.at(first) != choice.at(last)
