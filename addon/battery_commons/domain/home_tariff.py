"""What one household pays for a kWh, and gets for one, as its own contract says; a village's tariff alike."""

from dataclasses import dataclass
from datetime import UTC, datetime, time
from enum import StrEnum
from math import isfinite

from battery_commons.domain.holidays import is_public_holiday
from battery_commons.domain.tariff import ENERGY_TAX, MAX_PRICE, NET_METERING_ENDS, Tariff
from battery_commons.domain.time import MARKET_ZONE

LOW_FROM, LOW_UNTIL = time(23), time(7)
"""The low tariff of a Dutch meter, by the clock of the wall; weekends and public holidays are low all day."""

_SATURDAY = 5


class TariffKind(StrEnum):
    """How a supplier sets the price of a kWh."""

    DYNAMIC = "dynamic"
    """The day-ahead price of each quarter hour, and something on top."""
    FIXED = "fixed"
    TWO_TARIFF = "two_tariff"
    """Fixed, and lower at night, in weekends and on public holidays."""


@dataclass(frozen=True, slots=True)
class HomeTariff:
    """A household's own contract. All in EUR per kWh; what it pays includes VAT."""

    kind: TariffKind
    energy: float
    """The supplier's price, without energy tax; of DYNAMIC, what it adds to the day-ahead price."""
    energy_tax: float = ENERGY_TAX
    energy_low: float | None = None
    """The price in low hours; for TWO_TARIFF alone."""
    vat: float = 0.21
    """On the day-ahead price of DYNAMIC, as a share: the other figures include it."""
    feed_in: float = 0.0
    """For what is fed in; of DYNAMIC, what is paid on top of the day-ahead price."""
    feed_in_costs: float = 0.0
    """What the supplier charges for each kWh fed in, under net metering too."""
    net_metering: bool = False
    """Whether what is fed in earns what is drawn costs; by Dutch law to the end of 2026 at most."""

    def __post_init__(self) -> None:
        """Refuse what no contract says."""
        energies = [self.energy] if self.energy_low is None else [self.energy, self.energy_low]
        pays = [energy + self.energy_tax for energy in energies]
        earns = [self.feed_in - self.feed_in_costs]
        if self.net_metering:
            earns += [price - self.feed_in_costs for price in pays]
        # The sums too: no month can be settled by a price beyond it.
        prices = [*energies, *pays, *earns, self.energy_tax, self.feed_in, self.feed_in_costs]
        if not all(isfinite(price) and abs(price) <= MAX_PRICE for price in prices):
            raise ValueError(f"a price is at most {MAX_PRICE:g} EUR/kWh; is it in cents?")
        if self.energy_tax < 0 or self.feed_in_costs < 0:
            raise ValueError("tax and costs are zero or more; what feeding in earns is another figure")
        if not 0 <= self.vat <= 1:
            raise ValueError(f"VAT is a share, from 0 to 1, not {self.vat}")
        if (self.energy_low is None) == (self.kind is TariffKind.TWO_TARIFF):
            raise ValueError("a tariff with two prices has a low one, and no other has")


@dataclass(frozen=True, slots=True)
class StatedTariff:
    """What a tariff makes of the day-ahead price, in whole numbers, so that all compute alike.

    A price is a share (in 1e-4) of the day-ahead price, and something fixed (in 1e-5 EUR/kWh).
    """

    name: str
    import_share_1e4: int
    import_fixed_1e5: int
    export_share_1e4: int
    export_fixed_1e5: int
    export_floor: bool = False
    """Whether feeding in never costs anything."""


def stated(tariff: HomeTariff | Tariff, start: datetime) -> StatedTariff:
    """Return what a tariff makes of the day-ahead price in the quarter hour from `start`."""
    if isinstance(tariff, Tariff):
        share, fixed = 1 + tariff.vat, (1 + tariff.vat) * tariff.purchase_fee + tariff.energy_tax
        if tariff.net_metering:
            return StatedTariff(tariff.name, _share(share), _price(fixed), _share(share), _price(fixed))
        earns = _price(-tariff.feed_in_fee)
        return StatedTariff(tariff.name, _share(share), _price(fixed), _share(1), earns, export_floor=True)
    is_dynamic = tariff.kind is TariffKind.DYNAMIC
    energy = tariff.energy if tariff.energy_low is None or not is_low(start) else tariff.energy_low
    costs = _share(1 + tariff.vat if is_dynamic else 0), _price(energy + tariff.energy_tax)
    if tariff.net_metering and start < NET_METERING_ENDS:
        earns_share, earns = costs[0], costs[1] - _price(tariff.feed_in_costs)
    else:
        earns_share, earns = _share(int(is_dynamic)), _price(tariff.feed_in - tariff.feed_in_costs)
    return StatedTariff(tariff.kind.value, *costs, earns_share, earns)


def is_low(start: datetime) -> bool:
    """Return whether the low tariff counts in the quarter hour from `start`."""
    local = start.astimezone(UTC).astimezone(MARKET_ZONE)
    if not LOW_UNTIL <= local.time() < LOW_FROM:
        return True
    return local.weekday() >= _SATURDAY or is_public_holiday(local.date())


def _price(eur_per_kwh: float) -> int:
    return round(eur_per_kwh * 100_000)


def _share(share: float) -> int:
    return round(share * 10_000)
