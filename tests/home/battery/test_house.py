"""What a house's connection leaves to a battery, by a meter that tells it late."""

import math
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custom_components.battery_commons.battery.driver import BatteryReading, Bounds
from custom_components.battery_commons.battery.house import (
    ConnectionGuard,
    ConnectionLimits,
    House,
    LoadEstimate,
    MeterReading,
)
from custom_components.battery_commons.battery.trail import Trail
from tests.home.village import NOW


def trail(*drawn: tuple[float, float], ordered_w: float | None = None) -> Trail:
    """Return what a battery drew: (seconds from now, power)."""
    found = Trail()
    for seconds, power_w in drawn:
        found.add(BatteryReading(NOW + timedelta(seconds=seconds), 0.5, power_w, None))
    found.ordered_w = ordered_w
    return found


def load_w(meter_w: float, own: Trail, *others: Trail, age_s: float = 0) -> float | None:
    meter = MeterReading(NOW - timedelta(seconds=age_s), meter_w)
    return LoadEstimate().update(House(meter=meter, others=others), own, NOW)


def test_without_limits_there_is_nothing_to_guard() -> None:
    assert ConnectionLimits().left_to_battery(None) == Bounds(-math.inf, math.inf)
    assert not ConnectionLimits().bind


def test_limits_that_cannot_be_guarded_leave_nothing() -> None:
    assert ConnectionLimits(import_w=5_000).left_to_battery(None) is None


def test_limits_leave_to_a_battery_what_the_rest_does_not_take() -> None:
    assert ConnectionLimits(5_000, 3_000).left_to_battery(1_200.0) == Bounds(-4_200, 3_800)


def test_a_house_over_its_limit_forces_its_battery_to_help() -> None:
    assert ConnectionLimits(5_000, 3_000).left_to_battery(7_000.0) == Bounds(-10_000, -2_000)
    assert ConnectionLimits(5_000, 3_000).left_to_battery(-4_000.0) == Bounds(1_000, 9_000)


def test_both_limits_count_where_fuse_and_village_name_one() -> None:
    both = ConnectionLimits(5_000, 9_000).and_also(ConnectionLimits(6_000, 2_000))

    assert both == ConnectionLimits(5_000, 2_000)


@pytest.mark.parametrize(("power_w", "excess_w"), [(5_100, 100), (4_000, 0), (-3_000, 0), (-3_200, 200)])
def test_an_excess_is_what_is_beyond_either_limit(power_w: float, excess_w: float) -> None:
    assert ConnectionLimits(5_000, 3_000).excess_w(power_w) == excess_w


def test_what_the_meter_shows_of_an_overload_is_taken_as_it_is() -> None:
    """A battery that moves might explain it; a fuse does not wait to find out."""
    own, estimate = trail((-10, 0), (0, 2_000), ordered_w=3_000), LoadEstimate()
    limits = ConnectionLimits(import_w=5_000)
    estimate.update(House(limits, MeterReading(NOW - timedelta(seconds=10), 2_800)), own, NOW)

    estimate.update(House(limits, MeterReading(NOW, 5_100)), own, NOW)

    assert estimate.rest_w(House()) == 3_100


def test_a_margin_is_kept_for_a_minute_after_the_meter_has_shown_too_much() -> None:
    guard, limits = ConnectionGuard(), ConnectionLimits(import_w=5_000)

    def highest_w(meter_w: float, after: timedelta) -> float:
        now = NOW + after
        left = guard.left_to_battery(House(limits, MeterReading(now, meter_w)), 1_000, now)
        assert left is not None
        return left.highest_w

    assert highest_w(5_000, timedelta()) == 4_000
    assert highest_w(5_001, timedelta(seconds=1)) == 3_850
    assert highest_w(4_000, timedelta(seconds=61)) == 3_850
    assert highest_w(4_000, timedelta(seconds=62)) == 4_000


def test_a_margin_that_is_not_enough_grows_to_some_extent() -> None:
    guard, limits = ConnectionGuard(), ConnectionLimits(import_w=5_000)

    def highest_w(meter_w: float, after_s: int) -> float:
        now = NOW + timedelta(seconds=after_s)
        left = guard.left_to_battery(House(limits, MeterReading(now, meter_w)), 1_000, now)
        assert left is not None
        return left.highest_w

    assert [highest_w(5_200, second) for second in range(5)] == [3_850, 3_650, 3_450, 3_400, 3_400]
    assert highest_w(4_000, 64) == 3_400
    assert highest_w(4_000, 65) == 4_000


