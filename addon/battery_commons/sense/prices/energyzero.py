"""Day-ahead prices from EnergyZero's public API, which needs no account."""

from datetime import date, datetime

from aiohttp import ClientSession
from energyzero import (
    EnergyZero,
    EnergyZeroConnectionError,
    EnergyZeroError,
    EnergyZeroNoDataError,
    Interval,
    PriceType,
)

from battery_commons.domain.outside import Trouble
from battery_commons.domain.tariff import Price
from battery_commons.domain.time import MARKET_ZONE, SLOT
from battery_commons.sense.outside import OutsideError
from battery_commons.sense.prices.day import slots_of


async def fetch_prices(session: ClientSession, day: date, timeout_seconds: float = 10.0) -> list[Price]:
    """Return the prices of one Dutch calendar day: 92, 96 or 100 quarter hours.

    An empty list says that the day's prices are not published yet: tomorrow's come in the early afternoon.

    Args:
        session: Carries the request.
        day: The day in the Netherlands.
        timeout_seconds: How long EnergyZero may take to answer.

    Raises:
        OutsideError: No connection, a timeout, or an answer that cannot be trusted.
    """
    client = EnergyZero(session=session, request_timeout=timeout_seconds)
    try:
        answer = await client.get_electricity_prices(
            day, interval=Interval.QUARTER, price_type=PriceType.MARKET, local_tz=MARKET_ZONE
        )
        prices = [
            Price(start, value)
            for block, value in sorted(answer.prices.items(), key=lambda item: item[0].start_including)
            for start in _slots(block.start_including, block.end_excluding)
        ]
    except EnergyZeroNoDataError:
        return []
    except EnergyZeroConnectionError as error:
        raise OutsideError(f"EnergyZero's prices of {day}: {error}", Trouble.UNREACHABLE) from error
    except EnergyZeroError as error:
        raise OutsideError(f"EnergyZero's prices of {day}: {error}") from error
    # The library hands over what it reads unchecked, so a change of the API shows as one of these.
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise OutsideError(f"EnergyZero's prices of {day} cannot be read: {error!r}") from error
    if [price.start for price in prices] != slots_of(day):
        raise OutsideError(f"EnergyZero's prices of {day} are not one for every quarter hour")
    return prices


def _slots(start: datetime, end: datetime) -> list[datetime]:
    """Return the starts of the quarter hours in [start, end), at most those of the longest day."""
    count = min((end - start) // SLOT, 100)
    return [start + i * SLOT for i in range(count)]
