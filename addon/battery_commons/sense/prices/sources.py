"""Where prices come from, in the order in which they are asked."""

from functools import partial

from aiohttp import ClientSession

from battery_commons.sense.prices import energy_charts, energyzero
from battery_commons.sense.prices.feed import Fetch


def price_sources(session: ClientSession) -> dict[str, Fetch]:
    """Return the sources by name. Neither needs an account, and neither has its prices from the other."""
    return {
        "EnergyZero": partial(energyzero.fetch_prices, session),
        "Energy-Charts": partial(energy_charts.fetch_prices, session),
    }
