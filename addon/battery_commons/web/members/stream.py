"""The stream's edge: a WebSocket that a home opens, for plans where its webhook cannot be reached."""

import asyncio
from http import HTTPStatus

import structlog
from aiohttp import WSMsgType, web
from pydantic import ValidationError

from battery_commons.dispatch.errors import StreamError
from battery_commons.dispatch.stream import HomeStream, StreamEnd
from battery_commons.store import StoreError
from battery_commons.store.records import Home
from battery_commons.web.members.errors import ApiError
from battery_commons.web.members.gathered import Gathered
from battery_commons.web.server import VillageServer
from battery_commons.wire.messages import StreamHello

HEARTBEAT_S = 20.0
"""A ping goes out after so long without a word from the home, and half of that later it is taken for dead.
Proxies close what is silent for a minute."""
HELLO_WITHIN_S = 10.0
GOODBYE_WITHIN_S = 2.0
TOKEN_CHECK_EVERY_S = 5.0
"""For homes that another process removes, as a command does; this one ends a stream at once."""
LARGEST_FRAME = 4096
"""A home says nothing longer."""

_LOGGER = structlog.get_logger(__name__)


async def hold_stream(
    village: VillageServer, homes: Gathered[str, Home], home: Home, token: str, request: web.Request
) -> web.WebSocketResponse:
    """Hold a home's stream open for as long as both sides want, and `homes` knows it by its token.

    Raises ApiError for what is no WebSocket.
    """
    # Uncompressed: what is sent is short, and a thousand open compressors are not.
    socket = web.WebSocketResponse(
        heartbeat=HEARTBEAT_S, timeout=GOODBYE_WITHIN_S, max_msg_size=LARGEST_FRAME, compress=False
    )
    if not socket.can_prepare(request).ok:
        raise ApiError(HTTPStatus.UPGRADE_REQUIRED, "upgrade_required", "Open this as a WebSocket.")
    await socket.prepare(request)
    log = _LOGGER.bind(home_id=home.id)
    goodbyes: list[asyncio.Task[bool]] = []
    stream = HomeStream(
        socket.send_str, lambda why: goodbyes.append(asyncio.create_task(socket.close(code=why)))
    )
    checking = asyncio.create_task(_check_token(homes, home, token, stream))
    try:
        hello = await _hello(socket)
        village.links.open_stream(home.id, stream, hello.sequence, village.clock.now())
        log.info("stream_opened", accepted=hello.sequence)
        async for frame in socket:
            if frame.type is WSMsgType.ERROR:
                break  # The home was silent for too long, or sent what is no WebSocket.
            stream.take_answer(frame.data)
    except StreamError as error:
        log.warning("stream_misused", problem=str(error))
        stream.close(StreamEnd.WRONG_MESSAGE)
    finally:
        checking.cancel()
        village.links.stream_ended(home.id, stream)
        stream.close(StreamEnd.STOPPING)
        await asyncio.gather(*goodbyes, return_exceptions=True)
    log.info("stream_closed", code=socket.close_code)
    return socket


async def _hello(socket: web.WebSocketResponse) -> StreamHello:
    """Return the first thing that the home says. Raises StreamError where it is anything else."""
    try:
        frame = await socket.receive(HELLO_WITHIN_S)
        if frame.type is not WSMsgType.TEXT:
            raise StreamError("no hello")
        return StreamHello.model_validate_json(frame.data)
    except (TimeoutError, ValidationError) as error:
        raise StreamError("no hello") from error


async def _check_token(homes: Gathered[str, Home], home: Home, token: str, stream: HomeStream) -> None:
    """Close the stream of a home whose token no longer counts."""
    while stream.is_open:
        await asyncio.sleep(TOKEN_CHECK_EVERY_S)
        try:
            owner = await homes.ask(token)
        except StoreError as error:
            # The plans of a village that cannot read its database end by themselves.
            _LOGGER.warning("token_not_checked", home_id=home.id, problem=str(error))
            continue
        if owner is None or owner.id != home.id:
            stream.close(StreamEnd.REVOKED)
