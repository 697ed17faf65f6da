"""The weather as forecasts see it: looked back at as it was forecast, looked ahead to as it is."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from battery_commons.domain.series import Weather
from battery_commons.domain.settings import Place
from battery_commons.domain.time import SLOT, slot_start
from battery_commons.domain.weather import roughly
from battery_commons.store import Store
from battery_commons.store.weather import WeatherKnown

FRESH_FOR = timedelta(hours=6)
"""For this long nothing is amiss when no new forecast comes in."""
USABLE_FOR = timedelta(days=1)
"""Forecasts learn from weather that was forecast a day ahead; what is older tells less than they think."""
AHEAD = timedelta(days=5)
"""Further than any source reaches."""


@dataclass(slots=True)
class WeatherLookout:
    """Reads the weather from the store, anew only when more has come in."""

    store: Store
    history: timedelta
    """How far back the weather is looked up."""
    _read: tuple[Place, WeatherKnown] | None = None
    _weather: Weather | None = None

    def weather_at(self, now: datetime) -> Weather | None:
        """Return the weather at the village, None where nothing is known of it. Raises StoreError.

        Where the newest forecast is too old, nothing is said of what is still to come.
        """
        settings = self.store.settings()
        if settings.place is None:
            return None
        place = roughly(settings.place)
        known = self.store.weather_known(place)
        if known is None:
            return None
        if (place, known) != self._read:
            self._weather = _weather(self.store, place, slot_start(now), slot_start(now - self.history))
            self._read = (place, known)
        weather = self._weather
        if weather is None or now - known.issued_at <= USABLE_FOR:
            return weather
        said = max((slot_start(now) - weather.start) // SLOT, 0)
        return Weather(weather.start, {name: values[:said] for name, values in weather.columns.items()})


def _weather(store: Store, place: Place, present: datetime, start: datetime) -> Weather | None:
    """Return the weather from `start` on: of what is past as it was forecast a day ahead, where it was."""
    newest = {each.weather.start: each.weather for each in store.weather(place, start, present + AHEAD)}
    ahead = store.weather(place, start, present, a_day_ahead=True)
    slots = newest | {each.weather.start: each.weather for each in ahead}
    if not slots:
        return None
    first = min(slots)
    temperature, radiation = np.full((2, (max(slots) - first) // SLOT + 1), np.nan)
    for moment, weather in slots.items():
        i = (moment - first) // SLOT
        temperature[i], radiation[i] = weather.temperature_c, weather.radiation_w_m2
    return Weather(first, {"radiation": radiation, "temperature": temperature})
