"""Asks whether a subscriber is where it says (`GET {callbackUrl}/echo?echo=...`), before it is told anything.

An address that answers, but does not give back what was asked, is somebody else's: it is refused, so that
nobody has the VTN call a stranger. Who does not answer, or says that it has no such page, is accepted: many
subscribers, as openadr3-client 2.4.2, do not know of the question, or begin to listen later.
"""

import asyncio
from collections.abc import Iterable
from http import HTTPStatus
from secrets import token_urlsafe

import structlog
from aiohttp import ClientError, ClientSession, ClientTimeout

from battery_commons.openadr.vtn.problems import RefusedError

WITHIN = ClientTimeout(total=5)
_LONGEST_ANSWER = 1024

_LOGGER = structlog.get_logger(__name__)


async def challenge(callback_urls: Iterable[str]) -> None:
    """Ask at each of these addresses. Raises RefusedError where somebody else answers."""
    async with ClientSession(timeout=WITHIN) as session:
        await asyncio.gather(*(_ask(session, url) for url in set(callback_urls)))


async def _ask(session: ClientSession, url: str) -> None:
    said = token_urlsafe(16)
    try:
        async with session.get(
            f"{url.rstrip('/')}/echo", params={"echo": said}, allow_redirects=False
        ) as answer:
            status, body = answer.status, await answer.content.read(_LONGEST_ANSWER)
    except ClientError, TimeoutError, ValueError:
        _LOGGER.info("subscriber_not_there_yet")
        return
    if status != HTTPStatus.OK:
        _LOGGER.info("subscriber_knows_no_echo", status=status)
    elif said.encode() not in body:
        raise RefusedError(
            HTTPStatus.BAD_REQUEST, "callbackUrl: what answers there does not give back an echo"
        )
