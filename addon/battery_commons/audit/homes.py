"""One home's month, recomputed: what it cost, what M1 would have cost, and what makes the home whole."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from battery_commons.audit.calendar import midnight
from battery_commons.audit.tables import Table

WHOLE = 10_000
"""Of shares and efficiencies, which are in 1e-4."""

type Figures = list[int | None]
type Tariffs = Mapping[str, Mapping[str, str]]
"""A home's, by the quarter hour from which each counts."""


@dataclass(slots=True)
class Battery:
    """A battery: its limits, and what it did."""

    name: str
    capacity: int
    charge: int
    discharge: int
    gain: int
    worth: int
    reserve: int
    power: Figures
    stored: Figures


@dataclass(slots=True)
class Home:
    """What was measured of a home."""

    account: str
    transformer: str
    on_feeder: bool
    days: int
    house: Figures
    batteries: list[Battery]
    bought: list[int]
    """(T,) what import costs, in nEUR/kWh."""
    sold: list[int]
    """(T,) what feed-in earns."""


@dataclass(slots=True)
class Result:
    """A home's month against M1."""

    actual: int = 0
    """What it cost, in parts of which a cent has 4 * 10**10, as all amounts here."""
    by_itself: int = 0
    """What M1 would have cost."""
    wear: int = 0
    """What its batteries wore more than under M1."""
    stored: int = 0
    """What they hold more at the end, less what was valued so a month before."""
    known: int = 0
    """Quarter hours that count."""
    more: list[int] = field(default_factory=list)
    """(T,) what its batteries drew more than under M1, in W."""
    alone: list[int] = field(default_factory=list)
    """(T,) what its meter would have carried under M1; 0 where that is not known."""
    carried: dict[str, tuple[int, int]] = field(default_factory=dict)
    """By battery: what M1 leaves in it, in 1/40,000 Wh, and what the difference was valued at."""

    @property
    def lacking(self) -> int:
        """What makes the home whole, before rounding."""
        return self.actual + self.wear - self.stored - self.by_itself


def read_home(
    record: Mapping[str, str],
    days: tuple[date, date],
    tables: Mapping[str, Table],
    tariffs: Tariffs,
    prices: Figures,
) -> Home:
    """Return a home's month from its tables, a member from the first to the last of `days`.

    Raises ValueError or KeyError for what is none.
    """
    account = record["account"]
    measured = tables[f"quarter-hours-{account}"]
    batteries = [
        Battery(
            each["battery"],
            int(each["capacity_wh"]),
            int(each["max_charge_w"]),
            int(each["max_discharge_w"]),
            int(each["charge_efficiency_1e4"]),
            int(each["discharge_efficiency_1e4"]),
            int(each["reserve_1e4"]),
            _figures(measured.column(f"{each['battery']} W")[:-1]),
            _figures(measured.column(f"{each['battery']} Wh")),
        )
        for each in tables["batteries"].records()
        if each["account"] == account
    ]
    starts, house = measured.column("start")[:-1], _figures(measured.column("house_w")[:-1])
    first, last = days
    begins, ends = midnight(first), midnight(last + timedelta(days=1))
    for start, watts in zip(starts, house, strict=True):
        if watts is not None and not begins <= start < ends:
            raise ValueError(f"{measured.file} has {start}, when the home was no member")
    for battery in batteries:
        _check(battery)
    bought, sold = _prices(starts, tariffs, prices)
    return Home(
        account,
        record["transformer"],
        record["on_feeder"] == "yes",
        (last - first).days + 1,
        [None if price is None else watts for watts, price in zip(house, prices, strict=True)],
        sorted(batteries, key=lambda battery: battery.name),
        bought,
        sold,
    )


def _check(battery: Battery) -> None:
    """Raise ValueError for what no battery can be, or hold."""
    efficient = 0 < battery.gain <= WHOLE and 0 < battery.worth <= WHOLE
    limits = battery.charge >= 0 and battery.discharge >= 0 and 0 <= battery.reserve <= WHOLE
    held = all(0 <= wh <= battery.capacity for wh in battery.stored if wh is not None)
    if not (efficient and limits and held and battery.capacity > 0):
        raise ValueError(f"no battery can be like {battery.name}")


