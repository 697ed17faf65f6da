"""Months are closed, corrected and audited."""

from collections.abc import Callable
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import pytest

from battery_commons.account.closing import closed_periods
from battery_commons.account.keeping.basis import basis_stamp
from battery_commons.account.keeping.books import GRACE, MonthState, state_of
from battery_commons.account.keeping.keeper import CLOSES_AFTER, until_next_look
from battery_commons.account.keeping.leaving import leave
from battery_commons.account.ledger import GRID, EntryKind, Signature, balances, verify
from battery_commons.audit import audit
from battery_commons.community.keeping.told import facts_of
from battery_commons.community.period import Period
from battery_commons.domain.bylaws import SharingRule
from battery_commons.domain.home_tariff import HomeTariff, TariffKind
from battery_commons.domain.settings import TariffChoice, VillageSettings
from battery_commons.domain.tariff import Price
from battery_commons.domain.time import SLOT
from battery_commons.store import Store
from battery_commons.store.audit import Act
from tests.village.account.keeping.may import DAY, END, MAY, START, exported
from tests.village.account_store import Kept, priced
from tests.village.community.lived import village_of_may
from tests.village.postgresql import Cluster


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
