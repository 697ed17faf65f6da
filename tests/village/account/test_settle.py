"""Owners are made whole, then the gain is shared; whatever happens, it sums to the cent."""

from dataclasses import replace
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from battery_commons.account.basis import MonthBasis, MonthRules, Revenue
from battery_commons.account.settle import MonthSettlement, Opening, settle
from battery_commons.account.units import PARTS_PER_CENT
from battery_commons.domain.bylaws import SharingRule
from tests.village.account.made import EQUAL, made_month

any_rules = st.builds(
    MonthRules,
    st.sampled_from(SharingRule),
    st.integers(0, 10_000),
    st.integers(0, 100_000),
    owners_bear_shortage=st.booleans(),
    wear_1e5=st.integers(0, 10_000),
)
any_opening = st.builds(
    Opening,
    fund_cents=st.integers(-500, 50_000),
    claims=st.dictionaries(st.sampled_from(["h0", "h1", "gone"]), st.integers(1, 20_000)),
)
any_month = st.builds(
    made_month,
    st.integers(0, 2**32),
    st.integers(0, 4),
    rules=any_rules,
    revenue_cents=st.integers(-20_000, 400_000),
)


def paid_out(settlement: MonthSettlement) -> int:
    return sum(home.total_cents for home in settlement.homes) + sum(settlement.former_claims.values())


@settings(max_examples=40, deadline=None)
@given(any_month, any_opening, st.randoms())
def test_whatever_the_month_and_the_rule(basis: MonthBasis, opening: Opening, random: Random) -> None:
    settlement = settle(basis, opening)

    assert paid_out(settlement) + settlement.fund_cents == settlement.revenue_cents
    for home in settlement.homes:  # whole to the cent, in the home's favour
        assert 0 <= home.made_whole_cents * PARTS_PER_CENT - home.cost.lacking_parts < PARTS_PER_CENT
    if settlement.to_share_cents >= 0:
        assert all(home.share_cents >= 0 and home.claim_cents >= 0 for home in settlement.homes)
        assert settlement.fund_cents >= 0
    assert all(cents > 0 for cents in settlement.closing.claims.values())

    homes = list(basis.homes)
    random.shuffle(homes)
    again = settle(replace(basis, homes=tuple(homes)), opening)
    for home, same in zip(settlement.homes, again.homes, strict=True):
        assert (home.account, home.relief_w, home.total_cents) == (
            same.account,
            same.relief_w,
            same.total_cents,
        )
    assert again.closing == settlement.closing


def test_equal_shares_follow_the_days_of_membership() -> None:
    basis = made_month(1, revenue_cents=1_000_000)
    settlement = settle(basis, Opening())
    per_day = [home.share_cents / home.days for home in settlement.homes]
    assert max(per_day) - min(per_day) < 1
    assert settlement.fund_cents == settlement.to_share_cents // 10


def test_by_contribution_whoever_did_nothing_for_the_grid_gets_nothing_of_the_gain() -> None:
    rules = replace(EQUAL, sharing=SharingRule.CONTRIBUTION)
    settlement = settle(made_month(3, homes=6, rules=rules, revenue_cents=1_000_000), Opening())
    assert {home.share_cents > 0 for home in settlement.homes} == {True, False}
    assert all((home.share_cents > 0) == (home.relief_w > 0) for home in settlement.homes)


def test_the_fund_gets_what_it_needs_and_the_rest_is_shared() -> None:
    rules = replace(EQUAL, sharing=SharingRule.FUND, fund_share_1e4=0, fund_need_cents=30_000)
    basis = made_month(1, rules=rules, revenue_cents=1_000_000)
    settlement = settle(basis, Opening(fund_cents=29_000))
    assert settlement.fund_cents == 1_000
    assert settlement.closing.fund_cents == 30_000


def test_what_is_short_is_paid_by_the_fund_then_put_off_and_paid_first_later() -> None:
    poor = made_month(1, revenue_cents=0)
    settlement = settle(poor, Opening(fund_cents=1_000))
    assert settlement.to_share_cents < -1_000
    assert settlement.fund_cents == -1_000
    owed = sum(settlement.closing.claims.values())
    assert owed == -settlement.to_share_cents - 1_000
    for home in settlement.homes:
        assert home.made_whole_cents + home.claim_cents >= min(home.made_whole_cents, 0)

    rich = settle(made_month(1, revenue_cents=1_000_000), settlement.closing)
    assert rich.closing.claims == {}
    assert sum(home.claim_cents for home in rich.homes) == owed


def test_by_bylaws_owners_may_bear_what_is_short() -> None:
    basis = made_month(1, rules=replace(EQUAL, owners_bear_shortage=True), revenue_cents=0)
    settlement = settle(basis, Opening())
    assert settlement.closing.claims == {}
    assert sum(home.shortage_cents for home in settlement.homes) == settlement.to_share_cents < 0


def test_a_penalty_is_of_all_members_not_only_of_who_is_to_be_made_whole() -> None:
    basis = made_month(1, revenue_cents=-500_000)
    settlement = settle(basis, Opening())
    assert all(home.claim_cents < 0 for home in settlement.homes)
    assert paid_out(settlement) == settlement.revenue_cents


def test_without_members_the_revenue_is_the_fund_s() -> None:
    settlement = settle(made_month(1, homes=0, revenue_cents=-300), Opening())
    assert settlement.fund_cents == -307


def test_who_left_still_gets_what_was_owed() -> None:
    settlement = settle(made_month(1, revenue_cents=1_000_000), Opening(claims={"gone": 4_321}))
    assert settlement.former_claims == {"gone": 4_321}


def test_a_home_of_which_nothing_is_known_neither_wins_nor_loses() -> None:
    basis = made_month(1, revenue_cents=1_000_000)
    first = replace(basis.homes[0], known=np.zeros(basis.slots, dtype=np.bool_))
    settlement = settle(replace(basis, homes=(first, *basis.homes[1:])), Opening())
    home = settlement.home(first.account)
    assert (home.made_whole_cents, home.relief_w) == (0, 0)
    assert home.cost.unknown_slots == home.days * 96
    assert home.share_cents > 0


@pytest.mark.parametrize("cents", [10**12, -(10**12)])
def test_an_amount_in_another_unit_is_refused(cents: int) -> None:
    with pytest.raises(ValueError, match="is that so"):
        Revenue("cbc", cents)
