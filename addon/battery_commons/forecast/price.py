"""Prices beyond what the market has published: the same quarter hour of the last day that is known."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from battery_commons.domain.time import TimeGrid
from battery_commons.forecast.persistence import same_quarter

UNKNOWN_PRICE = 0.08
"""EUR per kWh assumed where no price is known at all: a flat price moves no battery, and its level little."""


@dataclass(frozen=True, slots=True)
class PriceForecast:
    """A day-ahead price for every slot, and how many of them had to be guessed."""

    eur_per_kwh: NDArray[np.float64]
    guessed_slots: int


def extend_prices(known: Mapping[datetime, float], grid: TimeGrid) -> PriceForecast:
    """Return the known price of each slot of `grid`, or a guess from the days before."""
    mean = float(np.mean(list(known.values()))) if known else UNKNOWN_PRICE
    starts = grid.starts()
    prices = [known[start] if start in known else same_quarter(known, start, mean) for start in starts]
    return PriceForecast(np.array(prices), guessed_slots=sum(start not in known for start in starts))
