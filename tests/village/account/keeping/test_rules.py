"""A month is settled by the rules that it began with, wherever the coordinator was at that moment."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from typing import override

import pytest

from battery_commons.account.keeping.keeper import AccountKeeper
from battery_commons.account.period import month_grid
from battery_commons.domain.bylaws import SharingRule
from battery_commons.domain.settings import TariffChoice
from battery_commons.store import Store
from battery_commons.store.audit import Author
from battery_commons.store.votes import Opening
from battery_commons.voting.blind import SigningKey
from battery_commons.voting.motion import Motion, Subject
from tests.village.account.keeping.may import DAY, MAY, START
from tests.village.account_store import Clock, Kept, join, kept
from tests.village.voting.voter import Voter

JUNE, JULY = month_grid("2026-06"), month_grid("2026-07")


def chosen(village: Kept, at: datetime, sharing: SharingRule) -> None:
    village.store.change_settings(lambda former: replace(former, sharing=sharing), Author("Anna", at))


def rule_of(village: Kept, period: str) -> SharingRule:
    return village.books.terms(period).rules.sharing


@pytest.fixture
def village(store: Store) -> Kept:
    village = kept(store, START)
    village.keeper.look()
    return village


def test_what_is_changed_before_the_coordinator_looks_is_of_no_month_that_has_begun(village: Kept) -> None:
    chosen(village, JUNE.start - DAY, SharingRule.FUND)
    chosen(village, JUNE.start + timedelta(hours=3), SharingRule.CONTRIBUTION)

    village.look_at(JULY.start + 2 * DAY)

    assert [rule_of(village, period) for period in (MAY, "2026-06", "2026-07")] == [
        SharingRule.EQUAL,
        SharingRule.FUND,
        SharingRule.CONTRIBUTION,
    ]


def test_what_was_never_chosen_before_a_month_has_its_default_there(village: Kept) -> None:
    village.store.change_settings(
        lambda former: replace(former, tariff=TariffChoice.NET_METERING, fund_share=0.5),
        Author("Anna", JUNE.start + DAY),
    )

    village.look_at(JUNE.start + 2 * DAY)

    terms = village.books.terms("2026-06")
    assert (terms.tariff, terms.rules.fund_share_1e4) == (TariffChoice.BY_DATE, 0)


def decided(store: Store, takes_effect_at: datetime) -> str:
    """Let a home decide to share by contribution, and return the vote's id."""
    home_id, opens_at = join(store, "De Eik", START), takes_effect_at - 9 * DAY
    motion = Motion(
        Subject.SHARING,
        "Fair shares",
        "",
        ["equal", "contribution"],
        opens_at,
        takes_effect_at - DAY,
        takes_effect_at,
    )
    vote_id = store.propose(motion, Author("Anna", opens_at))
    opening = Opening(SigningKey.generate(), 0.3, {home_id: 1})
    store.open_vote(vote_id, motion, opening, Author("Anna", opens_at))
    voter = Voter(vote_id, opening.key.public, "b")
    store.cast(
        vote_id,
        voter.ballot(store.sign_paper(vote_id, home_id, 0, voter.blinded, opens_at)),
        opens_at,
    )
    store.close_vote(vote_id, takes_effect_at - DAY)
    return vote_id


def test_a_vote_counts_from_when_it_was_to_take_effect_though_nobody_was_there(village: Kept) -> None:
    vote_id = decided(village.store, JUNE.start)

    village.store.put_in_force(vote_id, JUNE.start + DAY)
    village.look_at(JUNE.start + DAY)

    assert rule_of(village, "2026-06") is SharingRule.CONTRIBUTION


async def test_a_vote_that_fell_due_meanwhile_is_counted_before_a_month_is_begun(store: Store) -> None:
    known = kept(store, START)
    vote_id = decided(store, JUNE.start)
    waited_s: list[float] = []

    class Waiting(Clock):
        """A clock on which the vote is put in force during the first wait, and that stops at the second."""

        @override
        def wall_seconds(self, village: timedelta) -> float:
            if waited_s:
                raise asyncio.CancelledError
            waited_s.append(village.total_seconds())
            store.put_in_force(vote_id, self.at)
            return 0.0

    keeper = AccountKeeper(store, known.books, Waiting(JUNE.start + DAY))
    with pytest.raises(asyncio.CancelledError):
        await keeper.run()

    assert waited_s == [60]
    assert rule_of(known, "2026-06") is SharingRule.CONTRIBUTION
