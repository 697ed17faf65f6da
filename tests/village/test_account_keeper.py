"""The account is kept through months: gathered by day, closed, corrected, audited, whoever leaves."""

import shutil
from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from battery_commons.account.closing import closed_periods
from battery_commons.account.export import write_export
from battery_commons.account.ledger import BANK, FUND, GRID, EntryKind, balances, verify
from battery_commons.account.period import month_grid
from battery_commons.account_books import GRACE, Books, MonthState, state_of
from battery_commons.account_gathering import begin, gather_leaver, read_home, tariffs_over
from battery_commons.account_keeper import CLOSES_AFTER, AccountKeeper
from battery_commons.audit import audit
from battery_commons.domain.battery import Battery
from battery_commons.domain.bylaws import SharingRule
from battery_commons.domain.home_tariff import HomeTariff, TariffKind
from battery_commons.domain.iban import BankAccount
from battery_commons.domain.reading import BatteryReading, MeterReading
from battery_commons.domain.settings import TariffChoice, VillageSettings
from battery_commons.domain.time import SLOT
from battery_commons.leaving import leave
from battery_commons.store import NotFoundError, Store
from battery_commons.store.audit import Act, Author
from battery_commons.store.records import HomeBattery
from tests.village.account_store import KEY, Clock, Kept, join, kept, measured, priced, with_month
from tests.village.postgresql import Cluster

MAY = "2026-05"
GRID_OF_MAY = month_grid(MAY)
START, END = GRID_OF_MAY.start, GRID_OF_MAY.end
DAY = timedelta(days=1)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(Store.open(tmp_path / "village.db")) as store:
        yield store


