"""MET Norway's weather becomes quarter hours, the radiation estimated from its clouds, or is refused.

The peer answers in the shape of api.met.no/weatherapi/locationforecast/2.0/compact: hourly for two and a half
days, then every six hours.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from battery_commons.domain.settings import Place
from battery_commons.domain.time import SLOT
from battery_commons.domain.weather import SlotWeather
from battery_commons.sense.outside import OutsideError
from battery_commons.sense.weather.met_norway import fetch_weather, radiation_under_clouds, weather_in
from tests.village.outside_peer import OutsidePeer, listening

PLACE = Place(52.8, 6.3)
NOW = datetime(2026, 6, 21, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


def forecast(
    temperature: Callable[[int], object] = lambda hour: hour / 10,
    clouds: Callable[[int], object] = lambda _: 0.0,
) -> dict[str, Any]:
    hours = [*range(60), *range(60, 120, 6)]
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [6.3, 52.8, 12]},
        "properties": {
            "meta": {
                "updated_at": "2026-06-21T08:40:21Z",
                "units": {
                    "air_pressure_at_sea_level": "hPa",
                    "air_temperature": "celsius",
                    "cloud_area_fraction": "%",
                    "wind_speed": "m/s",
                },
            },
            "timeseries": [
                {
                    "time": f"{NOW + hour * HOUR:%Y-%m-%dT%H:%M:%SZ}",
                    "data": {
                        "instant": {
                            "details": {
                                "air_pressure_at_sea_level": 1013.2,
                                "air_temperature": temperature(hour),
                                "cloud_area_fraction": clouds(hour),
                            }
                        },
                        "next_1_hours": {"summary": {"symbol_code": "clearsky_day"}, "details": {}},
                    },
                }
                for hour in hours
            ],
        },
    }


async def test_hours_become_quarter_hours_with_the_temperature_in_between() -> None:
    peer = OutsidePeer(lambda _: forecast())
    async with listening(peer, "/compact") as (session, url):
        weather = await fetch_weather(session, PLACE, timeout_seconds=1, url=url)
    assert [each.start for each in weather] == [NOW + i * SLOT for i in range(4 * 96)]
    assert weather[0].temperature_c == pytest.approx(0.0125)
    assert weather[4].temperature_c == pytest.approx(0.1125)


async def test_it_is_told_a_rough_place_and_who_asks() -> None:
    peer = OutsidePeer(lambda _: forecast())
    async with listening(peer, "/compact") as (session, url):
        await fetch_weather(session, PLACE, timeout_seconds=1, url=url)
    assert peer.queries == [{"lat": "52.8", "lon": "6.3"}]
    assert peer.agents[0].startswith("battery-commons/")
    assert "https://" in peer.agents[0]  # its terms of service ask for a way to reach who asks


def test_the_sun_of_midsummer_is_highest_around_noon_and_gone_at_night() -> None:
    weather = {each.start: each.radiation_w_m2 for each in weather_in(forecast(), PLACE)}
    today = {start: w_m2 for start, w_m2 in weather.items() if start.day == NOW.day}
    brightest = max(today, key=lambda start: today[start])
    # Solar noon is at 11:37 UTC there.
    assert datetime(2026, 6, 21, 11, tzinfo=UTC) <= brightest <= datetime(2026, 6, 21, 12, tzinfo=UTC)
    assert 760 < today[brightest] < 800
    assert weather[datetime(2026, 6, 22, 0, tzinfo=UTC)] == 0


def test_a_sky_that_is_clouded_all_over_lets_a_quarter_of_the_sun_through() -> None:
    clear, half, clouded = radiation_under_clouds(np.array([0.0, 0.5, 1.0]), np.array([0.8, 0.8, 0.8]))
    assert clouded == pytest.approx(clear / 4)
    assert 0.9 * clear < half < clear


def moved(**changes: Any) -> dict[str, Any]:
    answer = forecast()
    answer["properties"] |= changes
    return answer


SERIES = forecast()["properties"]["timeseries"]


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        ([], "cannot be read"),
        (moved(timeseries=[]), "cannot be read"),
        (moved(timeseries=SERIES[:1]), "cannot be read"),
        (moved(timeseries=SERIES[::-1]), "out of order"),
        (moved(timeseries=[SERIES[0], *SERIES]), "out of order"),
        (moved(timeseries=[SERIES[0], *SERIES[10:]]), "too far apart"),
        (
            moved(meta={"units": {"air_temperature": "fahrenheit", "cloud_area_fraction": "%"}}),
            "cannot be read",
        ),
        (moved(meta={"units": {"air_temperature": "celsius", "cloud_area_fraction": "1"}}), "cannot be read"),
        (forecast(temperature=lambda _: float("nan")), "cannot be read"),
        (forecast(temperature=lambda _: 911), "cannot be read"),
        (forecast(clouds=lambda _: 101.0), "cannot be read"),
        (forecast(clouds=lambda _: None), "cannot be read"),
        (moved(timeseries=[SERIES[0] | {"time": "2026-06-21T09:00:00"}, *SERIES[1:]]), "cannot be read"),
    ],
)
def test_an_answer_that_cannot_be_trusted_is_refused_whole(answer: object, problem: str) -> None:
    with pytest.raises(OutsideError, match=problem):
        weather_in(answer, PLACE)


async def test_without_a_user_agent_it_would_refuse_and_that_is_said_so() -> None:
    peer = OutsidePeer(lambda _: b"Forbidden", status=403)
    async with listening(peer, "/compact") as (session, url):
        with pytest.raises(OutsideError, match="HTTP 403"):
            await fetch_weather(session, PLACE, timeout_seconds=1, url=url)


SCALAR = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3)
ANYTHING = st.recursive(SCALAR, lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=3), inner))
MOMENT = st.builds(
    lambda time, temperature, clouds: {
        "time": time,
        "data": {"instant": {"details": {"air_temperature": temperature, "cloud_area_fraction": clouds}}},
    },
    st.datetimes(timezones=st.just(UTC)).map(datetime.isoformat) | SCALAR,
    SCALAR | st.floats(-60, 60),
    SCALAR | st.floats(0, 100),
)


@given(ANYTHING | st.lists(MOMENT, max_size=4).map(lambda series: moved(timeseries=series)))
def test_any_other_answer_is_weather_or_refused(answer: object) -> None:
    try:
        weather = weather_in(answer, PLACE)
    except OutsideError:
        return
    assert all(isinstance(each, SlotWeather) for each in weather)


@given(st.integers(0, 10**9), st.integers(1, 21_600), st.floats(-90, 90), st.floats(-180, 180))
def test_wherever_and_whenever_the_weather_is_weather(
    second: int, apart: int, latitude: float, longitude: float
) -> None:
    first = datetime.fromtimestamp(second, UTC)
    series = [SERIES[0] | {"time": (first + timedelta(seconds=n * apart)).isoformat()} for n in range(3)]
    weather = weather_in(moved(timeseries=series), Place(latitude, longitude))
    assert all(
        first <= each.start and each.start + SLOT <= first + 2 * timedelta(seconds=apart) for each in weather
    )
