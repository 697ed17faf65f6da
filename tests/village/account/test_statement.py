"""A statement explains itself: its lines are the figures that its amounts are made of."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from battery_commons.account.basis import Revenue
from battery_commons.account.closing import close
from battery_commons.account.settle import Opening, settle
from battery_commons.account.statement import LineKey, statement
from tests.village.account.made import made_month

NOW = datetime(2027, 4, 4, tzinfo=UTC)
BASIS = made_month(1)
SETTLEMENT = settle(BASIS, Opening())


@pytest.mark.parametrize("account", [home.account for home in SETTLEMENT.homes])
def test_booked_lines_sum_to_the_total(account: str) -> None:
    made = statement(SETTLEMENT, account)
    assert sum(line.cents or 0 for line in made.lines if line.is_booked) == made.total_cents


@pytest.mark.parametrize("account", [home.account for home in SETTLEMENT.homes])
def test_what_makes_a_home_whole_follows_from_the_lines_above_it(account: str) -> None:
    cents = {line.key: line.cents or 0 for line in statement(SETTLEMENT, account).lines}
    shown = (
        cents[LineKey.ACTUAL_COST]
        + cents[LineKey.EXTRA_WEAR]
        - cents[LineKey.STORED]
        - cents[LineKey.ALONE_COST]
    )
    assert abs(cents[LineKey.MADE_WHOLE] - shown) <= 2


def test_quarter_hours_of_which_nothing_is_known_are_counted_on_it() -> None:
    home = SETTLEMENT.homes[0]
    (metered, *_) = statement(SETTLEMENT, home.account).lines
    assert metered.figures["unknown_quarter_hours"] > 0
    counted = metered.figures["unknown_quarter_hours"] + metered.figures["counted_quarter_hours"]
    assert counted == home.days * 96


def test_what_homes_share_is_what_is_left_after_what_was_owed_and_the_fund() -> None:
    rich = settle(made_month(1, revenue_cents=1_000_000), Opening(claims={"h0": 700, "gone": 4_321}))
    shares = [
        line
        for home in rich.homes
        for line in statement(rich, home.account).lines
        if line.key is LineKey.SHARE
    ]
    figures = shares[0].figures

    assert figures["owed_before_cents"] == 5_021
    left = figures["to_share_cents"] - figures["owed_before_cents"] - figures["fund_cents"]
    assert sum(line.cents or 0 for line in shares) == left


def test_a_home_s_relief_stands_beside_that_of_all_who_lowered_the_load() -> None:
    reliefs = [
        line.figures
        for home in SETTLEMENT.homes
        for line in statement(SETTLEMENT, home.account).lines
        if line.key is LineKey.RELIEF
    ]

    of_all = sum(max(home.relief_w, 0) for home in SETTLEMENT.homes) // 4
    assert {figures["relief_of_all_wh"] for figures in reliefs} == {of_all}


def test_corrections_are_on_the_statement_of_the_month_that_they_are_about() -> None:
    first = close([BASIS], (), None, NOW)
    again = close([replace(BASIS, revenues=(Revenue("cbc", 90_000),))], first.entries, None, NOW)
    account = BASIS.homes[0].account
    made = statement(again.months[0].settlement, account, (*first.entries, *again.entries))
    corrections = [line for line in made.lines if line.key is LineKey.CORRECTION]
    before = first.months[0].settlement.home(account).total_cents
    assert before + sum(line.cents or 0 for line in corrections) == made.total_cents
    assert all(line.figures["corrects"] <= len(first.entries) for line in corrections)


def test_a_home_that_was_no_member_has_no_statement() -> None:
    with pytest.raises(KeyError):
        statement(SETTLEMENT, "nobody")
