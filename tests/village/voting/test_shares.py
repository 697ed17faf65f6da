"""What ways of sharing would have made of the last settled month, for the fund and for each home."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from battery_commons.account.period import month_grid
from battery_commons.domain.settings import VillageSettings
from battery_commons.store import Store
from battery_commons.store.audit import Author
from battery_commons.voting.keeping.shares import last_month_shared, told_by_account
from battery_commons.voting.motion import Motion, Subject
from battery_commons.voting.vote import EffectSource
from tests.village.account_store import Kept, kept, with_month

MAY = "2026-05"
END = month_grid(MAY).end
DAY = timedelta(days=1)
ANNA = Author("Anna", END + 7 * DAY)
FUND = Motion(Subject.FUND_SHARE, "For the fund?", "", [0.0, 0.5], END, END + 7 * DAY, END + 7 * DAY)


@pytest.fixture(scope="module")
def village(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kept]:
    """May was lived through by two homes, earned something, and is settled."""
    path = tmp_path_factory.mktemp("shared") / "village.db"
    with closing(Store.open(path)) as store:
        with_month(store, MAY, "De Eik", "De Linde")
        store.add_revenue(MAY, "cbc", 10_000, "a letter", ANNA)
        settled = kept(store, END + 7 * DAY)
        settled.books.close(MAY, ANNA)
        yield settled


def test_without_a_settled_month_nothing_is_reckoned(tmp_path: Path) -> None:
    with closing(Store.open(tmp_path / "village.db")) as store:
        assert last_month_shared(FUND, VillageSettings(), kept(store, END).books) is None


def test_each_way_of_sharing_shares_the_same_and_each_home_is_told_its_own(village: Kept) -> None:
    settled = village.books.settlement(MAY)

    reckoned = last_month_shared(FUND, VillageSettings(), village.books)

    assert reckoned is not None
    effects, homes = reckoned
    assert (effects.source, effects.days) == (EffectSource.ACCOUNT, 31)
    assert effects.start == month_grid(MAY).start
    assert set(homes) == {home.id for home in village.store.homes()}
    assert settled.to_share_cents > 0
    for choice in "ab":
        to_fund = effects.options[choice].to_fund_eur
        assert to_fund is not None
        to_homes = sum(home.shared_eur[choice] for home in homes.values())
        assert round(100 * (to_fund + to_homes)) == settled.to_share_cents
    assert effects.options["a"].to_fund_eur == 0
    assert effects.options["b"].to_fund_eur == settled.to_share_cents // 2 / 100


def test_the_rule_in_force_gives_what_was_settled(village: Kept) -> None:
    rules = replace(FUND, subject=Subject.SHARING, values=["equal", "contribution"])

    reckoned = last_month_shared(rules, VillageSettings(), village.books)

    assert reckoned is not None
    accounts = {due.home_id: due.account for due in village.books.dues()}
    settled = village.books.settlement(MAY)
    for home_id, home in reckoned[1].items():
        assert home.shared_eur["a"] == settled.home(accounts[home_id]).share_cents / 100


def test_other_questions_are_not_reckoned_from_the_account(village: Kept) -> None:
    codes = replace(FUND, subject=Subject.CODES_PER_WEEK, values=[1.0, 2.0])

    assert last_month_shared(codes, VillageSettings(), village.books) is None


def test_a_vote_on_what_the_fund_is_used_for_is_told_what_it_holds(village: Kept, tmp_path: Path) -> None:
    use = replace(FUND, subject=Subject.FUND_USE, values=["A bench", "A tree"])
    last = village.books.entries()[-1]

    reckoned = told_by_account(use, VillageSettings(), village.books)

    assert reckoned is not None
    effects, homes = reckoned
    assert (effects.source, effects.start, homes) == (EffectSource.ACCOUNT, last.at, {})
    assert effects.fund_eur == village.books.settlement(MAY).closing.fund_cents / 100
    with closing(Store.open(tmp_path / "village.db")) as store:
        assert told_by_account(use, VillageSettings(), kept(store, END).books) is None
