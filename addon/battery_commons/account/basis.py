"""What a settled month rests on: every figure a whole number, so that anybody can recompute it exactly."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Self

import numpy as np
from numpy.typing import NDArray

from battery_commons.account.period import days_of, midnight, month_grid
from battery_commons.account.prices import export_nano, import_nano
from battery_commons.account.units import SHARE
from battery_commons.domain.battery import WEAR_EUR_PER_KWH, Battery
from battery_commons.domain.bylaws import SharingRule
from battery_commons.domain.grid import FEEDER_ID
from battery_commons.domain.home_tariff import StatedTariff
from battery_commons.domain.settings import VillageSettings
from battery_commons.domain.tariff import MAX_PRICE
from battery_commons.domain.time import SLOT

type Ints = NDArray[np.int64]
type Flags = NDArray[np.bool_]

MOST_W = 1_000_000
"""Of a house, or of a battery: beyond it, a reading is in another unit."""
MOST_GRID_W = 1_000_000_000
MOST_CENTS = 100_000_000_000
NO_HOMES = frozenset({"grid", "fund", "bank"})
"""Accounts of the ledger that are not a home's."""
_ACCOUNT = re.compile(r"[A-Za-z0-9-]{1,64}", re.ASCII)
_MOST_FIXED = round(MAX_PRICE * 100_000)
_MOST_1E5 = 100_000
"""EUR 1 per kWh."""


@dataclass(frozen=True, eq=False)
class BatteryMonth:
    """One battery, as it stood when the month was closed, and what it did in the month's T slots."""

    name: str
    """Unique within its home."""
    capacity_wh: int
    max_charge_w: int
    max_discharge_w: int
    charge_efficiency_1e4: int
    discharge_efficiency_1e4: int
    reserve_1e4: int
    power_w: Ints
    """(T,) mean AC power, positive = charge."""
    stored_wh: Ints
    """(T + 1,) what it held at the start of every slot, and at the month's end."""

    def __post_init__(self) -> None:
        """Refuse what no battery can be."""
        powers = self.max_charge_w >= 0 and self.max_discharge_w >= 0
        efficient = 0 < self.charge_efficiency_1e4 <= SHARE and 0 < self.discharge_efficiency_1e4 <= SHARE
        if not (powers and efficient and self.capacity_wh > 0 and 0 <= self.reserve_1e4 <= SHARE):
            raise ValueError(f"no battery can be like {self.name}")

    @classmethod
    def of(cls, battery: Battery, name: str, power_w: Ints, stored_wh: Ints) -> Self:
        """Return the month of a battery, its limits rounded to whole numbers."""
        return cls(
            name,
            round(battery.capacity_wh),
            round(battery.max_charge_w),
            round(battery.max_discharge_w),
            round(battery.charge_efficiency * SHARE),
            round(battery.discharge_efficiency * SHARE),
            round(battery.reserve * SHARE),
            power_w,
            stored_wh,
        )


@dataclass(frozen=True, eq=False)
class HomeMonth:
    """One home's month."""

    account: str
    """A number that stands for the home, and that stays when the home is erased."""
    transformer: str
    on_feeder: bool
    """Whether its transformer hangs on the village's feeder."""
    first_day: date
    """Of the membership, within the month."""
    last_day: date
    """Of the membership, within the month; this day counts."""
    tariffs: tuple[tuple[int, StatedTariff], ...]
    """Which tariff counts from which slot on; the first from slot 0."""
    house_w: Ints
    """(T,) mean net load without the batteries, positive = import."""
    known: Flags
    """(T,) whether house, batteries and stored energy (at the slot's start and end) are all known."""
    batteries: tuple[BatteryMonth, ...] = ()

    def __post_init__(self) -> None:
        """Refuse figures that do not fit together."""
        if not _ACCOUNT.fullmatch(self.account) or self.account in NO_HOMES:
            raise ValueError(f"a home's account is of letters and digits, not {self.account!r}")
        slots = self.known.size
        names = [battery.name for battery in self.batteries]
        starts = [slot for slot, _ in self.tariffs]
        if self.house_w.size != slots or any(
            battery.power_w.size != slots or battery.stored_wh.size != slots + 1 for battery in self.batteries
        ):
            raise ValueError(f"{self.account}: the figures are not of the same {slots} quarter hours")
        if len(set(names)) != len(names):
            raise ValueError(f"{self.account}: two batteries have the same name")
        if not starts or starts[0] != 0 or starts != sorted(set(starts)) or starts[-1] >= slots:
            raise ValueError(f"{self.account}: tariffs start at slot 0 and follow one another")
        if any(_is_too_much(tariff) for _, tariff in self.tariffs):
            raise ValueError(f"{self.account}: no tariff is beyond EUR 5 per kWh; is it in cents?")
        if self.last_day < self.first_day:
            raise ValueError(f"{self.account}: the membership ends before it begins")
        powers = [self.house_w, *(battery.power_w for battery in self.batteries)]
        if any((np.abs(power[self.known]) > MOST_W).any() for power in powers):
            raise ValueError(f"{self.account}: no home draws more than {MOST_W} W")
        for battery in self.batteries:
            stored = np.concatenate((battery.stored_wh[:-1][self.known], battery.stored_wh[1:][self.known]))
            if ((stored < 0) | (stored > battery.capacity_wh)).any():
                raise ValueError(
                    f"{self.account}: {battery.name} holds less than nothing, or more than it can"
                )

    @property
    def days(self) -> int:
        """How many days of the month it was a member."""
        return (self.last_day - self.first_day).days + 1

    def is_behind(self, grid_id: str) -> bool:
        """Return whether a transformer, or the feeder, carries what its meter does."""
        return self.on_feeder if grid_id == FEEDER_ID else self.transformer == grid_id

    def net_w(self) -> Ints:
        """Return (T,) what its meter carried."""
        return self.house_w + sum(
            (battery.power_w for battery in self.batteries), np.zeros_like(self.house_w)
        )

    def prices_nano(self, day_ahead_1e5: Ints) -> tuple[Ints, Ints]:
        """Return (T,) what import costs and (T,) what feed-in earns under its own tariffs."""
        bought, sold = np.empty_like(day_ahead_1e5), np.empty_like(day_ahead_1e5)
        for slot, tariff in self.tariffs:
            bought[slot:] = import_nano(tariff, day_ahead_1e5[slot:])
            sold[slot:] = export_nano(tariff, day_ahead_1e5[slot:])
        return bought, sold


