"""What is kept of one home, read in pieces."""

from datetime import datetime, timedelta

import pytest

from battery_commons.domain.grid import CongestionSignal
from battery_commons.domain.reading import BatteryReading
from battery_commons.domain.time import SLOT
from battery_commons.store import NotFoundError, Store
from battery_commons.store.records import MeanSlot, NewHome

from .conftest import NOON, battery, joined

MINUTE = timedelta(minutes=1)


def hear(store: Store, home: NewHome, at: datetime, power_w: float, battery_id: str = "b1") -> BatteryReading:
    reading = BatteryReading(f"{home.home_id}/{battery_id}", at, 0.5, power_w, None, "village", "hold", 1)
    store.add_battery_readings(home.home_id, [reading])
    return reading


def send(store: Store, home: NewHome, at: datetime) -> int:
    number = store.next_sequence(home.home_id)
    store.record_dispatch(home.home_id, number, "{}", at, at + timedelta(hours=1))
    return number


def test_when_a_resident_agreed_is_kept(store: Store, home: NewHome) -> None:
    assert store.consented_at(home.home_id) == NOON
    store.leave(home.home_id)
    with pytest.raises(NotFoundError):
        store.consented_at(home.home_id)


def test_every_battery_that_ever_reported_is_found_with_when_it_was_first_heard(
    store: Store, home: NewHome
) -> None:
    other = joined(store, "second-home")
    hear(store, other, NOON - timedelta(days=9), 0.0)
    for battery_id, minutes in (("b1", 20), ("b1", 18), ("b2", 4)):
        hear(store, home, NOON + minutes * MINUTE, 0.0, battery_id)
    store.describe_home(home.home_id, [], [battery(home.home_id, "b3")])

    assert store.first_heard(home.home_id) == {"b1": NOON + SLOT, "b2": NOON}


def test_readings_are_told_as_they_came_in(store: Store, home: NewHome) -> None:
    other = joined(store, "second-home")
    readings = [hear(store, home, NOON + number * MINUTE, 100.0 * number) for number in range(5)]
    hear(store, other, NOON + MINUTE, -1.0)
    hear(store, home, NOON + MINUTE, -2.0, "b2")

    told = store.battery_readings(home.home_id, "b1", NOON + MINUTE, NOON + 4 * MINUTE)

    assert told == readings[1:4]


def test_quarter_hours_are_the_mean_of_what_was_reported_in_them(store: Store, home: NewHome) -> None:
    for minutes, power_w in ((0, 100.0), (14, 300.0), (15, 50.0), (45, 70.0)):
        hear(store, home, NOON + minutes * MINUTE, power_w)

    told = store.battery_quarter_hours(home.home_id, "b1", NOON, NOON + 3 * SLOT)

    assert told == [MeanSlot(NOON, 200.0, 0.5), MeanSlot(NOON + SLOT, 50.0, 0.5)]


def test_plans_are_told_by_when_they_were_sent(store: Store, home: NewHome) -> None:
    other = joined(store, "second-home")
    assert store.first_dispatch(home.home_id) is None
    numbers = [send(store, home, NOON + number * SLOT) for number in range(4)]
    send(store, other, NOON - SLOT)

    told = store.dispatches_of(home.home_id, NOON + SLOT, NOON + 3 * SLOT)

    assert [each.sequence for each in told] == numbers[1:3]
    assert store.first_dispatch(home.home_id) == NOON


def test_answers_are_told_with_the_window_they_were_to(store: Store, home: NewHome) -> None:
    code_id = store.announce_code(CongestionSignal.RED, NOON, NOON + SLOT, NOON)
    store.answer_code(code_id, home.home_id, NOON + MINUTE, joins=False)
    store.withdraw_code(code_id, NOON + MINUTE)

    [answer] = store.code_answers(home.home_id)

    assert (answer.window.id, answer.window.joins, answer.at) == (code_id, False, NOON + MINUTE)
