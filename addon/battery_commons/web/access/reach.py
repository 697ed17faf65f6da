"""How the pages are reached where Home Assistant does not stand before them, and who is turned away unheard.

A page of somebody else's whose name suddenly leads to this machine ("DNS rebinding") would be of the same
origin as ours. The browser still says by which name it came: names that are not ours are turned away. An
address cannot be made to lead elsewhere, so every one is as good as another; and no listing of a container's
own addresses would hold the one that its neighbours use.
"""

import socket
from collections.abc import Iterable
from dataclasses import dataclass, field
from http import HTTPStatus
from ipaddress import ip_address
from urllib.parse import urlsplit

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler

from battery_commons.web.door import Door

LOCALHOST = "localhost"
UNKNOWN_NAME = (
    "The pages are not known by this name. Open them by address, or start the coordinator with "
    "--pages-name and this name.\n"
)
IN_THE_CLEAR = "The pages are reached over HTTPS, by way of the proxy that is in front of them.\n"


@dataclass(frozen=True, slots=True)
class Reach:
    """By which names, over what and by whom the pages are reached."""

    only_here: bool = True
    """The listener is on loopback: whoever reaches it is on this machine."""
    tls: bool = False
    """The listener speaks TLS itself."""
    names: frozenset[str] = frozenset()
    """In lower case, beside the machine's own."""
    door: Door = field(default_factory=Door)
    """Knows the proxies that are believed."""

    def is_private(self, request: web.Request) -> bool:
        """Return whether what the browser sends is encrypted on its way."""
        if self.door.trusts(request.remote):
            return request.headers.get(hdrs.X_FORWARDED_PROTO, "").lower() == "https"
        return request.secure

    def origin(self, request: web.Request) -> str:
        """Return the origin that the browser shows."""
        return f"{'https' if self.is_private(request) else 'http'}://{request.host.lower()}"

    def caller(self, request: web.Request) -> str:
        """Return from where a request really comes, as far as that is known."""
        return self.door.origin(request.remote, request.headers) or "proxy"

    @web.middleware
    async def only_by_name(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Turn away who comes by a name that is not ours, or from elsewhere in the clear."""
        if not self._is_ours(host_of(request.host)):
            return web.Response(status=HTTPStatus.MISDIRECTED_REQUEST, text=UNKNOWN_NAME)
        if not (self.only_here or self.tls or self.door.trusts(request.remote) or _is_here(request.remote)):
            return web.Response(status=HTTPStatus.FORBIDDEN, text=IN_THE_CLEAR)
        return await handler(request)

    def _is_ours(self, host: str) -> bool:
        return host == LOCALHOST or is_address(host) or host in self.names


def own_names(given: Iterable[str]) -> frozenset[str]:
    """Return the names of this machine on its network, and those that are given."""
    machine = socket.gethostname().lower()
    return frozenset({machine, f"{machine.partition('.')[0]}.local", *(name.lower() for name in given)})


def host_of(shown: str) -> str:
    """Return the name or address in a Host header, in lower case; empty where there is none."""
    try:
        return (urlsplit(f"//{shown}").hostname or "").removesuffix(".")
    except ValueError:
        return ""


def is_address(host: str) -> bool:
    """Return whether this is an address and no name."""
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def is_loopback(host: str) -> bool:
    """Return whether only this machine can connect to what listens on `host`."""
    return host == LOCALHOST or (is_address(host) and ip_address(host).is_loopback)


def _is_here(remote: str | None) -> bool:
    return remote is not None and is_loopback(remote)
