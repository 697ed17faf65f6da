"""Prices with their source, and plans with their fate."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from battery_commons.domain.time import SLOT
from battery_commons.store import NotFoundError, Store
from battery_commons.store.place import Place
from battery_commons.store.records import NewHome, StoredPrice
from tests.village.store.conftest import NOON

LEASE_END = NOON + timedelta(hours=1)


@dataclass
class Price:
    """A price as the tariff gives it."""

    start: datetime
    eur_per_kwh: float


def test_prices_keep_their_source_and_the_newest_counts(store: Store) -> None:
    store.put_prices("synthetic", [Price(NOON, 0.1), Price(NOON + SLOT, -0.02)])
    store.put_prices("EnergyZero", [Price(NOON, 0.3)])
    assert store.prices(NOON, NOON + 2 * SLOT) == {
        NOON: StoredPrice(NOON, 0.3, "EnergyZero"),
        NOON + SLOT: StoredPrice(NOON + SLOT, -0.02, "synthetic"),
    }
    assert list(store.prices(NOON - SLOT, NOON)) == []


def test_no_prices_change_nothing(store: Store) -> None:
    store.put_prices("synthetic", [])
    assert store.prices(NOON, NOON + SLOT) == {}


def test_a_sequence_is_never_given_twice_even_after_a_restart(
    store: Store, home: NewHome, place: Place
) -> None:
    assert [store.next_sequence(home.home_id) for _ in range(3)] == [1, 2, 3]
    again = Store.open(place)
    assert again.next_sequence(home.home_id) == 4
    assert store.next_sequence(home.home_id) == 5
    again.close()


def test_a_dispatch_waits_for_its_answer(store: Store, home: NewHome) -> None:
    store.record_dispatch(home.home_id, 1, '{"plan": 1}', NOON, LEASE_END)
    record = store.latest_dispatches()[home.home_id]
    assert (record.sequence, record.accepted, record.attempts) == (1, None, 0)
    assert (record.issued_at, record.lease_until, record.plan_json) == (NOON, LEASE_END, '{"plan": 1}')


def test_attempts_are_counted_until_the_home_answers(store: Store, home: NewHome) -> None:
    later = NOON + timedelta(seconds=5)
    store.record_dispatch(home.home_id, 1, "{}", NOON, LEASE_END)
    store.record_attempt_failed(home.home_id, 1, NOON, "connection refused")
    failed = store.latest_dispatches()[home.home_id]
    assert (failed.attempts, failed.last_error, failed.last_attempt_at) == (1, "connection refused", NOON)
    store.record_answer(home.home_id, 1, later, accepted=False, reason="expired")
    answered = store.latest_dispatches()[home.home_id]
    assert (answered.accepted, answered.reason, answered.answered_at) == (False, "expired", later)
    assert (answered.attempts, answered.last_error) == (2, None)


def test_the_latest_dispatch_is_the_one_with_the_highest_number(store: Store, home: NewHome) -> None:
    for sequence in (1, 2, 10):
        store.record_dispatch(home.home_id, sequence, "{}", NOON, LEASE_END)
    store.record_answer(home.home_id, 2, NOON, accepted=True, reason=None)
    record = store.latest_dispatches()[home.home_id]
    assert (record.sequence, record.accepted) == (10, None)


def test_a_plan_is_recorded_once(store: Store, home: NewHome) -> None:
    store.record_dispatch(home.home_id, 1, "{}", NOON, LEASE_END)
    with pytest.raises(ValueError, match="recorded before"):
        store.record_dispatch(home.home_id, 1, "{}", NOON, LEASE_END)


def test_a_home_that_left_gets_no_number_and_its_late_answer_is_let_go(store: Store, home: NewHome) -> None:
    store.record_dispatch(home.home_id, 1, "{}", NOON, LEASE_END)
    store.leave(home.home_id)
    with pytest.raises(NotFoundError):
        store.next_sequence(home.home_id)
    with pytest.raises(NotFoundError):
        store.record_dispatch(home.home_id, 2, "{}", NOON, LEASE_END)
    store.record_answer(home.home_id, 1, NOON, accepted=True, reason=None)
    assert store.latest_dispatches() == {}
