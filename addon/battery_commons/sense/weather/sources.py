"""Where the weather comes from, in the order in which it is asked for."""

from functools import partial

from aiohttp import ClientSession

from battery_commons.domain.settings import Place
from battery_commons.domain.weather import SlotWeather
from battery_commons.sense.weather import met_norway, open_meteo
from battery_commons.sense.weather.feed import Fetch


def weather_sources(session: ClientSession) -> dict[str, Fetch]:
    """Return the sources by name; neither needs an account."""

    async def from_met_norway(place: Place, _past_days: int) -> list[SlotWeather]:
        return await met_norway.fetch_weather(session, place)

    return {"Open-Meteo": partial(open_meteo.fetch_weather, session), "MET Norway": from_met_norway}
