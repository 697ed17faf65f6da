"""The VTN over HTTP: OpenADR 3.1.0, a subset that conforms, on the members' listener."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from http import HTTPStatus

from aiohttp import web

from battery_commons.domain.vtn import Kind, VtnClient
from battery_commons.openadr.errors import Reason, UnacceptableError
from battery_commons.openadr.objects import Subscription, parse
from battery_commons.openadr.vtn.access import Access, read_whole
from battery_commons.openadr.vtn.echo import challenge
from battery_commons.openadr.vtn.kinds import SERVED
from battery_commons.openadr.vtn.notifications import Notifications
from battery_commons.openadr.vtn.objects import VtnObjects
from battery_commons.openadr.vtn.problems import RefusedError, answered
from battery_commons.openadr.vtn.question import StandingQuestion
from battery_commons.openadr.vtn.receipts import Receipts
from battery_commons.store import Store

PREFIX = "/openadr3/3.1.0"
LARGEST_BODY = 2 * 1024 * 1024

type _Answer = Callable[[web.Request, VtnClient, Kind], Awaitable[web.Response]]


class Vtn:
    """What is served, and what is told to subscribers for as long as it runs."""

    def __init__(
        self,
        store: Store,
        wall_now: Callable[[], datetime],
        is_private: Callable[[web.Request], bool] = lambda request: request.secure,
    ) -> None:
        """Serve what is in `store`; `is_private` knows whether a call came over TLS, perhaps to a proxy."""
        self.wall_now = wall_now
        self._is_private = is_private
        receipts = Receipts()
        self._access = Access(store, wall_now)
        self.notifications = Notifications(
            store, lambda client_id, event: receipts.note(client_id, [event], wall_now())
        )
        self.objects = VtnObjects(store, wall_now, self.notifications.tell, receipts)
        self.question = StandingQuestion(store, self.objects, wall_now)

    def routes(self) -> list[web.RouteDef]:
        """Return what is served."""
        found = [
            web.get(f"{PREFIX}/auth/server", self._token_server),
            web.post(f"{PREFIX}/auth/token", answered(self._access.token)),
            web.get(f"{PREFIX}/notifiers", answered(self._notifiers)),
        ]
        for kind, served in SERVED.items():
            path = f"{PREFIX}/{served.path}"
            found += [
                web.get(path, self._for(kind, self._list)),
                web.post(path, self._for(kind, self._make)),
                web.get(f"{path}/{{id}}", self._for(kind, self._one)),
                web.put(f"{path}/{{id}}", self._for(kind, self._change)),
                web.delete(f"{path}/{{id}}", self._for(kind, self._delete)),
            ]
        return found

    def _for(self, kind: Kind, answer: _Answer) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def called(request: web.Request) -> web.StreamResponse:
            return await answer(request, await self._access.caller(request), kind)

        return answered(called)

    async def _token_server(self, request: web.Request) -> web.Response:
        scheme = "https" if self._is_private(request) else "http"
        return web.json_response({"tokenURL": f"{scheme}://{request.host}{PREFIX}/auth/token"})

    async def _notifiers(self, request: web.Request) -> web.Response:
        await self._access.caller(request)
        return web.json_response({"WEBHOOK": True})

    async def _list(self, request: web.Request, client: VtnClient, kind: Kind) -> web.Response:
        asked: Mapping[str, Sequence[str]] = {key: request.query.getall(key) for key in request.query}
        if not all(value.isprintable() for values in asked.values() for value in values):
            raise RefusedError(HTTPStatus.BAD_REQUEST, "the query has characters that no name has")
        return web.json_response(await asyncio.to_thread(self.objects.listed, client, kind, asked))

    async def _make(self, request: web.Request, client: VtnClient, kind: Kind) -> web.Response:
        body = await _body(request)
        await _challenge(kind, body)
        made = await asyncio.to_thread(self.objects.make, client, kind, body)
        return web.json_response(made, status=HTTPStatus.CREATED)

    async def _one(self, request: web.Request, client: VtnClient, kind: Kind) -> web.Response:
        return web.json_response(
            await asyncio.to_thread(self.objects.one, client, kind, request.match_info["id"])
        )

    async def _change(self, request: web.Request, client: VtnClient, kind: Kind) -> web.Response:
        id_, body = request.match_info["id"], await _body(request)
        await _challenge(kind, body)
        return web.json_response(await asyncio.to_thread(self.objects.change, client, kind, id_, body))

    async def _delete(self, request: web.Request, client: VtnClient, kind: Kind) -> web.Response:
        return web.json_response(
            await asyncio.to_thread(self.objects.delete, client, kind, request.match_info["id"])
        )


async def _challenge(kind: Kind, body: object) -> None:
    """See that a subscriber is where it says. Raises RefusedError and UnacceptableError."""
    if kind is Kind.SUBSCRIPTION:
        asked = parse(Subscription, body)
        await challenge(each.callback_url for each in asked.object_operations)


async def _body(request: web.Request) -> object:
    """Return what was sent. Raises UnacceptableError for no JSON, TimeoutError for what trickles in."""
    body = await read_whole(request, LARGEST_BODY)
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise UnacceptableError(None, Reason.MALFORMED, "the body is no JSON") from error
