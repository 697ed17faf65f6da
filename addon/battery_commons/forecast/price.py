"""Prices beyond what the market has published: the same quarter hour of the last day that is known."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from battery_commons.domain.time import TimeGrid

DAY = timedelta(days=1)
DAYS_BACK = 7
"""How far back the same quarter hour is looked for: beyond a week the season has moved on."""
UNKNOWN_PRICE = 0.08
"""EUR per kWh assumed where no price is known at all: a flat price moves no battery, and its level little."""


@dataclass(frozen=True, slots=True)
class PriceForecast:
    """A day-ahead price for every slot, and which of them had to be guessed."""

    eur_per_kwh: NDArray[np.float64]
    guessed: NDArray[np.bool_]

    @property
    def guessed_slots(self) -> int:
        """How many prices are a guess."""
        return int(self.guessed.sum())


def extend_prices(known: Mapping[datetime, float], grid: TimeGrid) -> PriceForecast:
    """Return the known price of each slot of `grid`, or a guess from the days before."""
    mean = float(np.mean(list(known.values()))) if known else UNKNOWN_PRICE
    starts = grid.starts()
    prices = [known[start] if start in known else _same_quarter(known, start, mean) for start in starts]
    return PriceForecast(np.array(prices), np.array([start not in known for start in starts]))


def _same_quarter(known: Mapping[datetime, float], start: datetime, otherwise: float) -> float:
    """Return the price of the same quarter hour on the last day that has one, else `otherwise`."""
    for days in range(1, DAYS_BACK + 1):
        if (price := known.get(start - days * DAY)) is not None:
            return price
    return otherwise
