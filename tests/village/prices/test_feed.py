"""How the village keeps its prices up to date."""

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from battery_commons.domain.tariff import Price
from battery_commons.domain.time import SLOT, ScaledClock
from battery_commons.sense.prices.energyzero import PriceSourceError
from battery_commons.sense.prices.feed import keep_prices, wanted_days
from battery_commons.store import Store

AFTERNOON = datetime(2026, 11, 24, 14, tzinfo=UTC)
MIDNIGHT = datetime(2026, 11, 23, 23, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store.open(tmp_path / "village.db")
    yield store
    store.close()


class Market:
    """Gives every day one flat price, after failing as often as told."""

    def __init__(self, failures: int = 0) -> None:
        self.failures = failures
        self.asked: list[date] = []

    async def fetch(self, day: date) -> list[Price]:
        self.asked.append(day)
        if self.failures:
            self.failures -= 1
            raise PriceSourceError("the market is closed")
        start = MIDNIGHT + (day - date(2026, 11, 24))
        return [Price(start + i * SLOT, 0.1) for i in range(96)]


async def keep_for_a_while(store: Store, market: Market) -> None:
    """Run the feed while its clock passes some hours in half a second."""
    clock = ScaledClock(3600, datetime.now(UTC), AFTERNOON)
    with suppress(TimeoutError):
        await asyncio.wait_for(keep_prices(store, "Market", market.fetch, clock), 1.8)


def test_tomorrow_is_wanted_once_the_market_has_published_it() -> None:
    assert wanted_days(datetime(2026, 11, 24, 11, 59, tzinfo=UTC)) == [date(2026, 11, 24)]
    assert wanted_days(AFTERNOON) == [date(2026, 11, 24), date(2026, 11, 25)]


async def test_today_and_tomorrow_are_fetched_once(store: Store) -> None:
    market = Market()
    await keep_for_a_while(store, market)

    assert market.asked == [date(2026, 11, 24), date(2026, 11, 25)]
    assert len(store.prices(MIDNIGHT, MIDNIGHT + timedelta(days=2))) == 192


async def test_a_market_that_fails_is_asked_again(store: Store) -> None:
    market = Market(failures=2)
    await keep_for_a_while(store, market)

    assert len(market.asked) == 4
    assert store.prices(MIDNIGHT, MIDNIGHT + timedelta(days=1))
