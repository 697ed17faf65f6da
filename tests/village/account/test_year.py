"""A whole year: votes, joiners and leavers, tariffs that change, failing meters, and two corrections."""

from pathlib import Path

import pytest

from battery_commons.account.ledger import FUND, GRID, SETTLED, EntryKind, balances, verify
from battery_commons.account.statement import LineKey, statement
from battery_commons.account.units import PARTS_PER_CENT
from battery_commons.audit import audit
from battery_commons.voting.tally import Outcome
from battery_commons.voting.vote import Refusal, State
from tests.village.account.decided import JOINS, LEAVES, decided_year
from tests.village.account.year import FUND_USE, Year, basis_of_year, periods, settled_year
from tests.village.audit.exported import exported, tampered


@pytest.fixture(scope="module")
def year() -> Year:
    return settled_year()


@pytest.fixture(scope="module")
def export(year: Year, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return exported(tmp_path_factory.mktemp("account") / "year", year.entries, year.tables)


@pytest.mark.parametrize("period", periods())
def test_every_month_sums_to_the_community_s_revenue_to_the_cent(year: Year, period: str) -> None:
    booked = [entry for entry in year.entries if entry.period == period and entry.kind in SETTLED]
    revenue = sum(each.cents for each in year.months[period].basis.revenues)
    due = balances(booked)
    assert due.get(GRID, 0) == -revenue
    assert sum(due.values()) == 0
    assert sum(cents for account, cents in due.items() if account != GRID) == revenue


@pytest.mark.parametrize("period", periods())
def test_every_month_sums_against_what_homes_really_paid(year: Year, period: str) -> None:
    """What all paid and wore, less what makes them whole, is what M1 would have cost, to the cent each."""
    settlement = year.settlement(period)
    costs = [home.cost for home in settlement.homes]
    real = sum(c.actual_parts + c.extra_wear_parts - c.stored_parts for c in costs) / PARTS_PER_CENT
    alone = sum(c.alone_parts for c in costs) / PARTS_PER_CENT
    whole = sum(home.made_whole_cents for home in settlement.homes)
    assert real - whole == pytest.approx(alone, abs=len(costs))
    assert settlement.to_share_cents == settlement.revenue_cents - whole


@pytest.mark.parametrize("period", periods())
def test_no_owner_is_worse_off_than_under_m1_before_sharing(year: Year, period: str) -> None:
    settlement = year.settlement(period)
    for home in settlement.homes:
        cost = home.cost
        paid_parts = cost.actual_parts + cost.extra_wear_parts - cost.stored_parts
        assert paid_parts - home.made_whole_cents * PARTS_PER_CENT <= cost.alone_parts
        if settlement.to_share_cents >= 0:
            assert home.total_cents >= home.made_whole_cents
        else:  # what they go without is owed to them
            put_off = home.made_whole_cents - home.total_cents
            assert settlement.closing.claims.get(home.account, 0) >= put_off


def test_the_year_is_steered_and_settled_as_its_members_voted(year: Year) -> None:
    steered = [decided_year().models[period] for period in periods()]
    assert steered == ["M4"] * 3 + ["M5"] * 2 + ["M3"] * 2 + ["M4+M5"] * 3 + ["M2"] * 2
    rules = [year.months[period].basis.rules for period in periods()]
    shared = [(each.sharing, each.fund_share_1e4) for each in rules]
    assert shared == [("equal", 1_000)] * 4 + [("contribution", 500)] * 4 + [("fund", 0)] * 4


def test_votes_of_too_few_change_nothing_and_all_others_took_effect_by_themselves() -> None:
    states = [vote.state for vote in decided_year().votes]
    results = [vote.result for vote in decided_year().votes]
    assert states.count(State.IN_FORCE) == 8
    assert [states.index(State.NO_RESULT), len(states)] == [7, 9]
    assert [each.outcome for each in results if each].count(Outcome.NO_QUORUM) == 1
    assert {each.ballots for each in results if each} == {2, 11, 12}


def test_who_joined_or_left_since_a_vote_opened_and_who_voted_before_were_refused() -> None:
    refused = decided_year().refused
    assert refused[0] == ("c136", Refusal.NOT_ON_ROLL)  # Joined while it was open.
    assert ("c092", Refusal.NOT_ON_ROLL) in refused  # Left while it was open.
    assert ("c001", Refusal.ALREADY_VOTED) in refused
    assert refused.count(("c005", Refusal.VOTE_CLOSED)) == 9


def test_the_year_has_all_that_it_is_said_to_have(year: Year) -> None:
    to_share = [year.settlement(period).to_share_cents for period in periods()]
    assert min(to_share) < 0 < max(to_share)
    assert any(home.cost.unknown_slots for home in year.settlement("2026-12").homes)
    assert year.settlement("2026-09").home("c034").cost.unknown_slots == 0  # repaired
    assert year.settlement("2026-09").home("c136").days == 14
    assert {*JOINS, *LEAVES} <= {home.account for home in year.settlement("2026-10").homes} | {"c007"}
    closings = [entry for entry in year.entries if entry.kind is EntryKind.CLOSING]
    assert sum(entry.corrects is not None for entry in closings) == 5  # two corrections, and the months after
    verify(year.entries)


def test_the_fund_holds_what_months_brought_less_what_it_was_used_for(year: Year) -> None:
    assert year.settlement("2026-12").closing.fund_cents > -FUND_USE[FUND]
    assert balances(year.entries).get(FUND, 0) == year.settlement(periods()[-1]).closing.fund_cents


def test_the_counterfactual_goes_on_from_month_to_month(year: Year) -> None:
    for period, after in zip(periods(), periods()[1:], strict=False):
        carried = year.settlement(period).closing.batteries
        stands = {account for account, batteries in carried.items() if batteries}
        assert len(stands) >= 8
        assert stands & {home.account for home in basis_of_year(after).homes}


def test_the_audit_recomputes_all_of_it_and_every_statement(year: Year, export: Path) -> None:
    report = audit(export)
    assert report.differences == []
    assert (report.entries, report.closings) == (len(year.entries), 17)
    handed_out = [
        statement(year.settlement(period), home.account)
        for period in periods()
        for home in year.settlement(period).homes
    ]
    assert len(report.statements) == len(handed_out) > 130
    for each in handed_out:
        again = report.statements[each.period, each.account]
        lines = {line.key: line for line in each.lines}
        assert lines[LineKey.METERED].figures["counted_quarter_hours"] == again.quarter_hours
        assert lines[LineKey.ACTUAL_COST].cents == again.actual_cost
        assert lines[LineKey.ALONE_COST].cents == again.alone_cost
        assert lines[LineKey.EXTRA_WEAR].cents == again.extra_wear
        assert lines[LineKey.STORED].cents == again.stored
        assert lines[LineKey.MADE_WHOLE].cents == again.made_whole
        assert lines[LineKey.RELIEF].figures["relief_wh"] == again.relief_wh
        assert lines[LineKey.SHARE].cents == again.share
        assert each.total_cents == again.total


def test_the_audit_finds_a_single_tampered_quarter_hour_of_the_year(export: Path) -> None:
    (file,) = export.glob("tables/2027-04/quarter-hours-c050-*.csv")
    name = file.relative_to(export).as_posix()
    with tampered(export, name, line=1_234, column=1):
        report = audit(export)
    assert any(each.where == f"{name}, line 1234" for each in report.differences)
