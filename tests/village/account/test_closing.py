"""Months become entries, and corrections are differences that name what they correct."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from battery_commons.account.basis import Revenue
from battery_commons.account.closing import close, opening, table_digests
from battery_commons.account.ledger import BANK, FUND, GRID, Draft, Entry, EntryKind, append, balances, verify
from battery_commons.account.settle import Opening, settle
from battery_commons.account.table import Table, TableError
from battery_commons.account.tables import basis_of, tables_of
from tests.village.account.made import FEBRUARY, MARCH, made_month

NOW = datetime(2027, 4, 4, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
FEB, MAR = (made_month(1, period=each, revenue_cents=200_000) for each in (FEBRUARY, MARCH))
CLOSED_FEB = close([FEB], (), None, NOW)
CARRIED_FEB = CLOSED_FEB.months[0].carried
CLOSED_MAR = close([MAR], CLOSED_FEB.entries, CARRIED_FEB, NOW)
BOOKS = CLOSED_FEB.entries + CLOSED_MAR.entries


def test_a_month_s_entries_are_what_everybody_gets_and_the_revenue_from_the_grid() -> None:
    settlement = CLOSED_FEB.months[0].settlement
    due = balances(CLOSED_FEB.entries)
    assert due[GRID] == -settlement.revenue_cents
    assert due.get(FUND, 0) == settlement.fund_cents
    assert {home.account: home.total_cents for home in settlement.homes}.items() <= due.items()
    assert sum(due.values()) == 0


def test_a_month_begins_with_what_the_one_before_left() -> None:
    assert {account for account, *_ in CARRIED_FEB.rows} == {"h0", "h1"}
    begun = opening(MARCH, CLOSED_FEB.entries, CARRIED_FEB)
    left = CLOSED_FEB.months[0].settlement.closing
    assert (begun.fund_cents, begun.claims) == (left.fund_cents, left.claims)
    assert begun.batteries == {account: each for account, each in left.batteries.items() if each}


def test_a_correction_comes_to_the_same_as_if_it_had_been_right_at_once() -> None:
    more = replace(FEB, revenues=(Revenue("cbc", 90_000),))
    corrected = close([more, MAR], BOOKS, None, LATER)
    verify(BOOKS + corrected.entries)
    first = close([more], (), None, NOW)
    at_once = first.entries + close([MAR], first.entries, first.months[0].carried, NOW).entries
    assert nonzero(BOOKS + corrected.entries) == nonzero(at_once)
    assert all(entry.corrects for entry in corrected.entries)
    assert [entry.period for entry in corrected.entries if entry.kind is EntryKind.CLOSING] == [
        FEBRUARY,
        MARCH,
    ]


def test_corrections_after_corrections_come_to_the_same_as_the_last_of_them_at_once() -> None:
    """Other readings, members and revenues each time: enough in one closing, and not in the next."""
    entries, feb, mar, carried = BOOKS, FEB, MAR, CARRIED_FEB
    for seed, cents in enumerate([0, 300_000, -30_000, 9_000, 400_000, 0], start=2):
        if seed % 2:
            mar = made_month(seed, homes=seed % 4 + 1, period=MARCH, revenue_cents=cents)
            closed = close([mar], entries, carried, LATER)
        else:
            feb = made_month(seed, homes=seed % 4 + 1, revenue_cents=cents)
            closed = close([feb, mar], entries, None, LATER)
            carried = closed.months[0].carried
        entries += closed.entries
    first = close([feb], (), None, NOW)
    at_once = first.entries + close([mar], first.entries, first.months[0].carried, NOW).entries

    assert by_line(entries) == by_line(at_once)
    assert all(entry.corrects is not None for entry in entries[len(BOOKS) :])


def by_line(entries: tuple[Entry, ...]) -> dict[tuple[str, str, EntryKind, str], int]:
    sums: dict[tuple[str, str, EntryKind, str], int] = {}
    for entry in entries:
        if entry.kind is not EntryKind.CLOSING:
            line = entry.period, entry.account, entry.kind, entry.detail
            sums[line] = sums.get(line, 0) + entry.cents
    return {line: cents for line, cents in sums.items() if cents}


def nonzero(entries: tuple[Entry, ...]) -> dict[str, int]:
    return {account: cents for account, cents in balances(entries).items() if cents}


def test_closing_again_without_a_change_books_no_money() -> None:
    again = close([FEB, MAR], BOOKS, None, LATER)
    assert [entry.kind for entry in again.entries] == [EntryKind.CLOSING, EntryKind.CLOSING]
    assert again.entries[0].detail == BOOKS[0].detail


def test_a_revenue_that_was_booked_by_mistake_is_taken_back() -> None:
    without = close([replace(MAR, revenues=())], BOOKS, CARRIED_FEB, LATER)
    taken_back = [entry for entry in without.entries if entry.kind is EntryKind.REVENUE]
    assert {entry.detail: entry.cents for entry in taken_back} == {"cbc": 200_000, "call": -7}


@pytest.mark.parametrize("months", [[FEB], [MAR, FEB], [], [made_month(1, period="2027-05")]])
def test_months_are_closed_in_order_and_corrected_to_the_last(months: list) -> None:  # type: ignore[type-arg]
    with pytest.raises(ValueError, match=r"month|again"):
        close(months, BOOKS, None, LATER)


def test_what_the_fund_was_used_for_counts_from_its_month_on() -> None:
    use = [Draft(MARCH, FUND, EntryKind.FUND_USE, -100), Draft(MARCH, BANK, EntryKind.FUND_USE, 100)]
    entries = CLOSED_FEB.entries + append(CLOSED_FEB.entries[-1], NOW, use)
    assert opening(FEBRUARY, entries, None).fund_cents == 0
    fund = CLOSED_FEB.months[0].settlement.fund_cents
    assert opening(MARCH, entries, None).fund_cents == fund - 100


def test_tables_hold_all_that_a_month_is_settled_by() -> None:
    tables = {name: Table.read(name, table.text) for name, table in tables_of(FEB).items()}
    assert {name: table.digest for name, table in tables.items()}.items() <= table_digests(
        FEBRUARY, BOOKS
    ).items()
    again = settle(basis_of(FEBRUARY, tables), Opening())
    first = settle(FEB, Opening())
    assert [home.total_cents for home in again.homes] == [home.total_cents for home in first.homes]
    assert again.closing == first.closing
    assert (
        tables_of(basis_of(FEBRUARY, tables)) == tables
    )  # closed again unchanged, a month rests on the same


def test_a_changed_row_of_a_table_is_named() -> None:
    text = tables_of(FEB)["prices"].text
    line = text.splitlines()[1_000]
    start, price, check = line.split(",")
    with pytest.raises(TableError, match="line 1001"):
        Table.read("prices", text.replace(line, f"{start},{int(price or 0) + 1},{check}"))


@pytest.mark.parametrize("text", ["", "a,b\n", "a,check\n1\n"])
def test_what_is_no_table_is_refused(text: str) -> None:
    with pytest.raises(TableError, match="no table"):
        Table.read("prices", text)


def test_a_month_without_one_of_its_tables_is_refused() -> None:
    tables = tables_of(FEB)
    del tables["grid"]
    with pytest.raises(TableError, match="there is no grid"):
        basis_of(FEBRUARY, tables)


def test_a_name_that_could_pass_for_two_cells_is_refused() -> None:
    with pytest.raises(TableError, match="printed"):
        tables_of(replace(FEB, revenues=(Revenue("a\x1fb", 1),)))
