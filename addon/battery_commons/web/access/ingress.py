"""Pages behind Home Assistant's ingress: the Supervisor alone may connect, and says which user is asking.

Ingress logs people in and proxies what they ask for, from one fixed address. Its headers count for nothing
on a listener that others can reach too (developers.home-assistant.io/docs/apps/security).
"""

from dataclasses import dataclass
from http import HTTPStatus

from aiohttp import web
from aiohttp.typedefs import Handler

SUPERVISOR = "172.30.32.2"
"""Where ingress calls from, on every Home Assistant."""
_LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class Administrator:
    """Who is asking: a user of Home Assistant, or an administrator of the pages' own."""

    id: str
    name: str


ADMINISTRATOR = web.RequestKey("administrator", Administrator)


@web.middleware
async def only_ingress(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn away everybody but the Supervisor, and keep who it says is asking."""
    if request.remote != SUPERVISOR:
        return web.Response(
            status=HTTPStatus.FORBIDDEN, text="These pages are reached through Home Assistant.\n"
        )
    if user_id := request.headers.get("X-Remote-User-Id"):
        name = (
            request.headers.get("X-Remote-User-Display-Name")
            or request.headers.get("X-Remote-User-Name")
            or user_id
        )
        request[ADMINISTRATOR] = Administrator(user_id[:_LONGEST_NAME], name[:_LONGEST_NAME])
    return await handler(request)


def administrator(request: web.Request) -> Administrator | None:
    """Return who is asking; None where ingress does not say, or nobody is asked to sign in."""
    return request.get(ADMINISTRATOR)
