"""How the village keeps the weather up to date, and what it tells nobody."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from battery_commons.domain.outside import Subject, Trouble
from battery_commons.domain.settings import Place
from battery_commons.domain.time import SLOT
from battery_commons.domain.weather import SlotWeather
from battery_commons.sense.outside import OutsideError
from battery_commons.sense.weather import met_norway, open_meteo
from battery_commons.sense.weather.feed import Fetch, keep_weather, past_days
from battery_commons.store import Store
from battery_commons.store.weather import WeatherKnown
from tests.village.looks import look
from tests.village.outside_peer import OutsidePeer, listening
from tests.village.weather.test_met_norway import NOW as MET_NOW
from tests.village.weather.test_met_norway import forecast

NOW = datetime(2026, 11, 24, 14, tzinfo=UTC)
HOME, ROUGHLY = Place(52.8123, 6.2981), Place(52.8, 6.3)
DAY = timedelta(days=1)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store.open(tmp_path / "village.db")
    yield store
    store.close()


@pytest.fixture
def placed(store: Store) -> Store:
    store.change_settings(lambda settings: replace(settings, place=HOME))
    return store


class Sky:
    """Tells one temperature for every slot, after failing as often as told."""

    def __init__(self, failures: int = 0, temperature_c: float = 8.0, ahead: timedelta = 3 * DAY) -> None:
        self.failures = failures
        self.temperature_c = temperature_c
        self.ahead = ahead
        self.asked: list[tuple[Place, int]] = []

    async def fetch(self, place: Place, days: int) -> list[SlotWeather]:
        self.asked.append((place, days))
        if self.failures:
            self.failures -= 1
            raise OutsideError("it is dark")
        start = NOW - days * DAY
        count = (days * DAY + self.ahead) // SLOT
        return [SlotWeather(start + i * SLOT, self.temperature_c, 0.0) for i in range(count)]


async def keep(store: Store, *skies: Sky, quarters: int = 1) -> None:
    """Run the feed for as many quarter hours."""
    sources = {f"Sky {number}": sky.fetch for number, sky in enumerate(skies, 1)}
    await look(partial(keep_weather, store, sources), NOW, quarters)


async def test_a_village_that_has_not_said_where_it_lies_asks_nobody(store: Store) -> None:
    sky = Sky()
    await keep(store, sky, quarters=2)
    assert sky.asked == []


async def test_the_place_is_told_roughly_and_at_first_three_months_are_asked_for(placed: Store) -> None:
    sky = Sky()
    await keep(placed, sky)
    assert sky.asked == [(ROUGHLY, 92)]
    assert len(placed.weather(ROUGHLY, NOW - 100 * DAY, NOW + 9 * DAY)) == 95 * 96


async def test_it_is_asked_once_an_hour_and_then_for_what_is_missing(placed: Store) -> None:
    sky = Sky()
    await keep(placed, sky, quarters=5)
    assert sky.asked == [(ROUGHLY, 92), (ROUGHLY, 1)]


async def test_a_source_that_fails_is_asked_again_after_a_quarter_of_an_hour(placed: Store) -> None:
    sky = Sky(failures=1)
    await keep(placed, sky, quarters=2)
    assert len(sky.asked) == 2
    assert not placed.source_states(Subject.WEATHER)["Sky 1"].fails


async def test_where_the_first_source_fails_the_next_is_asked_and_named(placed: Store) -> None:
    await keep(placed, Sky(failures=9), Sky(temperature_c=9.0))
    [stored] = placed.weather(ROUGHLY, NOW, NOW + SLOT)
    assert (stored.source, stored.weather.temperature_c) == ("Sky 2", 9.0)
    states = placed.source_states(Subject.WEATHER)
    assert (states["Sky 1"].fails, states["Sky 1"].detail, states["Sky 2"].fails) == (
        True,
        "it is dark",
        False,
    )


async def test_a_source_that_is_down_is_stood_in_for_over_real_connections(placed: Store) -> None:
    down, up = OutsidePeer(lambda _: {}, status=503), OutsidePeer(lambda _: forecast())
    async with (
        listening(down, "/v1/forecast") as (session, down_url),
        listening(up, "/compact") as (other_session, up_url),
    ):

        async def from_met_norway(place: Place, _past_days: int) -> list[SlotWeather]:
            return await met_norway.fetch_weather(other_session, place, url=up_url)

        sources: dict[str, Fetch] = {
            "Open-Meteo": partial(open_meteo.fetch_weather, session, url=down_url),
            "MET Norway": from_met_norway,
        }
        await look(partial(keep_weather, placed, sources), MET_NOW, 1)

    [stored] = placed.weather(ROUGHLY, MET_NOW, MET_NOW + SLOT)
    assert stored.source == "MET Norway"
    assert placed.source_states(Subject.WEATHER)["Open-Meteo"].trouble is Trouble.REFUSED


@pytest.mark.parametrize("ahead", [timedelta(hours=20), -93 * DAY])
async def test_a_forecast_that_does_not_reach_a_day_ahead_is_none(placed: Store, ahead: timedelta) -> None:
    await keep(placed, Sky(ahead=ahead), Sky(temperature_c=9.0))
    assert placed.source_states(Subject.WEATHER)["Sky 1"].detail == "its forecast does not reach a day ahead"
    assert [each.source for each in placed.weather(ROUGHLY, NOW, NOW + SLOT)] == ["Sky 2"]


def known(issued_ago: timedelta, first_ago: timedelta) -> WeatherKnown:
    return WeatherKnown(NOW - issued_ago, "Sky", NOW - first_ago, NOW + 3 * DAY)


def test_after_days_without_an_answer_those_days_are_asked_for() -> None:
    assert past_days(None, NOW) == 92
    assert past_days(known(timedelta(hours=1), 92 * DAY), NOW) == 1
    assert past_days(known(timedelta(days=3, hours=1), 92 * DAY), NOW) == 4
    assert past_days(known(timedelta(days=300), 400 * DAY), NOW) == 92


def test_where_only_the_source_without_a_past_has_answered_the_past_is_still_asked_for() -> None:
    assert past_days(known(timedelta(hours=1), timedelta(hours=5)), NOW) == 92
