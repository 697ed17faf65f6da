"""The weather from Open-Meteo, which needs no account (open-meteo.com/en/docs; CC BY 4.0).

It chooses the best of the weather services' own models for a place. What it says of the past is the first
hours of each of their runs, put together.
"""

from datetime import UTC, datetime
from itertools import pairwise
from typing import Annotated, Literal

from aiohttp import ClientSession
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from battery_commons.domain.settings import Place
from battery_commons.domain.time import SLOT
from battery_commons.domain.weather import SlotWeather
from battery_commons.sense.outside import OutsideError, get_json

URL = "https://api.open-meteo.com/v1/forecast"
MOST_PAST_DAYS = 92
DAYS_AHEAD = 4

type _Unix = Annotated[int, Field(ge=0, le=2**33)]
type _Figures = list[float | None]


class _Units(BaseModel):
    time: Literal["unixtime"]
    temperature_2m: Literal["°C"]
    shortwave_radiation: Literal["W/m²"]


class _Columns(BaseModel):
    model_config = ConfigDict(strict=True)

    time: list[_Unix]
    temperature_2m: _Figures
    shortwave_radiation: _Figures


class _Answer(BaseModel):
    """What of an answer is read."""

    minutely_15_units: _Units
    minutely_15: _Columns


async def fetch_weather(
    session: ClientSession, place: Place, past_days: int, timeout_seconds: float = 20.0, url: str = URL
) -> list[SlotWeather]:
    """Return the weather from `past_days` back to some days ahead.

    Args:
        session: Carries the request.
        place: Is told to Open-Meteo as it is.
        past_days: How many days back, at most `MOST_PAST_DAYS`.
        timeout_seconds: How long Open-Meteo may take to answer.
        url: Where it is asked.

    Raises:
        OutsideError: No connection, a timeout, or an answer that cannot be trusted.
    """
    query = {
        "latitude": f"{place.latitude:.1f}",
        "longitude": f"{place.longitude:.1f}",
        "minutely_15": "temperature_2m,shortwave_radiation",
        "past_days": str(min(past_days, MOST_PAST_DAYS)),
        "forecast_days": str(DAYS_AHEAD),
        "timeformat": "unixtime",
        "timezone": "GMT",
    }
    return weather_in(await get_json(session, url, query, timeout_seconds))


def weather_in(answer: object) -> list[SlotWeather]:
    """Return the weather of the slots that an answer knows all of. Raises OutsideError."""
    try:
        columns = _Answer.model_validate(answer).minutely_15
    except ValidationError as error:
        raise OutsideError(f"its weather cannot be read: {error.errors()[0]['msg']}") from error
    stamps = [datetime.fromtimestamp(second, UTC) for second in columns.time]
    if not len(stamps) == len(columns.temperature_2m) == len(columns.shortwave_radiation):
        raise OutsideError("it has not one figure of each kind for each time")
    if any(later - earlier != SLOT for earlier, later in pairwise(stamps)):
        raise OutsideError("its times are not a quarter hour apart")
    try:
        # Radiation is the mean of the quarter hour before its stamp, temperature that of the moment.
        return [
            SlotWeather(before, (cold + warm) / 2, radiation)
            for (before, _), (cold, warm), radiation in zip(
                pairwise(stamps),
                pairwise(columns.temperature_2m),
                columns.shortwave_radiation[1:],
                strict=True,
            )
            if cold is not None and warm is not None and radiation is not None
        ]
    except ValueError as error:
        raise OutsideError(f"its weather cannot be: {error}") from error
