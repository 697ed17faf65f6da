"""What the first page tells of what comes from outside."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
from aiohttp.test_utils import TestClient, TestServer

from battery_commons.domain.outside import Subject, Trouble
from battery_commons.domain.settings import Place
from battery_commons.domain.time import slot_start
from battery_commons.domain.weather import SlotWeather
from battery_commons.store import Store
from battery_commons.web.pages.app import pages_app
from battery_commons.web.server import VillageServer
from tests.village.web.conftest import VILLAGE_NOW, Client

PLACE = Place(52.8, 6.3)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
async def pages(village: VillageServer) -> AsyncIterator[Client]:
    async with TestClient(TestServer(pages_app(village))) as client:
        yield client


async def shown(pages: Client, language: str = "en") -> str:
    return await (await pages.get(f"/?lang={language}")).text()


def place(store: Store) -> None:
    store.change_settings(lambda settings: replace(settings, place=PLACE))


def issue(store: Store, ago: timedelta) -> None:
    weather = [SlotWeather(slot_start(VILLAGE_NOW), 12.0, 300.0)]
    store.put_weather(PLACE, "Open-Meteo", VILLAGE_NOW - ago, weather)


async def test_where_nobody_was_asked_nothing_is_said(pages: Client) -> None:
    assert "What comes from outside" not in await shown(pages)


async def test_each_source_is_shown_with_its_age_and_its_last_failure(pages: Client, store: Store) -> None:
    store.note_failure(Subject.PRICES, "EnergyZero", VILLAGE_NOW - 5 * MINUTE, Trouble.REFUSED, "HTTP 503")
    store.note_answer(Subject.PRICES, "Energy-Charts", VILLAGE_NOW - 5 * MINUTE)
    page = await shown(pages)
    for said in (
        "Prices: EnergyZero",
        "Has never answered.",
        "Last failure 5 min ago: it refused to answer (HTTP 503).",
        "Last answer 5 min ago.",
        "The village has not said where it lies",
        "CC BY 4.0",
    ):
        assert said in page
    assert "No source of prices answers" not in page
    assert "Faalde 5 min geleden: weigerde te antwoorden (HTTP 503)." in await shown(pages, "nl")


async def test_where_no_source_of_prices_answers_that_is_a_warning(pages: Client, store: Store) -> None:
    for source in ("EnergyZero", "Energy-Charts"):
        store.note_failure(Subject.PRICES, source, VILLAGE_NOW, Trouble.LATE, "")
    assert "Plans rest on the last known prices." in await shown(pages)


@pytest.mark.parametrize(
    ("ago", "said"),
    [
        (HOUR, "Forecast of Open-Meteo, issued 1 h ago"),
        (7 * HOUR, "Forecast of Open-Meteo, issued 7 h ago"),
        (25 * HOUR, "The newest forecast of the weather is too old."),
    ],
)
async def test_the_weather_is_shown_with_its_source_and_age(
    pages: Client, store: Store, ago: timedelta, said: str
) -> None:
    place(store)
    issue(store, ago)
    assert said in await shown(pages)


async def test_weather_of_some_hours_ago_is_not_shown_as_fresh(pages: Client, store: Store) -> None:
    place(store)
    issue(store, 7 * HOUR)
    state = await (await pages.get("/api/state")).json()
    assert state["outside"]["weather"] == {
        "condition": "old",
        "is_usable": True,
        "source": "Open-Meteo",
        "issued_s": 7 * 3600.0,
    }


async def test_a_village_with_a_place_and_no_weather_is_told_so(pages: Client, store: Store) -> None:
    place(store)
    assert "No forecast of the weather is known." in await shown(pages)


async def test_what_a_source_says_cannot_put_markup_on_the_page(pages: Client, store: Store) -> None:
    store.note_failure(Subject.PRICES, "Market", VILLAGE_NOW, Trouble.UNREADABLE, "<script>alert(1)</script>")
    assert "<script>alert" not in await shown(pages)
