"""The pages about those below: villages that this coordinator serves as the operator's end of OpenADR."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from http import HTTPStatus

from aiohttp import web

from battery_commons.domain.vtn import Kind, Role, VtnClient, is_client_name
from battery_commons.openadr.vtn.asking import What, asked_of, publish
from battery_commons.openadr.vtn.problems import RefusedError
from battery_commons.openadr.vtn.routes import PREFIX, Vtn
from battery_commons.store import NotFoundError
from battery_commons.store.audit import Author
from battery_commons.web.pages import forms
from battery_commons.web.pages.below_form import AskForm
from battery_commons.web.pages.below_view import (
    answered_by,
    events_asked,
    newest_reports,
    villages_below,
)
from battery_commons.web.pages.rendering import Renderer, go_to
from battery_commons.web.pages.shelf import Shelf
from battery_commons.web.server import VillageServer


@dataclass(frozen=True, slots=True)
class _Secret:
    """What one of those below signs in with; shown once."""

    name: str
    client_id: str
    secret: str


class BelowPages:
    """One method per page or form."""

    def __init__(
        self, village: VillageServer, renderer: Renderer, vtn: Vtn, author: Callable[[web.Request], Author]
    ) -> None:
        """Show whom `vtn` serves, and ask things of them, by whom `author` says it is."""
        self._store = village.store
        self._renderer = renderer
        self._vtn = vtn
        self._author = author
        self._secrets = Shelf[_Secret]()

    def routes(self) -> list[web.RouteDef]:
        """Return what is served."""
        return [
            web.get("/below", self.overview),
            web.get("/below/village", self.village),
            web.get("/below/add", self.add_form),
            web.post("/below/add", self.add),
            web.get("/below/secret", self.secret),
            web.post("/below/rename", self.rename),
            web.get("/below/remove", self.ask_to_remove),
            web.post("/below/remove", self.remove),
            web.get("/below/event", self.event_form),
            web.post("/below/event", self.preview_or_publish),
            web.get("/below/withdraw", self.ask_to_withdraw),
            web.post("/below/withdraw", self.withdraw),
        ]

    async def overview(self, request: web.Request) -> web.Response:
        """Show everybody below as a virtual battery, and what was asked last."""
        now = self._vtn.wall_now()
        return self._renderer.page(
            request,
            "below.html",
            villages=await asyncio.to_thread(villages_below, self._store, now),
            events=await asyncio.to_thread(events_asked, self._store, self._vtn.objects.receipts, now),
        )

    async def village(self, request: web.Request) -> web.Response:
        """Show one of those below: what it told, and what it did with what was asked."""
        return await self._village_page(request)

    async def add_form(self, request: web.Request) -> web.Response:
        """Show the form for one more."""
        return self._renderer.page(request, "below_add.html", name="", error=None)

    async def add(self, request: web.Request) -> web.Response:
        """Let one more call, and show once how it signs in."""
        name = await forms.field(request, "name")
        author, error = self._author(request), _wrong_name(name)
        if error is None:
            try:
                client_id, secret = await asyncio.to_thread(
                    self._store.add_vtn_client, name, Role.VEN, self._vtn.wall_now(), author
                )
            except ValueError:
                error = "below_name_taken"
            else:
                await asyncio.to_thread(self._vtn.question.ask)
                return go_to(
                    request, "below/secret", shown=self._secrets.put(_Secret(name, client_id, secret))
                )
        return self._renderer.page(
            request, "below_add.html", status=HTTPStatus.UNPROCESSABLE_ENTITY, name=name, error=error
        )

    async def secret(self, request: web.Request) -> web.Response:
        """Show what somebody new signs in with."""
        made = self._secrets.get(request.query.get("shown", ""))
        if made is None:
            return self._gone(request, "below_secret")
        return self._renderer.page(request, "below_secret.html", made=made, path=PREFIX)

    async def rename(self, request: web.Request) -> web.Response:
        """Call somebody otherwise."""
        client_id, name = request.query.get("id", ""), await forms.field(request, "name")
        author, error = self._author(request), _wrong_name(name)
        if await self._client(client_id) is None:
            return self._gone(request, "below")
        if error is None:
            try:
                await asyncio.to_thread(self._store.rename_vtn_client, client_id, name, author)
            except ValueError:
                error = "below_name_taken"
            except NotFoundError:
                return self._gone(request, "below")
            else:
                return go_to(request, "below/village", id=client_id, told="below_renamed")
        return await self._village_page(request, name=name, error=error)

    async def ask_to_remove(self, request: web.Request) -> web.Response:
        """Ask whether somebody is really to call no longer."""
        client = await self._client(request.query.get("id", ""))
        if client is None:
            return self._gone(request, "below")
        return self._renderer.page(request, "below_remove.html", client=client)

    async def remove(self, request: web.Request) -> web.Response:
        """Let somebody call no longer."""
        client = await self._client(request.query.get("id", ""))
        author = self._author(request)
        if client is None:
            return self._gone(request, "below")
        try:
            await asyncio.to_thread(self._store.remove_vtn_client, client.client_id, author)
        except NotFoundError:
            return self._gone(request, "below")
        await asyncio.to_thread(self._vtn.question.ask)
        return go_to(request, "below", told="below_removed")

    async def event_form(self, request: web.Request) -> web.Response:
        """Show the form with which something is asked."""
        return await self._event_page(request, AskForm())

    async def preview_or_publish(self, request: web.Request) -> web.Response:
        """Show in words what would be asked, change it, or ask it."""
        clients = await self._to_choose()
        now = self._vtn.wall_now()
        form = await AskForm.filled_in(request, now, {each.client_id for each in clients})
        do = await forms.field(request, "do")
        if form.asked is None or do == "change":
            return await self._event_page(request, form)
        whom = next((each.name for each in clients if each.client_id == form.asked.client_id), None)
        if do != "publish":
            return self._renderer.page(
                request, "below_preview.html", form=form, asked=form.asked, whom=whom, count=len(clients)
            )
        events = await asyncio.to_thread(events_asked, self._store, self._vtn.objects.receipts, now)
        if form.asked in [each.asked for each in events]:
            return await self._event_page(request, replace(form, errors={"what": "below_wrong_again"}))
        author = self._author(request)
        own = await asyncio.to_thread(self._store.own_vtn_client, now)
        try:
            await asyncio.to_thread(publish, self._vtn.objects, own, form.asked, author)
        except RefusedError:
            return await self._event_page(request, replace(form, errors={"what": "below_wrong_program"}))
        return go_to(request, "below", told="below_asked")

    async def ask_to_withdraw(self, request: web.Request) -> web.Response:
        """Ask whether an event is really to be withdrawn."""
        event_id = request.query.get("id", "")
        event = await asyncio.to_thread(self._store.vtn_object, Kind.EVENT, event_id)
        if event is None:
            return self._gone(request, "below_event")
        return self._renderer.page(request, "below_withdraw.html", event=event, asked=asked_of(event))

    async def withdraw(self, request: web.Request) -> web.Response:
        """Ask something no longer."""
        author, event_id = self._author(request), request.query.get("id", "")
        own = await asyncio.to_thread(self._store.own_vtn_client, self._vtn.wall_now())
        try:
            await asyncio.to_thread(self._vtn.objects.delete, own, Kind.EVENT, event_id, author)
        except RefusedError, NotFoundError:
            return self._gone(request, "below_event")
        return go_to(request, "below", told="below_withdrawn")

    async def _village_page(
        self, request: web.Request, name: str | None = None, error: str | None = None
    ) -> web.Response:
        now, receipts = self._vtn.wall_now(), self._vtn.objects.receipts
        client_id = request.query.get("id", "")
        views = await asyncio.to_thread(villages_below, self._store, now, client_id)
        if not views:
            return self._gone(request, "below")
        events = await asyncio.to_thread(events_asked, self._store, receipts, now)
        client = views[0].client
        return self._renderer.page(
            request,
            "below_village.html",
            status=HTTPStatus.UNPROCESSABLE_ENTITY if error else HTTPStatus.OK,
            view=views[0],
            events=await asyncio.to_thread(answered_by, self._store, receipts, client, events),
            reports=await asyncio.to_thread(newest_reports, self._store, client_id, now),
            name=client.name if name is None else name,
            error=error,
        )

    async def _event_page(self, request: web.Request, form: AskForm) -> web.Response:
        return self._renderer.page(
            request,
            "below_event.html",
            status=HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK,
            form=form,
            kinds=list(What),
            clients=await self._to_choose(),
        )

    async def _to_choose(self) -> list[VtnClient]:
        """Return those below that have made themselves known: others cannot be addressed alone."""
        clients = await asyncio.to_thread(self._store.vtn_clients)
        vens = await asyncio.to_thread(self._store.vtn_objects, Kind.VEN)
        known = {each.client_id for each in vens}
        return [each for each in clients if each.role is Role.VEN and each.client_id in known]

    async def _client(self, client_id: str) -> VtnClient | None:
        clients = await asyncio.to_thread(self._store.vtn_clients)
        return next((each for each in clients if each.client_id == client_id and each.role is Role.VEN), None)

    def _gone(self, request: web.Request, about: str) -> web.Response:
        return self._renderer.page(request, "gone.html", status=HTTPStatus.NOT_FOUND, about=about)


def _wrong_name(name: str) -> str | None:
    """Return the key of what is wrong with a name; None where nothing is."""
    return None if is_client_name(name) else "below_wrong_name"
