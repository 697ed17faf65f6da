"""Keeps the store within its bounds, a little at a time, as long as the coordinator runs."""

import asyncio
import time
from datetime import timedelta

import structlog

from battery_commons.domain.time import Clock
from battery_commons.store import Store, StoreError

TIDY_EVERY = timedelta(days=1)
LEAST_PAUSE_S = 0.05
PAUSE_PER_STEP = 4
"""How many times as long as a step took the database is left to others."""

_LOGGER = structlog.get_logger(__name__)


async def keep_tidy(store: Store, clock: Clock) -> None:
    """Roll up and throw away what is old, at once and then once a day, until cancelled.

    What fails is tried again the next day: nothing is lost by keeping it longer.
    """
    while True:
        try:
            await tidy(store, clock)
        except StoreError as error:
            _LOGGER.warning("old readings not rolled up; tried again in a day", error=str(error))
        await asyncio.sleep(clock.wall_seconds(TIDY_EVERY))


async def tidy(store: Store, clock: Clock) -> None:
    """Roll up and throw away what is old, step by step. Raises StoreError."""
    steps = store.discard_old(clock.now())
    gone = 0
    while True:
        begun = time.monotonic()
        of_step = await asyncio.to_thread(next, steps, None)
        if of_step is None:
            break
        gone += of_step
        await asyncio.sleep(max(LEAST_PAUSE_S, PAUSE_PER_STEP * (time.monotonic() - begun)))
    if gone:
        _LOGGER.info("old readings rolled up, old plans thrown away", rows=gone)
