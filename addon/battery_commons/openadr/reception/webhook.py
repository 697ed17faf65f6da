"""The address at which an operator's VTN calls the village, and the subscription that has it do so."""

import asyncio
import hmac
from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Protocol

from aiohttp import hdrs, web

from battery_commons.domain.operator_line import KeptLine
from battery_commons.openadr.trouble import LineError, LineTrouble
from battery_commons.openadr.vtn_client import VtnClient, segment

WEBHOOK = "operator_webhook"
"""The route's name."""
LARGEST_MESSAGE = 1024 * 1024
BODY_WITHIN_S = 30.0
_LONGEST_ECHO = 500
_OPERATIONS = (("CREATE", "UPDATE", "DELETE"), ("POST", "PUT", "DELETE"))
"""As OpenADR 3.1 calls them, and as 3.0 did."""


class Hook(Protocol):
    """A line at which an operator may call."""

    @property
    def kept(self) -> KeptLine:
        """Return how it is kept."""
        ...

    def called(self) -> None:
        """Take note that the operator can reach the village."""
        ...

    async def notified(self, body: bytes | None) -> bool:
        """Take in a message (None: too large to be read), and return whether it is understood."""
        ...


def webhook_routes(hook_of: Callable[[str], Hook | None]) -> list[web.RouteDef]:
    """Return what is served to operators; `hook_of` finds a line by the key in its address."""

    def found(request: web.Request) -> Hook:
        if (hook := hook_of(request.match_info["key"])) is None:
            raise web.HTTPNotFound
        return hook

    async def echo(request: web.Request) -> web.Response:
        """Answer the question whether the village is really there."""
        hook = found(request)
        said = request.query.get("echo", "")
        if not said.isprintable() or len(said) > _LONGEST_ECHO:
            return web.Response(status=HTTPStatus.BAD_REQUEST)
        hook.called()
        return web.Response(text=said, headers={"X-Content-Type-Options": "nosniff"})

    async def notification(request: web.Request) -> web.Response:
        """Take in a notification: only once it is on disk is it answered."""
        hook = found(request)
        scheme, _, shown = request.headers.get(hdrs.AUTHORIZATION, "").partition(" ")
        # The scheme's case does not matter (RFC 9110, 11.1).
        is_known = hmac.compare_digest(shown.encode(errors="replace"), hook.kept.webhook_token.encode())
        if scheme.lower() != "bearer" or not is_known:
            return web.Response(status=HTTPStatus.UNAUTHORIZED, headers={"WWW-Authenticate": "Bearer"})
        try:
            async with asyncio.timeout(BODY_WITHIN_S):
                body: bytes | None = await request.clone(client_max_size=LARGEST_MESSAGE).read()
        except web.HTTPRequestEntityTooLarge:
            body = None
        except TimeoutError:
            return web.Response(status=HTTPStatus.REQUEST_TIMEOUT)
        hook.called()
        is_understood = await hook.notified(body)
        if body is None:
            return web.Response(status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        return web.Response(status=HTTPStatus.OK if is_understood else HTTPStatus.BAD_REQUEST)

    return [
        web.get("/openadr/webhook/{key}/echo", echo),
        web.post("/openadr/webhook/{key}", notification, name=WEBHOOK),
    ]


async def subscribe(client: VtnClient, kept: KeptLine, programs: Sequence[str]) -> None:
    """Have the VTN call the village when events change. One subscription that is there already is kept.

    Raises LineError.
    """
    known = await client.listed("subscriptions", {"clientName": kept.line.ven_name})
    own = [each for each in known if isinstance(each, dict) and each.get("clientName") == kept.line.ven_name]
    if kept.line.programs:
        for program in programs:
            await _ensure(client, kept, own, program)
        return
    try:
        await _ensure(client, kept, own, None)
    except LineError as error:
        if error.trouble is not LineTrouble.REFUSED:
            raise
        # Some want a program named in each.
        for program in programs:
            await _ensure(client, kept, own, program)


async def unsubscribe(client: VtnClient, kept: KeptLine) -> None:
    """Have the VTN call the village no more. Raises LineError."""
    for each in await client.listed("subscriptions", {"clientName": kept.line.ven_name}):
        if isinstance(each, dict) and _calls(each, _address(kept)):
            await client.delete(f"subscriptions/{segment(str(each.get('id')))}")


def _address(kept: KeptLine) -> str:
    return f"{kept.line.callback_url}/openadr/webhook/{kept.webhook_key}"


async def _ensure(
    client: VtnClient, kept: KeptLine, own: Sequence[Mapping[str, object]], program: str | None
) -> None:
    url = _address(kept)
    there = next((each for each in own if each.get("programID") == program), None)
    if there is not None and _calls(there, url):
        return
    for operations in _OPERATIONS:
        subscription: dict[str, object] = {
            "objectType": "SUBSCRIPTION",
            "clientName": kept.line.ven_name,
            "objectOperations": [
                {
                    "objects": ["EVENT"],
                    "operations": list(operations),
                    "callbackUrl": url,
                    "bearerToken": kept.webhook_token,
                }
            ],
        }
        if program is not None:
            subscription["programID"] = program
        try:
            if there is None:
                await client.post("subscriptions", subscription)
            else:
                await client.put(f"subscriptions/{segment(str(there.get('id')))}", subscription)
        except LineError as error:
            if error.trouble is not LineTrouble.REFUSED or operations == _OPERATIONS[-1]:
                raise
        else:
            return


def _calls(subscription: Mapping[str, object], url: str) -> bool:
    operations = subscription.get("objectOperations")
    return isinstance(operations, list) and any(
        isinstance(each, dict) and each.get("callbackUrl") == url for each in operations
    )
