"""How the village keeps its prices up to date, from the first source that has them."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from battery_commons.domain.outside import Subject, Trouble
from battery_commons.domain.tariff import Price
from battery_commons.domain.time import SLOT
from battery_commons.sense.outside import OutsideError
from battery_commons.sense.prices import energy_charts, energyzero
from battery_commons.sense.prices.day import slots_of
from battery_commons.sense.prices.feed import keep_prices, wanted_days
from battery_commons.store import Store
from tests.village.looks import look
from tests.village.outside_peer import OutsidePeer, listening
from tests.village.prices.energyzero_peer import Peer, serve
from tests.village.prices.test_energy_charts import days

AFTERNOON = datetime(2026, 11, 24, 14, tzinfo=UTC)
MIDNIGHT = datetime(2026, 11, 23, 23, tzinfo=UTC)
TODAY, TOMORROW = date(2026, 11, 24), date(2026, 11, 25)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store.open(tmp_path / "village.db")
    yield store
    store.close()


class Market:
    """Gives every day one flat price, after failing as often as told."""

    def __init__(
        self, failures: int = 0, price: float = 0.1, published: tuple[date, ...] = (TODAY, TOMORROW)
    ) -> None:
        self.failures = failures
        self.price = price
        self.published = published
        self.asked: list[date] = []

    async def fetch(self, day: date) -> list[Price]:
        self.asked.append(day)
        if self.failures:
            self.failures -= 1
            raise OutsideError("the market is closed")
        return [Price(start, self.price) for start in slots_of(day)] if day in self.published else []


async def keep(store: Store, *markets: Market, looks: int = 1) -> None:
    """Run the feed for as many looks, half an hour apart."""
    sources = {f"Market {number}": market.fetch for number, market in enumerate(markets, 1)}
    await look(partial(keep_prices, store, sources), AFTERNOON, looks)


def sources_of(store: Store, day: date) -> set[str]:
    slots = slots_of(day)
    return {price.source for price in store.prices(slots[0], slots[-1] + SLOT).values()}


def test_tomorrow_is_wanted_once_the_market_has_published_it() -> None:
    assert wanted_days(datetime(2026, 11, 24, 11, 59, tzinfo=UTC)) == [TODAY]
    assert wanted_days(AFTERNOON) == [TODAY, TOMORROW]


async def test_today_and_tomorrow_are_fetched_once(store: Store) -> None:
    market, second = Market(), Market()
    await keep(store, market, second, looks=2)

    assert (market.asked, second.asked) == ([TODAY, TOMORROW], [])
    assert len(store.prices(MIDNIGHT, MIDNIGHT + timedelta(days=2))) == 192


async def test_a_market_that_fails_is_asked_again(store: Store) -> None:
    market = Market(failures=2)
    await keep(store, market, looks=2)

    assert len(market.asked) == 4
    assert store.prices(MIDNIGHT, MIDNIGHT + timedelta(days=1))


async def test_where_the_first_source_fails_the_next_gives_the_whole_day(store: Store) -> None:
    first, second = Market(failures=1), Market(price=0.2)
    await keep(store, first, second)

    assert sources_of(store, TODAY) == {"Market 2"}
    assert sources_of(store, TOMORROW) == {"Market 1"}


async def test_a_market_that_is_down_is_stood_in_for_over_real_connections(
    store: Store, tmp_path: Path
) -> None:
    down, up = Peer(status=503), OutsidePeer(days)
    async with serve(down, tmp_path) as session, listening(up, "/price") as (other_session, url):
        sources = {
            "EnergyZero": partial(energyzero.fetch_prices, session),
            "Energy-Charts": partial(energy_charts.fetch_prices, other_session, url=url),
        }
        await look(partial(keep_prices, store, sources), AFTERNOON, 1)

    assert len(down.queries) == len(up.queries) == 2
    assert sources_of(store, TODAY) == sources_of(store, TOMORROW) == {"Energy-Charts"}
    assert store.source_states(Subject.PRICES)["EnergyZero"].trouble is Trouble.UNREACHABLE


async def test_where_the_first_source_has_not_published_a_day_the_next_is_asked(store: Store) -> None:
    first, second = Market(published=(TODAY,)), Market(price=0.2)
    await keep(store, first, second)

    assert second.asked == [TOMORROW]
    assert sources_of(store, TOMORROW) == {"Market 2"}


async def test_a_day_of_which_a_part_is_known_is_replaced_whole(store: Store) -> None:
    store.put_prices("file.csv", [Price(start, 0.3) for start in slots_of(TODAY)[:60]])
    await keep(store, Market())

    assert sources_of(store, TODAY) == {"Market 1"}


async def test_a_day_that_is_known_whole_is_left_as_it_is(store: Store) -> None:
    store.put_prices("file.csv", [Price(start, 0.3) for start in slots_of(TODAY)])
    market = Market()
    await keep(store, market)

    assert market.asked == [TOMORROW]
    assert sources_of(store, TODAY) == {"file.csv"}


async def test_where_every_source_fails_what_is_known_stays_and_each_failure_is_kept(store: Store) -> None:
    yesterday = [Price(start - timedelta(days=1), 0.4) for start in slots_of(TODAY)]
    store.put_prices("Market 1", yesterday)
    await keep(store, Market(failures=99), Market(failures=99))

    assert len(store.prices(MIDNIGHT - timedelta(days=1), MIDNIGHT + timedelta(days=2))) == 96
    states = store.source_states(Subject.PRICES)
    assert [(state.fails, state.detail) for state in states.values()] == [(True, "the market is closed")] * 2


async def test_an_answer_after_a_failure_ends_it_and_both_are_remembered(store: Store) -> None:
    await keep(store, Market(failures=2), looks=2)

    state = store.source_states(Subject.PRICES)["Market 1"]
    assert not state.fails
    assert state.answered_at is not None
    assert state.failed_at is not None
    assert state.answered_at > state.failed_at
