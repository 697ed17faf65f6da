"""Calls that come too often are sent away before anything is done for them."""

import time
from collections.abc import Callable
from hashlib import sha256

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from battery_commons.openadr.reception.webhook import WEBHOOK
from battery_commons.store import InvitationExpiredError, InvitationUnknownError, InvitationUsedError
from battery_commons.web import rate
from battery_commons.web.door import Door
from battery_commons.web.members import calls
from battery_commons.web.members.errors import too_many_calls

TAKES_A_CODE = {calls.READ_INVITATION.name, calls.JOIN.name}
OPERATORS = {WEBHOOK}
"""What an operator tells comes by the thousand, and with one token."""

_LOGGER = structlog.get_logger(__name__)


class Admission:
    """How often each address and each token may call. Kept in memory: a restart forgives all."""

    def __init__(self, door: Door, seconds: Callable[[], float] = time.monotonic) -> None:
        """Know by `door` from where calls come; `seconds` is a clock that only runs forward."""
        self._door = door
        self._from_address = rate.Buckets(rate.CALLS_FROM_ADDRESS, seconds)
        self._with_token = rate.Buckets(rate.CALLS_WITH_TOKEN, seconds)
        self._own_data = rate.Buckets(rate.OWN_DATA_WITH_TOKEN, seconds)
        self._wrong_codes = rate.Buckets(rate.WRONG_CODES_FROM_ADDRESS, seconds)

    def middleware(self) -> Middleware:
        """Return what every call goes through."""

        @web.middleware
        async def admitted(request: web.Request, handler: Handler) -> web.StreamResponse:
            origin = self._door.origin(request.remote, request.headers)
            call = request.match_info.route.name
            if origin is not None:
                _count(self._from_address, origin)
            if "Authorization" in request.headers and call not in OPERATORS:
                # Kept as a digest: a header may be long, and a token is nobody's to keep.
                caller = sha256(request.headers["Authorization"].encode(errors="replace")).hexdigest()
                _count(self._with_token, caller)
                if call == calls.OWN_DATA.name:
                    _count(self._own_data, caller)
            if origin is None or call not in TAKES_A_CODE:
                return await handler(request)
            return await self._with_code(origin, request, handler)

        return admitted

    async def _with_code(self, origin: str, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Answer a call that may be a guess: only wrong codes count, so a whole village can join at once."""
        if (wait_s := self._wrong_codes.wait_s(origin)) > 0:
            _LOGGER.warning("too_many_wrong_codes", call=request.match_info.route.name)
            raise too_many_calls(wait_s)
        try:
            return await handler(request)
        except InvitationUnknownError, InvitationUsedError, InvitationExpiredError:
            self._wrong_codes.take(origin)
            raise


def _count(buckets: rate.Buckets, caller: str) -> None:
    """Count a call. Raises ApiError for one that comes too early."""
    if (wait_s := buckets.wait_s(caller)) > 0:
        raise too_many_calls(wait_s)
    buckets.take(caller)