def recompute(home: Home, wear: int, opening: Mapping[str, tuple[int, int]]) -> Result:
    """Return a home's month; `wear` in 1e-5 EUR/kWh, `opening` as Result.carried of the month before."""
    slots = len(home.house)
    known = [slot for slot in range(slots) if home.house[slot] is not None]
    result = Result(known=len(known), more=[0] * slots, alone=[0] * slots)
    by_itself = [home.bought[t] if _of(home.house, t) >= 0 else home.sold[t] for t in known]
    stored_price = max(sum(by_itself) // len(known), 0) if known else 0
    stored = {battery.name: 0 for battery in home.batteries}
    for slot in known:
        begins = slot == 0 or home.house[slot - 1] is None
        ends = slot == slots - 1 or home.house[slot + 1] is None
        if begins:
            for battery in home.batteries:
                stored[battery.name] = _of(battery.stored, slot) * 40_000
                if slot == 0 and battery.name in opening:
                    before, valued = opening[battery.name]
                    stored[battery.name] = min(before, battery.capacity * 40_000)
                    result.stored -= valued
        house = _of(home.house, slot)
        real, alone = house, house
        worn = 0
        for battery in home.batteries:
            power = _of(battery.power, slot)
            m1, stored[battery.name] = _by_itself(battery, alone, stored[battery.name])
            real += power
            alone += m1
            worn += abs(power) - abs(m1)
        result.actual += _cost(real, home, slot)
        result.by_itself += _cost(alone, home, slot)
        result.wear += worn * (wear * 10_000 // 2)
        result.more[slot] = real - alone
        result.alone[slot] = alone
        if ends:
            for battery in home.batteries:
                left = stored[battery.name]
                held = _of(battery.stored, slot + 1) * 40_000
                value = (held - left) * battery.worth * stored_price // 10**8
                result.stored += value
                if slot == slots - 1:
                    result.carried[battery.name] = (left, value)
    return result


def _by_itself(battery: Battery, house: int, stored: int) -> tuple[int, int]:
    """Return a battery's power under M1 in one quarter hour, and what it then holds."""
    if house < 0:
        power = min(-house, battery.charge, (battery.capacity * 40_000 - stored) // battery.gain)
        return power, stored + power * battery.gain
    free = max(stored - battery.capacity * battery.reserve * 4, 0)
    power = min(house, battery.discharge, free * battery.worth // 10**8)
    taken, rest = divmod(power * 10**8, battery.worth)
    return -power, stored - taken - (1 if rest else 0)


def _cost(net: int, home: Home, slot: int) -> int:
    return net * (home.bought[slot] if net >= 0 else home.sold[slot])


def _prices(starts: list[str], tariffs: Tariffs, prices: Figures) -> tuple[list[int], list[int]]:
    """Return what import costs and feed-in earns in each quarter hour, by the home's tariff then."""
    if starts[0] not in tariffs:
        raise ValueError("a home has no tariff at the month's beginning")
    bought, sold = [], []
    share = fixed = feed_in_share = feed_in_fixed = 0
    floor = False
    for start, price in zip(starts, prices, strict=True):
        if tariff := tariffs.get(start):
            share, fixed = int(tariff["import_share_1e4"]), int(tariff["import_fixed_1e5"]) * 10_000
            feed_in_share = int(tariff["export_share_1e4"])
            feed_in_fixed = int(tariff["export_fixed_1e5"]) * 10_000
            floor = tariff["export_floor"] == "yes"
        day_ahead = price or 0
        earns = feed_in_share * day_ahead + feed_in_fixed
        bought.append(share * day_ahead + fixed)
        sold.append(0 if floor and earns < 0 else earns)
    return bought, sold


def _figures(cells: list[str]) -> Figures:
    return [int(cell) if cell else None for cell in cells]


def _of(figures: Figures, slot: int) -> int:
    """Return a figure that has to be there. Raises ValueError where it is not."""
    if (figure := figures[slot]) is None:
        raise ValueError(f"a figure is missing in quarter hour {slot}")
    return figure
