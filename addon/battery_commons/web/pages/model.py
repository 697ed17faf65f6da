"""The page of the control models: what each is for, which steers, and what each would have done here."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from http import HTTPStatus

from aiohttp import web

from battery_commons.domain.plan import ControlModel
from battery_commons.domain.time import SLOTS_PER_DAY
from battery_commons.model_obstacles import model_obstacles
from battery_commons.own_past.backtest import About, OwnBacktests
from battery_commons.own_past.village import LEAST, OwnRecord, own_record
from battery_commons.simulation.backtest import BacktestRequest
from battery_commons.simulation.builtin import record_builtin
from battery_commons.simulation.chosen import Chosen
from battery_commons.simulation.outcome import Mode
from battery_commons.simulation.recorded import RecordedVillage
from battery_commons.store import Store
from battery_commons.store.audit import Author
from battery_commons.web.pages.forms import field
from battery_commons.web.pages.looking import LookedUp, Started, Starting
from battery_commons.web.pages.rendering import Renderer, go_to
from battery_commons.web.server import VillageServer

COMPARED = (ControlModel.M1, ControlModel.M2, ControlModel.M3, ControlModel.M4)
"""Those that need no feeder: the village's record has none."""
_EXAMPLE_FROM_DAY, _EXAMPLE_DAYS = 165, 7
"""A week of June, when roofs feed in most."""


class ModelPages:
    """One method per page or form."""

    def __init__(
        self,
        village: VillageServer,
        renderer: Renderer,
        author: Callable[[web.Request], Author],
        backtests: OwnBacktests | None,
    ) -> None:
        """Choose for `village`; `backtests` run where there is a folder to keep them in."""
        self._village = village
        self._store = village.store
        self._renderer = renderer
        self._author = author
        self._backtests = backtests
        self._known = LookedUp[tuple[int, bool]]()
        """How many days are known, and whether anything can be made of them."""
        self._starting = Starting()

    def routes(self) -> list[web.RouteDef]:
        """Return what is served."""
        return [
            web.get("/model", self.model),
            web.post("/model", self.choose),
            web.get("/model/backtest", self._back),
            web.post("/model/backtest", self.start),
            web.get("/model/backtest/cancel", self._back),
            web.post("/model/backtest/cancel", self.cancel),
        ]

    async def model(self, request: web.Request) -> web.Response:
        """Show the models, and the last backtest."""
        return await self._page(request)

    async def choose(self, request: web.Request) -> web.Response:
        """Have the village steered by another model."""
        chosen = await field(request, "model")
        found = await asyncio.to_thread(model_obstacles, self._store, self._village.current_plan())
        possible = {model.value: model for model, obstacle in found.items() if obstacle is None}
        if chosen not in possible:
            return await self._page(request, status=HTTPStatus.UNPROCESSABLE_ENTITY)
        await asyncio.to_thread(
            self._store.change_settings,
            lambda former: replace(former, control_model=possible[chosen]),
            self._author(request),
        )
        self._village.settings_changed()
        return go_to(request, "model", told="model_chosen")

    async def start(self, request: web.Request) -> web.Response:
        """Start a backtest: on the village's own past, or on the example."""
        if self._backtests is None:
            return go_to(request, "model")
        if self._backtests.must_wait:
            return go_to(request, "model", told="backtest_running")
        is_example = await field(request, "village") == "example"
        now = self._village.clock.now()
        start = partial(_start, self._store, self._backtests, now, is_example=is_example)
        match await self._starting.begin(start):
            case Started.TOO_LITTLE:
                return await self._page(request, status=HTTPStatus.UNPROCESSABLE_ENTITY)
            case Started.BUSY:
                return go_to(request, "model", told="backtest_running")
            case Started.YES | None:
                return go_to(request, "model", told="backtest_started")

    async def cancel(self, request: web.Request) -> web.Response:
        """End the backtest that runs."""
        if self._backtests is not None:
            await self._starting.ended()
            await asyncio.to_thread(self._backtests.cancel)
        return go_to(request, "model", told="backtest_cancelled")

    async def _back(self, request: web.Request) -> web.Response:
        return go_to(request, "model")

    async def _page(self, request: web.Request, status: HTTPStatus = HTTPStatus.OK) -> web.Response:
        now = self._village.clock.now()
        tests = self._backtests
        share = 0.0 if self._starting.is_under_way else tests.share_done if tests else None
        plan = self._village.current_plan()
        look = partial(_summary, self._store, now)
        record = await self._known.ask(look) if tests and share is None else None
        result = await asyncio.to_thread(tests.result) if tests else None
        return self._renderer.page(
            request,
            "model.html",
            status=status,
            obstacles=await asyncio.to_thread(model_obstacles, self._store, plan),
            chosen=(await asyncio.to_thread(self._store.settings)).control_model,
            active=plan.model if plan else None,
            comparing_until=self._village.comparing_until(),
            has_backtests=tests is not None,
            share=share,
            failed=self._starting.failed or (tests is not None and tests.failed),
            record=record,
            least_days=LEAST.days,
            result=result,
            end=result.about.start + timedelta(days=result.about.days) if result else None,
        )


def _start(store: Store, tests: OwnBacktests, now: datetime, *, is_example: bool) -> Started:
    """Start a backtest: on the village's own past, or on the example."""
    record = OwnRecord(_EXAMPLE_DAYS, _example()) if is_example else own_record(store, now)
    if record.village is None:
        return Started.TOO_LITTLE
    settings = store.settings()
    choice = settings.tariff
    chosen = Chosen(settings.congestion_weight, settings.minimum_reserve)
    asked = BacktestRequest(record.village, choice.at(now), COMPARED, Mode.ROLLING, chosen=chosen)
    about = About(now, record.village.grid.start, record.days, is_example, choice.value, record.left_out)
    return Started.YES if tests.start(asked, about) else Started.BUSY


def _summary(store: Store, now: datetime) -> tuple[int, bool]:
    """Return how many days are known, and whether a backtest can be made of them."""
    record = own_record(store, now)
    return record.days, record.village is not None


def _example() -> RecordedVillage:
    return record_builtin().part(_EXAMPLE_FROM_DAY * SLOTS_PER_DAY, _EXAMPLE_DAYS * SLOTS_PER_DAY)
