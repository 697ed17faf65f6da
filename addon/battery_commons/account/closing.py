"""From what is known of months to entries. A correction closes months again, and books the differences."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from battery_commons.account.basis import MonthBasis
from battery_commons.account.counterfactual import Carried
from battery_commons.account.ledger import FUND, GRID, SETTLED, Draft, Entry, EntryKind, append
from battery_commons.account.period import next_period
from battery_commons.account.settle import MonthSettlement, Opening, settle
from battery_commons.account.table import Table, WrittenTable
from battery_commons.account.tables import each_table

CARRIED = "carried"
"""The table of how the counterfactuals stood at a month's end: the next month begins with it."""

type Key = tuple[str, EntryKind, str]


@dataclass(frozen=True, eq=False)
class ClosedMonth:
    """A month that was closed, or closed again."""

    basis: MonthBasis
    settlement: MonthSettlement
    carried: Table
    """How the counterfactuals stand at its end."""
    tables: Mapping[str, WrittenTable]
    """By name, all that its closing entry names: to be kept by their digests."""


@dataclass(frozen=True, eq=False)
class Closed:
    """What closing months adds to the ledger."""

    entries: tuple[Entry, ...]
    months: tuple[ClosedMonth, ...]


def close(
    months: Sequence[MonthBasis], entries: Sequence[Entry], carried: Table | None, at: datetime
) -> Closed:
    """Close a new month, or close again a month that is corrected and all that were closed after it.

    Later months are closed again because they begin with what the corrected one leaves: where batteries
    stand, what the fund holds, what is owed. Only differences are booked, each naming what it corrects.

    Args:
        months: One new month, or the corrected one and each closed month after it, in order.
        entries: The whole ledger so far.
        carried: The table CARRIED of the month before the first of `months`, as it was last closed; None
            where there is no such month.
        at: The moment, in UTC.

    Raises:
        ValueError: A month is left out, or out of order.
        LedgerError: The moment is before the last entry's.
    """
    _check_order([month.period for month in months], entries)
    ledger = list(entries)
    closed = []
    for basis in months:
        settlement = settle(basis, opening(basis.period, ledger, carried))
        carried = _carried_table(settlement)
        tables = {table.name: table.written() for table in each_table(basis)}
        tables[CARRIED] = carried.written()
        drafts = _drafts(settlement, basis, tables, ledger)
        ledger += append(ledger[-1] if ledger else None, at, drafts)
        closed.append(ClosedMonth(basis, settlement, carried, tables))
    return Closed(tuple(ledger[len(entries) :]), tuple(closed))


def closed_periods(entries: Sequence[Entry]) -> list[str]:
    """Return the months that were closed, in order."""
    return sorted({entry.period for entry in entries if entry.kind is EntryKind.CLOSING})


def table_digests(period: str, entries: Sequence[Entry]) -> dict[str, str]:
    """Return by name the digests of the tables on which a month rests, as it was last closed.

    Raises KeyError for a month that was not closed.
    """
    for entry in reversed(entries):
        if entry.kind is EntryKind.CLOSING and entry.period == period:
            digests: dict[str, str] = json.loads(entry.detail)
            return digests
    raise KeyError(period)


def named_tables(entries: Iterable[Entry]) -> set[tuple[str, str, str]]:
    """Return by month, name and digest all tables that these entries' closings rest on."""
    return {
        (entry.period, name, digest)
        for entry in entries
        if entry.kind is EntryKind.CLOSING
        for name, digest in json.loads(entry.detail).items()
    }


def opening(period: str, entries: Sequence[Entry], carried: Table | None) -> Opening:
    """Return what a month begins with, by the ledger and by how the counterfactuals stood before it.

    What the fund was used for counts from its own month on.
    """
    batteries: dict[str, dict[str, Carried]] = {}
    for account, battery, stored, value in carried.rows if carried else ():
        batteries.setdefault(account, {})[battery] = Carried(int(stored), int(value))
    fund = 0
    claims: dict[str, int] = {}
    for entry in entries:
        if entry.kind is EntryKind.CLAIM and entry.period < period:
            claims[entry.account] = claims.get(entry.account, 0) - entry.cents
        settled = entry.kind is EntryKind.FUND and entry.period < period
        used = entry.kind is EntryKind.FUND_USE and entry.account == FUND and entry.period <= period
        if settled or used:
            fund += entry.cents
    return Opening(batteries, fund, {account: cents for account, cents in claims.items() if cents})


def _check_order(periods: Sequence[str], entries: Sequence[Entry]) -> None:
    closed = closed_periods(entries)
    if not periods:
        raise ValueError("no month is to be closed")
    if periods[0] in closed:
        if list(periods) != (after := closed[closed.index(periods[0]) :]):
            raise ValueError(f"a correction closes again {', '.join(after)}: the whole stretch, in order")
    elif len(periods) > 1 or (closed and periods[0] != next_period(closed[-1])):
        raise ValueError(f"one month is closed at a time, and {next_period(closed[-1])} is next")


def _carried_table(settlement: MonthSettlement) -> Table:
    rows = [
        (account, battery, str(carried.stored), str(carried.value_parts))
        for account, batteries in settlement.closing.batteries.items()
        for battery, carried in batteries.items()
    ]
    return Table(CARRIED, ("account", "battery", "stored", "value_parts"), tuple(sorted(rows)))


def _drafts(
    settlement: MonthSettlement,
    basis: MonthBasis,
    tables: Mapping[str, WrittenTable],
    ledger: Sequence[Entry],
) -> list[Draft]:
    """Return a closing, and what a month comes to less what was booked for it so far."""
    period = settlement.period
    booked: dict[Key, int] = {}
    latest: dict[Key, int] = {}
    closing: int | None = None
    for entry in ledger:
        if entry.period != period:
            continue
        if entry.kind in SETTLED:
            key = (entry.account, entry.kind, entry.detail)
            booked[key] = booked.get(key, 0) + entry.cents
            latest[key] = entry.number
        elif entry.kind is EntryKind.CLOSING:
            closing = entry.number
    due = _due(settlement, basis)
    digests = {name: table.digest for name, table in tables.items()}
    detail = json.dumps(digests, sort_keys=True, separators=(",", ":"))
    drafts = [Draft(period, GRID, EntryKind.CLOSING, 0, detail, closing)]
    for key in sorted({*booked, *due}):
        account, kind, detail = key
        if cents := due.get(key, 0) - booked.get(key, 0):
            drafts.append(Draft(period, account, kind, cents, detail, latest.get(key, closing)))
    return drafts


def _due(settlement: MonthSettlement, basis: MonthBasis) -> dict[Key, int]:
    """Return what a month comes to, by account, kind and contract."""
    due: dict[Key, int] = {(FUND, EntryKind.FUND, ""): settlement.fund_cents}
    for revenue in basis.revenues:
        due[GRID, EntryKind.REVENUE, revenue.contract] = -revenue.cents
    for home in settlement.homes:
        due[home.account, EntryKind.MADE_WHOLE, ""] = home.made_whole_cents
        due[home.account, EntryKind.CLAIM, ""] = home.claim_cents
        due[home.account, EntryKind.SHORTAGE, ""] = home.shortage_cents
        due[home.account, EntryKind.SHARE, ""] = home.share_cents
    for account, cents in settlement.former_claims.items():
        due[account, EntryKind.CLAIM, ""] = cents
    return due