@dataclass(frozen=True, slots=True)
class MonthRules:
    """What the community had agreed on when the month began: a vote never changes what is past."""

    sharing: SharingRule
    fund_share_1e4: int
    """Of what there is to share, what goes to the fund first."""
    fund_need_cents: int
    owners_bear_shortage: bool
    wear_1e5: int = round(WEAR_EUR_PER_KWH * 100_000)
    """What a kWh through a battery costs of its life, in 1e-5 EUR: half each for charging and discharging."""

    def __post_init__(self) -> None:
        """Refuse what cannot be shared by."""
        if not 0 <= self.fund_share_1e4 <= SHARE or not 0 <= self.fund_need_cents <= MOST_CENTS:
            raise ValueError("the fund's part is a share from 0 to 1, and its need zero or more")
        if not 0 <= self.wear_1e5 <= _MOST_1E5:
            raise ValueError("wear costs EUR 0 to 1 per kWh")

    @classmethod
    def of(cls, settings: VillageSettings) -> Self:
        """Return the rules as the village's settings have them."""
        return cls(
            settings.sharing,
            round(settings.fund_share * SHARE),
            round(settings.bylaws.fund_need_eur * 100),
            settings.bylaws.owners_bear_shortage,
        )


@dataclass(frozen=True, slots=True)
class Revenue:
    """What a contract with a grid operator brought in the month."""

    contract: str
    cents: int
    """Negative for a penalty."""

    def __post_init__(self) -> None:
        """Refuse an amount that is in another unit."""
        if abs(self.cents) > MOST_CENTS:
            raise ValueError(f"{self.contract} brings {self.cents} cents: is that so?")


@dataclass(frozen=True, eq=False)
class GridMonth:
    """What a transformer, or the feeder, carried, with the batteries."""

    id: str
    """The transformer's, or FEEDER_ID."""
    load_w: Ints
    """(T,) positive = import."""
    known: Flags
    """(T,)."""


@dataclass(frozen=True, eq=False)
class MonthBasis:
    """All that a month's settlement is computed from, but for what the months before left."""

    period: str
    """Such as "2026-03"."""
    rules: MonthRules
    price_1e5: Ints
    """(T,) day-ahead price in 1e-5 EUR/kWh, which is the market's 0.01 EUR/MWh."""
    price_known: Flags
    """(T,)."""
    revenues: tuple[Revenue, ...]
    grids: tuple[GridMonth, ...]
    homes: tuple[HomeMonth, ...]

    def __post_init__(self) -> None:
        """Refuse figures that are not of this month, or not of this world."""
        slots = month_grid(self.period).slots
        first, last = days_of(self.period)
        sizes = [self.price_1e5.size, self.price_known.size]
        sizes += [size for grid in self.grids for size in (grid.load_w.size, grid.known.size)]
        sizes += [home.known.size for home in self.homes]
        if any(size != slots for size in sizes):
            raise ValueError(f"{self.period} has {slots} quarter hours")
        for what, ids in {
            "account": [home.account for home in self.homes],
            "grid": [grid.id for grid in self.grids],
            "contract": [revenue.contract for revenue in self.revenues],
        }.items():
            if len(set(ids)) != len(ids):
                raise ValueError(f"{self.period} names an {what} twice")
        if any(home.first_day < first or home.last_day > last for home in self.homes):
            raise ValueError(f"a membership is stated by its days within {self.period}")
        for home in self.homes:
            within = self.membership(home)
            if home.known[: within.start].any() or home.known[within.stop :].any():
                raise ValueError(
                    f"{home.account}: quarter hours are known from before or after the membership"
                )
        if (np.abs(self.price_1e5[self.price_known]) > MAX_PRICE * 100_000).any():
            raise ValueError("no day-ahead price is beyond EUR 5 per kWh")
        if any((np.abs(grid.load_w[grid.known]) > MOST_GRID_W).any() for grid in self.grids):
            raise ValueError("no transformer carries a gigawatt")

    @property
    def slots(self) -> int:
        """How many quarter hours the month has."""
        return self.price_1e5.size

    def membership(self, home: HomeMonth) -> slice:
        """Return the slots of the days on which a home was a member."""
        start = month_grid(self.period).start
        return slice(
            (midnight(home.first_day) - start) // SLOT,
            (midnight(home.last_day + timedelta(days=1)) - start) // SLOT,
        )

    def counted(self, home: HomeMonth) -> Flags:
        """Return (T,) the quarter hours of which everything about a home is known."""
        return home.known & self.price_known


def _is_too_much(tariff: StatedTariff) -> bool:
    shares = (tariff.import_share_1e4, tariff.export_share_1e4)
    fixed = (tariff.import_fixed_1e5, tariff.export_fixed_1e5)
    return any(abs(share) > 2 * SHARE for share in shares) or any(abs(each) > _MOST_FIXED for each in fixed)
