"""A VTN with resource groups, small and faithful, which writes down what is said to it."""

import json
from base64 import b64decode
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote_plus
from uuid import UUID, uuid5

from aiohttp import hdrs, web
from aiohttp.test_utils import TestServer
from aiohttp.typedefs import Handler

from battery_commons.domain.time import Clock
from tests.village.openadr.dutch_profile.written import Raw, text

OPERATOR, VILLAGE = "grid operator", "village"
SECRETS = {"dso": "operator's secret", "village": "village's secret"}
WHO = {"dso": OPERATOR, "village": VILLAGE}
_NAMESPACE = UUID("6ba7b810-9dad-11d1-80b4-00c04fd430c8")
_KINDS = "programs|events|reports|vens|resources|resource_groups"
_CALLER, _ASKED = web.RequestKey("caller", str), web.RequestKey("asked", dict)
_WRITTEN_BY_OPERATOR = ("programs", "events", "resource_groups")


@dataclass(frozen=True)
class Said:
    """A call and its answer."""

    who: str
    method: str
    path: str
    asked: object
    status: int
    answer: object


@dataclass
class OperatorServer:
    """Everything that it keeps, by kind and id. It sends no nulls, and answers as of `clock`."""

    clock: Clock
    kept: dict[str, dict[str, Raw]] = field(default_factory=dict)
    said: list[Said] = field(default_factory=list)
    made: Counter[str] = field(default_factory=Counter)
    """How many of each kind ever were."""
    url: str = ""
    fails_with: str = ""
    """What it says where it takes no resource; empty where it takes them."""
    leave_alone_s: float | None = None
    """For how long it asks to be left alone; None where it answers."""
    refuses: str = ""
    """A payload's type: reports with it are not taken."""

    def app(self) -> web.Application:
        """Return what is served."""
        app = web.Application(middlewares=[self._written_down])
        app.add_routes(
            [
                web.get("/auth/server", self._auth_server),
                web.post("/auth/token", self._token),
                web.get("/notifiers", self._notifiers),
                web.get(f"/{{kind:{_KINDS}}}", self._list),
                web.post(f"/{{kind:{_KINDS}}}", self._create),
                web.get(f"/{{kind:{_KINDS}}}/{{id}}", self._one),
                web.put(f"/{{kind:{_KINDS}}}/{{id}}", self._update),
                web.delete(f"/{{kind:{_KINDS}}}/{{id}}", self._delete),
            ]
        )
        return app

    @web.middleware
    async def _written_down(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path.startswith("/auth/"):
            return await handler(request)
        token = request.headers.get(hdrs.AUTHORIZATION, "").removeprefix("Bearer token-of-")
        if token not in WHO:
            return web.json_response({"title": "no token", "status": 401}, status=HTTPStatus.UNAUTHORIZED)
        if self.leave_alone_s is not None:
            wait = {hdrs.RETRY_AFTER: str(self.leave_alone_s)}
            return web.json_response({}, status=HTTPStatus.TOO_MANY_REQUESTS, headers=wait)
        asked = await request.json() if request.can_read_body else None
        request[_CALLER], request[_ASKED] = WHO[token], _without_nulls(asked)
        try:
            response = await handler(request)
        except web.HTTPException as error:
            response = web.json_response({"title": error.reason, "status": error.status}, status=error.status)
        assert isinstance(response, web.Response)
        answer = json.loads(response.text or "null")
        said = Said(WHO[token], request.method, request.path_qs, request[_ASKED], response.status, answer)
        self.said.append(said)
        return response

    async def _auth_server(self, _request: web.Request) -> web.Response:
        return web.json_response({"tokenURL": f"{self.url}/auth/token"})

    async def _token(self, request: web.Request) -> web.Response:
        form = await request.post()
        shown = request.headers.get(hdrs.AUTHORIZATION, "").removeprefix("Basic ")
        in_header = b64decode(shown).decode().partition(":")
        client = unquote_plus(in_header[0]) or str(form.get("client_id"))
        if SECRETS.get(client) != (unquote_plus(in_header[2]) or form.get("client_secret")):
            return web.json_response({"error": "invalid_client"}, status=HTTPStatus.UNAUTHORIZED)
        said = {"access_token": f"token-of-{client}", "token_type": "Bearer", "expires_in": 3600}
        return web.json_response(said)

    async def _notifiers(self, _request: web.Request) -> web.Response:
        return web.json_response({"WEBHOOK": False})

    async def _list(self, request: web.Request) -> web.Response:
        events = self.kept.get("events", {})
        found = list(self._of(request).values())
        if request.match_info["kind"] == "reports" and (program := request.query.get("programID")):
            found = [each for each in found if events[each["eventID"]]["programID"] == program]
        for name in ("programID", "eventID", "clientName", "venID", "venName"):
            if name in request.query:
                found = [each for each in found if each.get(name, request.query[name]) == request.query[name]]
        skip, limit = int(request.query.get("skip", 0)), int(request.query.get("limit", 50))
        return web.json_response(found[skip : skip + limit])

    async def _one(self, request: web.Request) -> web.Response:
        return web.json_response(self._found(request))

    async def _create(self, request: web.Request) -> web.Response:
        kind = request.match_info["kind"]
        if kind in _WRITTEN_BY_OPERATOR and request[_CALLER] != OPERATOR:
            raise web.HTTPForbidden
        if kind == "resources" and self.fails_with:
            raise web.HTTPConflict(reason=self.fails_with)
        if kind == "reports" and self.refuses and f'"{self.refuses}"' in json.dumps(request[_ASKED]):
            raise web.HTTPBadRequest
        kept = self._of(request)
        self.made[kind] += 1
        id_ = str(uuid5(_NAMESPACE, f"{kind}/{self.made[kind]}"))
        now = text(self.clock.now())
        metadata = {"id": id_, "createdDateTime": now, "modificationDateTime": now}
        if kind in ("vens", "resources", "reports"):
            metadata["clientID"] = "village"
        kept[id_] = metadata | request[_ASKED]
        return web.json_response(kept[id_], status=HTTPStatus.CREATED)

    async def _update(self, request: web.Request) -> web.Response:
        kept = self._found(request)
        kept |= request[_ASKED] | {"modificationDateTime": text(self.clock.now())}
        return web.json_response(kept)

    async def _delete(self, request: web.Request) -> web.Response:
        gone = self._found(request)
        del self._of(request)[gone["id"]]
        return web.json_response(gone)

    def of(self, kind: str) -> list[Raw]:
        """Return all of a kind, in the order in which they were made."""
        return list(self.kept.setdefault(kind, {}).values())

    def _of(self, request: web.Request) -> dict[str, Raw]:
        return self.kept.setdefault(request.match_info["kind"], {})

    def _found(self, request: web.Request) -> Raw:
        try:
            return self._of(request)[request.match_info["id"]]
        except KeyError:
            raise web.HTTPNotFound from None


@asynccontextmanager
async def operator_server(clock: Clock) -> AsyncIterator[OperatorServer]:
    """Serve a VTN on loopback."""
    made = OperatorServer(clock)
    server = TestServer(made.app())
    await server.start_server()
    made.url = str(server.make_url("")).rstrip("/")
    try:
        yield made
    finally:
        await server.close()


def _without_nulls(said: Any) -> Any:
    if isinstance(said, Mapping):
        return {key: _without_nulls(value) for key, value in said.items() if value is not None}
    return [_without_nulls(each) for each in said] if isinstance(said, list) else said
