"""The volunteer's pages about members: homes, invitations, transformers, and what was done to them.

Reading is free of consequences; whatever changes something is a form, and is in the audit log.
"""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from importlib import import_module

from aiohttp import web
from aiohttp.typedefs import Handler
from markupsafe import Markup

from battery_commons.account.keeping.leaving import leave
from battery_commons.domain.grid import Transformer
from battery_commons.domain.meter_source import kind_of
from battery_commons.sense.meters.keeper import MeterKeeper
from battery_commons.store import NotFoundError
from battery_commons.store.audit import Author
from battery_commons.store.members import INVITATION_LASTS
from battery_commons.web.access.ingress import administrator
from battery_commons.web.pages.forms import field
from battery_commons.web.pages.households import home_rows, home_view, one_home
from battery_commons.web.pages.overview import age_of
from battery_commons.web.pages.rendering import Renderer, go_to
from battery_commons.web.pages.shelf import Shelf
from battery_commons.web.pages.transformer_form import TransformerForm
from battery_commons.web.server import VillageServer
from battery_commons.wire.invitation import invitation_link

VOLUNTEER = "volunteer"
"""Who acts where the pages do not know: they are reached by whoever keeps the coordinator's machine."""
_LONGEST_ADDRESS = 200


@dataclass(frozen=True, slots=True)
class _Made:
    """An invitation that was just made."""

    link: str
    code: str
    """With the key to believe: what stands behind the # of the link."""


