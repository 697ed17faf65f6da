"""The present: only what was reported within two minutes, and nothing made up for what was not."""

from datetime import timedelta

import pytest

from battery_commons.sense.present import look
from battery_commons.store import Store

from .conftest import NOW, hear, join, measure

JUST_NOW = NOW - timedelta(seconds=20)


def test_what_a_meter_sees_less_what_its_batteries_do_is_the_load_without_them(store: Store) -> None:
    one, two, far = join(store, "one"), join(store, "two"), join(store, "far", "t2")
    for battery, power_w in ((one, 3_000.0), (two, -1_000.0), (far, 500.0)):
        hear(store, battery, JUST_NOW, power_w)
    measure(store, JUST_NOW, 100_000.0)
    measure(store, JUST_NOW, 50_000.0, "t2")

    present = look(store, {b.id: b for b in (one, two, far)}, NOW, {})

    assert present.base_w == {"t1": 98_000, "t2": 49_500}
    assert {id_: r.power_w for id_, r in present.readings.items()} == {
        one.id: 3_000,
        two.id: -1_000,
        far.id: 500,
    }


@pytest.mark.parametrize(("seconds", "counts"), [(0, True), (120, True), (121, False), (86_400, False)])
def test_a_meter_counts_for_two_minutes(store: Store, seconds: int, *, counts: bool) -> None:
    measure(store, NOW - timedelta(seconds=seconds), 100_000.0)

    assert look(store, {}, NOW, {}).base_w == ({"t1": 100_000.0} if counts else {})


@pytest.mark.parametrize(("seconds", "counts"), [(0, True), (120, True), (121, False), (86_400, False)])
def test_a_battery_counts_for_two_minutes(store: Store, seconds: int, *, counts: bool) -> None:
    battery = join(store, "one")
    hear(store, battery, NOW - timedelta(seconds=seconds))

    assert (battery.id in look(store, {battery.id: battery}, NOW, {}).readings) == counts


def test_behind_a_silent_battery_the_load_without_batteries_is_not_known(store: Store) -> None:
    heard, silent, far = join(store, "heard"), join(store, "silent"), join(store, "far", "t2")
    for battery in (heard, far):
        hear(store, battery, JUST_NOW, 1_000.0)
    hear(store, silent, NOW - timedelta(minutes=3), 5_000.0)
    measure(store, JUST_NOW, 100_000.0)
    measure(store, JUST_NOW, 50_000.0, "t2")

    present = look(store, {b.id: b for b in (heard, silent, far)}, NOW, {})

    assert present.base_w == {"t2": 49_000}
    assert set(present.readings) == {heard.id, far.id}


def test_a_battery_that_nobody_steers_is_part_of_the_load(store: Store) -> None:
    """It may be silent: whatever it does, the meter sees it, and nobody will change it."""
    steered, paused, gone = join(store, "steered"), join(store, "paused"), join(store, "gone")
    hear(store, steered, JUST_NOW, 2_000.0)
    hear(store, paused, JUST_NOW, 4_000.0, mode="paused")
    hear(store, gone, NOW - timedelta(hours=9), 4_000.0)
    measure(store, JUST_NOW, 100_000.0)

    assert look(store, {steered.id: steered}, NOW, {}).base_w == {"t1": 98_000}


def test_the_newest_reading_is_the_present(store: Store) -> None:
    battery = join(store, "one")
    for seconds, power_w in ((90, 1_000.0), (30, 2_000.0), (60, 3_000.0)):
        hear(store, battery, NOW - timedelta(seconds=seconds), power_w)
        measure(store, NOW - timedelta(seconds=seconds), 10 * power_w)

    assert look(store, {battery.id: battery}, NOW, {}).base_w == {"t1": 18_000}


def test_a_village_that_reports_nothing_has_no_present(store: Store) -> None:
    battery = join(store, "one")

    present = look(store, {battery.id: battery}, NOW, {})

    assert present.base_w == {}
    assert present.readings == {}


@pytest.mark.parametrize(("seconds_after", "counts"), [(-10, False), (10, False), (20, True), (60, True)])
def test_a_meter_that_was_read_before_a_correction_had_settled_is_left_out(
    store: Store, seconds_after: int, *, counts: bool
) -> None:
    changed = NOW - timedelta(seconds=90)
    measure(store, changed + timedelta(seconds=seconds_after), 100_000.0)

    present = look(store, {}, NOW, {"t1": changed})

    assert ("t1" in present.base_w) == counts
