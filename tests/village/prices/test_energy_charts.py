"""Energy-Charts' prices are taken whole and per quarter hour, or not at all.

The peer answers in the shape of api.energy-charts.info/price: a list of stamps and one of prices in EUR/MWh,
from the first day asked for to the end of the last, in days of the zone. A day that is not yet published is
a 404.
"""

import json
import socket
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from aiohttp import ClientSession
from hypothesis import given
from hypothesis import strategies as st

from battery_commons.domain.tariff import Price
from battery_commons.sense.outside import LONGEST_ANSWER, OutsideError
from battery_commons.sense.prices.energy_charts import fetch_prices, prices_in
from battery_commons.sense.prices.energyzero import fetch_prices as fetch_from_energyzero
from tests.village.outside_peer import OutsidePeer, listening
from tests.village.prices.energyzero_peer import Peer, serve, three_days

DAY = date(2026, 6, 1)
MIDNIGHT = datetime(2026, 5, 31, 22, tzinfo=UTC)
AMSTERDAM = ZoneInfo("Europe/Amsterdam")
QUARTER, HOUR = 900, 3600


def days(
    query: dict[str, str], step: int = QUARTER, price: Callable[[int], float] = lambda n: n - 10.0
) -> dict[str, Any]:
    """Return the answer to a question about whole days."""
    first, last = (date.fromisoformat(query[name]) for name in ("start", "end"))
    start, end = (
        int(datetime(day.year, day.month, day.day, tzinfo=AMSTERDAM).timestamp())
        for day in (first, last + timedelta(days=1))
    )
    stamps = list(range(start, end, step))
    return {
        "license_info": "CC BY 4.0 (creativecommons.org/licenses/by/4.0) from Bundesnetzagentur | SMARD.de",
        "unix_seconds": stamps,
        "price": [price(n) for n in range(len(stamps))],
        "unit": "EUR / MWh",
        "deprecated": False,
    }


ANSWER = days({"start": "2026-06-01", "end": "2026-06-01"})


async def fetched(peer: OutsidePeer, day: date = DAY) -> list[Price]:
    async with listening(peer, "/price") as (session, url):
        return await fetch_prices(session, day, timeout_seconds=1, url=url)


async def test_a_day_has_its_price_in_every_quarter_hour_in_eur_per_kwh() -> None:
    prices = await fetched(OutsidePeer(days))
    assert prices == [Price(MIDNIGHT + n * timedelta(minutes=15), (n - 10) / 1000) for n in range(96)]


async def test_the_question_is_about_one_day_of_the_dutch_zone_and_says_who_asks() -> None:
    peer = OutsidePeer(days)
    await fetched(peer)
    assert peer.queries == [{"bzn": "NL", "start": "2026-06-01", "end": "2026-06-01"}]
    assert peer.agents[0].startswith("battery-commons/")


@pytest.mark.parametrize("step", [QUARTER, HOUR])
@pytest.mark.parametrize(("day", "quarters"), [(date(2026, 3, 29), 92), (date(2026, 10, 25), 100)])
async def test_days_of_23_and_25_hours_are_whole(day: date, quarters: int, step: int) -> None:
    prices = await fetched(OutsidePeer(lambda query: days(query, step)), day)
    assert len({price.start for price in prices}) == quarters


async def test_a_price_of_an_hour_counts_for_its_four_quarters() -> None:
    prices = await fetched(OutsidePeer(lambda query: days(query, HOUR)))
    assert [price.eur_per_kwh for price in prices[:8]] == [-0.01] * 4 + [-0.009] * 4
    assert len(prices) == 96


def test_prices_of_other_days_beside_it_are_left_out() -> None:
    three = days({"start": "2026-05-31", "end": "2026-06-02"})
    assert [price.start for price in prices_in(three, DAY)] == [
        MIDNIGHT + n * timedelta(minutes=15) for n in range(96)
    ]


@pytest.mark.parametrize(
    "peer",
    [
        OutsidePeer(lambda _: {"detail": "Not Found"}, status=404),
        OutsidePeer(lambda query: days(query) | {"unix_seconds": [], "price": []}),
        OutsidePeer(lambda query: days(query) | {"price": [None] * 96}),
    ],
)
async def test_a_day_that_is_not_published_yet_has_no_prices(peer: OutsidePeer) -> None:
    assert await fetched(peer) == []


