"""The volunteer's pages, on a listener that nobody else can reach."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict
from datetime import datetime
from http import HTTPStatus
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import structlog
from aiohttp import hdrs, web
from aiohttp.typedefs import Handler, Middleware

from battery_commons.domain.settings import Place
from battery_commons.domain.time import slot_start
from battery_commons.openadr.ven import OperatorLines
from battery_commons.openadr.vtn.routes import Vtn
from battery_commons.own_past.backtest import OwnBacktests
from battery_commons.own_past.data_age import OwnDataAges
from battery_commons.sense.meters.keeper import MeterKeeper
from battery_commons.store import Store, StoreError
from battery_commons.store.database import DEFAULT_VILLAGE_NAME
from battery_commons.web.access.ingress import only_ingress
from battery_commons.web.access.reach import Reach
from battery_commons.web.pages.account import AccountPages
from battery_commons.web.pages.account_payments import PaymentPages
from battery_commons.web.pages.activations import ActivationPages
from battery_commons.web.pages.administration import Administration
from battery_commons.web.pages.backups import UPLOAD_PATH, BackupPages, Care
from battery_commons.web.pages.below import BelowPages
from battery_commons.web.pages.bylaws import BylawsPages
from battery_commons.web.pages.code_proposals import ProposalPages
from battery_commons.web.pages.code_result import CodeResultPages
from battery_commons.web.pages.codes import CodePages
from battery_commons.web.pages.community import CommunityPages
from battery_commons.web.pages.contracts import ContractPages
from battery_commons.web.pages.data_age import DataAgePages
from battery_commons.web.pages.data_quality import DataQuality
from battery_commons.web.pages.dutch_flex import DutchFlexPages
from battery_commons.web.pages.experiment import ExperimentPages
from battery_commons.web.pages.feeder import FeederPages
from battery_commons.web.pages.forms import FORM_LIMIT, FormGuard
from battery_commons.web.pages.home_money import HomeMoneyPages
from battery_commons.web.pages.meter_pages import FILE_PATH, LARGEST_FILE, MeterPages
from battery_commons.web.pages.metrics import letting_in_scrapers, metrics_routes
from battery_commons.web.pages.model import ModelPages
from battery_commons.web.pages.operator_line import LARGEST_LINE, LINE_PATH, OperatorLinePages
from battery_commons.web.pages.outside import OutsideView, outside
from battery_commons.web.pages.overview import COMING, PAST, overview
from battery_commons.web.pages.plans import PlanPages
from battery_commons.web.pages.rendering import Renderer
from battery_commons.web.pages.settings import SettingsPages
from battery_commons.web.pages.tables import Tables
from battery_commons.web.pages.views import Overview, Snapshot
from battery_commons.web.pages.votes import VotePages
from battery_commons.web.pages.wizard import Wizard
from battery_commons.web.server import VillageServer

if TYPE_CHECKING:
    from battery_commons.web.access.standalone import Access

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
_LARGEST_FORMS = {FILE_PATH: LARGEST_FILE, LINE_PATH: LARGEST_LINE}
"""In bytes, of the forms that bring a file or certificates, by path; the others have FORM_LIMIT."""
_LOGGER = structlog.get_logger(__name__)


def pages_app(
    village: VillageServer,
    *,
    ingress: bool = False,
    members_url: str | None = None,
    meters: MeterKeeper | None = None,
    reach: Reach | None = None,
    care: Care | None = None,
    backtests: OwnBacktests | None = None,
    data_ages: OwnDataAges | None = None,
    home_place: Callable[[], Awaitable[Place | None]] | None = None,
    operators: OperatorLines | None = None,
    rejected: Callable[[], Mapping[str, str]] = dict,
    below: Vtn | None = None,
) -> web.Application:
    """Return the pages of `village`, for the volunteer's listener: loopback, or Home Assistant's ingress.

    `members_url` is where homes probably reach the village; the volunteer can say otherwise. `meters` reads
    those meters that do not report by themselves. `reach` is who can reach the pages, where that is not
    ingress, and `care` where backups are kept. `backtests` run, and `data_ages` are reckoned, where there is
    a folder for them, and `home_place` asks the Home Assistant that this is an app of where it is.
    `operators` are the lines to grid operators, `rejected` tells which batteries these do not take into
    their groups and why, and `below` is what those below are served.
    """
    guard = FormGuard(ingress=ingress)
    vtn = below or Vtn(village.store, lambda: village.clock.to_wall(village.clock.now()))
    renderer = Renderer(guard, own_login=not ingress, has_below=lambda: vtn.question.is_needed)
    pages = Pages(village, renderer)
    meters = meters or MeterKeeper(village.store, village.clock)
    administration = Administration(village, renderer, _address_of(members_url, ingress=ingress), meters)
    meter_pages = MeterPages(village, renderer, meters, administration.author)
    quality = DataQuality(village, renderer)
    feeder = FeederPages(village, renderer, administration.author)
    access: Access | None = None
    if not ingress:
        # Loaded where somebody has to sign in: not behind Home Assistant.
        made = import_module("battery_commons.web.access.standalone").Access
        access = made(village, renderer, reach or Reach(), administration.author)
    backups = BackupPages(village.store, care or Care(), renderer, guard, administration.author)
    lines = operators or OperatorLines(village.store, village.clock)
    before = [letting_in_scrapers(village, lines), *access.middlewares] if access else []
    middlewares = [_guarded, *before, _only_own_forms(guard, renderer)]
    app = web.Application(
        middlewares=[only_ingress, *middlewares] if ingress else middlewares, client_max_size=FORM_LIMIT
    )
    app.on_response_prepare.append(_with_headers)
    app.add_routes(
        [
            web.get("/", pages.page),
            web.get("/fragment", pages.fragment),
            web.get("/api/state", pages.state),
            *administration.routes(),
            *meter_pages.routes(),
            *DutchFlexPages(village, renderer, administration.author, rejected).routes(),
            *ContractPages(village, renderer, administration.author).routes(),
            *OperatorLinePages(village, renderer, lines, administration.author).routes(),
            *BelowPages(village, renderer, vtn, administration.author).routes(),
            *feeder.routes(),
            *quality.routes(),
            *DataAgePages(village, renderer, data_ages).routes(),
            *PlanPages(village, renderer).routes(),
            *ActivationPages(village, renderer).routes(),
            *ModelPages(village, renderer, administration.author, backtests).routes(),
            *ExperimentPages(village, renderer, administration.author).routes(),
            *(codes := CodePages(village, renderer, administration.author)).routes(),
            *ProposalPages(village, renderer, administration.author, codes).routes(),
            *CodeResultPages(village, renderer).routes(),
            *CommunityPages(village, renderer).routes(),
            *AccountPages(village, renderer, administration.author).routes(),
            *PaymentPages(village, renderer, administration.author).routes(),
            *HomeMoneyPages(village, renderer, administration.author).routes(),
            *VotePages(village, renderer, administration.author).routes(),
            *BylawsPages(village, renderer, administration.author).routes(),
            *SettingsPages(village, renderer, administration.author, home_place).routes(),
            *Wizard(village, renderer, administration).routes(),
            *metrics_routes(village, lines),
            *(access.routes() if access else []),
            *backups.routes(),
            *Tables(village.store).routes(),
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
    """Say plainly when the database cannot be used."""
    try:
        return await handler(request)
    except StoreError as error:
        _LOGGER.error("store_unusable", problem=str(error))  # noqa: TRY400 - the message is made to be read
        return web.Response(status=503, text=str(error))


async def _with_headers(_request: web.Request, response: web.StreamResponse) -> None:
    """Let the page load nothing from elsewhere."""
    response.headers.update(_HEADERS)


def _only_own_forms(guard: FormGuard, renderer: Renderer) -> Middleware:
    """Return what turns away every form that was not sent from one of these pages."""

    @web.middleware
    async def checked(request: web.Request, handler: Handler) -> web.StreamResponse:
        is_form = request.method == hdrs.METH_POST and request.path != UPLOAD_PATH
        if is_form and request.match_info.http_exception is None:
            largest = _LARGEST_FORMS.get(request.path, FORM_LIMIT)
            request = request.clone(client_max_size=largest)
            try:
                # What says beforehand that it is too large is not read at all.
                is_too_large = (request.content_length or 0) > largest
                is_own = not is_too_large and await guard.is_own(request)
            except web.HTTPRequestEntityTooLarge:
                is_too_large, is_own = True, False
            if is_too_large:
                return renderer.page(
                    request, "too_large.html", status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE, largest=largest
                )
            try:
                if not is_own:
                    return renderer.page(request, "refused.html", status=HTTPStatus.FORBIDDEN)
                return await handler(request)
            finally:
                _close_files(await request.post())
        return await handler(request)

    return checked


def _close_files(sent: Mapping[str, object]) -> None:
    """Let go of what was sent as files, which may stand on disk."""
    for value in sent.values():
        if isinstance(value, web.FileField):
            value.file.close()


class Pages:
    """The first page, its live part, and the same as JSON."""

    def __init__(self, village: VillageServer, renderer: Renderer) -> None:
        """Show `village`."""
        self._village = village
        self._renderer = renderer

    async def page(self, request: web.Request) -> web.Response:
        """Return the whole page."""
        return self._renderer.page(
            request, "page.html", view=await self._overview(), outside=await self._outside()
        )

    async def fragment(self, request: web.Request) -> web.Response:
        """Return the part of the page that changes."""
        return self._renderer.page(
            request, "fragment.html", view=await self._overview(), outside=await self._outside()
        )

    async def state(self, _request: web.Request) -> web.Response:
        """Return everything that the page shows, and how good forecasts were, as JSON in village time."""
        state = {"version": 1} | asdict(await self._overview())
        state["outside"] = asdict(await self._outside())
        state["forecast_scores"] = self._village.forecast_scores()
        state["links"] = {id_: asdict(link) for id_, link in self._village.link_quality().items()}
        return web.Response(
            text=json.dumps(state, default=datetime.isoformat, allow_nan=False),
            content_type="application/json",
            headers={"Cache-Control": "no-store"},
        )

    async def _outside(self) -> OutsideView:
        return await asyncio.to_thread(outside, self._village.store, self._village.clock.now())

    async def _overview(self) -> Overview:
        village = self._village
        now = village.clock.now()
        snapshot = await asyncio.to_thread(take_snapshot, village.store, now)
        return overview(
            snapshot,
            village.current_plan(),
            village.control_model(),
            now,
            unnamed=DEFAULT_VILLAGE_NAME,
            estimated=village.estimated(),
        )


def take_snapshot(store: Store, now: datetime) -> Snapshot:
    """Read what the page needs from the store."""
    start = slot_start(now)
    transformers = store.transformers()
    prices = store.prices(start, start + COMING)
    return Snapshot(
        village=store.village(),
        transformers=transformers,
        batteries=store.batteries(),
        homes=store.homes(),
        readings=store.latest_battery_readings(),
        loads={each.id: store.latest_meter_reading(each.id) for each in transformers},
        measured_w={each.id: store.meter_slot_means(each.id, start - PAST, now) for each in transformers},
        prices=prices,
        dispatches=store.latest_dispatches(),
        codes=store.announced_codes(now),
        proposed=len(store.proposals(now)),
        had_prices=bool(prices) or store.span_of_prices() is not None,
    )
