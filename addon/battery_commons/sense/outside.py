"""Asking the sources outside of the village: politely, within bounds, and the next one where one fails."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from http import HTTPStatus

import structlog
from aiohttp import ClientError, ClientSession, ClientTimeout

from battery_commons import __version__
from battery_commons.domain.outside import Subject, Trouble
from battery_commons.store import Store

USER_AGENT = f"battery-commons/{__version__} (+https://github.com/battery-commons/battery-commons)"
"""Who asks: MET Norway turns away whoever does not say so."""
LONGEST_ANSWER = 4_000_000
"""Bytes; three months of weather are a tenth of that."""
_CHUNK = 65_536

_LOGGER = structlog.get_logger(__name__)


class OutsideError(Exception):
    """A source could not be asked, or did not answer with what can be trusted."""

    def __init__(self, detail: str, trouble: Trouble = Trouble.UNREADABLE) -> None:
        """Say what is the matter, and more about it."""
        super().__init__(detail)
        self.trouble = trouble


class NothingThereError(OutsideError):
    """The source knows of nothing at that address (HTTP 404)."""


async def ask_in_turn[Answer](
    store: Store,
    subject: Subject,
    sources: Mapping[str, Callable[[], Awaitable[Answer]]],
    now: datetime,
) -> tuple[str, Answer] | None:
    """Return the first answer that holds anything, with its source's name; None where there is none.

    What became of each source that was asked is kept in the store. Raises StoreError.
    """
    for source, ask in sources.items():
        try:
            answer = await ask()
        except OutsideError as error:
            _LOGGER.warning("source failed", subject=subject, source=source, error=str(error))
            await asyncio.to_thread(store.note_failure, subject, source, now, error.trouble, str(error))
            continue
        await asyncio.to_thread(store.note_answer, subject, source, now)
        if answer:
            return source, answer
    return None


async def get_json(
    session: ClientSession, url: str, query: Mapping[str, str], timeout_seconds: float
) -> object:
    """Return the JSON at an address. Raises OutsideError, NothingThereError for a 404."""
    try:
        async with session.get(
            url,
            params=query,
            headers={"User-Agent": USER_AGENT, "Accept": "application/json"},
            timeout=ClientTimeout(total=timeout_seconds),
            allow_redirects=False,
        ) as response:
            if response.status == HTTPStatus.NOT_FOUND:
                raise NothingThereError("HTTP 404", Trouble.REFUSED)
            if response.status not in {HTTPStatus.OK, HTTPStatus.NON_AUTHORITATIVE_INFORMATION}:
                raise OutsideError(f"HTTP {response.status}", Trouble.REFUSED)
            body = b""
            async for chunk in response.content.iter_chunked(_CHUNK):
                body += chunk
                if len(body) > LONGEST_ANSWER:
                    raise OutsideError("its answer is too long")
    except TimeoutError as error:
        raise OutsideError(f"no answer within {timeout_seconds:.0f} s", Trouble.LATE) from error
    except ClientError as error:
        raise OutsideError(type(error).__name__, Trouble.UNREACHABLE) from error
    try:
        answer: object = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise OutsideError("its answer is no JSON") from error
    return answer
