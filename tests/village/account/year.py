"""A year of the built-in village as its account sees it: July 2026 to June 2027.

Models and rules change as its members vote (decided.py), homes join and leave, net metering ends on 1 January
and one home changes supplier in the midst of a month, meters fail, and two months are corrected after they
were closed.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache

import numpy as np

from battery_commons.account.basis import (
    BatteryMonth,
    Flags,
    GridMonth,
    HomeMonth,
    Ints,
    MonthBasis,
    Revenue,
)
from battery_commons.account.closing import ClosedMonth, close
from battery_commons.account.ledger import BANK, FUND, Draft, Entry, EntryKind, append, balances
from battery_commons.account.period import days_of, midnight, month_grid, next_period
from battery_commons.account.settle import MonthSettlement
from battery_commons.account.table import Table
from battery_commons.control.models import OBJECTIVES
from battery_commons.control.optimise import optimise
from battery_commons.domain.grid import FEEDER_ID
from battery_commons.domain.home_tariff import StatedTariff, stated
from battery_commons.domain.tariff import Tariff, tariff_at
from battery_commons.domain.time import SLOT, TimeGrid
from battery_commons.simulation.builtin import record_builtin
from battery_commons.simulation.problems import half_full, problem_with_foresight
from battery_commons.simulation.recorded import Floats, RecordedVillage
from battery_commons.simulation.replay import drive
from tests.village.account.decided import FIRST, JOINS, LAST, LEAVES, WITHOUT_BATTERY, decided_year

REVENUE_CENTS = {"2026-10": 30_000, "2026-11": 31_575, "2027-02": 22_201, "2027-03": 24_000, "2027-04": 3}
FUND_USE = {FUND: -4_000, BANK: 4_000}
NEW_SUPPLIER = Tariff("Another supplier", net_metering=False, purchase_fee=0.0151, feed_in_fee=0.0025)
CHANGES_SUPPLIER = ("c005", midnight(date(2027, 3, 15)))
FAULTS = (
    ("c034", datetime(2026, 9, 9, tzinfo=UTC), datetime(2026, 9, 12, 7, 30, tzinfo=UTC)),
    ("c034", datetime(2026, 11, 30, 20, tzinfo=UTC), datetime(2026, 12, 1, 9, tzinfo=UTC)),
    ("c001", datetime(2027, 1, 9, tzinfo=UTC), datetime(2027, 1, 20, tzinfo=UTC)),
    ("c050", datetime(2027, 5, 3, 4, 15, tzinfo=UTC), datetime(2027, 5, 3, 4, 30, tzinfo=UTC)),
)
"""Whose meters told nothing, from when until when."""


@dataclass(frozen=True, eq=False)
class Year:
    """The account of a year."""

    entries: tuple[Entry, ...]
    months: dict[str, ClosedMonth]
    """Each as it was last closed."""
    tables: dict[tuple[str, str, str], str]

    def settlement(self, period: str) -> MonthSettlement:
        return self.months[period].settlement


def periods(first: str = FIRST, last: str = LAST) -> list[str]:
    every = [first]
    while every[-1] != last:
        every.append(next_period(every[-1]))
    return every


@cache
def lived_year() -> tuple[RecordedVillage, Floats, Floats]:
    """The village's record moved to 2026/27, with what its batteries did (N, T) and held (N, T + 1)."""
    record = moved(record_builtin())
    stored_wh = half_full(record)
    powers, energies = [], [stored_wh[:, np.newaxis]]
    for period in periods():
        grid = month_grid(period)
        model = decided_year().models[period]
        for first in range(0, grid.slots, 672):
            start = (grid.start - record.grid.start) // SLOT + first
            slots = min(672, grid.slots - first)
            ahead = min(slots + 96, record.grid.slots - start)
            problem = problem_with_foresight(record, tariff_at(grid.start), stored_wh, start, ahead)
            setpoints_w = optimise(problem, OBJECTIVES[model](problem)).power_w[:, :slots]
            for n, site in enumerate(record.site_of):
                joined = JOINS.get(record.sites[site].id)
                if joined and grid.start + first * SLOT < midnight(joined):
                    setpoints_w[n] = np.nan
            house_w = record.house_w[:, start : start + slots]
            power_w, energy_wh = drive(record.batteries, setpoints_w, house_w, stored_wh.tolist())
            stored_wh = energy_wh[:, -1]
            powers.append(power_w)
            energies.append(energy_wh[:, 1:])
    return record, np.hstack(powers), np.hstack(energies)


def moved(record: RecordedVillage) -> RecordedVillage:
    """Each month of the record takes the place of the same month of 2026/27."""
    start = month_grid(FIRST).start
    slots = (month_grid(LAST).end - start) // SLOT
    index = np.concatenate([_same_month(record, period) for period in periods()])
    assert index.size == slots
    assert record.feeder_background_w is not None
    return replace(
        record,
        grid=TimeGrid(start, slots),
        base_load_w=record.base_load_w[:, index],
        site_net_w=record.site_net_w[:, index],
        day_ahead=record.day_ahead[index],
        feeder_background_w=record.feeder_background_w[index],
        weather=None,
    )


def _same_month(record: RecordedVillage, period: str) -> np.ndarray:
    of_record = month_grid(f"2016{period[4:]}")
    return (of_record.start - record.grid.start) // SLOT + np.arange(month_grid(period).slots)


