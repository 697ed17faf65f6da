"""A house with the app on its own Home Assistant: the Supervisor as both see it.

Of the Supervisor there is what discovery and ingress ask of it, after home-assistant/supervisor's
`api/discovery.py`, `api/addons.py` and `api/ingress.py`. It knows nothing of a host, a store or backups: Home
Assistant finds those missing, and goes on without.
"""

import secrets
from http import HTTPStatus
from typing import Any, override

from aiohttp import web
from aiohttp.typedefs import Handler
from homeassistant.util.yaml import load_yaml_dict

from tests.container.container import ROOT
from tests.village.supervisor.fake import ADDRESS, FakeSupervisor, handed_on

SLUG = "local_battery_commons"
PAGES_PORT = 8478
_TOKEN = "the-token-of-home-assistant"
_INGRESS_TOKEN = "opaque-ingress-token"
INGRESS = f"/api/hassio_ingress/{_INGRESS_TOKEN}/"
"""Where Home Assistant shows the app's pages."""
COOKIE = "ingress_session"
ENVIRONMENT = {"SUPERVISOR": ADDRESS, "SUPERVISOR_TOKEN": _TOKEN}
"""What the Supervisor starts Home Assistant with."""


_NO = """
    auth_api docker_api full_access hassio_api homeassistant_api host_network host_pid host_ipc host_uts
    host_dbus signed documentation detached advanced build icon logo update_available changelog stdin gpio usb
    uart kernel_modules devicetree udev video audio auto_update watchdog system_managed
"""
_NOTHING = """
    homeassistant schema network network_description webui audio_input audio_output long_description
    system_managed_config_entry
"""
_NONE = "dns machine privileged services devices"


class HouseSupervisor(FakeSupervisor):
    """The Supervisor of a house with one app, which is found on this machine."""

    def __init__(self) -> None:
        """Know nobody yet."""
        super().__init__(hostname="localhost")
        self._users: dict[str, str] = {}
        """By session of ingress, the id of who logged in."""

    @override
    def app(self) -> web.Application:
        """Return its API, as the app and Home Assistant reach it."""
        app = super().app()
        app.add_routes(
            [
                web.get("/discovery", self._messages),
                web.get("/discovery/{uuid}", self._message),
                web.get(f"/addons/{SLUG}/info", self._described),
                web.post("/ingress/session", self._session),
                web.route("*", f"/ingress/{_INGRESS_TOKEN}/{{path:.*}}", self._page),
            ]
        )
        return app

    @property
    def uuids(self) -> list[str]:
        """Return the ids of the messages that Home Assistant is told of."""
        return list(self._uuids.values())

    @web.middleware
    @override
    async def _known(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        # Ingress has sessions instead of a token.
        if request.headers.get("Authorization") == f"Bearer {_TOKEN}" or "/ingress/" in request.path:
            return await handler(request)
        return await super()._known(request, handler)

    def _listed(self) -> list[dict[str, Any]]:
        return [
            {"addon": SLUG, "service": message["service"], "uuid": uuid, "config": message["config"]}
            for message in self.messages[-1:]
            for uuid in self.uuids
        ]

    async def _messages(self, _request: web.Request) -> web.Response:
        return _ok({"discovery": self._listed(), "services": {}})

    async def _message(self, request: web.Request) -> web.Response:
        for message in self._listed():
            if message["uuid"] == request.match_info["uuid"]:
                return _ok(message)
        raise web.HTTPNotFound

    async def _described(self, _request: web.Request) -> web.Response:
        return _ok(_description() | {"ingress_entry": INGRESS, "ingress_url": INGRESS})

    async def _session(self, request: web.Request) -> web.Response:
        session = secrets.token_hex()
        self._users[session] = (await request.json())["user_id"]
        return _ok({"session": session})

    async def _page(self, request: web.Request) -> web.StreamResponse:
        user = self._users.get(request.cookies.get(COOKIE, ""))
        if user is None:
            raise web.HTTPUnauthorized
        headers = {
            "X-Remote-User-Id": user,
            "X-Remote-User-Name": "anna",
            "X-Remote-User-Display-Name": "Anna",
        }
        return await handed_on(request, PAGES_PORT, ADDRESS, headers)


def _description() -> dict[str, Any]:
    """Return what the Supervisor tells of the app: what counts for us is in its config.yaml."""
    config: dict[str, Any] = load_yaml_dict(str(ROOT / "addon/config.yaml"))
    told = dict.fromkeys(_NO.split(), False) | dict.fromkeys(_NOTHING.split())
    told |= {name: [] for name in _NONE.split()}
    told |= {name: config[name] for name in ("name", "description", "url", "version", "stage", "arch")}
    told |= {name: config[name] for name in ("discovery", "ingress", "ingress_port")}
    told |= dict.fromkeys(("available", "ingress_panel", "protected"), True)
    return told | {
        "slug": SLUG,
        "version_latest": config["version"],
        "options": config.get("options", {}),
        "repository": "local",
        "state": "started",
        "hostname": "local-battery-commons",
        "ip_address": "172.30.33.7",
        "boot": "auto",
        "boot_config": "auto",
        "startup": "application",
        "apparmor": "profile",
        "rating": 8,
        "hassio_role": "default",
        "translations": {},
    }


def _ok(data: dict[str, Any]) -> web.Response:
    return web.json_response({"result": "ok", "data": data}, status=HTTPStatus.OK)