async def test_both_sources_tell_the_same_day_alike(tmp_path: Path) -> None:
    async with serve(Peer(answer=lambda text: three_days(text, lambda n: n / 1000)), tmp_path) as session:
        from_energyzero = await fetch_from_energyzero(session, DAY)
    charts = await fetched(OutsidePeer(lambda query: days(query, price=float)))
    assert charts == from_energyzero


def changed(**fields: Any) -> OutsidePeer:
    return OutsidePeer(lambda _: ANSWER | fields)


@pytest.mark.parametrize(
    ("peer", "problem"),
    [
        (OutsidePeer(days, status=500), "HTTP 500"),
        (OutsidePeer(days, status=429), "HTTP 429"),
        (OutsidePeer(days, status=302), "HTTP 302"),
        (OutsidePeer(days, delay_seconds=2), "no answer within 1 s"),
        (OutsidePeer(lambda _: b"<html>"), "no JSON"),
        (OutsidePeer(lambda _: b"[" * 100_000), "no JSON"),
        (OutsidePeer(lambda _: b" " * (LONGEST_ANSWER + 1)), "too long"),
        (OutsidePeer(lambda _: ["price"]), "cannot be read"),
        (changed(unit="EUR / kWh"), "cannot be read"),
        (changed(unit=None), "cannot be read"),
        (changed(price=ANSWER["price"][:-1]), "not one price for each time"),
        (changed(price=["12.3"] * 96), "cannot be read"),
        (OutsidePeer(lambda _: json.dumps(ANSWER).replace("84.0,", "NaN,").encode()), "cannot be read"),
        (changed(price=[*ANSWER["price"][:-1], None]), "not one for every quarter hour"),
        (changed(price=[*ANSWER["price"][:40], None, *ANSWER["price"][41:]]), "not one for every"),
        (changed(price=[price / 1000 for price in ANSWER["price"]]), "EUR/kWh"),
        (changed(price=[6000.0] * 96), "cannot be"),
        (changed(unix_seconds=ANSWER["unix_seconds"][::-1]), "not one for every"),
        (changed(unix_seconds=[ANSWER["unix_seconds"][0]] * 96), "not one for every"),
        (changed(unix_seconds=[stamp + 1 for stamp in ANSWER["unix_seconds"]]), "not one for every"),
        (changed(unix_seconds=[stamp * 1000 for stamp in ANSWER["unix_seconds"]]), "cannot be read"),
        (changed(unix_seconds=ANSWER["unix_seconds"][:1], price=[85.0]), "not one for every"),
    ],
)
async def test_an_answer_that_cannot_be_trusted_is_refused_whole(peer: OutsidePeer, problem: str) -> None:
    with pytest.raises(OutsideError, match=problem):
        await fetched(peer)


async def test_a_server_that_is_not_there_is_said_so() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed_soon:
        port = closed_soon.getsockname()[1]
    async with ClientSession() as session:
        with pytest.raises(OutsideError, match="ClientConnectorError"):
            await fetch_prices(session, DAY, url=f"http://127.0.0.1:{port}/price")


SCALAR = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
ANYTHING = st.recursive(SCALAR, lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=5), inner))


@given(
    st.fixed_dictionaries(
        {
            "unit": st.sampled_from(["EUR / MWh", "EUR/MWh", "EUR"]),
            "unix_seconds": ANYTHING
            | st.lists(st.sampled_from(ANSWER["unix_seconds"]) | st.integers(), max_size=4)
            | st.just(ANSWER["unix_seconds"]),
            "price": ANYTHING
            | st.lists(st.floats() | st.none() | st.integers(), max_size=4)
            | st.lists(st.floats(-400, 4000), min_size=96, max_size=96),
        }
    )
    | ANYTHING
)
def test_any_other_answer_is_a_whole_day_or_refused(answer: object) -> None:
    try:
        prices = prices_in(answer, DAY)
    except OutsideError:
        return
    assert len(prices) in {0, 96}
