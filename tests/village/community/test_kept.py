"""Days are worked out once they are over, again where they rest on other figures, and outlive readings."""

from datetime import date, timedelta

import pytest
from sqlalchemy import delete, update

from battery_commons.account.keeping.leaving import leave
from battery_commons.community.keeping.keeper import CommunityKeeper
from battery_commons.community.keeping.told import facts_of, told
from battery_commons.community.period import Period
from battery_commons.domain.flash_mob import VILLAGE
from battery_commons.store import NotFoundError, schema
from battery_commons.store.audit import Author
from tests.village.account_store import Kept, join
from tests.village.community.conftest import END, START

DAY = timedelta(days=1)
PERIOD = Period.read("2026-05")


def keeper(lived: Kept) -> CommunityKeeper:
    return CommunityKeeper(lived.store, lived.books, lived.clock)


def test_every_day_of_a_month_is_kept_with_village_and_transformer(lived: Kept) -> None:
    facts = facts_of(lived.store, PERIOD, lived.clock.at)

    assert (facts.days_over, facts.days_kept) == (31, 31)
    assert [grid.id for grid in facts.grids] == [VILLAGE, "t1"]
    assert facts.homes_known == pytest.approx(1.0, abs=0.01)
    transformer = facts.grid("t1")
    assert transformer is not None
    assert (transformer.slots, transformer.known_slots) == (31 * 96, 31 * 96)
    assert transformer.compared is not None
    # Batteries give until 20:00 UTC, an hour after the highest load; what is then left is 17.3 kW.
    assert transformer.compared.bare.import_w == pytest.approx(20_400, abs=10)
    assert transformer.lower_w(than_alone=False, feed_in=False) == pytest.approx(3_097, abs=10)
    assert transformer.hours_saved(than_alone=False) == 31 * 1.75
    assert facts.sun_shares is not None
    assert facts.sun_shares.alone > facts.sun_shares.actual


def test_a_day_that_rests_on_other_figures_by_now_is_worked_out_again(lived: Kept) -> None:
    store, table = lived.store, schema.meter_quarter_hour
    before = facts_of(store, PERIOD, lived.clock.at).grid("t1")
    with store._write() as connection:
        highest = update(table).where(table.c.start == START + 10 * DAY).values(power_w=40_000.0)
        connection.execute(highest)

    keeper(lived).look()

    after = facts_of(store, PERIOD, lived.clock.at).grid("t1")
    assert before is not None
    assert before.measured is not None
    assert after is not None
    assert after.measured is not None
    assert (before.measured.import_w < 40_000, after.measured.import_w) == (True, 40_000)
    assert after.measured.over_slots == before.measured.over_slots + 1


def test_what_was_not_measured_is_counted_and_not_filled_in(lived: Kept) -> None:
    store, table = lived.store, schema.meter_quarter_hour
    with store._write() as connection:
        connection.execute(delete(table).where(table.c.start < START + DAY))

    keeper(lived).look()

    grid = facts_of(store, PERIOD, lived.clock.at).grid("t1")
    assert grid is not None
    assert (grid.known_slots, grid.slots) == (30 * 96, 31 * 96)


def test_days_stay_when_readings_are_thrown_away_and_homes_leave(lived: Kept) -> None:
    store = lived.store
    before = facts_of(store, PERIOD, lived.clock.at)
    lived.clock.at = END + 4 * 365 * DAY
    for _ in store.discard_old(lived.clock.at):
        pass
    leave(store, store.homes()[0].id, END + 8 * DAY, Author("Anna", END + 8 * DAY))

    assert facts_of(store, PERIOD, lived.clock.at) == before


def test_a_day_is_kept_only_when_it_is_over(lived: Kept) -> None:
    today = Period.read("2026-06-08")

    assert facts_of(lived.store, today, lived.clock.at).days_kept == 0
    assert facts_of(lived.store, today.before, lived.clock.at).until == date(2026, 6, 7)


def test_codes_and_votes_of_the_period_are_told_and_no_others(lived: Kept) -> None:
    may = told(lived.store, PERIOD, lived.clock.at)
    june = told(lived.store, PERIOD.after, lived.clock.at)

    assert [each.joined for each in may.codes] == [3, 4, 5]
    assert [vote.motion.title for vote in may.votes] == ["How we steer this summer"]
    assert (june.codes, june.votes) == ([], [])


def test_a_home_is_named_only_while_it_asks_for_it(lived: Kept) -> None:
    store = lived.store
    home = store.homes()[0]
    assert told(store, PERIOD, lived.clock.at).named == []

    store.show_home(home.id, lived.clock.at, shown=True)
    store.show_home(home.id, lived.clock.at + DAY, shown=True)
    [named] = told(store, PERIOD, lived.clock.at).named
    assert store.shown_homes() == {home.id: lived.clock.at}, "asking again changes nothing"
    store.show_home(home.id, lived.clock.at, shown=False)

    assert (named.name, named.joined, named.asked, named.measured) == (home.name, 3, 3, 3)
    assert named.kwh == pytest.approx((-3_200 + 2_100 - 1_400) / 6 * 2 / 1000)
    assert named.kwh_within == pytest.approx(400 * 2 / 1000 * 3**0.5)
    assert told(store, PERIOD, lived.clock.at).named == []


def test_a_home_is_asked_only_what_was_announced_since_it_joined(lived: Kept) -> None:
    store = lived.store
    joined = join(store, "De Nieuwe", START + 5 * DAY)
    store.show_home(joined, lived.clock.at, shown=True)

    [named] = told(store, PERIOD, lived.clock.at).named

    assert (named.joined, named.asked) == (0, 2)


def test_a_home_that_left_is_named_no_more_and_cannot_ask(lived: Kept) -> None:
    store = lived.store
    home = store.homes()[0]
    store.show_home(home.id, lived.clock.at, shown=True)
    leave(store, home.id, lived.clock.at, Author("Anna", lived.clock.at))

    assert store.shown_homes() == {}
    with pytest.raises(NotFoundError):
        store.show_home(home.id, lived.clock.at, shown=True)
