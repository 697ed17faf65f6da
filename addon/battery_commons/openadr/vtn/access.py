"""Who calls a VTN: the token endpoint (RFC 6749, section 4.4) and the bearer of each call."""

import asyncio
from base64 import b64decode
from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from urllib.parse import parse_qsl, unquote_plus

import structlog
from aiohttp import hdrs, web

from battery_commons.domain.vtn import VtnClient
from battery_commons.openadr.vtn.problems import RefusedError
from battery_commons.openadr.vtn.tokens import LIFETIME_S, Tokens
from battery_commons.store import Store

LARGEST_FORM = 16 * 1024
BODY_WITHIN_S = 20.0
_MOST_FIELDS = 20

_LOGGER = structlog.get_logger(__name__)


class Access:
    """Tokens for clients, and clients for tokens."""

    def __init__(self, store: Store, wall_now: Callable[[], datetime]) -> None:
        """Know clients by `store`."""
        self._store = store
        self._wall_now = wall_now
        self._tokens = Tokens()

    async def token(self, request: web.Request) -> web.Response:
        """Issue a token for an id and a secret, in the body or as HTTP Basic. Raises as `read_whole` does."""
        body = await read_whole(request, LARGEST_FORM)
        try:
            form = dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=_MOST_FIELDS))
        except ValueError:
            return _refused("invalid_request", HTTPStatus.BAD_REQUEST)
        if form.get("grant_type") != "client_credentials":
            return _refused("unsupported_grant_type", HTTPStatus.BAD_REQUEST)
        given = form.get("client_id", ""), form.get("client_secret", "")
        client_id, secret = _basic(request) or given
        client = None
        if client_id.isprintable():
            client = await asyncio.to_thread(self._store.vtn_client, client_id, secret, self._wall_now())
        if client is None:
            _LOGGER.warning("vtn_client_refused")
            return _refused("invalid_client", HTTPStatus.UNAUTHORIZED)
        token = self._tokens.issue(client)
        return web.json_response(
            {"access_token": token, "token_type": "Bearer", "expires_in": LIFETIME_S},
            headers={hdrs.CACHE_CONTROL: "no-store"},
        )

    async def caller(self, request: web.Request) -> VtnClient:
        """Return who calls. Raises RefusedError for nobody, or one that was removed meanwhile."""
        scheme, _, token = request.headers.get(hdrs.AUTHORIZATION, "").partition(" ")
        client = self._tokens.client_of(token.strip()) if scheme.lower() == "bearer" else None
        if client is None or not await asyncio.to_thread(self._store.is_vtn_client, client.client_id):
            raise RefusedError(HTTPStatus.UNAUTHORIZED, "ask for a new token")
        return client


async def read_whole(request: web.Request, most: int) -> bytes:
    """Return a body. Raises TimeoutError for what trickles in, HTTPRequestEntityTooLarge over `most`."""
    async with asyncio.timeout(BODY_WITHIN_S):
        return await request.clone(client_max_size=most).read()


def _basic(request: web.Request) -> tuple[str, str] | None:
    """Return id and secret of HTTP Basic, each form-encoded first (RFC 6749, section 2.3.1)."""
    scheme, _, encoded = request.headers.get(hdrs.AUTHORIZATION, "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        client_id, _, secret = b64decode(encoded, validate=True).decode().partition(":")
    except ValueError:
        return None
    return unquote_plus(client_id), unquote_plus(secret)


def _refused(error: str, status: HTTPStatus) -> web.Response:
    return web.json_response({"error": error}, status=status, headers={hdrs.CACHE_CONTROL: "no-store"})