@pytest.fixture(scope="session")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A village of two homes that lived through May."""
    path = tmp_path_factory.mktemp("lived") / "village.db"
    with closing(Store.open(path)) as store:
        with_month(store, MAY, "De Eik", "De Linde")
    return path


@pytest.fixture
def village(lived: Path, tmp_path: Path) -> Iterator[Kept]:
    """May was lived through by two homes; it is the eighth of June."""
    copied = shutil.copy(lived, tmp_path / "lived.db")
    with closing(Store.open(Path(copied))) as store:
        yield kept(store, END + 7 * DAY)


def exported(village: Kept, tmp_path: Path) -> Path:
    path = tmp_path / "account.zip"
    path.unlink(missing_ok=True)
    write_export(path, village.books.export())
    return path


def account_of(store: Store, name: str) -> str:
    home = next(home.id for home in store.homes() if home.name == name)
    return next(each.account for each in store.memberships() if each.home_id == home)


def test_a_village_on_postgresql_keeps_the_same_account(postgresql: Cluster, tmp_path: Path) -> None:
    with postgresql.village() as url, closing(Store.open(url)) as store:
        village = with_month(store, MAY, "De Eik", "De Linde")
        store.add_revenue(MAY, "other", 12_345, "invoice 7", village.author)
        village.books.close(MAY, village.author)
        leave(store, store.homes()[0].id, village.clock.at)
        village.books.correct(MAY, village.author)

        assert sum(balances(village.books.entries()).values()) == 0
        assert audit(exported(village, tmp_path)).is_right


# --- Gathering --------------------------------------------------------------------------------


def test_each_home_gets_an_account_and_each_month_its_terms(village: Kept) -> None:
    assert [each.first_day for each in village.store.memberships()] == [date(2026, 5, 1)] * 2
    assert list(village.store.account_months()) == [MAY, "2026-06"]


def test_what_is_gathered_is_what_was_measured(village: Kept) -> None:
    account = account_of(village.store, "De Linde")
    gathered = village.store.gathered(MAY)[account]

    home = read_home(MAY, gathered.tables)

    assert gathered.until == END
    assert home.known.all()
    [battery] = home.batteries
    assert set(battery.power_w.tolist()) == {-1_000, 0, 1_000}
    assert home.net_w().max() == 1_400 + 0
    assert (battery.stored_wh.min(), battery.stored_wh.max()) == (3_000, 5_000)


def test_readings_in_full_tell_what_a_battery_held_as_each_quarter_hour_began(store: Store) -> None:
    home = join(store, "De Eik", START)
    village = kept(store, START)
    village.keeper.look()
    with store.together():
        for n in range(-4, 97):
            for minute, more in ((2, 0), (14, 0.0005)):
                at = START + n * SLOT + timedelta(minutes=minute)
                charge = 0.5 + 0.001 * n + more
                reading = BatteryReading(f"{home}/b1", at, charge, 100.0, None, "village", "hold", None)
                store.add_battery_readings(home, [reading])
                store.add_house_readings(home, [MeterReading(at, 600.0)])

    village.look_at(START + DAY + timedelta(hours=3))

    month = read_home(MAY, store.gathered(MAY)[account_of(store, "De Eik")].tables)
    assert month.known[:96].all()
    assert not month.known[96:].any()
    assert month.house_w[:96].tolist() == [500] * 96
    assert month.batteries[0].stored_wh[0] == round(10_000 * (0.5 - 0.001 + 0.0005))


def test_a_quarter_hour_of_which_something_is_missing_is_not_known(store: Store) -> None:
    village = with_month(store, MAY, "De Eik")
    later = join(store, "De Es", village.clock.at)
    measured(store, later, END + 10 * DAY, END + 11 * DAY)

    village.look_at(END + 13 * DAY)

    month = read_home("2026-06", store.gathered("2026-06")[account_of(store, "De Es")].tables)
    # Of the first nobody knows what the battery held as it began, and of the last as it ended.
    assert np.flatnonzero(month.known).tolist() == list(range(10 * 96 + 1, 11 * 96 - 1))


def test_a_battery_that_was_described_wrongly_spoils_no_account_but_its_homes(store: Store) -> None:
    good = join(store, "De Eik", START)
    bad = join(store, "De Es", START)
    told = Battery(f"{bad}/b1", "t1", 0.3, 5_000, 5_000, charge_efficiency=1e-9)
    store.describe_home(bad, [], [HomeBattery(bad, "b1", "Battery", told)])
    village = kept(store, START)
    village.keeper.look()
    for each in (good, bad):
        measured(store, each, START - SLOT, START + DAY)

    village.look_at(START + DAY)
    leave(store, bad, START + DAY + timedelta(hours=1))

    known = {
        account: read_home(MAY, gathered.tables).known.any()
        for account, gathered in store.gathered(MAY).items()
    }
    assert known.pop(account_of(store, "De Eik"))
    assert not any(known.values())
    assert len(known) == 1


def test_what_comes_late_is_gathered_too(store: Store) -> None:
    home = join(store, "De Eik", START, battery=False)
    village = kept(store, START)
    village.keeper.look()
    village.look_at(START + 2 * DAY)
    measured(store, home, START, START + 2 * DAY)

    village.look_at(START + 3 * DAY)

    month = read_home(MAY, store.gathered(MAY)[account_of(store, "De Eik")].tables)
    assert month.known[: 2 * 96 - 8].all()


def test_a_home_of_which_nothing_is_known_is_a_member_all_the_same(store: Store) -> None:
    join(store, "De Eik", START)
    village = kept(store, START)
    village.keeper.look()
    village.look_at(END + 7 * DAY)

    [home] = village.books.settlement(MAY).homes

    assert (home.days, home.made_whole_cents, home.cost.counted_slots) == (31, 0, 0)


def test_a_tariff_of_two_prices_changes_at_night_and_in_weekends() -> None:
    two = HomeTariff(TariffKind.TWO_TARIFF, 0.16, energy_low=0.12)

    told = tariffs_over(GRID_OF_MAY, TariffChoice.BY_DATE, [(date(2026, 5, 4), two)])

    names = [tariff.name for _, tariff in told]
    assert names[0] == "Net metering (until 31 December 2026)"
    assert set(names[1:]) == {"two_tariff"}
    # Monday the fourth begins at night.
    slots = {slot: tariff.import_fixed_1e5 for slot, tariff in told[1:4]}
    assert slots == {3 * 96: 24_300, 3 * 96 + 28: 28_300, 3 * 96 + 92: 24_300}


# --- Closing ----------------------------------------------------------------------------------


def test_a_month_is_closed_to_the_cent_and_an_audit_recomputes_it(village: Kept, tmp_path: Path) -> None:
    village.store.add_revenue(MAY, "other", 12_345, "invoice 7", village.author)

    village.books.close(MAY, village.author)

    entries = village.books.entries()
    verify(entries)
    assert sum(balances(entries).values()) == 0
    assert balances(entries)[GRID] == -12_345
    assert village.store.audit()[0].act is Act.MONTH_CLOSED
    report = audit(exported(village, tmp_path))
    assert report.is_right, report.differences
    assert report.closings == 1


def test_a_statement_adds_up_to_what_was_booked(village: Kept) -> None:
    village.books.close(MAY, village.author)

    for due in village.books.dues():
        statement = village.books.statement(MAY, due.account)
        assert statement.total_cents == due.cents
        assert sum(line.cents or 0 for line in statement.lines if line.is_booked) == due.cents


def test_a_month_is_closed_once_and_corrected_only_then(village: Kept) -> None:
    with pytest.raises(ValueError, match="is not closed"):
        village.books.correct(MAY, village.author)
    village.books.close(MAY, village.author)

    with pytest.raises(ValueError, match="closed already"):
        village.books.close(MAY, village.author)
    with pytest.raises(KeyError):
        village.books.close("2025-01", village.author)


def test_a_month_that_is_not_over_cannot_be_closed(village: Kept) -> None:
    village.books.close(MAY, village.author)
    village.look_at(END + 33 * DAY)

    with pytest.raises(ValueError, match="may still come"):
        village.books.close("2026-06", village.author)


def test_what_is_typed_after_the_closing_is_proposed_and_then_booked_as_a_difference(
    village: Kept, tmp_path: Path
) -> None:
    village.books.close(MAY, village.author)
    closed = len(village.books.entries())
    assert village.books.changed_tables(MAY) == []

    village.store.add_revenue(MAY, "other", 1_001, "invoice 7", village.author)
    village.keeper.look()
    assert village.books.proposed == {MAY}
    assert village.books.changed_tables(MAY) == ["revenue"]
    village.books.correct(MAY, village.author)

    assert village.books.proposed == set()
    new = village.books.entries()[closed:]
    assert {entry.kind for entry in new} == {EntryKind.CLOSING, EntryKind.REVENUE, EntryKind.SHARE}
    assert all(entry.corrects is not None for entry in new)
    assert audit(exported(village, tmp_path)).is_right


def test_a_tariff_told_late_corrects_its_months_and_those_after_them(village: Kept, tmp_path: Path) -> None:
    priced(village.store, END, END + 30 * DAY)
    village.books.close(MAY, village.author)
    village.look_at(END + 37 * DAY)
    village.books.close("2026-06", village.author)
    home = village.store.homes()[0]

    village.store.put_home_tariff(home.id, date(2026, 5, 1), HomeTariff(TariffKind.FIXED, 0.30))
    village.keeper.look()
    assert village.books.proposed == {MAY, "2026-06"}
    village.books.correct(MAY, village.author)
    village.books.correct("2026-06", village.author)

    assert village.books.changed_tables(MAY) == village.books.changed_tables("2026-06") == []
    report = audit(exported(village, tmp_path))
    assert report.is_right, report.differences


def test_rules_chosen_later_do_not_touch_months_that_have_begun(village: Kept) -> None:
    village.store.change_settings(
        lambda _: VillageSettings(sharing=SharingRule.FUND, fund_share=0.5, tariff=TariffChoice.NET_METERING)
    )
    village.look_at(END + 35 * DAY)

    rules = {period: village.books.terms(period).rules for period in ("2026-05", "2026-06", "2026-07")}
    assert [each.sharing for each in rules.values()] == [
        SharingRule.EQUAL,
        SharingRule.EQUAL,
        SharingRule.FUND,
    ]
    assert village.books.terms(MAY).tariff is TariffChoice.BY_DATE


def test_a_month_that_nobody_closes_is_closed_by_itself(village: Kept) -> None:
    village.look_at(END + CLOSES_AFTER - timedelta(hours=1))
    assert village.books.entries() == []

    village.look_at(END + CLOSES_AFTER)

    assert closed_periods(village.books.entries()) == [MAY]
    assert village.store.audit()[0].administrator == "the account"


def test_a_coordinator_that_was_away_for_months_goes_on_with_each_of_them(village: Kept) -> None:
    village.look_at(END + 100 * DAY)

    assert list(village.store.account_months()) == [MAY, "2026-06", "2026-07", "2026-08", "2026-09"]
    assert closed_periods(village.books.entries()) == [MAY, "2026-06", "2026-07"]


def test_a_month_is_a_draft_once_late_readings_are_in() -> None:
    assert state_of(MAY, [], END + GRACE - SLOT) is MonthState.RUNNING
    assert state_of(MAY, [], END + GRACE) is MonthState.DRAFT
    assert state_of(MAY, [MAY], END + GRACE) is MonthState.CLOSED


# --- Leaving ----------------------------------------------------------------------------------


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


def test_homes_count_from_the_day_on_which_the_account_begins_and_it_begins_once(store: Store) -> None:
    join(store, "De Eik", START)

    assert begin(store, Author("Anna", START + 9 * DAY))
    assert not begin(store, Author("Bram", START + 10 * DAY))

    [member] = store.memberships()
    assert member.first_day == date(2026, 5, 10)
    assert [each.administrator for each in store.audit() if each.act is Act.ACCOUNT_BEGUN] == ["Anna"]


def test_a_home_that_leaves_on_the_day_it_came_leaves_an_account(store: Store) -> None:
    home = join(store, "De Eik", START)
    begin(store, Author("Anna", START))

    leave(store, home, START + timedelta(hours=3))

    [left] = store.memberships()
    assert (left.home_id, left.first_day, left.last_day) == (None, date(2026, 5, 1), date(2026, 5, 1))
    with pytest.raises(NotFoundError):
        leave(store, home, START + timedelta(hours=4))
    gather_leaver(store, home, START + timedelta(hours=4))


# --- Paying -----------------------------------------------------------------------------------


def test_what_was_paid_is_due_no_more(village: Kept, tmp_path: Path) -> None:
    village.store.add_revenue(MAY, "other", 10_000, "invoice 7", village.author)
    village.books.close(MAY, village.author)
    due = {each.account: each.cents for each in village.books.dues()}

    village.books.pay(due, date(2026, 6, 10), village.author)

    assert [each.cents for each in village.books.dues()] == [0, 0]
    assert balances(village.books.entries())[BANK] == 10_000
    assert audit(exported(village, tmp_path)).is_right


@pytest.mark.parametrize("change", [1, -(10**9)])
def test_nothing_is_booked_that_was_not_due(village: Kept, change: int) -> None:
    village.store.add_revenue(MAY, "other", 10_000, "invoice 7", village.author)
    village.books.close(MAY, village.author)
    [first, _] = village.books.dues()

    with pytest.raises(ValueError, match="at most what an account is due"):
        village.books.pay({first.account: first.cents + change}, date(2026, 6, 10), village.author)
    with pytest.raises(ValueError, match="does not hold"):
        village.books.use_fund(1, "a bench", village.author)


def test_the_fund_is_used_as_members_decided(store: Store, tmp_path: Path) -> None:
    store.change_settings(lambda _: VillageSettings(fund_share=0.5))
    village = with_month(store, MAY, "De Eik", "De Linde")
    store.add_revenue(MAY, "other", 10_000, "invoice 7", village.author)
    village.books.close(MAY, village.author)
    held = balances(village.books.entries())[FUND]
    assert held > 4_000

    village.books.use_fund(4_000, "a bench at the square", village.author)

    assert balances(village.books.entries())[FUND] == held - 4_000
    village.look_at(END + 36 * DAY)
    village.books.close("2026-06", village.author)
    assert audit(exported(village, tmp_path)).is_right


def test_a_clock_that_was_set_back_keeps_nothing_from_being_booked(village: Kept) -> None:
    village.books.close(MAY, village.author)
    village.store.add_revenue(MAY, "other", 10, "x", village.author)
    village.clock.at -= timedelta(hours=1)

    village.books.correct(MAY, village.author)

    verify(village.books.entries())
