"""What a statement's lines say, in English and in Dutch."""

from dataclasses import replace

import pytest

from battery_commons.account.settle import Opening, settle
from battery_commons.account.statement import LineKey, statement
from battery_commons.domain.bylaws import SharingRule
from battery_commons.web.pages.words.account_sentences import meaning, money
from battery_commons.web.pages.words.words import Words
from tests.village.account.made import EQUAL, made_month


def said(words: Words, key: LineKey, revenue_cents: int, opening: Opening) -> str:
    basis = made_month(1, revenue_cents=revenue_cents)
    settlement = settle(basis, opening)
    lines = statement(settlement, basis.homes[0].account).lines
    return next(meaning(words, line, EQUAL) for line in lines if line.key is key)


@pytest.mark.parametrize("language", ["en", "nl"])
def test_a_share_says_what_was_paid_before_it(language: str) -> None:
    words = Words(language)
    text = said(words, LineKey.SHARE, 1_000_000, Opening(claims={"h0": 700, "gone": 4_321}))

    assert money(words, 5_021) in text


@pytest.mark.parametrize("language", ["en", "nl"])
def test_where_there_was_nothing_to_share_it_says_what_was_lacking_and_what_the_fund_paid(
    language: str,
) -> None:
    words = Words(language)
    lacking = -settle(made_month(1, revenue_cents=0), Opening()).to_share_cents
    text = said(words, LineKey.SHARE, 0, Opening(fund_cents=1_234))

    assert money(words, lacking) in text
    assert money(words, 1_234) in text
    assert "\N{MINUS SIGN}" not in text


@pytest.mark.parametrize(("language", "of_all"), [("en", "All homes"), ("nl", "Alle huizen")])
def test_what_a_home_did_stands_beside_what_all_did(language: str, of_all: str) -> None:
    assert of_all in said(Words(language), LineKey.RELIEF, 0, Opening())


def test_wear_says_what_each_kwh_costs_in_either_direction() -> None:
    assert "€\N{NO-BREAK SPACE}0.010" in said(Words("en"), LineKey.EXTRA_WEAR, 0, Opening())


@pytest.mark.parametrize("language", ["en", "nl"])
@pytest.mark.parametrize("revenue_cents", [-500_000, 0, 1_000_000])
@pytest.mark.parametrize("sharing", SharingRule)
def test_every_line_of_every_month_can_be_said(
    language: str, revenue_cents: int, sharing: SharingRule
) -> None:
    rules = replace(EQUAL, sharing=sharing, owners_bear_shortage=sharing is SharingRule.FUND)
    settlement = settle(made_month(1, rules=rules, revenue_cents=revenue_cents), Opening(claims={"h0": 9}))
    for home in settlement.homes:
        for line in statement(settlement, home.account).lines:
            assert meaning(Words(language), line, rules)
