"""Gathers what homes' months rest on, day by day; and the last days of a home that leaves."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import lru_cache

import numpy as np
from pydantic import TypeAdapter

from battery_commons.account.basis import (
    HomeMonth,
    MonthBasis,
    MonthRules,
)
from battery_commons.account.keeping.readings import QuarterHours, as_they_were
from battery_commons.account.period import days_of, midnight, month_grid, next_period
from battery_commons.account.table import Table
from battery_commons.account.tables import basis_of, tables_of
from battery_commons.domain.bylaws import SharingRule
from battery_commons.domain.home_tariff import LOW_FROM, LOW_UNTIL, HomeTariff, StatedTariff, stated
from battery_commons.domain.settings import TariffChoice, VillageSettings
from battery_commons.domain.time import MARKET_ZONE, TimeGrid, slot_start
from battery_commons.sense.telemetry import BATTERY_DAYS_BACK
from battery_commons.store import NotFoundError, Store
from battery_commons.store.account_months import Gathered
from battery_commons.store.accounts import Membership
from battery_commons.store.audit import Author
from battery_commons.store.records import Home, HomeBattery

LATE = timedelta(days=BATTERY_DAYS_BACK + 1)
"""Homes bring readings so late at most: so many days are looked at again."""
_CHANGES = frozenset({time(0), LOW_UNTIL, LOW_FROM})
"""When, on the clock of the wall, another price may begin to count."""
_NO_RULES = MonthRules(SharingRule.EQUAL, 0, 0, owners_bear_shortage=False)


@dataclass(frozen=True, slots=True)
class MonthTerms:
    """What a month is settled by, as it was when the month began: a vote never changes what is past."""

    rules: MonthRules
    tariff: TariffChoice
    """Of homes that have told none of their own."""


TERMS = TypeAdapter(MonthTerms)


def period_of(moment: datetime) -> str:
    """Return the month that a moment is in, by the market's clock."""
    return moment.astimezone(MARKET_ZONE).strftime("%Y-%m")


def day_of(moment: datetime) -> date:
    """Return the day that a moment is in, by the market's clock."""
    return moment.astimezone(MARKET_ZONE).date()


def begin(store: Store, by: Author) -> bool:
    """Begin the account, with this month, from this day on; False where it has begun before.

    A volunteer does, once members know of it: their readings are kept for longer from then on. Raises
    StoreError.
    """
    if not store.begin_account(period_of(by.at), _terms(store.settings()), by):
        return False
    for home in store.homes():
        _open(store, home, day_of(by.at))
    return True


def months_so_far(store: Store, now: datetime) -> list[str]:
    """Open accounts and months up to `now`, and return the months that the account knows. Raises StoreError.

    None before the account has begun. Rules are those in force as a month began, whenever that is seen.
    """
    present = period_of(now)
    known = [*store.account_months()]
    if not known:
        return []
    coming = next_period(known[-1])
    while coming <= present:
        store.begin_account_month(coming, _terms(store.settings_at(month_grid(coming).start)))
        known.append(coming)
        coming = next_period(coming)
    first_day = days_of(known[0])[0]
    has_account = {each.home_id for each in store.memberships()}
    for home in store.homes():
        if home.id not in has_account:
            with suppress(NotFoundError):  # It left meanwhile.
                _open(store, home, first_day)
    return known


def _terms(settings: VillageSettings) -> str:
    return TERMS.dump_json(MonthTerms(MonthRules.of(settings), settings.tariff)).decode()


def gather(store: Store, periods: Sequence[str], now: datetime) -> None:
    """Bring what is gathered of all homes to the last midnight, for months that may still change.

    Raises StoreError.
    """
    until = midnight(day_of(now))
    homes = {home.id: home for home in store.homes()}
    members = [each for each in store.memberships() if each.home_id in homes]
    batteries: dict[str, list[HomeBattery]] = {}
    for battery in store.batteries():
        batteries.setdefault(battery.home_id, []).append(battery)
    for period in periods:
        months = _Gathering(store, period, until)
        for member in members:
            if member.home_id is not None:
                home_id = member.home_id
                found = months.gathered(homes[home_id], batteries.get(home_id, []), member)
                if found is not None:
                    store.put_gathered(period, member.account, found)


@dataclass(frozen=True, slots=True)
class Leaver:
    """What the account keeps of a home that leaves."""

    account: str
    last_day: date
    months: Mapping[str, Gathered]
    """Its last months, by period."""

    def keep(self, store: Store) -> None:
        """Keep it: the home may be erased then. Raises StoreError."""
        for period, gathered in self.months.items():
            store.put_gathered(period, self.account, gathered)
        store.end_account(self.account, self.last_day)


