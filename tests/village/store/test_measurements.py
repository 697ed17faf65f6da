"""Readings in, the newest and the means out."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from battery_commons.domain.quality import battery_bound_w
from battery_commons.domain.reading import BatteryReading, MeterReading
from battery_commons.domain.time import SLOT, slot_start
from battery_commons.store import NotFoundError, Store
from battery_commons.store.records import NewHome
from tests.village.store.conftest import NOON, battery


def reading(home: NewHome, seconds: float, power_w: float = 0.0, battery_id: str = "b1") -> BatteryReading:
    at = NOON + timedelta(seconds=seconds)
    return BatteryReading(f"{home.home_id}/{battery_id}", at, 0.5, power_w, -900.0, "village", "hold", 3)


def test_the_newest_reading_is_the_one_with_the_latest_stamp(store: Store, home: NewHome) -> None:
    newest = reading(home, 60, power_w=2)
    assert store.add_battery_readings(home.home_id, [newest, reading(home, 0, power_w=1)]) == [True, True]
    assert store.latest_battery_readings() == {f"{home.home_id}/b1": newest}


def test_a_stamp_sent_twice_stays_as_it_was(store: Store, home: NewHome) -> None:
    first = reading(home, 0, power_w=1)
    assert store.add_battery_readings(home.home_id, [first]) == [True]
    again = [reading(home, 0, power_w=9), reading(home, 1), reading(home, 1)]
    assert store.add_battery_readings(home.home_id, again) == [False, True, False]
    means = store.battery_slot_means(NOON, NOON + timedelta(seconds=1))
    assert means == {f"{home.home_id}/b1": {NOON: 1.0}}


def test_a_reading_of_another_homes_battery_is_refused(store: Store, home: NewHome) -> None:
    with pytest.raises(ValueError, match="no battery of home"):
        store.add_battery_readings("elsewhere", [reading(home, 0)])


def test_a_home_that_has_left_leaves_no_readings(store: Store, home: NewHome) -> None:
    store.leave(home.home_id)
    with pytest.raises(NotFoundError):
        store.add_battery_readings(home.home_id, [reading(home, 0)])


def test_a_battery_that_its_home_took_away_is_no_longer_shown(store: Store, home: NewHome) -> None:
    store.add_battery_readings(home.home_id, [reading(home, 0)])
    store.describe_home(home.home_id, ["http://127.0.0.1/x"], [battery(home.home_id, "b2")])
    assert store.latest_battery_readings() == {}
    assert store.battery_slot_means(NOON, NOON + SLOT) == {}


def test_a_slot_is_half_open(store: Store) -> None:
    samples = {0: 100.0, 899.999999: 300.0, 900: 7.0, 1800: 9.0}
    readings = [MeterReading(NOON + timedelta(seconds=s), watt) for s, watt in samples.items()]
    assert store.add_meter_readings("t1", readings) == 4
    means = store.meter_slot_means("t1", NOON, NOON + 2 * SLOT)
    assert means == {NOON: 200.0, NOON + SLOT: 7.0}


def test_the_newest_meter_reading_is_known_per_transformer(store: Store) -> None:
    assert store.latest_meter_reading("t1") is None
    store.add_meter_readings("t1", [MeterReading(NOON, 1.0), MeterReading(NOON - SLOT, 2.0)])
    assert store.latest_meter_reading("t1") == MeterReading(NOON, 1.0)
    assert store.latest_meter_reading("t2") is None


def test_meter_readings_need_a_transformer(store: Store) -> None:
    with pytest.raises(NotFoundError):
        store.add_meter_readings("t9", [MeterReading(NOON, 1.0)])


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(samples=st.dictionaries(st.integers(0, 4 * 900 - 1), st.floats(-1e6, 1e6), min_size=1, max_size=30))
def test_slot_means_are_the_means_of_each_slots_samples(
    store: Store, home: NewHome, samples: dict[int, float]
) -> None:
    with store._write() as connection:
        connection.exec_driver_sql("DELETE FROM battery_reading")
    readings = [reading(home, second, power_w=watt) for second, watt in samples.items()]
    store.add_battery_readings(home.home_id, readings)
    expected: dict[object, list[float]] = {}
    for each in readings:
        if abs(each.power_w) <= battery_bound_w(battery(home.home_id).battery):
            expected.setdefault(slot_start(each.at), []).append(each.power_w)
    means = store.battery_slot_means(NOON, NOON + 4 * SLOT)
    assert means.get(f"{home.home_id}/b1", {}) == {
        start: pytest.approx(sum(watts) / len(watts), abs=1e-6) for start, watts in expected.items()
    }
