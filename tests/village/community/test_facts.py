"""A period's facts from its days; CO2, codes and money in sums."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from battery_commons.account.ledger import FUND, GRID, Draft, EntryKind, append
from battery_commons.community.carbon import KG_PER_KWH, saved
from battery_commons.community.codes import CodeFact, together
from battery_commons.community.day import Compared, DayFacts, Flow, GridDay, SunDay
from battery_commons.community.facts import period_facts
from battery_commons.community.money import money_facts
from battery_commons.community.period import Period
from battery_commons.domain.flash_mob import VILLAGE, Change
from battery_commons.domain.grid import CongestionSignal

FLOW = Flow(9_000.0, 1_000.0, 0, 100_000.0, 10_000.0)
BARE = Flow(12_000.0, 3_000.0, 8, 102_000.0, 15_000.0)
COMPARED = Compared(96, FLOW, replace(FLOW, import_w=10_000.0), BARE, 96.0)
GRID_DAY = GridDay("t1", 10_000.0, 96, 96, FLOW, COMPARED)
SUN = SunDay(96, 20_000.0, 5_000.0, 8_000.0, 12_000.0)
NOON = datetime(2026, 5, 8, 12, tzinfo=UTC)
TODAY = date(2026, 5, 11)


def day(number: int, grid: GridDay = GRID_DAY) -> DayFacts:
    return DayFacts(date(2026, 5, number), (grid, replace(grid, id=VILLAGE, limit_w=None)), SUN, 6, 0.9)


def test_highest_loads_are_each_at_their_own_moment_and_hours_add_up() -> None:
    higher = replace(FLOW, import_w=9_500.0)
    other = replace(GRID_DAY, measured=higher, compared=replace(COMPARED, actual=higher))

    facts = period_facts(Period.read("2026-05"), [day(8), day(9, other)], TODAY)
    grid = facts.grid("t1")

    assert grid is not None
    assert grid.lower_w(than_alone=False, feed_in=False) == 2_500
    assert grid.lower_w(than_alone=True, feed_in=False) == 500
    assert grid.lower_w(than_alone=False, feed_in=True) == 2_000
    assert grid.hours_saved(than_alone=False) == 4.0
    assert facts.village is not None
    assert facts.village.hours_saved(than_alone=False) is None, "a village has no limit of its own"


def test_days_that_are_missing_are_counted_and_not_filled_in() -> None:
    facts = period_facts(Period.read("2026-05"), [day(8), day(10)], TODAY)

    assert (facts.days_over, facts.days_kept, facts.until) == (10, 2, date(2026, 5, 10))
    assert facts.homes_known == pytest.approx(0.9)


def test_only_days_of_the_period_that_are_over_count() -> None:
    facts = period_facts(Period.read("2026-05"), [day(9), day(11)], TODAY)

    assert facts.days_kept == 1


def test_of_nothing_nothing_is_told() -> None:
    facts = period_facts(Period.read("2026"), [], TODAY)

    assert (facts.until, facts.sun_shares, facts.carbon, facts.homes_known) == (None, None, None, None)
    assert period_facts(Period.read("2027"), [], TODAY).days_over == 0


def test_own_sun_is_shared_out_of_what_was_left_over() -> None:
    shares = period_facts(Period.read("2026-05"), [day(8), day(9)], TODAY).sun_shares

    assert shares is not None
    assert (shares.actual, shares.alone, shares.bare) == pytest.approx((0.75, 0.6, 0.4))


def test_co2_lies_between_what_batteries_lose_and_what_is_drawn_less() -> None:
    carbon = period_facts(Period.read("2026-05"), [day(8)], TODAY).carbon

    assert carbon is not None
    assert carbon.at_most_kg == pytest.approx(2 * KG_PER_KWH)
    assert carbon.at_least_kg == pytest.approx((2 - 5) * KG_PER_KWH), "they lost three kWh"


def test_co2_is_not_told_of_a_single_day_since_batteries_hold_energy_over_midnight() -> None:
    assert period_facts(Period.read("2026-05-08"), [day(8)], TODAY).carbon is None


ENERGY = st.floats(0, 1e9)


@given(ENERGY, ENERGY, ENERGY, ENERGY)
def test_the_range_of_co2_is_never_the_wrong_way_round(a: float, b: float, c: float, d: float) -> None:
    found = saved(Flow(0, 0, 0, a, b), Flow(0, 0, 0, c, d))

    assert found.at_least_kg <= found.at_most_kg


def code(change_w: float | None, error_w: float = 100.0, *, hours: int = 2, joined: int = 3) -> CodeFact:
    within = 1.96 * error_w
    change = None
    if change_w is not None:
        change = Change(change_w, change_w - within, change_w + within, error_w)
    return CodeFact(CongestionSignal.RED, NOON, NOON + timedelta(hours=hours), 6, joined, change)


def test_codes_count_by_their_hours_and_their_errors_add_up_as_squares() -> None:
    found = together([code(-3_000.0, 300.0), code(-1_000.0, 400.0), code(None)], CongestionSignal.RED)

    assert (found.times, found.measured, found.joined, found.asked) == (3, 2, 9, 18)
    assert found.kwh == -8.0
    assert found.kwh_within == pytest.approx(1.96 * 1.0)
    assert found.change is not None
    assert found.change.change_w == -2_000
    assert found.change.high_w - found.change.change_w == pytest.approx(1.96 * 250)


def test_who_joined_is_told_of_as_many_codes_as_who_was_asked() -> None:
    unknown = replace(code(-1.0), homes=None)

    found = together([code(-1.0), unknown], CongestionSignal.RED)

    assert (found.joined, found.asked) == (3, 6)


def test_codes_of_another_colour_do_not_count() -> None:
    assert together([code(-1.0)], CongestionSignal.GREEN).times == 0
    assert together([code(-1.0)], CongestionSignal.GREEN).change is None


def entries(homes: int) -> list[Draft]:
    shares = [Draft("2026-05", f"H-{n}", EntryKind.SHARE, 100) for n in range(homes)]
    return [
        Draft("2026-05", GRID, EntryKind.REVENUE, -100 * homes - 50, "c1"),
        *shares,
        Draft("2026-05", FUND, EntryKind.FUND, 50),
    ]


def test_money_is_told_in_sums() -> None:
    money = money_facts(append(None, NOON, entries(5)), "2026")

    assert money is not None
    assert (money.revenue, money.to_fund, money.fund) == (550, 50, 50)
    assert money.homes is not None
    assert money.homes.shared == 500


def test_money_of_few_homes_is_not_told() -> None:
    money = money_facts(append(None, NOON, entries(4)), "2026")

    assert money is not None
    assert money.homes is None


def test_a_year_in_which_nothing_was_booked_has_no_account() -> None:
    assert money_facts(append(None, NOON, entries(5)), "2025") is None
