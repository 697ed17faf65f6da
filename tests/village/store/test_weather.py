"""What is kept of the weather and of the sources outside."""

from datetime import timedelta

from battery_commons.domain.outside import SourceState, Subject, Trouble
from battery_commons.domain.settings import Place
from battery_commons.domain.time import SLOT
from battery_commons.domain.weather import SlotWeather
from battery_commons.store import Store
from battery_commons.store.retention import WEATHER
from battery_commons.store.weather import WeatherKnown

from .conftest import NOON

PLACE = Place(52.8, 6.3)
DAY = timedelta(days=1)


def test_of_a_place_without_weather_nothing_is_known(store: Store) -> None:
    assert store.weather_known(PLACE) is None
    assert store.weather(PLACE, NOON, NOON + DAY) == []


def test_the_newest_word_takes_the_place_of_the_one_before(store: Store) -> None:
    store.put_weather(
        PLACE, "Sky", NOON - SLOT, [SlotWeather(NOON, 10, 500), SlotWeather(NOON + SLOT, 11, 510)]
    )
    store.put_weather(PLACE, "Sea", NOON, [SlotWeather(NOON, 12, 520)])

    first, second = store.weather(PLACE, NOON, NOON + DAY)
    assert (first.weather, first.source, first.issued_at) == (SlotWeather(NOON, 12, 520), "Sea", NOON)
    assert (second.weather.temperature_c, second.source) == (11, "Sky")
    assert store.weather_known(PLACE) == WeatherKnown(NOON, "Sea", NOON, NOON + SLOT)


def test_what_was_said_a_day_ahead_stays_as_it_was_said(store: Store) -> None:
    for before, temperature_c in ((2 * DAY, 9), (DAY, 10), (DAY - SLOT, 11), (-DAY, 12)):
        store.put_weather(PLACE, "Sky", NOON - before, [SlotWeather(NOON, temperature_c, 0)])

    [ahead] = store.weather(PLACE, NOON, NOON + SLOT, a_day_ahead=True)
    [newest] = store.weather(PLACE, NOON, NOON + SLOT)
    assert (ahead.weather.temperature_c, ahead.issued_at) == (10, NOON - DAY)
    assert (newest.weather.temperature_c, newest.issued_at) == (12, NOON + DAY)


def test_weather_beyond_what_forecasts_look_back_to_is_thrown_away(store: Store) -> None:
    old, young = NOON - WEATHER - SLOT, NOON - WEATHER
    store.put_weather(PLACE, "Sky", old - DAY, [SlotWeather(old, 1, 0), SlotWeather(young, 2, 0)])
    assert sum(store.discard_old(NOON)) == 2
    assert [each.weather.start for each in store.weather(PLACE, old, NOON)] == [young]


def test_a_source_is_remembered_by_its_last_answer_and_its_last_failure(store: Store) -> None:
    store.note_failure(Subject.PRICES, "Market", NOON, Trouble.LATE, "closed")
    store.note_answer(Subject.PRICES, "Market", NOON + SLOT)
    store.note_answer(Subject.WEATHER, "Sky", NOON)

    state = SourceState(Subject.PRICES, "Market", NOON + SLOT, NOON, Trouble.LATE, "closed")
    assert store.source_states(Subject.PRICES) == {"Market": state}
    assert not state.fails
    store.note_failure(Subject.PRICES, "Market", NOON + 2 * SLOT, Trouble.REFUSED, "x" * 10_000)
    state = store.source_states(Subject.PRICES)["Market"]
    assert state.fails
    assert len(state.detail or "") == 300
