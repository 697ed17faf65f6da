"""EnergyZero's prices are taken whole and per quarter hour, or not at all."""

import socket
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from battery_commons.domain.tariff import Price
from battery_commons.sense.outside import OutsideError
from battery_commons.sense.prices.energyzero import fetch_prices
from tests.village.prices.energyzero_peer import Peer, serve, session_to, three_days

DAY = date(2026, 6, 1)
MIDNIGHT = datetime(2026, 5, 31, 22, tzinfo=UTC)


def ramp(text: str) -> dict[str, Any]:
    return three_days(text, lambda n: n / 1000)


async def fetched(peer: Peer, directory: Path, day: date = DAY) -> list[Price]:
    async with serve(peer, directory) as session:
        return await fetch_prices(session, day, timeout_seconds=1)


async def test_a_day_has_its_market_price_in_every_quarter_hour(tmp_path: Path) -> None:
    prices = await fetched(Peer(), tmp_path)
    assert prices == [Price(MIDNIGHT + n * timedelta(minutes=15), n / 1000) for n in range(96)]


async def test_the_question_is_the_one_that_the_api_documents(tmp_path: Path) -> None:
    peer = Peer()
    await fetched(peer, tmp_path)
    assert peer.queries == [
        {"energyType": "ENERGY_TYPE_ELECTRICITY", "date": "01-06-2026", "interval": "INTERVAL_QUARTER"}
    ]


@pytest.mark.parametrize(("day", "quarters"), [(date(2026, 3, 29), 92), (date(2026, 10, 25), 100)])
async def test_days_of_23_and_25_hours_are_whole(tmp_path: Path, day: date, quarters: int) -> None:
    prices = await fetched(Peer(), tmp_path, day)
    assert len({price.start for price in prices}) == quarters


async def test_prices_in_another_order_are_put_in_order(tmp_path: Path) -> None:
    def backwards(text: str) -> dict[str, Any]:
        answer = ramp(text)
        return answer | {"base": answer["base"][::-1]}

    prices = await fetched(Peer(answer=backwards), tmp_path)
    assert [price.eur_per_kwh for price in prices] == [n / 1000 for n in range(96)]


def not_published(text: str) -> dict[str, Any]:
    return three_days(text, lambda n: n / 1000, published=False)


@pytest.mark.parametrize(
    "peer", [Peer(status=404), Peer(answer=lambda _: {"base": []}), Peer(answer=not_published)]
)
async def test_a_day_that_is_not_published_yet_has_no_prices(tmp_path: Path, peer: Peer) -> None:
    assert await fetched(peer, tmp_path) == []


def without_one(text: str) -> dict[str, Any]:
    answer = ramp(text)
    return answer | {"base": answer["base"][:140] + answer["base"][141:]}


def doubled(text: str) -> dict[str, Any]:
    answer = ramp(text)
    overlapping = answer["base"][140] | {"end": answer["base"][142]["end"]}
    return answer | {"base": [*answer["base"], overlapping]}


def with_price(value: object) -> Peer:
    def answer(text: str) -> dict[str, Any]:
        prices = ramp(text)
        prices["base"][107]["price"] = {"value": value}
        return prices

    return Peer(answer=answer)


@pytest.mark.parametrize(
    ("peer", "problem"),
    [
        (Peer(status=500), "HTTP 500"),
        (Peer(status=429), "HTTP 429"),
        (
            Peer(status=400, answer=lambda _: {"code": 3, "message": "invalid Date", "details": []}),
            "invalid Date",
        ),
        (Peer(content_type="text/html"), "content type"),
        (Peer(delay_seconds=2), "Timeout"),
        (Peer(answer=without_one), "not one for every quarter hour"),
        (Peer(answer=doubled), "not one for every quarter hour"),
        (Peer(answer=lambda _: ["base"]), "cannot be read"),
        (Peer(answer=lambda _: {"base": [{"from": 1}]}), "cannot be read"),
        (with_price("NaN"), "cannot be read"),
        (with_price("85.30"), "EUR/MWh"),
        (with_price(None), "cannot be read"),
        (with_price("cheap"), "cannot be read"),
    ],
)
async def test_an_answer_that_cannot_be_trusted_is_refused_whole(
    tmp_path: Path, peer: Peer, problem: str
) -> None:
    with pytest.raises(OutsideError, match=problem):
        await fetched(peer, tmp_path)


async def test_a_server_that_is_not_there_is_said_so() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed_soon:
        port = closed_soon.getsockname()[1]
    async with session_to(port) as session:
        with pytest.raises(OutsideError, match="2026-06-01: Error occurred while communicating"):
            await fetch_prices(session, DAY, timeout_seconds=1)
