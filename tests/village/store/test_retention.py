"""What is old is rolled up and thrown away, and readers see no seam."""

from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from battery_commons.domain.grid import Transformer
from battery_commons.domain.reading import BatteryReading, MeterReading
from battery_commons.domain.time import SLOT, slot_start
from battery_commons.sense.situation import StockTaker
from battery_commons.store import Store
from battery_commons.store.records import NewHome
from battery_commons.store.retention import BATTERY_MEANS, PLANS, READINGS_IN_FULL
from battery_commons.store.schema import METADATA

from .conftest import NOON, joined

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
OLD = NOON - READINGS_IN_FULL - DAY


def battery_reports(store: Store, home: NewHome, at: datetime, power_w: float, charge: float = 0.5) -> None:
    reading = BatteryReading(f"{home.home_id}/b1", at, charge, power_w, None, "village", "hold", 1)
    store.add_battery_readings(home.home_id, [reading])


def meter_reports(store: Store, at: datetime, power_w: float) -> int:
    return store.add_meter_readings("t1", [MeterReading(at, power_w)])


def send(store: Store, home: NewHome, at: datetime) -> int:
    number = store.next_sequence(home.home_id)
    store.record_dispatch(home.home_id, number, "{}", at, at + 3 * SLOT)
    return number


def rows(store: Store, table: str) -> int:
    with store._read() as connection:
        return connection.execute(select(func.count()).select_from(METADATA.tables[table])).scalar_one()


def tidy(store: Store, now: datetime = NOON) -> list[int]:
    return list(store.discard_old(now))


@pytest.fixture
def village(store: Store, home: NewHome) -> Store:
    """A village in which everything still reports."""
    battery_reports(store, home, NOON, 1.0)
    meter_reports(store, NOON, 1.0)
    return store


def everything_read(store: Store, home: NewHome) -> dict[str, Any]:
    """Return what each reader of history gets, at the ends that the program asks for: whole quarter hours."""
    start, end = NOON - 60 * DAY, NOON + SLOT
    situation = StockTaker(store).take_stock(NOON + SLOT)
    return {
        "battery means": store.battery_slot_means(start, end),
        "meter means": store.meter_slot_means("t1", start, end),
        "a part of them": store.meter_slot_means("t1", NOON - 36 * DAY, NOON - 34 * DAY),
        "own quarter hours": store.battery_quarter_hours(home.home_id, "b1", start, end),
        "first heard": store.first_heard(home.home_id),
        "newest of batteries": store.latest_battery_readings(),
        "newest of the meter": store.latest_meter_reading("t1"),
        "own recent readings": store.battery_readings(home.home_id, "b1", NOON - 34 * DAY, end),
        "newest plan": store.latest_dispatches(),
        "base load": situation.base_load["t1"].values_w.tobytes(),
        "stored": situation.stored_wh,
    }


_MOMENTS = st.integers(0, 50 * 86_400).map(lambda seconds: NOON - timedelta(seconds=seconds))
_SERIES = st.dictionaries(_MOMENTS, st.tuples(st.floats(-1e5, 1e5), st.floats(0, 1)), max_size=60)


@settings(max_examples=40, deadline=None)
@given(batteries=_SERIES, meters=_SERIES, plans=st.lists(_MOMENTS, max_size=3))
def test_a_reader_gets_the_same_before_and_after_the_roll_up(
    batteries: dict[datetime, tuple[float, float]],
    meters: dict[datetime, tuple[float, float]],
    plans: list[datetime],
) -> None:
    with TemporaryDirectory() as folder, closing(Store.open(Path(folder) / "village.db")) as store:
        store.put_transformer(Transformer(id="t1", name="Dorpsstraat", limit_w=250_000))
        home = joined(store, "first-home")
        for at, (power_w, charge) in batteries.items():
            battery_reports(store, home, at, power_w, charge)
        for at, (power_w, _) in meters.items():
            meter_reports(store, at, power_w)
        for at in sorted(plans):
            send(store, home, at)
        before = everything_read(store, home)

        tidy(store)

        assert everything_read(store, home) == before


def test_old_readings_give_way_to_their_means(village: Store, home: NewHome) -> None:
    for minutes, power_w in ((0, 100.0), (10, 300.0), (20, 50.0)):
        battery_reports(village, home, OLD + minutes * MINUTE, power_w)
        meter_reports(village, OLD + minutes * MINUTE, power_w)

    assert sum(tidy(village)) == 6

    assert (rows(village, "battery_reading"), rows(village, "meter_reading")) == (1, 1)
    assert (rows(village, "battery_quarter_hour"), rows(village, "meter_quarter_hour")) == (2, 2)
    means = village.battery_slot_means(OLD, OLD + DAY)
    assert means == {f"{home.home_id}/b1": {OLD: 200.0, OLD + SLOT: 50.0}}
    assert tidy(village) == []


def test_what_is_not_old_stays_as_it_came_in(village: Store, home: NewHome) -> None:
    battery_reports(village, home, NOON - READINGS_IN_FULL, 7.0)
    tidy(village)
    assert rows(village, "battery_reading") == 2


