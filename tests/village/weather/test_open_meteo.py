"""Open-Meteo's weather becomes quarter hours in UTC, or is refused.

The peer answers in the shape of api.open-meteo.com/v1/forecast with `minutely_15` and `timeformat=unixtime`:
a list of stamps and one per variable, with null where nothing is known. Radiation is the mean until then.
"""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from battery_commons.domain.settings import Place
from battery_commons.domain.time import SLOT
from battery_commons.domain.weather import SlotWeather
from battery_commons.sense.outside import OutsideError
from battery_commons.sense.weather.open_meteo import fetch_weather, weather_in
from tests.village.outside_peer import OutsidePeer, listening

PLACE = Place(52.8, 6.3)
TODAY = datetime(2026, 6, 21, tzinfo=UTC)


def forecast(query: dict[str, str]) -> dict[str, Any]:
    """Return an answer: each quarter hour a hundredth of a degree warmer, and a tenth of a W/m² brighter."""
    start = TODAY - timedelta(days=int(query["past_days"]))
    count = (int(query["past_days"]) + int(query["forecast_days"])) * 96
    return {
        "latitude": 52.8,
        "longitude": 6.3000002,
        "generationtime_ms": 0.0811,
        "utc_offset_seconds": 0,
        "timezone": "GMT",
        "timezone_abbreviation": "GMT",
        "elevation": 12.0,
        "minutely_15_units": {"time": "unixtime", "temperature_2m": "°C", "shortwave_radiation": "W/m²"},
        "minutely_15": {
            "time": [int((start + i * SLOT).timestamp()) for i in range(count)],
            "temperature_2m": [i % 1000 / 100 for i in range(count)],
            "shortwave_radiation": [i % 1000 / 10 for i in range(count)],
        },
    }


ANSWER = forecast({"past_days": "1", "forecast_days": "4"})


def changed(**columns: Any) -> dict[str, Any]:
    return ANSWER | {"minutely_15": ANSWER["minutely_15"] | columns}


async def fetched(peer: OutsidePeer, past_days: int = 1) -> list[SlotWeather]:
    async with listening(peer, "/v1/forecast") as (session, url):
        return await fetch_weather(session, PLACE, past_days, timeout_seconds=1, url=url)


async def test_radiation_is_of_the_slot_that_ends_at_its_stamp_and_temperature_the_mean_of_both_ends() -> (
    None
):
    weather = await fetched(OutsidePeer(forecast))
    assert weather[0] == SlotWeather(TODAY - timedelta(days=1), 0.005, 0.1)
    assert weather[96] == SlotWeather(TODAY, 0.965, 9.7)
    assert [each.start for each in weather] == [TODAY + (i - 96) * SLOT for i in range(5 * 96 - 1)]


async def test_it_is_told_a_rough_place_and_who_asks() -> None:
    peer = OutsidePeer(forecast)
    await fetched(peer, past_days=92)
    assert peer.queries == [
        {
            "latitude": "52.8",
            "longitude": "6.3",
            "minutely_15": "temperature_2m,shortwave_radiation",
            "past_days": "92",
            "forecast_days": "4",
            "timeformat": "unixtime",
            "timezone": "GMT",
        }
    ]
    assert peer.agents[0].startswith("battery-commons/")


def test_slots_of_which_something_is_not_known_are_left_out() -> None:
    dim = ANSWER["minutely_15"]["shortwave_radiation"].copy()
    dim[10] = None
    starts = {each.start for each in weather_in(changed(shortwave_radiation=dim))}
    assert {TODAY - timedelta(days=1) + i * SLOT for i in range(479)} - starts == {
        TODAY - timedelta(days=1) + 9 * SLOT
    }


COLUMNS = ANSWER["minutely_15"]


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (
            {"error": True, "reason": "Latitude must be in range of -90 to 90°. Given: 99.0."},
            "cannot be read",
        ),
        (
            ANSWER | {"minutely_15_units": ANSWER["minutely_15_units"] | {"temperature_2m": "°F"}},
            "cannot be read",
        ),
        (ANSWER | {"minutely_15_units": ANSWER["minutely_15_units"] | {"time": "iso8601"}}, "cannot be read"),
        (changed(time=COLUMNS["time"][:-1]), "not one figure of each kind"),
        (changed(temperature_2m=COLUMNS["temperature_2m"][1:]), "not one figure of each kind"),
        (changed(time=COLUMNS["time"][::-1]), "not a quarter hour apart"),
        (changed(time=[COLUMNS["time"][0]] * 480), "not a quarter hour apart"),
        (changed(time=[stamp + 7 for stamp in COLUMNS["time"]]), "quarter hour"),
        (changed(time=[stamp * 1000 for stamp in COLUMNS["time"]]), "cannot be read"),
        (changed(temperature_2m=[288.15] * 480), "is it °F or K"),
        (changed(temperature_2m=[float("nan")] * 480), "is it °F or K"),
        (changed(temperature_2m=["12"] * 480), "cannot be read"),
        (changed(shortwave_radiation=[-1.0] * 480), "no radiation"),
        (changed(shortwave_radiation=[1e300] * 480), "no radiation"),
    ],
)
def test_an_answer_that_cannot_be_trusted_is_refused_whole(answer: object, problem: str) -> None:
    with pytest.raises(OutsideError, match=problem):
        weather_in(answer)


@pytest.mark.parametrize("status", [400, 429, 500, 503])
async def test_a_refusal_is_said_so(status: int) -> None:
    with pytest.raises(OutsideError, match=f"HTTP {status}"):
        await fetched(OutsidePeer(lambda _: {"error": True, "reason": "too many"}, status=status))


async def test_an_answer_that_was_cut_off_is_refused() -> None:
    with pytest.raises(OutsideError, match="no JSON"):
        await fetched(OutsidePeer(lambda query: json.dumps(forecast(query)).encode()[:-100]))


SCALAR = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3)
ANYTHING = st.recursive(SCALAR, lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=3), inner))
FIGURES = st.lists(st.floats() | st.integers() | st.none(), max_size=3)


@given(
    ANYTHING
    | st.fixed_dictionaries(
        {
            "time": st.just(COLUMNS["time"][:3]) | FIGURES,
            "temperature_2m": FIGURES,
            "shortwave_radiation": FIGURES,
        }
    ).map(lambda columns: ANSWER | {"minutely_15": columns})
)
def test_any_other_answer_is_weather_or_refused(answer: object) -> None:
    try:
        weather = weather_in(answer)
    except OutsideError:
        return
    assert all(isinstance(each, SlotWeather) for each in weather)
