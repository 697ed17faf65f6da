"""The volunteer's page. It only shows, and belongs on a listener that nobody else can reach."""

import asyncio
import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from battery_commons.domain.time import slot_start
from battery_commons.store import Store, StoreError
from battery_commons.store.database import DEFAULT_VILLAGE_NAME
from battery_commons.web.chart import load_chart, plan_bars
from battery_commons.web.overview import COMING, PAST, Overview, Snapshot, overview
from battery_commons.web.server import VillageServer
from battery_commons.web.words import Words, choose_language

_HERE = Path(__file__).parent
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
_LOGGER = structlog.get_logger(__name__)


def pages_app(village: VillageServer) -> web.Application:
    """Return the pages of `village`, for the volunteer's listener (loopback, or ingress)."""
    pages = Pages(village)
    app = web.Application(middlewares=[_guarded])
    app.add_routes(
        [
            web.get("/", pages.page),
            web.get("/fragment", pages.fragment),
            web.get("/api/state", pages.state),
            web.static("/static", _HERE / "static"),
        ]
    )
    return app


@web.middleware
async def _guarded(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Let the page load nothing from elsewhere, and say plainly when the database cannot be used."""
    try:
        response = await handler(request)
    except StoreError as error:
        _LOGGER.error("store_unusable", problem=str(error))  # noqa: TRY400 - the message is made to be read
        response = web.Response(status=503, text=str(error))
    response.headers.update(_HEADERS)
    return response


class Pages:
    """The page, its live part, and the same as JSON."""

    def __init__(self, village: VillageServer) -> None:
        """Show `village`."""
        self._village = village
        environment = Environment(
            loader=FileSystemLoader(_HERE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        environment.globals.update(load_chart=load_chart, plan_bars=plan_bars)
        self._page = environment.get_template("page.html")
        self._fragment = environment.get_template("fragment.html")

    async def page(self, request: web.Request) -> web.Response:
        """Return the whole page."""
        words, view = _words(request), await self._overview()
        return _fresh(self._page.render(view=view, words=words), "text/html")

    async def fragment(self, request: web.Request) -> web.Response:
        """Return the part of the page that changes."""
        words, view = _words(request), await self._overview()
        return _fresh(self._fragment.render(view=view, words=words), "text/html")

    async def state(self, _request: web.Request) -> web.Response:
        """Return everything that the page shows, and how good forecasts were, as JSON in village time."""
        state = {"version": 1} | asdict(await self._overview())
        state["forecast_scores"] = self._village.forecast_scores()
        return _fresh(json.dumps(state, default=datetime.isoformat, allow_nan=False), "application/json")

    async def _overview(self) -> Overview:
        village = self._village
        now = village.clock.now()
        snapshot = await asyncio.to_thread(take_snapshot, village.store, now)
        return overview(
            snapshot, village.current_plan(), village.control_model(), now, unnamed=DEFAULT_VILLAGE_NAME
        )


def take_snapshot(store: Store, now: datetime) -> Snapshot:
    """Read what the page needs from the store."""
    start = slot_start(now)
    transformers = store.transformers()
    return Snapshot(
        village=store.village(),
        transformers=transformers,
        batteries=store.batteries(),
        homes=store.homes(),
        readings=store.latest_battery_readings(),
        loads={each.id: store.latest_meter_reading(each.id) for each in transformers},
        measured_w={each.id: store.meter_slot_means(each.id, start - PAST, now) for each in transformers},
        prices=store.prices(start, start + COMING),
        dispatches=store.latest_dispatches(),
    )


def _words(request: web.Request) -> Words:
    return Words(choose_language(request.query.get("lang"), request.headers.get("Accept-Language", "")))


def _fresh(text: str, content_type: str) -> web.Response:
    return web.Response(text=text, content_type=content_type, headers={"Cache-Control": "no-store"})
