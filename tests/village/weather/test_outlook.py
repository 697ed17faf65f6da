"""The weather that forecasts are given: as it was forecast, never as if a stale one were fresh."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from battery_commons.domain.series import Weather
from battery_commons.domain.settings import Place
from battery_commons.domain.time import SLOT, TimeGrid
from battery_commons.domain.weather import SlotWeather
from battery_commons.sense.situation import StockTaker
from battery_commons.sense.weather.outlook import WeatherLookout
from battery_commons.store import Store

NOW = datetime(2026, 6, 21, 12, 7, tzinfo=UTC)
NOON = datetime(2026, 6, 21, 12, tzinfo=UTC)
DAY = timedelta(days=1)
HOME, ROUGHLY = Place(52.8123, 6.2981), Place(52.8, 6.3)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store.open(tmp_path / "village.db")
    store.change_settings(lambda settings: replace(settings, place=HOME))
    yield store
    store.close()


def say(store: Store, issued_at: datetime, temperature_c: float, since: timedelta = timedelta()) -> None:
    """Let a source say one temperature, from `since` before it speaks to three days after."""
    start = issued_at - since
    count = (since + 3 * DAY) // SLOT
    store.put_weather(
        ROUGHLY, "Sky", issued_at, [SlotWeather(start + i * SLOT, temperature_c, 100.0) for i in range(count)]
    )


def temperature_at(weather: Weather | None, moment: datetime) -> float:
    assert weather is not None
    return float(weather.over(TimeGrid(moment, 1))["temperature"][0])


def weather_at(store: Store, now: datetime = NOW) -> Weather | None:
    return WeatherLookout(store, 30 * DAY).weather_at(now)


def test_without_a_place_or_without_weather_there_is_none(store: Store) -> None:
    assert weather_at(store) is None
    say(store, NOON, 15.0)
    assert weather_at(store) is not None
    store.change_settings(lambda settings: replace(settings, place=None))
    assert weather_at(store) is None


def test_the_weather_of_another_place_is_not_this_ones(store: Store) -> None:
    say(store, NOON, 15.0)
    store.change_settings(lambda settings: replace(settings, place=Place(51.0, 6.3)))
    assert weather_at(store) is None


def test_ahead_counts_the_newest_word_and_looking_back_the_one_of_a_day_ahead(store: Store) -> None:
    say(store, NOON - 2 * DAY, 10.0)
    say(store, NOON - DAY, 11.0)
    say(store, NOON, 12.0, since=DAY)

    weather = weather_at(store)
    assert temperature_at(weather, NOON + SLOT) == 12.0
    # Said a day before and more, though the same was said again later, and looked back at since.
    assert temperature_at(weather, NOON - SLOT) == 10.0
    # Not said a day before: at least looked back at.
    assert temperature_at(weather, NOON - DAY - SLOT) == 10.0


def test_what_nobody_forecast_is_looked_back_at(store: Store) -> None:
    say(store, NOON, 12.0, since=3 * DAY)
    assert temperature_at(weather_at(store), NOON - 2 * DAY) == 12.0


def test_a_forecast_of_more_than_a_day_ago_says_nothing_of_what_is_to_come(store: Store) -> None:
    say(store, NOON, 12.0, since=DAY)
    late = NOON + DAY + SLOT
    assert temperature_at(weather_at(store, NOON + DAY), NOON + DAY + SLOT) == 12.0
    weather = weather_at(store, late)
    assert np.isnan(temperature_at(weather, late))
    assert temperature_at(weather, late - SLOT) == 12.0


def test_what_comes_in_later_is_seen_by_the_same_lookout(store: Store) -> None:
    lookout = WeatherLookout(store, 30 * DAY)
    say(store, NOON, 12.0)
    assert temperature_at(lookout.weather_at(NOW), NOON + SLOT) == 12.0
    say(store, NOON + SLOT, 14.0)
    assert temperature_at(lookout.weather_at(NOW + SLOT), NOON + 2 * SLOT) == 14.0


def test_a_situation_has_the_weather(store: Store) -> None:
    assert StockTaker(store).take_stock(NOW).weather is None
    say(store, NOON, 12.0)
    weather = StockTaker(store).take_stock(NOW).weather
    assert weather is not None
    assert set(weather.columns) == {"radiation", "temperature"}
