"""The account is kept through months: gathered by day, closed, corrected, audited, whoever leaves."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from battery_commons.account.closing import closed_periods
from battery_commons.account.export import write_export
from battery_commons.account.keeping.basis import basis_stamp
from battery_commons.account.keeping.books import GRACE, Books, MonthState, state_of
from battery_commons.account.keeping.gathering import begin, gather_leaver, read_home, tariffs_over
from battery_commons.account.keeping.keeper import CLOSES_AFTER, AccountKeeper, until_next_look
from battery_commons.account.keeping.leaving import leave
from battery_commons.account.keeping.readings import QuarterHours
from battery_commons.account.ledger import BANK, FUND, GRID, EntryKind, Signature, balances, verify
from battery_commons.account.period import month_grid
from battery_commons.audit import audit
from battery_commons.community.keeping.told import facts_of
from battery_commons.community.period import Period
from battery_commons.domain.battery import Battery
from battery_commons.domain.bylaws import SharingRule
from battery_commons.domain.grid import Transformer
from battery_commons.domain.home_tariff import HomeTariff, TariffKind
from battery_commons.domain.iban import BankAccount
from battery_commons.domain.quality import Finding, FindingKind, Quality, Source, SourceKind
from battery_commons.domain.reading import BatteryReading, MeterReading
from battery_commons.domain.settings import TariffChoice, VillageSettings
from battery_commons.domain.tariff import Price
from battery_commons.domain.time import SLOT
from battery_commons.store import NotFoundError, Store, StoreError
from battery_commons.store.audit import Act, Author
from battery_commons.store.ledger import MeanwhileError
from battery_commons.store.place import Place
from battery_commons.store.records import HomeBattery
from tests.village.account_store import KEY, Clock, Kept, join, kept, measured, priced, with_month
from tests.village.community.lived import village_of_may
from tests.village.postgresql import Cluster, on_both

MAY = "2026-05"
GRID_OF_MAY = month_grid(MAY)
START, END = GRID_OF_MAY.start, GRID_OF_MAY.end
DAY = timedelta(days=1)


@pytest.fixture
def store(place: Place) -> Iterator[Store]:
    with closing(Store.open(place)) as store:
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


def test_a_village_on_postgresql_keeps_the_same_account_and_the_same_days(
    postgresql: Cluster, tmp_path: Path
) -> None:
    with postgresql.village() as url, closing(Store.open(url)) as store:
        village = village_of_may(store, "De Eik", "De Linde")
        facts = facts_of(store, Period.read(MAY), village.clock.at)
        assert (facts.days_over, facts.days_kept) == (31, 31)
        assert [grid.known_slots for grid in facts.grids] == [31 * 96] * 2
        store.add_revenue(MAY, "other", 12_345, "invoice 7", village.author)
        village.books.close(MAY, village.author)
        leave(store, store.homes()[0].id, village.clock.at)
        village.books.correct(MAY, village.author)

        assert sum(balances(village.books.entries()).values()) == 0
        assert village.books.changed_tables(MAY) == []
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


@on_both
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


@on_both
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


@pytest.mark.parametrize("battery_id", ["b1", "b2"])
def test_what_changes_at_a_home_once_a_month_is_over_changes_nothing_of_that_month(
    store: Store, battery_id: str
) -> None:
    home = join(store, "De Eik", START)
    village = kept(store, START)
    village.keeper.look()
    measured(store, home, START - SLOT, END + SLOT)
    village.look_at(END + DAY)
    before = store.gathered(MAY)
    larger = Battery(f"{home}/{battery_id}", "t1", 25_000, 9_000, 9_000)
    store.describe_home(home, [], [HomeBattery(home, battery_id, "Larger", larger)])
    store.put_transformer(Transformer("t2", "Brink", 100_000))
    store.move(home, "t2", village.author)

    village.look_at(END + 2 * DAY)

    after = store.gathered(MAY)[account_of(store, "De Eik")]
    assert read_home(MAY, after.tables).known.all()
    assert after.tables == before[account_of(store, "De Eik")].tables


@on_both
def test_what_comes_late_is_gathered_too(store: Store) -> None:
    home = join(store, "De Eik", START, battery=False)
    village = kept(store, START)
    village.keeper.look()
    village.look_at(START + 2 * DAY)
    measured(store, home, START, START + 2 * DAY)

    village.look_at(START + 3 * DAY)

    month = read_home(MAY, store.gathered(MAY)[account_of(store, "De Eik")].tables)
    assert month.known[: 2 * 96 - 8].all()


def test_what_a_battery_held_as_a_known_stretch_ended_stays_known(store: Store) -> None:
    home = join(store, "De Eik", START)
    village = kept(store, START)
    village.keeper.look()
    measured(store, home, START - SLOT, START + 6 * DAY)
    village.look_at(START + 5 * DAY)
    # What is looked at once more begins within what turns out to be wrong.
    again = START + 2 * DAY
    source, figures = Source(SourceKind.BATTERY, f"{home}/b1"), {"hours": 9.0}
    wrong = Finding(source, FindingKind.STUCK, Quality.WRONG, again - 2 * SLOT, again + DAY, figures)
    store.keep_findings([wrong], [])

    village.look_at(START + 6 * DAY)

    month = read_home(MAY, store.gathered(MAY)[account_of(store, "De Eik")].tables)
    ends = (again - START) // SLOT
    assert month.known[ends - 1 : ends + 1].tolist() == [True, False]
    assert month.batteries[0].stored_wh[ends] == 3_000


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


def test_what_is_booked_while_the_account_is_written_out_is_not_in_it(
    village: Kept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    village.books.close(MAY, village.author)
    entries, signatures = village.books.entries(), Store.ledger_signatures

    def meanwhile(store: Store) -> list[Signature]:
        monkeypatch.undo()
        village.store.add_revenue(MAY, "other", 12_345, "invoice 7", village.author)
        village.books.correct(MAY, village.author)
        return signatures(store)

    monkeypatch.setattr(Store, "ledger_signatures", meanwhile)
    report = audit(exported(village, tmp_path))

    assert report.differences == []
    assert report.entries == len(entries) < len(village.books.entries())


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


def test_a_draft_is_worked_out_again_only_where_something_is_other(village: Kept) -> None:
    draft = village.books.settlement(MAY)
    assert village.books.settlement(MAY) is draft

    village.store.add_revenue(MAY, "other", 1_001, "invoice 7", village.author)

    assert village.books.settlement(MAY).revenue_cents == 1_001


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


def test_a_later_month_is_told_as_it_is_after_a_correction_of_what_is_owed(village: Kept) -> None:
    village.store.add_revenue(MAY, "other", -5_000, "a penalty", village.author)
    village.books.close(MAY, village.author)
    village.look_at(END + 37 * DAY)
    village.store.add_revenue("2026-06", "other", 20_000, "invoice 8", village.author)
    village.books.close("2026-06", village.author)
    assert sum(home.claim_cents for home in village.books.settlement("2026-06").homes) > 0

    village.store.add_revenue(MAY, "other", 9_000, "no penalty after all", village.author)
    village.books.correct(MAY, village.author)

    settled = village.books.settlement("2026-06")
    assert [home.claim_cents for home in settled.homes] == [0, 0]
    booked = [each for each in village.books.entries() if each.period == "2026-06"]
    assert {home.account: home.total_cents for home in settled.homes} == {
        each.account: balances(booked)[each.account] for each in settled.homes
    }


def test_a_month_too_long_ago_to_be_known_stays_as_it_was_closed(village: Kept) -> None:
    village.books.close(MAY, village.author)
    village.store.forget_gathered(before="2026-06")

    assert village.books.changed_tables(MAY) == []
    with pytest.raises(ValueError, match="too long ago"):
        village.books.correct(MAY, village.author)


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


def test_the_rules_of_a_month_are_taken_as_it_begins() -> None:
    assert until_next_look(END - timedelta(hours=7)) == timedelta(hours=6)
    assert until_next_look(END - timedelta(hours=2)) == timedelta(hours=2, minutes=1)
    assert until_next_look(END) == timedelta(hours=6)


@pytest.mark.parametrize(
    "change",
    [
        lambda village: village.store.add_revenue(MAY, "other", 1, "invoice 7", village.author),
        lambda village: village.store.put_prices("test", [Price(START, 0.07)]),
        lambda village: village.store.put_home_tariff(
            village.store.homes()[0].id, date(2026, 5, 20), HomeTariff(TariffKind.FIXED, 0.3)
        ),
        lambda village: leave(village.store, village.store.homes()[0].id, village.clock.at),
    ],
    ids=["revenue", "price", "tariff", "gathered"],
)
def test_what_is_other_in_a_month_is_seen_without_working_it_out(
    village: Kept, change: Callable[[Kept], None]
) -> None:
    before = basis_stamp(village.store, MAY)
    assert basis_stamp(village.store, MAY) == before

    change(village)

    assert basis_stamp(village.store, MAY) != before


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

    village.clock.at = END + 33 * DAY  # July has begun, and June is not closed.
    seen = store.last_entry_number()
    village.books.use_fund(4_000, "a bench at the square", village.author, seen=seen)
    with pytest.raises(MeanwhileError):  # The form was sent twice.
        village.books.use_fund(4_000, "a bench at the square", village.author, seen=seen)

    assert balances(village.books.entries())[FUND] == held - 4_000
    assert village.books.entries()[-1].period == "2026-06"
    village.look_at(END + 36 * DAY)
    village.books.close("2026-06", village.author)
    assert audit(exported(village, tmp_path)).is_right


def test_a_clock_that_was_set_back_keeps_nothing_from_being_booked(village: Kept) -> None:
    village.books.close(MAY, village.author)
    village.store.add_revenue(MAY, "other", 10, "x", village.author)
    village.clock.at -= timedelta(hours=1)

    village.books.correct(MAY, village.author)

    verify(village.books.entries())
