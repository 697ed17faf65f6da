"""The volunteer's pages, on a listener that nobody else can reach."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlsplit

import structlog
from aiohttp import hdrs, web
from aiohttp.typedefs import Handler, Middleware

from battery_commons.domain.time import slot_start
from battery_commons.store import Store, StoreError
from battery_commons.store.database import DEFAULT_VILLAGE_NAME
from battery_commons.web.administration import Administration
from battery_commons.web.forms import FORM_LIMIT, FormGuard
from battery_commons.web.ingress import only_ingress
from battery_commons.web.overview import COMING, PAST, Overview, Snapshot, overview
from battery_commons.web.rendering import Renderer
from battery_commons.web.server import VillageServer

_HERE = Path(__file__).parent
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    # Without a referrer at all, browsers do not say either from which site a form comes.
    "Referrer-Policy": "same-origin",
}
_LOGGER = structlog.get_logger(__name__)


def pages_app(
    village: VillageServer, *, ingress: bool = False, members_url: str | None = None
) -> web.Application:
    """Return the pages of `village`, for the volunteer's listener: loopback, or Home Assistant's ingress.

    `members_url` is where homes probably reach the village; the volunteer can say otherwise.
    """
    guard = FormGuard(ingress=ingress)
    renderer = Renderer(guard)
    pages = Pages(village, renderer)
    administration = Administration(village, renderer, _address_of(members_url, ingress=ingress))
    middlewares = [_guarded, _only_own_forms(guard, renderer)]
    app = web.Application(
        middlewares=[only_ingress, *middlewares] if ingress else middlewares, client_max_size=FORM_LIMIT
    )
    app.add_routes(
        [
            web.get("/", pages.page),
            web.get("/fragment", pages.fragment),
            web.get("/api/state", pages.state),
            *administration.routes(),
            web.static("/static", _HERE / "static"),
        ]
    )
    return app


def _address_of(members_url: str | None, *, ingress: bool) -> Callable[[web.Request], str]:
    """Return what proposes the address at which homes reach the village."""

    def address(request: web.Request) -> str:
        shown = request.headers.get(hdrs.X_FORWARDED_HOST) if ingress else None
        if members_url is None or shown is None:
            return members_url or ""
        # A container's own address means nothing to homes; where Home Assistant is found, so are its apps.
        url, host = urlsplit(members_url), urlsplit(f"//{shown}").hostname or ""
        return f"{url.scheme}://{f'[{host}]' if ':' in host else host}:{url.port}"

    return address


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


def _only_own_forms(guard: FormGuard, renderer: Renderer) -> Middleware:
    """Return what turns away every form that was not sent from one of these pages."""

    @web.middleware
    async def checked(request: web.Request, handler: Handler) -> web.StreamResponse:
        if (
            request.method == hdrs.METH_POST
            and request.match_info.http_exception is None
            and not await guard.is_own(request)
        ):
            return renderer.page(request, "refused.html", status=HTTPStatus.FORBIDDEN)
        return await handler(request)

    return checked


class Pages:
    """The first page, its live part, and the same as JSON."""

    def __init__(self, village: VillageServer, renderer: Renderer) -> None:
        """Show `village`."""
        self._village = village
        self._renderer = renderer

    async def page(self, request: web.Request) -> web.Response:
        """Return the whole page."""
        return self._renderer.page(request, "page.html", view=await self._overview())

    async def fragment(self, request: web.Request) -> web.Response:
        """Return the part of the page that changes."""
        return self._renderer.page(request, "fragment.html", view=await self._overview())

    async def state(self, _request: web.Request) -> web.Response:
        """Return everything that the page shows, and how good forecasts were, as JSON in village time."""
        state = {"version": 1} | asdict(await self._overview())
        state["forecast_scores"] = self._village.forecast_scores()
        state["links"] = {id_: asdict(link) for id_, link in self._village.link_quality().items()}
        return web.Response(
            text=json.dumps(state, default=datetime.isoformat, allow_nan=False),
            content_type="application/json",
            headers={"Cache-Control": "no-store"},
        )

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
