"""Accounts outlive their homes, what is a household's goes with it, and the ledger is only added to."""

import json
from datetime import date

import pytest
from sqlalchemy import Table, delete, update
from sqlalchemy.exc import DatabaseError

from battery_commons.account.ledger import FUND, GRID, Draft, EntryKind, Signature, append
from battery_commons.domain.home_tariff import HomeTariff, TariffKind
from battery_commons.domain.iban import BankAccount
from battery_commons.store import NotFoundError, Store, StoreError
from battery_commons.store.audit import Act, Author
from battery_commons.store.ledger import MeanwhileError
from battery_commons.store.records import NewHome
from battery_commons.store.schema_account import ledger, ledger_signature

from .conftest import NOON

DAY = date(2026, 6, 1)
BY = Author("Anna", NOON)
FIXED = HomeTariff(TariffKind.FIXED, 0.14)
BANK = BankAccount("J. de Vries", "NL91ABNA0417164300")


def booked(store: Store, number: int = 0) -> None:
    drafts = [
        Draft("2026-06", GRID, EntryKind.REVENUE, -5, "c1"),
        Draft("2026-06", FUND, EntryKind.FUND, 5, ""),
    ]
    entries = store.ledger()
    new = append(entries[number - 1] if number else None, NOON, drafts)
    signature = Signature(new[-1].number, new[-1].hash, "signed")
    table = {("2026-06", "rules", "abc"): "rule,value\n"}
    store.add_to_ledger(new, signature, Act.MONTH_CLOSED, "2026-06", BY, tables=table)


def test_a_home_has_one_account_whose_number_says_nothing_of_it(store: Store, home: NewHome) -> None:
    number = store.open_account(home.home_id, DAY)

    assert store.open_account(home.home_id, date(2026, 7, 1)) == number
    [kept] = store.memberships()
    assert (kept.account, kept.home_id, kept.first_day, kept.last_day) == (number, home.home_id, DAY, None)
    with pytest.raises(NotFoundError):
        store.open_account("nobody", DAY)


def test_a_home_that_leaves_takes_its_tariffs_and_bank_account_along_and_leaves_a_number(
    store: Store, home: NewHome
) -> None:
    number = store.open_account(home.home_id, DAY)
    store.put_home_tariff(home.home_id, DAY, FIXED, BY)
    store.put_bank_account(home.home_id, BANK, BY)
    store.end_account(number, DAY)

    store.leave(home.home_id)

    [left] = store.memberships()
    assert (left.account, left.home_id, left.last_day) == (number, None, DAY)
    assert store.home_tariffs() == {}
    assert store.bank_accounts() == {}


def test_no_iban_and_no_price_is_in_the_audit_log(store: Store, home: NewHome) -> None:
    store.put_home_tariff(home.home_id, DAY, FIXED, BY)
    store.put_bank_account(home.home_id, BANK, BY)
    store.put_own_bank_account(BANK, BY)
    store.remove_bank_account(home.home_id, BY)

    log = str(store.audit())
    assert [each.act for each in store.audit()] == [
        Act.BANK_ACCOUNT_REMOVED,
        Act.BANK_ACCOUNT_GIVEN,
        Act.BANK_ACCOUNT_GIVEN,
        Act.HOME_TARIFF_CHANGED,
    ]
    assert BANK.iban not in log
    assert "Vries" not in log
    assert "0.14" not in log


def test_tariffs_follow_one_another(store: Store, home: NewHome) -> None:
    dynamic = HomeTariff(TariffKind.DYNAMIC, 0.02, net_metering=True)
    store.put_home_tariff(home.home_id, date(2026, 7, 1), FIXED)
    store.put_home_tariff(home.home_id, DAY, FIXED)
    store.put_home_tariff(home.home_id, DAY, dynamic)

    assert store.home_tariffs() == {home.home_id: [(DAY, dynamic), (date(2026, 7, 1), FIXED)]}
    store.remove_home_tariff(home.home_id, DAY)
    assert store.home_tariffs() == {home.home_id: [(date(2026, 7, 1), FIXED)]}
    with pytest.raises(NotFoundError):
        store.remove_home_tariff(home.home_id, DAY)
    with pytest.raises(NotFoundError):
        store.put_home_tariff("nobody", DAY, FIXED)


def test_the_ledger_is_read_as_it_was_booked(store: Store) -> None:
    booked(store)
    booked(store, 2)

    entries = store.ledger()
    assert [entry.number for entry in entries] == [1, 2, 3, 4]
    assert entries[2].previous == entries[1].hash
    assert [each.number for each in store.ledger_signatures()] == [2, 4]
    assert store.last_entry_number() == 4
    assert store.basis_text(("2026-06", "rules", "abc")) == "rule,value\n"
    assert store.basis_texts("2026-06", {"rules": "abc", "homes": "abc"}) == {"rules": "rule,value\n"}


def test_two_cannot_book_at_once(store: Store) -> None:
    booked(store)

    with pytest.raises(MeanwhileError):
        booked(store)

    assert len(store.ledger()) == 2
    assert [each.act for each in store.audit()] == [Act.MONTH_CLOSED]


@pytest.mark.parametrize("table", [ledger, ledger_signature], ids=lambda table: table.name)
def test_the_database_refuses_to_change_or_delete_what_was_booked(store: Store, table: Table) -> None:
    booked(store)

    for statement in (update(table).values(hash="other"), delete(table)):
        with pytest.raises((DatabaseError, StoreError), match="only added to"), store._write() as connection:
            connection.execute(statement)

    assert len(store.ledger()) == 2


def test_revenue_is_typed_and_taken_out_with_who_did_so(store: Store) -> None:
    first = store.add_revenue("2026-06", "other", 12_345, "invoice 7", BY)
    store.add_revenue("2026-07", "other", -100, "penalty", BY)

    store.remove_revenue(first, BY)

    assert [(each.period, each.cents) for each in store.revenues()] == [("2026-07", -100)]
    assert store.revenues("2026-06") == []
    with pytest.raises(NotFoundError):
        store.remove_revenue(first, BY)
    assert [each.act for each in store.audit()] == [
        Act.REVENUE_REMOVED,
        Act.REVENUE_TYPED,
        Act.REVENUE_TYPED,
    ]


def test_a_month_keeps_the_terms_that_it_began_with(store: Store) -> None:
    store.begin_account_month("2026-06", json.dumps("first"))
    store.begin_account_month("2026-06", json.dumps("second"))

    assert store.account_months() == {"2026-06": '"first"'}
