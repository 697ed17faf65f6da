"""Made-up day-ahead prices, for where there is neither a file nor a network. Never to be shown as real ones.

With h the local hour in Amsterdam (with its fraction), y the day of the year, day the day's number
(1 January of the year 1 is 1) and n = day + h / 24, in EUR per kWh:

    s     = 1/2 - 1/2 cos(2 pi (y + 10) / 365)                     0 at midwinter, 1 at midsummer
    price = 0.0875 + 0.009 (1 - 2 s)                               winter is dearer
            - 0.0225                                               in the weekend
            + 0.035 bell(h, 8.25, 1.75)                            the morning peak
            + 0.083 bell(h, 19.6 + 4 (s - 1/2), 2)                 the evening peak, later in summer
            - (0.003 + 0.1 s) sun(day) bell(h, 13.75, 3.1)         the dip that PV makes
            + 0.032 waves(n, 3.7, 6.1, 13.3)                       wind
    a price below zero counts for 0.37 of itself: few plants pay to run

    bell(h, c, w) = exp(-((h - c) / w)^2)
    sun(day)      = max(0, 1 + 0.62 waves(day, 2.3, 4.1, 9.7))
    waves(x, a, b, c) = (sin(2 pi x / a) + sin(2 pi x / b + 1) + sin(2 pi x / c + 2)) / sqrt(3/2)

The constants were fitted to the Dutch day-ahead prices of 2025; docs/prices.md shows how well.
"""

from datetime import UTC, datetime
from math import cos, exp, pi, sin, sqrt

from battery_commons.domain.tariff import Price
from battery_commons.domain.time import MARKET_ZONE, SLOT, TimeGrid

SATURDAY = 5


def synthetic_prices(year: int) -> list[Price]:
    """Return a made-up price for every quarter hour of a Dutch calendar year: always the same."""
    start, end = (datetime(n, 1, 1, tzinfo=MARKET_ZONE).astimezone(UTC) for n in (year, year + 1))
    return [
        Price(slot, _price(slot.astimezone(MARKET_ZONE)))
        for slot in TimeGrid(start, (end - start) // SLOT).starts()
    ]


def _price(local: datetime) -> float:
    """Return the price in EUR per kWh at a local time; the formula stands at the top of this module."""
    hour = local.hour + local.minute / 60 + 0.125  # the middle of the quarter hour
    day = local.toordinal()
    summer = 0.5 - 0.5 * cos(2 * pi * (local.timetuple().tm_yday + 10) / 365)
    sun = max(0.0, 1 + 0.62 * _waves(day, 2.3, 4.1, 9.7))
    price = (
        0.0875
        + 0.009 * (1 - 2 * summer)
        - 0.0225 * (local.weekday() >= SATURDAY)
        + 0.035 * _bell(hour, 8.25, 1.75)
        + 0.083 * _bell(hour, 19.6 + 4 * (summer - 0.5), 2)
        - (0.003 + 0.1 * summer) * sun * _bell(hour, 13.75, 3.1)
        + 0.032 * _waves(day + hour / 24, 3.7, 6.1, 13.3)
    )
    return price if price >= 0 else 0.37 * price


def _bell(x: float, centre: float, width: float) -> float:
    return exp(-(((x - centre) / width) ** 2))


def _waves(x: float, *periods: float) -> float:
    """Return sines of periods that never meet again, with a standard deviation of 1."""
    waves = sum(sin(2 * pi * x / period + phase) for phase, period in enumerate(periods))
    return waves / sqrt(len(periods) / 2)