def test_a_margin_is_never_more_than_the_limit() -> None:
    assert ConnectionLimits(100, 0).less(150) == ConnectionLimits(0, 0)


def test_the_load_of_a_house_is_what_its_meter_shows_without_its_batteries() -> None:
    assert load_w(3_000, trail((-20, 2_000), (0, 2_000)), trail((-20, -500), (0, -500))) == 1_500


@pytest.mark.parametrize("age_s", [-61, 61])
def test_an_old_meter_or_one_of_the_future_tells_nothing(age_s: float) -> None:
    assert load_w(3_000, trail((0, 0)), age_s=age_s) is None


@pytest.mark.parametrize("power_w", [math.nan, math.inf])
def test_a_meter_that_shows_no_number_tells_nothing(power_w: float) -> None:
    assert load_w(power_w, trail((0, 0))) is None


def test_a_battery_that_moves_does_not_change_the_load_while_the_meter_does_not_show_it_yet() -> None:
    own, estimate = trail((-10, 0)), LoadEstimate()
    meter = MeterReading(NOW - timedelta(seconds=10), 1_000)
    assert estimate.update(House(meter=meter), own, NOW) == 1_000

    own.ordered_w = -3_000
    own.add(BatteryReading(NOW, 0.5, -3_000, -3_000))

    assert estimate.update(House(meter=meter), own, NOW) == 1_000
    late = MeterReading(NOW + timedelta(seconds=3), 1_000)
    assert estimate.update(House(meter=late), own, NOW + timedelta(seconds=3)) == 1_000


def test_a_load_that_no_battery_explains_is_believed_at_once() -> None:
    own, estimate = trail((-10, 0), (0, -500), ordered_w=-3_000), LoadEstimate()
    estimate.update(House(meter=MeterReading(NOW, 500)), own, NOW)

    estimate.update(House(meter=MeterReading(NOW, 4_000)), own, NOW)

    assert estimate.rest_w(House()) == 4_000


def test_what_another_battery_is_ordered_to_draw_counts_before_it_draws_it() -> None:
    own, other = trail((-20, 0), (0, 0)), trail((-20, 0), (0, 0), ordered_w=2_500)
    house, estimate = House(meter=MeterReading(NOW, 1_000), others=[other]), LoadEstimate()

    estimate.update(house, own, NOW)

    assert estimate.rest_w(house) == 3_500


def test_a_battery_that_is_lost_is_a_part_of_the_load() -> None:
    lost = trail((-20, 2_000), (0, 2_000), ordered_w=2_000)
    lost.lose()

    assert load_w(3_000, trail((0, 0)), lost) == 3_000


def test_a_trail_goes_on_after_a_clock_is_set_back() -> None:
    found = trail((0, 100), (60, 200), (-30, 300))

    assert found.last_w == 300
    assert found.span(NOW - timedelta(seconds=30), NOW) == Bounds(300, 300)


def test_a_trail_forgets_what_is_long_ago() -> None:
    found = trail((-600, 5_000), (0, 100))

    assert found.span(NOW - timedelta(seconds=5), NOW) == Bounds(100, 100)


@given(
    drawn=st.lists(st.floats(-5_000, 5_000), min_size=30, max_size=30),
    house_w=st.floats(-5_000, 10_000),
    late_s=st.integers(0, 5),
)
def test_a_steady_load_is_always_among_those_that_are_believed(
    drawn: list[float], house_w: float, late_s: int
) -> None:
    """However a battery moves and however late (up to five seconds) the meter shows it."""
    own, estimate = Trail(), LoadEstimate()
    for second, power_w in enumerate(drawn):
        now = NOW + timedelta(seconds=second)
        own.add(BatteryReading(now, 0.5, power_w, None))
        if second >= late_s:
            meter = MeterReading(now, house_w + drawn[second - late_s])
            estimate.update(House(meter=meter), own, now)
            if second == late_s:
                estimate._load_w = house_w  # As it was known before the battery moved.
    assert estimate.rest_w(House()) == pytest.approx(house_w, abs=1e-6)
