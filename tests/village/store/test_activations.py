"""Activations by their time, and what batteries did in them, on each kind of database."""

from datetime import timedelta

from battery_commons.domain.activation import Activation, ActivationSlot, Ask, Asked, BatteryPower
from battery_commons.domain.time import SLOT
from battery_commons.store import Store
from tests.village.store.conftest import NOON

HOUR = timedelta(hours=1)


def kept(store: Store, event_id: str, begins_h: float, ends_h: float | None, **more: object) -> None:
    end = None if ends_h is None else NOON + ends_h * HOUR
    ask = Ask(event_id, "t1", Asked.CALL, NOON + begins_h * HOUR, end)
    activation = Activation(ask, NOON, **{"planned_at": NOON, **more})  # type: ignore[arg-type]
    store.keep_activation(activation, [ActivationSlot(ask.start, None, None, 0.0, 0.0, 0.0)])


def test_those_of_a_time_are_the_planned_ones_that_reach_into_it(store: Store) -> None:
    kept(store, "before", -2, 0)
    kept(store, "into", -1, 1)
    kept(store, "within", 1, 2)
    kept(store, "open", -9, None)
    kept(store, "withdrawn", -1, 1, withdrawn_at=NOON - SLOT)
    kept(store, "unplanned", 1, 2, planned_at=None)
    kept(store, "after", 3, 4)

    found = store.activations_between(NOON, NOON + 3 * HOUR)

    assert {each.ask.event_id for each in found} == {"into", "within", "open"}


def test_a_quarter_hour_is_closed_once_also_where_no_battery_reported(store: Store) -> None:
    kept(store, "one", -2, -1)
    kept(store, "two", -1, 0)
    assert store.slots_to_close(NOON - HOUR) == {("one", "t1"): [NOON - 2 * HOUR]}

    store.close_slots("one", "t1", {NOON - 2 * HOUR: None})
    store.close_slots("two", "t1", {NOON - HOUR: BatteryPower(-1_500.0, 1, 5_000.0)})

    assert store.slots_to_close(NOON) == {}
    assert store.battery_sums("one", "t1") == {NOON - 2 * HOUR: None}
    assert store.battery_sums("two", "t1") == {NOON - HOUR: BatteryPower(-1_500.0, 1, 5_000.0)}
