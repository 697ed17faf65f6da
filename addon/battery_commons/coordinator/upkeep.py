"""Keeps the store within its bounds and looks what readings are worth, as long as the coordinator runs."""

import asyncio
import time
from datetime import UTC, datetime, timedelta
from itertools import chain

import structlog

from battery_commons.domain.time import SLOT, Clock, slot_start
from battery_commons.flexibility.keeping.delivery_proof import close
from battery_commons.openadr.vtn.retention import discard_old_objects
from battery_commons.sense.examination import Examiner
from battery_commons.store import Store, StoreError
from battery_commons.store.backup_folder import BackupFolder

TIDY_EVERY = timedelta(days=1)
LEAST_PAUSE_S = 0.05
AFTER_SLOT = timedelta(minutes=1)
LOOK_FOR_NIGHT_EVERY_S = 600.0
TRY_AGAIN_S = 3600.0
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


async def keep_backed_up(folder: BackupFolder) -> None:
    """Make a backup each night by the wall's clock, or when the coordinator runs again, until cancelled.

    What fails is tried again an hour later.
    """
    while True:
        await asyncio.sleep(LOOK_FOR_NIGHT_EVERY_S)
        try:
            if made := await asyncio.to_thread(folder.make_nightly, datetime.now(UTC)):
                _LOGGER.info("nightly backup made", backup=made.name, bytes=made.size)
        except StoreError as error:
            _LOGGER.warning("nightly backup not made; tried again in an hour", error=str(error))
            await asyncio.sleep(TRY_AGAIN_S)


async def keep_examined(examiner: Examiner) -> None:
    """Look what readings are worth, at once and then after each quarter hour, until cancelled.

    What fails is tried again a quarter hour later.
    """
    clock = examiner.clock
    while True:
        try:
            await asyncio.to_thread(examiner.examine)
        except StoreError as error:
            _LOGGER.warning("readings not examined; tried again in a quarter hour", error=str(error))
        # Homes tell what they measured last within a minute.
        next_look = slot_start(clock.now()) + SLOT + AFTER_SLOT
        await asyncio.sleep(clock.wall_seconds(next_look - clock.now()))


async def tidy(store: Store, clock: Clock) -> None:
    """Close what was asked, roll up and throw away what is old, step by step. Raises StoreError."""
    await asyncio.to_thread(close, store, clock.now())
    now = clock.now()
    steps = chain(store.discard_old(now), discard_old_objects(store, clock.to_wall(now)))
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