def gather_leaver(store: Store, home_id: str, now: datetime) -> Leaver | None:
    """Return a home's days up to `now`, the last of its membership.

    None for a home that has left, and before the account has begun. Raises StoreError.
    """
    periods = months_so_far(store, now)
    home = store.home(home_id)
    member = next((each for each in store.memberships() if each.home_id == home_id), None)
    if not periods or home is None or member is None:
        return None
    last_day = day_of(now)
    member = replace(member, last_day=last_day)
    batteries = [each for each in store.batteries() if each.home_id == home_id]
    months = {
        period: _Gathering(store, period, slot_start(now)).gathered(home, batteries, member)
        for period in periods[-2:]
    }
    return Leaver(member.account, last_day, {period: each for period, each in months.items() if each})


def read_home(period: str, tables: Mapping[str, str]) -> HomeMonth:
    """Return a home's month as it was gathered."""
    read = {name: Table.read(name, text) for name, text in tables.items()}
    [home] = basis_of(period, _tables_of_none(period) | read).homes
    return home


@lru_cache(maxsize=2)
def _tables_of_none(period: str) -> dict[str, Table]:
    """Return the tables of a month of which nothing is known."""
    return tables_of(_basis_of(period))


def _basis_of(period: str, *homes: HomeMonth) -> MonthBasis:
    """Return the basis of these homes, without what is not theirs."""
    slots = month_grid(period).slots
    nothing = np.zeros(slots, dtype=np.int64), np.zeros(slots, dtype=np.bool_)
    return MonthBasis(period, _NO_RULES, *nothing, (), (), homes)


def tariffs_over(
    grid: TimeGrid, choice: TariffChoice, own: Sequence[tuple[date, HomeTariff]]
) -> tuple[tuple[int, StatedTariff], ...]:
    """Return which tariff counts from which slot of `grid` on, where a home has told these of its own.

    Before the first of its own, the village's counts.
    """
    found: list[tuple[int, StatedTariff]] = []
    for slot, start in enumerate(grid.starts()):
        local = start.astimezone(MARKET_ZONE)
        if slot and local.time() not in _CHANGES:
            continue
        told = [tariff for first_day, tariff in own if first_day <= local.date()]
        tariff = stated(told[-1] if told else choice.at(start), start)
        if not found or found[-1][1] != tariff:
            found.append((slot, tariff))
    return tuple(found)


def _open(store: Store, home: Home, first_day: date) -> None:
    joined = store.consented_at(home.id)
    store.open_account(home.id, max(first_day, day_of(joined)) if joined else first_day)


class _Gathering:
    """Gathers one month of homes."""

    def __init__(self, store: Store, period: str, until: datetime) -> None:
        """Look at quarter hours before `until`."""
        self._store, self._period, self._until = store, period, until
        self._grid = month_grid(period)
        self._choice = TERMS.validate_json(store.account_months()[period]).tariff
        self._tariffs = store.home_tariffs()
        self._on_feeder = {each.id: each.on_feeder for each in store.transformers()}
        self._looked_until = store.gathered_until(period)

    def gathered(self, home: Home, batteries: Sequence[HomeBattery], member: Membership) -> Gathered | None:
        """Return a home's month with what may be new of it; None where nothing can be."""
        store, grid, period = self._store, self._grid, self._period
        first, last = days_of(period)
        first, last = max(first, member.first_day), min(last, member.last_day or last)
        looked_until = self._looked_until.get(member.account)
        end = min(grid.end, self._until)
        may_come = grid.end <= self._until <= grid.end + 2 * LATE
        all_came = looked_until is not None and looked_until >= end and not may_come
        if last < first or all_came:
            return None
        had = store.gathered_of(period, member.account)
        former = read_home(period, had.tables) if had else None
        transformer, on_feeder = home.transformer_id, self._on_feeder[home.transformer_id]
        if former is not None and grid.end <= self._until:
            # What was changed since the month was over is nothing of that month.
            transformer, on_feeder = former.transformer, former.on_feeder
            then = as_they_were(batteries, former)
            if then is None:
                return None
            batteries = then
        start = max(grid.start, looked_until - LATE if looked_until else grid.start, midnight(first))
        month = QuarterHours(store, home, batteries, grid, former)
        month.look(start, end)
        of_home = HomeMonth(
            member.account,
            transformer,
            on_feeder,
            first,
            last,
            tariffs_over(grid, self._choice, self._tariffs.get(home.id, [])),
            month.house_w,
            month.known,
            month.batteries(),
        )
        nobodys = _tables_of_none(period)
        tables = {
            name: table.text
            for name, table in tables_of(_basis_of(period, of_home)).items()
            if table != nobodys.get(name)
        }
        return Gathered(max(end, looked_until or end), tables)
