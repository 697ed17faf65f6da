"""Keeps the weather at the village up to date, as long as the coordinator runs."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from functools import partial

import structlog

from battery_commons.domain.outside import Subject
from battery_commons.domain.settings import Place
from battery_commons.domain.time import Clock
from battery_commons.domain.weather import SlotWeather, roughly
from battery_commons.sense.outside import OutsideError, ask_in_turn
from battery_commons.sense.weather.open_meteo import MOST_PAST_DAYS
from battery_commons.store import Store, StoreError
from battery_commons.store.weather import WeatherKnown

LOOK_EVERY = timedelta(minutes=15)
ASK_EVERY = timedelta(hours=1)
"""The models behind the sources are run every few hours."""
LEAST_AHEAD = timedelta(days=1)
"""An answer that does not reach as far as plans do at least is none."""
LOOKED_BACK_ENOUGH = timedelta(days=80)
"""Of the days that are asked for at first, some at the beginning may be missing for good."""

type Fetch = Callable[[Place, int], Awaitable[list[SlotWeather]]]
"""Of a place, and how many days back."""

_LOGGER = structlog.get_logger(__name__)


async def keep_weather(store: Store, sources: Mapping[str, Fetch], clock: Clock) -> None:
    """Fetch the weather every hour, from the first source in order that has it, until cancelled.

    Nobody is asked anything while the village has not said where it lies. What fails is tried again after a
    quarter of an hour; meanwhile forecasts rest on the weather that was forecast before.
    """
    while True:
        try:
            await _refresh(store, sources, clock.now())
        except StoreError as error:
            _LOGGER.warning("weather not fetched", error=str(error))
        await asyncio.sleep(clock.wall_seconds(LOOK_EVERY))


async def _refresh(store: Store, sources: Mapping[str, Fetch], now: datetime) -> None:
    settings = await asyncio.to_thread(store.settings)
    if settings.place is None:
        return
    place = roughly(settings.place)
    known = await asyncio.to_thread(store.weather_known, place)
    if known is not None and now - known.issued_at < ASK_EVERY:
        return
    asked = {
        source: partial(_reaching_ahead, fetch, place, past_days(known, now), now)
        for source, fetch in sources.items()
    }
    if answer := await ask_in_turn(store, Subject.WEATHER, asked, now):
        source, weather = answer
        await asyncio.to_thread(store.put_weather, place, source, now, weather)
        _LOGGER.info("weather fetched", source=source, slots=len(weather))


def past_days(known: WeatherKnown | None, now: datetime) -> int:
    """Return how many days back to ask: those since the newest answer, or as many as can be had at first."""
    if known is None or now - known.first < LOOKED_BACK_ENOUGH:
        return MOST_PAST_DAYS
    return min(1 + (now - known.issued_at) // timedelta(days=1), MOST_PAST_DAYS)


async def _reaching_ahead(fetch: Fetch, place: Place, days: int, now: datetime) -> list[SlotWeather]:
    weather = await fetch(place, days)
    if not weather or weather[-1].start < now + LEAST_AHEAD:
        raise OutsideError("its forecast does not reach a day ahead")
    return weather
