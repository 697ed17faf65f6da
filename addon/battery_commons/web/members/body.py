"""Reading what a caller sends."""

import asyncio

from aiohttp import web
from pydantic import BaseModel, ValidationError

from battery_commons.web.members import calls
from battery_commons.web.members.errors import malformed, too_large, too_slow

BODY_WITHIN_S = 30.0
"""The largest message at 300 kbit/s: whoever takes longer keeps a place occupied."""


async def message[M: BaseModel](request: web.Request, call: calls.Asking[M]) -> M:
    """Return the request's body as the message of `call`.

    Raises ApiError when it is none, too long or too slow.
    """
    try:
        async with asyncio.timeout(BODY_WITHIN_S):
            body = await request.clone(client_max_size=call.longest).read()
    except TimeoutError as error:
        raise too_slow(BODY_WITHIN_S) from error
    except web.HTTPRequestEntityTooLarge as error:
        raise too_large(call.longest) from error
    try:
        return call.asks.model_validate_json(body)
    except ValidationError as error:
        raise malformed(error) from error
