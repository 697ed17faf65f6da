"""The page of the feeder: the medium-voltage cable that the village's transformers hang on."""

import asyncio
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from dataclasses import field as fields
from http import HTTPStatus
from math import inf, isfinite

from aiohttp import web

from battery_commons.control.possible import obstacles
from battery_commons.domain.grid import FEEDER_ID, Feeder, Transformer
from battery_commons.domain.plan import ControlModel
from battery_commons.domain.quality import Source, SourceKind
from battery_commons.store import NotFoundError
from battery_commons.store.audit import Author
from battery_commons.web.pages.forms import field
from battery_commons.web.pages.overview import age_of
from battery_commons.web.pages.rendering import Renderer, go_to
from battery_commons.web.pages.shelf import Shelf
from battery_commons.web.server import VillageServer
from battery_commons.wire.messages import MAX_FEEDER_POWER_W

_LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class FeederForm:
    """What stands in the form, as it was typed."""

    name: str = ""
    limit_kw: str = ""
    """May be left open: the village then keeps it to no limit."""
    transformers: Collection[str] = ()
    limit_w: float = inf
    errors: Mapping[str, str] = fields(default_factory=dict)
    """By field, the key of what is wrong with it (web/pages/words/quality.py)."""

    @classmethod
    def of(cls, feeder: Feeder | None, transformers: Collection[Transformer]) -> FeederForm:
        """Return the form for changing the feeder, or for the first one."""
        on_it = [each.id for each in transformers if each.on_feeder]
        if feeder is None:
            return cls(transformers=on_it)
        limit_kw = f"{feeder.limit_w / 1000:g}" if isfinite(feeder.limit_w) else ""
        return cls(feeder.name, limit_kw, on_it, feeder.limit_w)

    @classmethod
    async def filled_in(cls, request: web.Request, known: Collection[Transformer]) -> FeederForm:
        """Return the form that was sent; `known` are the transformers that are there."""
        name, limit_kw = await field(request, "name"), await field(request, "limit_kw")
        sent = await request.post()
        chosen = [each.id for each in known if f"on-{each.id}" in sent]
        limit_w = _watts(limit_kw)
        errors = {}
        if not 1 <= len(name) <= _LONGEST_NAME:
            errors["name"] = "name_wrong"
        if limit_w is None:
            errors["limit_kw"] = "feeder_limit_wrong"
        return cls(name, limit_kw, chosen, inf if limit_w is None else limit_w, errors)


class FeederPages:
    """One method per page or form."""

    def __init__(
        self, village: VillageServer, renderer: Renderer, author: Callable[[web.Request], Author]
    ) -> None:
        """Keep the feeder of `village`, by whom `author` says it is."""
        self._store = village.store
        self._clock = village.clock
        self._current_plan = village.current_plan
        self._renderer = renderer
        self._author = author
        self._tokens = Shelf[str]()

    def routes(self) -> list[web.RouteDef]:
        """Return what is served."""
        return [
            web.get("/transformers/feeder", self.feeder),
            web.post("/transformers/feeder", self.put),
            web.get("/transformers/feeder/remove", self.confirm),
            web.post("/transformers/feeder/remove", self.remove),
            web.get("/transformers/feeder/token", self._back),
            web.post("/transformers/feeder/token", self.new_token),
            web.get("/transformers/feeder/token/{name}", self.token),
        ]

    async def feeder(self, request: web.Request) -> web.Response:
        """Show the feeder, and the form that changes it."""
        known = await asyncio.to_thread(self._store.transformers)
        return await self._page(request, FeederForm.of(await self._feeder(), known))

    async def put(self, request: web.Request) -> web.Response:
        """Say which feeder it is."""
        known = await asyncio.to_thread(self._store.transformers)
        form = await FeederForm.filled_in(request, known)
        if not form.errors:
            try:
                await asyncio.to_thread(
                    self._store.put_feeder, form.name, form.limit_w, form.transformers, self._author(request)
                )
                return go_to(request, "transformers/feeder", told="feeder_changed")
            except ValueError:  # A transformer that was added before the feeder had an id of its own.
                form = FeederForm(
                    form.name, form.limit_kw, form.transformers, errors={"name": "feeder_id_taken"}
                )
        return await self._page(request, form)

    async def confirm(self, request: web.Request) -> web.Response:
        """Say what is about to happen, and ask whether it should."""
        feeder = await self._feeder()
        if feeder is None:
            return await self._back(request)
        return self._renderer.page(request, "feeder_remove.html", feeder=feeder)

    async def remove(self, request: web.Request) -> web.Response:
        """Forget the feeder."""
        await asyncio.to_thread(self._store.remove_feeder, self._author(request))
        return go_to(request, "transformers", told="feeder_removed")

    async def new_token(self, request: web.Request) -> web.Response:
        """Give the feeder's meter a new token."""
        try:
            secret = await asyncio.to_thread(self._store.new_meter_token, FEEDER_ID, self._author(request))
        except NotFoundError:
            return await self._back(request)
        return go_to(request, f"transformers/feeder/token/{self._tokens.put(secret)}")

    async def token(self, request: web.Request) -> web.Response:
        """Show a token that was just made."""
        secret = self._tokens.get(request.match_info["name"])
        if secret is None:
            return self._renderer.page(request, "gone.html", status=HTTPStatus.NOT_FOUND, about="token")
        return self._renderer.page(
            request, "meter_token.html", transformer_id=FEEDER_ID, secret=secret, then={}
        )

    async def _back(self, request: web.Request) -> web.Response:
        return go_to(request, "transformers/feeder")

    async def _feeder(self) -> Feeder | None:
        return await asyncio.to_thread(self._store.feeder)

    async def _page(self, request: web.Request, form: FeederForm) -> web.Response:
        feeder = await self._feeder()
        transformers = await asyncio.to_thread(self._store.transformers)
        last = await asyncio.to_thread(self._store.last_report, Source(SourceKind.METER, FEEDER_ID))
        plan = self._current_plan()
        told = plan is not None and plan.feeder_base_w is not None
        found = obstacles(feeder, transformers, feeder_known=last is not None or told)
        return self._renderer.page(
            request,
            "feeder.html",
            status=HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK,
            feeder=feeder,
            form=form,
            transformers=transformers,
            meter=age_of(last, self._clock.now()),
            obstacle=found[ControlModel.M5],
        )


def _watts(kilowatts: str) -> float | None:
    """Return a limit that was typed, in W, infinite for none; None for what is no limit."""
    if not kilowatts:
        return inf
    try:
        limit_w = 1000 * float(kilowatts.replace(",", "."))
    except ValueError:
        return None
    return limit_w if 0 < limit_w <= MAX_FEEDER_POWER_W else None
