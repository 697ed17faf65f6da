"""The weather from MET Norway, which needs no account (api.met.no, locationforecast 2.0; CC BY 4.0).

It tells how much of the sky is clouded and not what the sun sends down, so that is estimated here. Home
Assistant's own weather comes from it, too, unless another source was chosen there.
"""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Annotated, Literal

import numpy as np
from aiohttp import ClientSession
from numpy.typing import NDArray
from pydantic import AwareDatetime, BaseModel, Field, ValidationError

from battery_commons.domain.settings import Place
from battery_commons.domain.sun import sun_of_day
from battery_commons.domain.time import SLOT, SLOTS_PER_DAY, slot_start
from battery_commons.domain.weather import COLDEST_C, HOTTEST_C, SlotWeather
from battery_commons.sense.outside import OutsideError, get_json

URL = "https://api.met.no/weatherapi/locationforecast/2.0/compact"
MOST_SLOTS = 4 * SLOTS_PER_DAY
LONGEST_GAP = timedelta(hours=6)
"""It has every hour of the first days, and every sixth after that."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

type Floats = NDArray[np.float64]


class _Units(BaseModel):
    air_temperature: Literal["celsius"]
    cloud_area_fraction: Literal["%"]


class _Meta(BaseModel):
    units: _Units


class _Details(BaseModel):
    air_temperature: Annotated[float, Field(strict=True, ge=COLDEST_C, le=HOTTEST_C)]
    cloud_area_fraction: Annotated[float, Field(strict=True, ge=0, le=100)]


class _Instant(BaseModel):
    details: _Details


class _Data(BaseModel):
    instant: _Instant


class _Moment(BaseModel):
    time: AwareDatetime
    data: _Data


class _Properties(BaseModel):
    meta: _Meta
    timeseries: Annotated[list[_Moment], Field(min_length=2, max_length=1000)]


class _Answer(BaseModel):
    """What of an answer is read."""

    properties: _Properties


async def fetch_weather(
    session: ClientSession, place: Place, timeout_seconds: float = 20.0, url: str = URL
) -> list[SlotWeather]:
    """Return the weather of some days ahead; it tells nothing of the past.

    Args:
        session: Carries the request.
        place: Is told to MET Norway as it is.
        timeout_seconds: How long MET Norway may take to answer.
        url: Where it is asked.

    Raises:
        OutsideError: No connection, a timeout, or an answer that cannot be trusted.
    """
    query = {"lat": f"{place.latitude:.1f}", "lon": f"{place.longitude:.1f}"}
    return weather_in(await get_json(session, url, query, timeout_seconds), place)


def weather_in(answer: object, place: Place) -> list[SlotWeather]:
    """Return the weather of the whole slots in an answer, as far as it goes in steps that tell enough.

    Raises OutsideError.
    """
    try:
        moments = _Answer.model_validate(answer).properties.timeseries
    except ValidationError as error:
        raise OutsideError(f"its weather cannot be read: {error.errors()[0]['msg']}") from error
    if any(
        not timedelta() < later.time - earlier.time <= LONGEST_GAP for earlier, later in pairwise(moments)
    ):
        raise OutsideError("its times are out of order, or too far apart")
    first, last = slot_start(moments[0].time), moments[-1].time
    if first < moments[0].time:
        first += SLOT
    starts = [first + i * SLOT for i in range(min((last - first) // SLOT, MOST_SLOTS))]
    known_at = [moment.time.timestamp() for moment in moments]
    middle = [(start + SLOT / 2).timestamp() for start in starts]
    details = [moment.data.instant.details for moment in moments]
    temperature = np.interp(middle, known_at, [each.air_temperature for each in details])
    clouded = np.interp(middle, known_at, [each.cloud_area_fraction / 100 for each in details])
    radiation = radiation_under_clouds(clouded, _sun_height(starts, place))
    return [
        SlotWeather(start, float(t), float(r))
        for start, t, r in zip(starts, temperature, radiation, strict=True)
    ]


def radiation_under_clouds(clouded: Floats, height: Floats) -> Floats:
    """Return the radiation (W/m²) with a share of the sky clouded, and the sine of the sun's height.

    After Kasten and Czeplak, "Solar and terrestrial radiation dependent on the amount and type of cloud",
    Solar Energy 24 (1980).
    """
    clear = np.maximum(910 * height - 30, 0.0)
    radiation: Floats = clear * (1 - 0.75 * clouded**3.4)
    return radiation


def _sun_height(starts: list[datetime], place: Place) -> Floats:
    days = [(start - _EPOCH).days for start in starts]
    heights = {day: sun_of_day(day, place)[0] for day in set(days)}
    return np.array(
        [
            heights[day][(start - _EPOCH) // SLOT % SLOTS_PER_DAY]
            for start, day in zip(starts, days, strict=True)
        ]
    )
