"""Months that are made up: any number of homes, by a seed, with everything in them that a month can have."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np

from battery_commons.account.basis import (
    BatteryMonth,
    GridMonth,
    HomeMonth,
    MonthBasis,
    MonthRules,
    Revenue,
)
from battery_commons.account.period import days_of, month_grid
from battery_commons.domain.bylaws import SharingRule
from battery_commons.domain.grid import FEEDER_ID
from battery_commons.domain.home_tariff import stated
from battery_commons.domain.tariff import AFTER_NET_METERING, NET_METERING

FEBRUARY = "2027-02"
MARCH = "2027-03"
EQUAL = MonthRules(SharingRule.EQUAL, 1_000, 0, owners_bear_shortage=False)


def made_month(
    seed: int,
    homes: int = 3,
    period: str = FEBRUARY,
    rules: MonthRules = EQUAL,
    revenue_cents: int = 5_000,
) -> MonthBasis:
    """A month in which batteries do as chance has it, meters fail at times, and members come and go."""
    random = np.random.default_rng(seed)
    slots = month_grid(period).slots
    prices = random.integers(-5_000, 30_000, slots)
    members = tuple(made_home(random, n, period) for n in range(homes))
    load = random.integers(-90_000, 90_000, (2, slots))
    basis = MonthBasis(
        period,
        rules,
        prices,
        random.random(slots) > 0.001,
        (Revenue("cbc", revenue_cents), Revenue("call", -7)),
        (
            GridMonth("t1", load[0], random.random(slots) > 0.01),
            GridMonth(FEEDER_ID, load[0] + load[1], random.random(slots) > 0.01),
        ),
        members,
    )
    return replace(basis, homes=tuple(replace(home, known=_within(basis, home)) for home in basis.homes))


def made_home(random: np.random.Generator, number: int, period: str) -> HomeMonth:
    """The first has two batteries, the second one, the third none, and so on."""
    slots, start = month_grid(period).slots, month_grid(period).start
    first, last = days_of(period)
    first = _later(random, first)
    batteries = tuple(made_battery(random, name, slots) for name in ("cellar", "garage")[: 2 - number % 3])
    net_metering, after = stated(NET_METERING, start), stated(AFTER_NET_METERING, start)
    return HomeMonth(
        f"h{number}",
        "t1",
        on_feeder=bool(random.random() > 0.3),
        first_day=first,
        last_day=last,
        tariffs=((0, net_metering), (int(random.integers(1, slots)), after)),
        house_w=random.integers(-6_000, 6_000, slots),
        known=np.zeros(slots, dtype=np.bool_),  # see _within
        batteries=batteries,
    )


def made_battery(random: np.random.Generator, name: str, slots: int) -> BatteryMonth:
    capacity = int(random.integers(2_000, 15_000))
    return BatteryMonth(
        name,
        capacity,
        max_charge_w=int(random.integers(500, 6_000)),
        max_discharge_w=int(random.integers(500, 6_000)),
        charge_efficiency_1e4=int(random.integers(8_000, 10_001)),
        discharge_efficiency_1e4=int(random.integers(8_000, 10_001)),
        reserve_1e4=int(random.integers(0, 3_000)),
        power_w=random.integers(-3_000, 3_000, slots),
        stored_wh=random.integers(0, capacity + 1, slots + 1),
    )


def _later(random: np.random.Generator, first: date) -> date:
    return first + timedelta(days=int(random.integers(0, 3)))


def _within(basis: MonthBasis, home: HomeMonth) -> np.ndarray:
    known = np.zeros(basis.slots, dtype=np.bool_)
    known[basis.membership(home)] = True
    lost = np.random.default_rng(basis.slots).integers(0, basis.slots, 5)
    for start in lost:
        known[start : start + 9] = False
    return known
