"""What goes on beside the ticks for as long as the coordinator runs, whatever happens to it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import structlog

AGAIN_AFTER_S = 60.0

_LOGGER = structlog.get_logger(__name__)


@asynccontextmanager
async def tended(
    what: str, work: Callable[[], Awaitable[None]], *, again_after_s: float = AGAIN_AFTER_S
) -> AsyncIterator[None]:
    """Do `work` while the block runs, which lets go of what it holds before the block is left.

    Work deals itself with what it knows can go wrong. If it ends by anything else, that is told with its
    traceback, and a minute later it is begun anew: a defect in one corner may neither go unnoticed nor end
    the rest.
    """
    task = asyncio.create_task(_again_and_again(what, work, again_after_s))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _again_and_again(what: str, work: Callable[[], Awaitable[None]], again_after_s: float) -> None:
    while True:
        try:
            await work()
        except Exception:
            _LOGGER.exception("failed unexpectedly; begun again", what=what, in_seconds=again_after_s)
        await asyncio.sleep(again_after_s)
