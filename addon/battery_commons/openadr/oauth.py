"""The token that opens an operator's VTN: OAuth 2.0, client credentials (RFC 6749, 4.4)."""

import asyncio
import math
import time
from collections.abc import Awaitable, Callable
from enum import StrEnum
from http import HTTPStatus
from urllib.parse import quote_plus, urljoin

from aiohttp import encode_basic_auth, hdrs

from battery_commons.domain.operator_line import OperatorLine, may_follow
from battery_commons.openadr.http import Answer, Caller
from battery_commons.openadr.trouble import LineError, LineTrouble

BEFORE_THE_END_S = 60.0
"""A token is renewed so long before it ends, or at half its life."""
_LIFE_S, _LONGEST_LIFE_S = 3600.0, 86_400.0


class _Way(StrEnum):
    """How a client says who it is (RFC 6749, 2.3.1): servers know one of these, and seldom both."""

    BODY = "body"
    BASIC = "basic"


class Tokens:
    """Gets a token, keeps it while it lasts, and remembers how the server wants to be asked."""

    def __init__(
        self,
        caller: Caller,
        line: OperatorLine,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        """Ask for `line`; `seconds` is a clock that only runs forward."""
        self._caller = caller
        self._line = line
        self._seconds = seconds
        self._way = _Way.BODY
        self._url = line.token_url
        self._token: str | None = None
        self._until = -math.inf
        self._one_at_a_time = asyncio.Lock()

    async def token(self, refused: str | None = None) -> str:
        """Return a token that is not the `refused` one. Raises LineError."""
        async with self._one_at_a_time:
            if self._token is None or self._token == refused or self._seconds() >= self._until:
                self._token = None
                answer = await self._asked()
                if answer.status == HTTPStatus.NOT_FOUND and await self._is_open_to_all():
                    raise LineError(LineTrouble.NO_LOGIN)
                self._token, life_s = _read(answer)
                self._until = self._seconds() + max(life_s - BEFORE_THE_END_S, life_s / 2)
            return self._token

    async def _asked(self) -> Answer:
        url = await self._token_url()
        first = self._way
        answer = await self._ask(url, first)
        if answer.status in (HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED):
            other = _Way.BASIC if first is _Way.BODY else _Way.BODY
            second = await self._ask(url, other)
            if second.status == HTTPStatus.OK:
                self._way, answer = other, second
        return answer

    def _ask(self, url: str, way: _Way) -> Awaitable[Answer]:
        form = {"grant_type": "client_credentials"}
        line = self._line
        if way is _Way.BODY:
            form |= {"client_id": line.client_id, "client_secret": line.secret}
            return self._caller.call(hdrs.METH_POST, url, data=form)
        # Both are encoded as in a form first (RFC 6749, 2.3.1).
        shown = encode_basic_auth(quote_plus(line.client_id), quote_plus(line.secret))
        return self._caller.call(hdrs.METH_POST, url, data=form, headers={"Authorization": shown})

    async def _is_open_to_all(self) -> bool:
        answer = await self._caller.call(hdrs.METH_GET, f"{self._line.url}/programs")
        return answer.status == HTTPStatus.OK and isinstance(answer.body, list)

    async def _token_url(self) -> str:
        """Return where tokens are had: where the line or the VTN says, or where most have it."""
        if not self._url:
            answer = await self._caller.call(hdrs.METH_GET, f"{self._line.url}/auth/server")
            said = answer.body.get("tokenURL") if isinstance(answer.body, dict) else None
            usual = f"{self._line.url}/auth/token"
            if answer.status == HTTPStatus.OK and isinstance(said, str):
                self._url = _followed(f"{self._line.url}/auth/server", said)
            elif answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
                return usual  # For now: it may say where as soon as it is well again.
            else:
                self._url = usual
        return self._url


def _followed(from_url: str, said: str) -> str:
    """Return the address that a server names; some leave their own name away. Raises LineError."""
    try:
        url = urljoin(from_url, said)
    except ValueError:
        url = ""
    if not may_follow(url, from_url):
        raise LineError(LineTrouble.NO_SENSE, "tokenURL is not https")
    return url


def _read(answer: Answer) -> tuple[str, float]:
    """Return the token in an answer, and for how many seconds it lasts. Raises LineError."""
    if answer.status in (HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        raise LineError(LineTrouble.CREDENTIALS, answer.problem())
    if answer.status == HTTPStatus.NOT_FOUND:
        raise LineError(LineTrouble.NOT_THERE, answer.problem())
    if answer.status in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE):
        raise LineError(LineTrouble.BUSY, answer.problem(), wait_s=answer.wait_s)
    if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise LineError(LineTrouble.BROKEN, answer.problem())
    told = answer.body if isinstance(answer.body, dict) else {}
    token, life = told.get("access_token"), told.get("expires_in", _LIFE_S)
    if not isinstance(token, str) or not token.isascii() or not token.isprintable() or not token:
        raise LineError(LineTrouble.NO_SENSE, "no access_token")
    try:
        life_s = float(life)
    except TypeError, ValueError, OverflowError:
        life_s = _LIFE_S
    return token, min(max(life_s, 0.0), _LONGEST_LIFE_S) if math.isfinite(life_s) else _LIFE_S
