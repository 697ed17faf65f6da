"""Keeps the village's prices up to date from the market, as long as the coordinator runs."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import date, datetime, timedelta
from functools import partial

import structlog

from battery_commons.domain.outside import Subject
from battery_commons.domain.tariff import Price
from battery_commons.domain.time import MARKET_ZONE, SLOT, Clock
from battery_commons.sense.outside import ask_in_turn
from battery_commons.sense.prices.day import slots_of
from battery_commons.store import Store, StoreError

LOOK_EVERY = timedelta(minutes=30)
PUBLISHED_AT = 13
"""The hour (Dutch time) around which the day-ahead market publishes tomorrow's prices."""

type Fetch = Callable[[date], Awaitable[list[Price]]]

_LOGGER = structlog.get_logger(__name__)


async def keep_prices(store: Store, sources: Mapping[str, Fetch], clock: Clock) -> None:
    """Fetch what is missing of today's and tomorrow's prices every half hour, until cancelled.

    The first source in order that has a day gives all of it: prices of two sources are not mixed within a
    day. Where all fail they are tried again; meanwhile the village plans on the prices that it has.
    """
    while True:
        for day in wanted_days(clock.now()):
            try:
                await _fill(store, sources, day, clock.now())
            except StoreError as error:
                _LOGGER.warning("prices not fetched", day=str(day), error=str(error))
        await asyncio.sleep(clock.wall_seconds(LOOK_EVERY))


def wanted_days(now: datetime) -> list[date]:
    """Return the Dutch days whose prices should be known at `now`."""
    local = now.astimezone(MARKET_ZONE)
    today = local.date()
    return [today, today + timedelta(days=1)] if local.hour >= PUBLISHED_AT else [today]


async def _fill(store: Store, sources: Mapping[str, Fetch], day: date, now: datetime) -> None:
    slots = slots_of(day)
    if len(await asyncio.to_thread(store.prices, slots[0], slots[-1] + SLOT)) == len(slots):
        return
    asked = {source: partial(fetch, day) for source, fetch in sources.items()}
    if answer := await ask_in_turn(store, Subject.PRICES, asked, now):
        source, prices = answer
        await asyncio.to_thread(store.put_prices, source, prices)
        _LOGGER.info("prices fetched", source=source, day=str(day), slots=len(prices))
