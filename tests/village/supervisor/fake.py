"""The Supervisor, as far as our app may ask it: its documented API, its refusals and its ingress.

After developers.home-assistant.io/docs/api/supervisor/endpoints, and home-assistant/supervisor's
`api/discovery.py`, `discovery/__init__.py` and `api/ingress.py`.
"""

from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from uuid import uuid4

from aiohttp import ClientSession, TCPConnector, web
from aiohttp.typedefs import Handler

TOKEN = "the-token-of-this-app"
ADDRESS = "172.30.32.2"
INGRESS = "/api/hassio_ingress/opaque-ingress-token"
_NOT_HANDED_ON = {"host", "connection", "content-length", "transfer-encoding", "content-encoding"}


@dataclass
class FakeSupervisor:
    """What the Supervisor knows and was told."""

    discovery: tuple[str, ...] = ("battery_commons",)
    """The services that the app's config.yaml lists."""
    homeassistant_api: bool = False
    """Whether the app's config.yaml asks for it."""
    states: dict[str, dict[str, object]] = field(default_factory=dict)
    """Of Home Assistant's entities."""
    hostname: str = "local-battery-commons"
    messages: list[dict[str, Any]] = field(default_factory=list)
    """Every discovery message that was new or changed, which Home Assistant is told of."""
    asked: list[str] = field(default_factory=list)
    broken: bool = False
    _uuids: dict[str, str] = field(default_factory=dict)

    def app(self) -> web.Application:
        """Return its API, as apps reach it."""
        app = web.Application(middlewares=[self._known])
        app.add_routes(
            [
                web.get("/addons/self/info", self._info),
                web.post("/discovery", self._discovery),
                web.get("/core/api/states/{entity_id}", self._state),
            ],
        )
        return app

    @web.middleware
    async def _known(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        self.asked.append(f"{request.method} {request.path}")
        if self.broken:
            return web.Response(
                status=HTTPStatus.BAD_GATEWAY, text="<html>502</html>", content_type="text/html"
            )
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            # Whoever is unknown gets aiohttp's own answer, which is no JSON.
            raise web.HTTPUnauthorized
        return await handler(request)

    async def _info(self, _request: web.Request) -> web.Response:
        return _ok({"hostname": self.hostname, "ip_address": "172.30.33.7", "slug": "local_battery_commons"})

    async def _state(self, request: web.Request) -> web.Response:
        """Hand a call on to Home Assistant, for apps that may (`api/proxy.py`)."""
        if not self.homeassistant_api:
            raise web.HTTPUnauthorized
        if (state := self.states.get(request.match_info["entity_id"])) is None:
            return web.json_response({"message": "Entity not found."}, status=HTTPStatus.NOT_FOUND)
        return web.json_response(state)

    async def _discovery(self, request: web.Request) -> web.Response:
        body = await request.json()
        if set(body) != {"service", "config"} or not isinstance(body["config"], dict):
            return _error(HTTPStatus.BAD_REQUEST, "Invalid schema")
        if body["service"] not in self.discovery:
            return _error(
                HTTPStatus.FORBIDDEN, "Apps must list services they provide via discovery in their config!"
            )
        uuid = self._uuids.setdefault(body["service"], uuid4().hex)
        if not self.messages or self.messages[-1] != body:
            self.messages.append(body)
        return _ok({"uuid": uuid})


def ingress(app_port: int, local_address: str, user: dict[str, str] | None = None) -> web.Application:
    """Return ingress: it hands what a logged-in browser asks under INGRESS on to the app.

    Args:
        app_port: Where the app listens, on loopback.
        local_address: From which it is called; the Supervisor's is ADDRESS.
        user: The headers that name who is logged in.
    """

    async def hand_on(request: web.Request) -> web.StreamResponse:
        headers = {"X-Ingress-Path": INGRESS, "X-Forwarded-For": "192.0.2.1"} | (user or {})
        headers |= {"X-Forwarded-Host": request.host, "X-Forwarded-Proto": request.scheme}
        return await handed_on(request, app_port, local_address, headers)

    app = web.Application()
    app.router.add_route("*", INGRESS + "/{path:.*}", hand_on)
    return app


async def handed_on(
    request: web.Request, app_port: int, local_address: str, more_headers: dict[str, str]
) -> web.Response:
    """Return what the app answers to the part of a request that is behind ingress (its `path`)."""
    headers = {name: value for name, value in request.headers.items() if name.lower() not in _NOT_HANDED_ON}
    connector = TCPConnector(local_addr=(local_address, 0))
    async with (
        ClientSession(connector=connector, auto_decompress=False) as session,
        session.request(
            request.method,
            f"http://127.0.0.1:{app_port}/{request.match_info['path']}",
            params=request.query,
            headers=headers | more_headers,
            data=await request.read(),
            allow_redirects=False,
        ) as answer,
    ):
        kept = {n: v for n, v in answer.headers.items() if n.lower() not in _NOT_HANDED_ON}
        return web.Response(status=answer.status, headers=kept, body=await answer.read())


def _ok(data: dict[str, Any]) -> web.Response:
    return web.json_response({"result": "ok", "data": data})


def _error(status: HTTPStatus, message: str) -> web.Response:
    return web.json_response({"result": "error", "message": message}, status=status)
