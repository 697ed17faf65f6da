"""A home that leaves is settled to its last day."""

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from battery_commons.account.keeping.books import Books
from battery_commons.account.keeping.gathering import begin, gather_leaver, read_home
from battery_commons.account.keeping.keeper import AccountKeeper
from battery_commons.account.keeping.leaving import leave
from battery_commons.account.keeping.readings import QuarterHours
from battery_commons.audit import audit
from battery_commons.domain.iban import BankAccount
from battery_commons.domain.time import SLOT
from battery_commons.store import NotFoundError, Store, StoreError
from battery_commons.store.audit import Act, Author
from tests.village.account.keeping.may import DAY, END, MAY, START, account_of, exported
from tests.village.account_store import KEY, Clock, Kept, join, kept, measured, priced
from tests.village.postgresql import on_both


def test_the_last_month_of_a_home_that_leaves_is_settled_with_the_days_that_it_was_there(
    village: Kept, tmp_path: Path
) -> None:
    store = village.store
    home = next(home.id for home in store.homes() if home.name == "De Eik")
    account = account_of(store, "De Eik")
    measured(store, home, END + SLOT, END + 9 * DAY)
    priced(store, END, END + 30 * DAY)
    store.put_bank_account(home, BankAccount("Eik", "NL91ABNA0417164300"))

    leave(store, home, END + 9 * DAY + timedelta(hours=10))

    assert [home.name for home in store.homes()] == ["De Linde"]
    assert store.bank_accounts() == {}
    village.look_at(END + 36 * DAY)
    village.books.close("2026-06", village.author)
    settled = village.books.settlement("2026-06").home(account)
    assert settled.days == 10
    # The day before it left had been gathered up to then, and what came late is in.
    assert settled.cost.counted_slots > 4 * 96
    assert next(each.home_id for each in village.books.dues() if each.account == account) is None
    assert audit(exported(village, tmp_path)).is_right


def test_nothing_is_kept_for_the_account_before_somebody_begins_it(store: Store) -> None:
    home = join(store, "De Eik", START)
    clock, books = Clock(START + 3 * DAY), Books(store, KEY)

    AccountKeeper(store, books, clock).look()
    leave(store, home, START + 4 * DAY)

    assert (store.account_months(), store.memberships()) == ({}, [])


@on_both
def test_homes_count_from_the_day_on_which_the_account_begins_and_it_begins_once(store: Store) -> None:
    join(store, "De Eik", START)

    assert begin(store, Author("Anna", START + 9 * DAY))
    assert not begin(store, Author("Bram", START + 10 * DAY))

    [member] = store.memberships()
    assert member.first_day == date(2026, 5, 10)
    assert [each.administrator for each in store.audit() if each.act is Act.ACCOUNT_BEGUN] == ["Anna"]


@on_both
def test_a_home_that_leaves_on_the_day_it_came_leaves_an_account(store: Store) -> None:
    home = join(store, "De Eik", START)
    begin(store, Author("Anna", START))

    leave(store, home, START + timedelta(hours=3))

    [left] = store.memberships()
    assert (left.home_id, left.first_day, left.last_day) == (None, date(2026, 5, 1), date(2026, 5, 1))
    with pytest.raises(NotFoundError):
        leave(store, home, START + timedelta(hours=4))
    assert gather_leaver(store, home, START + timedelta(hours=4)) is None


@on_both
def test_a_look_under_way_as_a_home_leaves_does_not_undo_its_last_days(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = join(store, "De Eik", START)
    village = kept(store, START)
    at = START + 2 * DAY + timedelta(hours=10)
    measured(store, home, START - SLOT, at + SLOT)
    look = QuarterHours.look

    def look_while_it_leaves(readings: QuarterHours, start: datetime, end: datetime) -> None:
        look(readings, start, end)
        monkeypatch.undo()
        leave(store, home, at)

    monkeypatch.setattr(QuarterHours, "look", look_while_it_leaves)
    village.look_at(at)

    [(account, gathered)] = store.gathered(MAY).items()
    month = read_home(MAY, gathered.tables)
    assert (gathered.until, month.last_day) == (at, date(2026, 5, 3))
    assert month.known.sum() == 2 * 96 + 40
    assert store.memberships()[0].account == account


def test_a_home_that_could_not_be_erased_has_not_left_the_account(
    village: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_store: Store, _home_id: str) -> None:
        raise StoreError("the disk is full")

    monkeypatch.setattr(Store, "leave", refuse)
    before = village.store.gathered("2026-06")

    with pytest.raises(StoreError):
        leave(village.store, village.store.homes()[0].id, village.clock.at)

    assert [each.last_day for each in village.store.memberships()] == [None, None]
    assert village.store.gathered("2026-06") == before