def basis_of_year(period: str, *, repaired: bool = False) -> MonthBasis:
    """A month of the lived year; `repaired` has the readings of the first fault after all."""
    record, power_w, energy_wh = lived_year()
    grid = month_grid(period)
    first = (grid.start - record.grid.start) // SLOT
    part = slice(first, first + grid.slots)
    sites = {site.id: s for s, site in enumerate(record.sites)}
    batteries = {record.sites[site].id: n for n, site in enumerate(record.site_of)}
    load_w = record.base_load_w[:, part].copy()
    np.add.at(load_w, record.transformer_of, power_w[:, part])
    assert record.feeder_background_w is not None
    loads = {t.id: load_w[k] for k, t in enumerate(record.transformers)}
    loads[FEEDER_ID] = record.feeder_background_w[part] + load_w.sum(axis=0)
    homes = []
    for site in (*batteries, *WITHOUT_BATTERY):
        month_begins, month_ends = days_of(period)
        joined = max(JOINS.get(site, month_begins), month_begins)
        left = min(LEAVES.get(site, month_ends), month_ends)
        if joined > left:
            continue
        known = _known(site, grid, (joined, left), faults=FAULTS[1:] if repaired else FAULTS)
        battery: tuple[BatteryMonth, ...] = ()
        if (n := batteries.get(site)) is not None:
            held_wh = whole(energy_wh[n, first : first + grid.slots + 1])
            battery = (BatteryMonth.of(record.batteries[n], "battery", whole(power_w[n, part]), held_wh),)
        homes.append(
            HomeMonth(
                account=site,
                transformer=record.sites[sites[site]].transformer_id,
                on_feeder=True,
                first_day=joined,
                last_day=left,
                tariffs=_tariffs(site, grid),
                house_w=whole(record.site_net_w[sites[site], part]),
                known=known,
                batteries=battery,
            )
        )
    all_known = np.ones(grid.slots, dtype=np.bool_)
    return MonthBasis(
        period,
        decided_year().rules[period],
        whole(record.day_ahead[part] * 100_000),
        all_known,
        tuple(Revenue(name, cents) for name, cents in (("G-CBC", REVENUE_CENTS.get(period, 0)),) if cents),
        tuple(GridMonth(name, whole(load), all_known) for name, load in loads.items()),
        tuple(homes),
    )


def whole(figures: Floats) -> Ints:
    return np.rint(figures).astype(np.int64)


def _known(
    site: str, grid: TimeGrid, days: tuple[date, date], faults: Sequence[tuple[str, datetime, datetime]]
) -> Flags:
    known = np.zeros(grid.slots, dtype=np.bool_)
    begins, ends = midnight(days[0]), midnight(days[1] + timedelta(days=1))
    known[(begins - grid.start) // SLOT : (ends - grid.start) // SLOT] = True
    for failing, since, until in faults:
        if failing == site and until > grid.start:
            known[max((since - grid.start) // SLOT, 0) : (until - grid.start) // SLOT] = False
    return known


def _tariffs(site: str, grid: TimeGrid) -> tuple[tuple[int, StatedTariff], ...]:
    who, since = CHANGES_SUPPLIER
    usual, other = stated(tariff_at(grid.start), grid.start), stated(NEW_SUPPLIER, grid.start)
    if site != who or since >= grid.end:
        return ((0, usual),)
    if since <= grid.start:
        return ((0, other),)
    return ((0, usual), ((since - grid.start) // SLOT, other))


@cache
def settled_year() -> Year:
    """Every month closed some days after its end; September and December corrected when more is known."""
    book = _Book()
    for period in periods():
        book.close([basis_of_year(period)], month_grid(period).end + timedelta(days=4))
        if period == "2026-09":  # the treasurer pays who is due something, and is paid by who owes
            due = {name: cents for name, cents in balances(book.entries).items() if name != FUND and cents}
            paid = [Draft(period, name, EntryKind.PAYMENT, -cents) for name, cents in due.items()]
            book.book([*paid, Draft(period, BANK, EntryKind.PAYMENT, sum(due.values()))])
        if period == "2026-12":  # members decided to use some of the fund
            use = [Draft("2027-01", name, EntryKind.FUND_USE, cents) for name, cents in FUND_USE.items()]
            book.book(use)
        if period == "2026-10":  # the readings of September were in the meter all the time
            again = [basis_of_year("2026-09", repaired=True), basis_of_year("2026-10")]
            book.close(again, month_grid(period).end + timedelta(days=9))
        if period == "2027-02":  # the operator had counted a call of December twice too few
            december = replace(basis_of_year("2026-12"), revenues=(Revenue("G-CBC", 12_345),))
            later = [basis_of_year(each) for each in ("2027-01", "2027-02")]
            book.close([december, *later], month_grid(period).end + timedelta(days=12))
    return Year(tuple(book.entries), book.months, book.tables)


class _Book:
    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.months: dict[str, ClosedMonth] = {}
        self.tables: dict[tuple[str, str, str], str] = {}
        self._carried: dict[str, Table] = {}

    def book(self, drafts: Sequence[Draft]) -> None:
        self.entries += append(self.entries[-1], self.entries[-1].at, drafts)

    def close(self, months: Sequence[MonthBasis], at: datetime) -> None:
        closed = close(months, self.entries, self._carried.get(months[0].period), at)
        self.entries += closed.entries
        for month in closed.months:
            period = month.basis.period
            self.months[period] = month
            self._carried[next_period(period)] = month.carried
            self.tables |= {(period, name, table.digest): table.text for name, table in month.tables.items()}
