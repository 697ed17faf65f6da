"""Keeps the village's prices up to date from the market, as long as the coordinator runs."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import structlog

from battery_commons.domain.tariff import Price
from battery_commons.domain.time import Clock
from battery_commons.sense.prices.energyzero import PriceSourceError
from battery_commons.store import Store, StoreError

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
LOOK_EVERY = timedelta(minutes=30)
PUBLISHED_AT = 13
"""The hour (Dutch time) around which the day-ahead market publishes tomorrow's prices."""

type Fetch = Callable[[date], Awaitable[list[Price]]]

_LOGGER = structlog.get_logger(__name__)


async def keep_prices(store: Store, source: str, fetch: Fetch, clock: Clock) -> None:
    """Fetch what is missing of today's and tomorrow's prices every half hour, until cancelled.

    A source that fails is tried again; meanwhile the village plans on the prices that it has.
    """
    while True:
        for day in wanted_days(clock.now()):
            try:
                await _fill(store, source, fetch, day)
            except (PriceSourceError, StoreError) as error:
                _LOGGER.warning("prices not fetched", source=source, day=str(day), error=str(error))
        await asyncio.sleep(clock.wall_seconds(LOOK_EVERY))


def wanted_days(now: datetime) -> list[date]:
    """Return the Dutch days whose prices should be known at `now`."""
    local = now.astimezone(AMSTERDAM)
    today = local.date()
    return [today, today + timedelta(days=1)] if local.hour >= PUBLISHED_AT else [today]


async def _fill(store: Store, source: str, fetch: Fetch, day: date) -> None:
    start = datetime(day.year, day.month, day.day, tzinfo=AMSTERDAM)
    noon = start.replace(hour=12)
    if await asyncio.to_thread(store.prices, noon, noon + timedelta(minutes=15)):
        return
    if prices := await fetch(day):
        await asyncio.to_thread(store.put_prices, source, prices)
        _LOGGER.info("prices fetched", source=source, day=str(day), slots=len(prices))
