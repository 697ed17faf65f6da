"""What was paid and used is booked once."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from battery_commons.account.ledger import BANK, FUND, balances, verify
from battery_commons.audit import audit
from battery_commons.domain.settings import VillageSettings
from battery_commons.store import Store
from battery_commons.store.ledger import MeanwhileError
from tests.village.account.keeping.may import DAY, END, MAY, exported
from tests.village.account_store import Kept, with_month


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