class Administration:
    """One method per page or form."""

    def __init__(
        self,
        village: VillageServer,
        renderer: Renderer,
        address_of: Callable[[web.Request], str],
        meters: MeterKeeper,
    ) -> None:
        """Administer `village`; `address_of` proposes where homes reach it, or nothing."""
        self._village = village
        self._store = village.store
        self._renderer = renderer
        self._address_of = address_of
        self._meters = meters
        self._last_address: str | None = None
        self._made = Shelf[_Made]()
        self._meter_tokens = Shelf[tuple[str, str]]()

    def routes(self) -> list[web.RouteDef]:
        """Return what is served."""
        return [
            web.get("/homes", self.homes),
            web.get("/homes/{home_id}", self._of_home(self.home)),
            web.get("/homes/{home_id}/suspend", self._of_home(partial(self._confirm, "suspend.html"))),
            web.post("/homes/{home_id}/suspend", self._of_home(self.suspend)),
            web.get("/homes/{home_id}/resume", self._back_to_home),
            web.post("/homes/{home_id}/resume", self._of_home(self.resume)),
            web.get("/homes/{home_id}/move", self._of_home(self.move_where)),
            web.post("/homes/{home_id}/move", self._of_home(self.move)),
            web.get("/homes/{home_id}/remove", self._of_home(partial(self._confirm, "remove.html"))),
            web.post("/homes/{home_id}/remove", self._of_home(self.remove)),
            web.get("/invitations", self.invitations),
            web.post("/invitations", self.invite),
            web.get("/invitations/made/{name}", self.made),
            web.get("/invitations/{invitation_id}/revoke", self._back_to_invitations),
            web.post("/invitations/{invitation_id}/revoke", self.revoke),
            web.get("/transformers", self.transformers),
            web.get("/transformers/change", self.transformer),
            web.post("/transformers/change", self.put_transformer),
            web.get("/transformers/token", self.renew_token),
            web.post("/transformers/token", self.new_token),
            web.get("/transformers/token/{name}", self.token),
            web.get("/audit", self.audit),
        ]

    # --- Homes ------------------------------------------------------------------------------

    async def homes(self, request: web.Request) -> web.Response:
        """Show all homes."""
        now = self._village.clock.now()
        rows = await asyncio.to_thread(home_rows, self._store, now, self._village.link_quality())
        return self._renderer.page(request, "homes.html", rows=rows)

    async def home(self, request: web.Request, home_id: str) -> web.Response:
        """Show one home: its batteries, and what each was asked in the last day and why."""
        clock = self._village.clock
        view = await asyncio.to_thread(
            home_view, self._store, home_id, clock, clock.now(), self._village.link_quality()
        )
        return self._renderer.page(request, "home.html", view=view)

    async def suspend(self, request: web.Request, home_id: str) -> web.Response:
        """Have a home take no part."""
        await asyncio.to_thread(self._store.suspend, home_id, self.author(request))
        self._village.members_changed()
        return go_to(request, f"homes/{home_id}", told="home_suspended")

    async def resume(self, request: web.Request, home_id: str) -> web.Response:
        """Let a home take part again."""
        await asyncio.to_thread(self._store.resume, home_id, self.author(request))
        self._village.members_changed()
        return go_to(request, f"homes/{home_id}", told="home_resumed")

    async def move_where(self, request: web.Request, home_id: str) -> web.Response:
        """Ask behind which transformer a home is to be."""
        home = await asyncio.to_thread(one_home, self._store, home_id)
        transformers = await asyncio.to_thread(self._store.transformers)
        return self._renderer.page(request, "move.html", home=home, transformers=transformers)

    async def move(self, request: web.Request, home_id: str) -> web.Response:
        """Put a home behind another transformer."""
        transformer_id = await field(request, "transformer")
        await asyncio.to_thread(self._store.move, home_id, transformer_id, self.author(request))
        self._village.members_changed()
        return go_to(request, f"homes/{home_id}", told="home_moved")

    async def remove(self, request: web.Request, home_id: str) -> web.Response:
        """Erase a home."""
        author = self.author(request)
        await asyncio.to_thread(leave, self._store, home_id, author.at, author)
        self._village.attendance.left(home_id)
        self._village.links.remove_home(home_id)
        self._village.members_changed()
        return go_to(request, "homes", told="home_removed")

    async def _back_to_home(self, request: web.Request) -> web.Response:
        """Answer a browser that asks for a form's address as if it were a page, as after going back."""
        return go_to(request, f"homes/{request.match_info['home_id']}")

    async def _confirm(self, template: str, request: web.Request, home_id: str) -> web.Response:
        """Say what is about to happen to a home, and ask whether it should."""
        home = await asyncio.to_thread(one_home, self._store, home_id)
        return self._renderer.page(request, template, home=home)

    def _of_home(self, handler: Callable[[web.Request, str], Awaitable[web.Response]]) -> Handler:
        """Return what answers a request about a home; one that has left is said to have."""

        async def answer(request: web.Request) -> web.Response:
            try:
                return await handler(request, request.match_info["home_id"])
            except NotFoundError:
                return self._renderer.page(request, "gone.html", status=HTTPStatus.NOT_FOUND, about="home")

        return answer

    # --- Invitations ------------------------------------------------------------------------

    async def invitations(self, request: web.Request) -> web.Response:
        """Show the invitations, and the form that makes one."""
        return await self._invitations(request, address=self.address(request), chosen="", errors={})

    def address(self, request: web.Request) -> str:
        """Return where homes probably reach the village; empty where nothing is known."""
        return self._last_address or self._address_of(request)

    async def invite(self, request: web.Request) -> web.Response:
        """Make an invitation."""
        transformer_id, address = await field(request, "transformer"), await field(request, "address")
        author = self.author(request)
        code = secrets.token_urlsafe(16)
        made = self._link(address, code)
        if made is None:
            errors = {"address": "address_wrong"}
            return await self._invitations(request, address=address, chosen=transformer_id, errors=errors)
        try:
            await asyncio.to_thread(
                self._store.add_invitation, transformer_id, code, author.at + INVITATION_LASTS, author
            )
        except NotFoundError:
            errors = {"transformer": "transformer_wrong"}
            return await self._invitations(request, address=address, chosen=transformer_id, errors=errors)
        self._last_address = address
        name = self._made.put(_Made(made, made.partition("#")[2]))
        return go_to(request, f"invitations/made/{name}", **_then(request))

    async def made(self, request: web.Request) -> web.Response:
        """Show the link of an invitation that was just made."""
        made = self._made.get(request.match_info["name"])
        if made is None:
            return self._renderer.page(request, "gone.html", status=HTTPStatus.NOT_FOUND, about="link")
        return self._renderer.page(
            request, "invitation.html", made=made, qr=_qr(made.link), then=_then(request)
        )

    async def revoke(self, request: web.Request) -> web.Response:
        """Take an invitation back."""
        invitation_id = request.match_info["invitation_id"]
        try:
            await asyncio.to_thread(self._store.revoke_invitation, invitation_id, self.author(request))
        except NotFoundError:
            return self._renderer.page(request, "gone.html", status=HTTPStatus.NOT_FOUND, about="invitation")
        return go_to(request, "invitations", told="invitation_revoked")

    async def _back_to_invitations(self, request: web.Request) -> web.Response:
        """Answer a browser that asks for a form's address as if it were a page, as after going back."""
        return go_to(request, "invitations")

    def _link(self, address: str, code: str) -> str | None:
        """Return an invitation's link; None for an address that homes cannot call."""
        if len(address) > _LONGEST_ADDRESS:
            return None
        tls = self._village.tls
        try:
            return invitation_link(address, code, self._village.key.public_key(), tls.pin if tls else None)
        except ValueError:
            return None

    async def _invitations(
        self, request: web.Request, *, address: str, chosen: str, errors: dict[str, str]
    ) -> web.Response:
        now = self._village.clock.now()
        return self._renderer.page(
            request,
            "invitations.html",
            status=HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK,
            invitations=await asyncio.to_thread(self._store.invitations, now),
            transformers=await asyncio.to_thread(self._store.transformers),
            now=now,
            address=address,
            chosen=chosen,
            errors=errors,
        )

    # --- Transformers -----------------------------------------------------------------------

    async def transformers(self, request: web.Request) -> web.Response:
        """Show the transformers."""
        now, store = self._village.clock.now(), self._store
        homes = await asyncio.to_thread(store.homes)
        rows = []
        for transformer in await asyncio.to_thread(store.transformers):
            load = await asyncio.to_thread(store.latest_meter_reading, transformer.id)
            count = sum(home.transformer_id == transformer.id for home in homes)
            rows.append((transformer, count, age_of(load.at if load else None, now)))
        sources = await asyncio.to_thread(store.meter_sources)
        return self._renderer.page(
            request,
            "transformers.html",
            feeder=await asyncio.to_thread(store.feeder),
            rows=rows,
            ways={meter_id: kind_of(source) for meter_id, source in sources.items()},
            trouble={meter_id: self._meters.status(meter_id).trouble for meter_id in sources},
        )

    async def transformer(self, request: web.Request) -> web.Response:
        """Show the form that adds a transformer, or changes the one that is named."""
        if (id_ := request.query.get("id")) is None:
            return self._transformer(request, TransformerForm())
        known = await self._known_transformer(id_)
        if known is None:
            return self._renderer.page(request, "gone.html", status=HTTPStatus.NOT_FOUND, about="transformer")
        return self._transformer(request, TransformerForm.of(known))

    async def put_transformer(self, request: web.Request) -> web.Response:
        """Add a transformer, or change it."""
        known = {each.id: each for each in await asyncio.to_thread(self._store.transformers)}
        form = await TransformerForm.filled_in(request, known)
        if form.transformer is None:
            return self._transformer(request, form)
        author = self.author(request)
        await asyncio.to_thread(self._store.put_transformer, form.transformer, author)
        if form.is_known:
            return go_to(request, "transformers", told="transformer_changed")
        return await self._tell_token(request, form.transformer.id, author)

    async def renew_token(self, request: web.Request) -> web.Response:
        """Say what a new token does, and ask whether it should be made."""
        known = await self._known_transformer(request.query.get("id", ""))
        if known is None:
            return self._renderer.page(request, "gone.html", status=HTTPStatus.NOT_FOUND, about="transformer")
        return self._renderer.page(request, "renew_token.html", transformer=known, then=_then(request))

    async def new_token(self, request: web.Request) -> web.Response:
        """Give a transformer's meter a new token."""
        try:
            return await self._tell_token(request, request.query.get("id", ""), self.author(request))
        except NotFoundError:
            return self._renderer.page(request, "gone.html", status=HTTPStatus.NOT_FOUND, about="transformer")

    async def token(self, request: web.Request) -> web.Response:
        """Show a meter's token that was just made."""
        told = self._meter_tokens.get(request.match_info["name"])
        if told is None:
            return self._renderer.page(request, "gone.html", status=HTTPStatus.NOT_FOUND, about="token")
        return self._renderer.page(
            request, "meter_token.html", transformer_id=told[0], secret=told[1], then=_then(request)
        )

    async def _tell_token(self, request: web.Request, transformer_id: str, author: Author) -> web.Response:
        secret = await asyncio.to_thread(self._store.new_meter_token, transformer_id, author)
        name = self._meter_tokens.put((transformer_id, secret))
        return go_to(request, f"transformers/token/{name}", **_then(request))

    async def _known_transformer(self, transformer_id: str) -> Transformer | None:
        transformers = await asyncio.to_thread(self._store.transformers)
        return next((each for each in transformers if each.id == transformer_id), None)

    def _transformer(self, request: web.Request, form: TransformerForm) -> web.Response:
        status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
        return self._renderer.page(request, "transformer.html", status=status, form=form)

    # --- Audit ------------------------------------------------------------------------------

    async def audit(self, request: web.Request) -> web.Response:
        """Show what administrators did."""
        entries = await asyncio.to_thread(self._store.audit)
        homes = {home.id: home.name for home in await asyncio.to_thread(self._store.homes)}
        return self._renderer.page(request, "audit.html", entries=entries, homes=homes)

    def author(self, request: web.Request) -> Author:
        """Return who is at work."""
        who = administrator(request)
        return Author(who.name if who else VOLUNTEER, self._village.clock.now())


def _then(request: web.Request) -> dict[str, str]:
    """Return where to go on, as part of an address: back to setting up for who came from there."""
    return {"then": "setup"} if request.query.get("then") == "setup" else {}


def _qr(text: str) -> Markup:
    """Return a QR code as SVG; its colours are its own, since not every scanner reads a light one on dark."""
    code = import_module("segno").make(text, error="m")
    return Markup(code.svg_inline(svgclass="qr", lineclass="modules", omitsize=True, border=4))  # noqa: S704 - segno draws numbers only