def test_a_quarter_hour_is_rolled_up_whole_or_not_at_all(village: Store, home: NewHome) -> None:
    battery_reports(village, home, NOON - READINGS_IN_FULL, 7.0)
    battery_reports(village, home, NOON - READINGS_IN_FULL + MINUTE, 9.0)
    tidy(village, NOON + timedelta(seconds=30))
    assert rows(village, "battery_reading") == 3


def test_each_step_is_small(village: Store) -> None:
    readings = [MeterReading(OLD + timedelta(seconds=10 * n), 1.0) for n in range(8640)]
    village.add_meter_readings("t1", readings)

    steps = tidy(village)

    assert sum(steps) == 8640
    assert max(steps) <= 2160


def test_another_writer_gets_in_between_two_steps(village: Store) -> None:
    for hours in (0, 12):
        meter_reports(village, OLD + timedelta(hours=hours), 1.0)
    steps = village.discard_old(NOON)
    next(steps)
    assert meter_reports(village, NOON + MINUTE, 1.0) == 1
    assert list(steps) == [1]


def test_a_reading_into_a_rolled_up_quarter_hour_counts_as_held(village: Store, home: NewHome) -> None:
    battery_reports(village, home, OLD, 100.0)
    meter_reports(village, OLD, 100.0)
    tidy(village)

    assert meter_reports(village, OLD, 100.0) == 0
    assert meter_reports(village, OLD + MINUTE, 900.0) == 0
    late = BatteryReading(f"{home.home_id}/b1", OLD + MINUTE, 0.5, 900.0, None, "village", "hold", 1)
    assert village.add_battery_readings(home.home_id, [late]) == [False]

    assert village.meter_slot_means("t1", OLD, OLD + SLOT) == {OLD: 100.0}
    assert meter_reports(village, OLD + SLOT, 900.0) == 1


def test_a_battery_that_fell_silent_keeps_its_last_word(village: Store, home: NewHome) -> None:
    silent = joined(village, "second-home")
    for minutes in (0, 60, 61):
        battery_reports(village, silent, OLD + minutes * MINUTE, float(minutes))
    tidy(village)
    assert village.latest_battery_readings()[f"{silent.home_id}/b1"].power_w == 61.0
    assert rows(village, "battery_reading") == 3


def test_a_battery_that_its_home_took_away_is_rolled_up_too(village: Store, home: NewHome) -> None:
    for minutes in (0, 60):
        battery_reports(village, home, OLD + minutes * MINUTE, 1.0)
    village.describe_home(home.home_id, [], [])
    tidy(village)
    assert rows(village, "battery_quarter_hour") == 2


def test_a_batterys_means_are_thrown_away_in_the_end_and_a_meters_kept(village: Store, home: NewHome) -> None:
    long_ago = NOON - BATTERY_MEANS - SLOT
    for at in (long_ago, long_ago + SLOT):
        battery_reports(village, home, at, 5.0)
        meter_reports(village, at, 5.0)
    tidy(village)
    assert village.first_heard(home.home_id) == {"b1": long_ago + SLOT}
    assert village.meter_slot_means("t1", long_ago, long_ago + DAY) == {long_ago: 5.0, long_ago + SLOT: 5.0}


def test_old_plans_are_thrown_away_but_for_a_homes_newest(village: Store, home: NewHome) -> None:
    silent = joined(village, "second-home")
    for at in (NOON - PLANS - 9 * DAY, NOON - PLANS - MINUTE, NOON - PLANS):
        kept = send(village, home, at)
        send(village, silent, at - 30 * DAY)
    tidy(village)
    assert [each.sequence for each in village.dispatches_of(home.home_id, NOON - 200 * DAY, NOON)] == [kept]
    assert [each.sequence for each in village.dispatches_of(silent.home_id, NOON - 200 * DAY, NOON)] == [3]


def test_a_clock_that_ran_ahead_does_not_empty_the_village(village: Store, home: NewHome) -> None:
    for number in range(3):
        battery_reports(village, home, NOON - number * DAY, 1.0)
        send(village, home, NOON - number * DAY)
    assert tidy(village, NOON + 3650 * DAY) == []


def test_a_home_that_leaves_takes_its_means_along(village: Store, home: NewHome) -> None:
    battery_reports(village, home, OLD, 1.0)
    tidy(village)
    assert rows(village, "battery_quarter_hour") == 1
    village.leave(home.home_id)
    assert rows(village, "battery_quarter_hour") == 0


def test_old_days_of_a_home_are_told_as_means(village: Store, home: NewHome) -> None:
    battery_reports(village, home, OLD, 1.0)
    assert village.rolled_up_until(home.home_id, "b1") is None
    tidy(village)
    assert village.rolled_up_until(home.home_id, "b1") == slot_start(OLD) + SLOT
    assert village.battery_readings(home.home_id, "b1", OLD, OLD + DAY) == []
