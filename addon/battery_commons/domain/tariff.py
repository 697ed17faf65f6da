"""What energy costs: the day-ahead price of a slot, and what a tariff makes of it."""

from dataclasses import dataclass
from datetime import datetime
from math import isfinite

import numpy as np
from numpy.typing import NDArray

from battery_commons.domain.time import MARKET_ZONE, slot_start

MAX_PRICE = 5.0
"""EUR per kWh that no day-ahead price exceeds, either way: the market's own limits are -0.50 and +4.00."""


ENERGY_TAX = 0.1108
"""The Dutch tax on a kWh, in EUR with VAT: EUR 0.09161 and 21 % in 2026, for the first 10,000 kWh of a year.

Belastingdienst, rates of environmental taxes. The home fills in the same (flows/tariff.py).
"""

SYNTHETIC = "synthetic"
"""The source of prices that are made up; whoever shows them says so."""


@dataclass(frozen=True, slots=True)
class Price:
    """The day-ahead price of one quarter hour, without taxes and fees."""

    start: datetime
    eur_per_kwh: float
    """May be negative."""

    def __post_init__(self) -> None:
        """Refuse a price outside any market, and a start that is not a quarter hour's."""
        if slot_start(self.start) != self.start:
            raise ValueError(f"a price starts on a quarter hour, not at {self.start.isoformat()}")
        if not (isfinite(self.eur_per_kwh) and abs(self.eur_per_kwh) <= MAX_PRICE):
            raise ValueError(f"no day-ahead price is {self.eur_per_kwh} EUR/kWh; is it EUR/MWh?")


@dataclass(frozen=True, slots=True)
class Tariff:
    """What a household pays for import and gets for export, from the day-ahead price.

    All in EUR per kWh, VAT as a share.
    """

    name: str
    net_metering: bool
    """Whether export earns what import costs, as the yearly netting of the meter amounts to."""
    vat: float = 0.21
    purchase_fee: float = 0.02
    """What the supplier adds to the day-ahead price, before VAT."""
    energy_tax: float = ENERGY_TAX
    """Including VAT."""
    feed_in_fee: float = 0.01
    """What the supplier keeps of export; without VAT, which a household does not charge."""

    def import_price(self, day_ahead: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return what a kWh from the grid costs at these day-ahead prices."""
        return (1 + self.vat) * (day_ahead + self.purchase_fee) + self.energy_tax

    def export_price(self, day_ahead: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return what a kWh fed in earns at these day-ahead prices.

        After net metering it is never below zero: PV is switched off rather than paid for.
        """
        if self.net_metering:
            return self.import_price(day_ahead)
        return np.maximum(day_ahead - self.feed_in_fee, 0.0)


NET_METERING = Tariff("Net metering (until 31 December 2026)", net_metering=True)
AFTER_NET_METERING = Tariff("After net metering", net_metering=False)

NET_METERING_ENDS = datetime(2027, 1, 1, tzinfo=MARKET_ZONE)


def tariff_at(moment: datetime) -> Tariff:
    """Return the tariff of Dutch law at `moment`: net metering ends with the year 2026."""
    return NET_METERING if moment < NET_METERING_ENDS else AFTER_NET_METERING
