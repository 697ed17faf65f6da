"""Day-ahead prices from Energy-Charts of Fraunhofer ISE, which need no account (api.energy-charts.info).

The prices of the Dutch bidding zone are CC BY 4.0: Bundesnetzagentur | SMARD.de, by Energy-Charts.
"""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Annotated, Literal

from aiohttp import ClientSession
from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, ValidationError

from battery_commons.domain.tariff import Price
from battery_commons.domain.time import SLOT
from battery_commons.sense.outside import NothingThereError, OutsideError, get_json
from battery_commons.sense.prices.day import slots_of

URL = "https://api.energy-charts.info/price"
LEAST_PEAK_EUR_PER_MWH = 1.0
"""A day on which no price is further than this from zero has not been: its figures are in another unit."""

type _Unix = Annotated[int, Field(ge=0, le=2**33)]


class _Answer(BaseModel):
    """What of an answer is read."""

    model_config = ConfigDict(strict=True)

    unit: Literal["EUR / MWh", "EUR/MWh"]
    unix_seconds: list[_Unix]
    price: list[FiniteFloat | None]


async def fetch_prices(
    session: ClientSession, day: date, timeout_seconds: float = 10.0, url: str = URL
) -> list[Price]:
    """Return the prices of one Dutch calendar day: 92, 96 or 100 quarter hours, whatever they were traded in.

    An empty list says that the day's prices are not published yet.

    Raises:
        OutsideError: No connection, a timeout, or an answer that cannot be trusted.
    """
    query = {"bzn": "NL", "start": day.isoformat(), "end": day.isoformat()}
    try:
        answer = await get_json(session, url, query, timeout_seconds)
    except NothingThereError:
        return []
    return prices_in(answer, day)


def prices_in(answer: object, day: date) -> list[Price]:
    """Return the prices of a Dutch day in an answer, none where it has none. Raises OutsideError."""
    try:
        read = _Answer.model_validate(answer)
        stamps = [datetime.fromtimestamp(second, UTC) for second in read.unix_seconds]
        pairs = [(at, eur) for at, eur in zip(stamps, read.price, strict=True) if eur is not None]
    except ValidationError as error:
        raise OutsideError(f"its prices cannot be read: {error.errors()[0]['msg']}") from error
    except ValueError as error:
        raise OutsideError("it has not one price for each time") from error
    wanted = slots_of(day)
    of_day = [(at, eur) for at, eur in pairs if wanted[0] <= at <= wanted[-1]]
    if not of_day:
        return []
    steps = {later - earlier for (earlier, _), (later, _) in pairwise(of_day)}
    step = steps.pop() if len(steps) == 1 else None
    if step not in {SLOT, timedelta(hours=1)}:
        raise OutsideError("its prices are not one for every hour or quarter hour")
    each = step // SLOT
    starts = [at + n * SLOT for at, _ in of_day for n in range(each)]
    if starts != wanted:
        raise OutsideError(f"its prices of {day} are not one for every quarter hour")
    if max(abs(eur) for _, eur in of_day) < LEAST_PEAK_EUR_PER_MWH:
        raise OutsideError("its prices are too near to zero; are they in EUR/kWh?")
    try:
        return [Price(start, of_day[i // each][1] / 1000) for i, start in enumerate(starts)]
    except ValueError as error:
        raise OutsideError(f"its prices cannot be: {error}") from error
