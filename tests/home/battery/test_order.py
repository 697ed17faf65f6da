"""When a battery must be told its order again, and when somebody else has told it another."""

from datetime import timedelta

from custom_components.battery_commons.battery.driver import BatteryReading
from custom_components.battery_commons.battery.order import StandingOrder
from tests.home.village import NOW

SECOND = timedelta(seconds=1)
QUARTER = NOW + timedelta(minutes=15)


def told(power_w: float = 2_000, before_w: float | None = None, *, timer: bool = True) -> StandingOrder:
    order = StandingOrder()
    order.told(power_w, QUARTER if timer else None, before_w, NOW)
    return order


def seen(order: StandingOrder, stated_w: float | None, after: timedelta) -> tuple[bool, bool]:
    """Let the battery say what its order is; return whether it is overruled, and whether it must be told."""
    now = NOW + after
    overruled = order.see(BatteryReading(now, 0.5, 0.0, stated_w), now)
    return overruled, order.must_tell(2_000, order.revert_at, QUARTER, now)


def test_an_order_that_is_heard_stands() -> None:
    order = told()

    assert seen(order, 2_000, 5 * SECOND) == (False, False)
    assert seen(order, 2_000, 500 * SECOND) == (False, False)


def test_a_battery_may_round_its_order() -> None:
    order = told()

    assert seen(order, 1_950, 5 * SECOND) == (False, False)
    assert seen(order, 1_950, 100 * SECOND) == (False, False)


def test_a_battery_may_cut_its_order_to_what_it_can() -> None:
    order = told()

    assert seen(order, 1_500, 5 * SECOND) == (False, False)
    order.told(1_900, QUARTER, 1_500, NOW + 60 * SECOND)
    assert seen(order, 1_500, 65 * SECOND)[0] is False
    assert seen(order, 1_500, 200 * SECOND)[0] is False


def test_a_battery_that_still_says_its_old_order_is_given_time_to_hear_the_new_one() -> None:
    order = told(before_w=-500)

    assert seen(order, -500, 5 * SECOND) == (False, False)
    assert seen(order, -500, 29 * SECOND) == (False, False)
    assert seen(order, 2_000, 30 * SECOND) == (False, False)


def test_a_battery_that_does_not_hear_is_told_again_ever_more_rarely() -> None:
    order = told()
    tries = []
    for seconds in range(0, 3600, 5):
        _, must_tell = seen(order, None, seconds * SECOND)
        if must_tell:
            tries.append(seconds)
            order.told(2_000, QUARTER, None, NOW + seconds * SECOND)

    assert tries[:4] == [30, 90, 210, 450]
    assert len(tries) <= 10


def test_an_order_that_was_heard_and_becomes_another_was_overruled() -> None:
    order = told()
    seen(order, 2_000, 5 * SECOND)

    assert seen(order, -1_000, 10 * SECOND) == (True, True)


def test_an_order_that_was_heard_and_ends_before_its_time_was_overruled() -> None:
    order = told()
    seen(order, 2_000, 5 * SECOND)

    assert seen(order, None, 10 * SECOND) == (True, True)


def test_an_order_that_ends_by_the_devices_timer_was_not_overruled() -> None:
    order = told()
    seen(order, 2_000, 5 * SECOND)

    assert seen(order, None, timedelta(minutes=14, seconds=55)) == (False, True)


def test_another_order_that_stands_where_ours_should_overrules_it() -> None:
    order = told(before_w=-500)

    assert seen(order, -500, 31 * SECOND) == (True, True)


def test_a_battery_that_never_says_that_it_is_under_orders_is_not_overruled() -> None:
    assert seen(told(), None, 31 * SECOND) == (False, True)


def test_a_battery_without_a_timer_is_not_told_again_for_that() -> None:
    order = told(timer=False)
    now = NOW + timedelta(hours=2)
    order.see(BatteryReading(now, 0.5, 2_000, 2_000), now)

    assert not order.must_tell(2_000, None, now + timedelta(hours=1), now)


def test_a_release_is_not_repeated_while_the_battery_may_still_hear_it() -> None:
    order = StandingOrder()
    assert order.must_release(NOW)
    order.told(None, None, 2_000, NOW)

    assert not order.must_release(NOW + 29 * SECOND)
    assert order.must_release(NOW + 30 * SECOND)


def test_an_order_that_is_on_its_way_is_known_until_it_is_heard_or_given_up() -> None:
    order = told()

    assert order.is_on_its_way(NOW + 5 * SECOND)
    assert not order.is_on_its_way(NOW + 31 * SECOND)
    seen(order, 2_000, 6 * SECOND)
    assert not order.is_on_its_way(NOW + 7 * SECOND)


def test_an_order_that_its_own_timer_has_ended_is_no_longer_on_its_way() -> None:
    order = StandingOrder()
    order.told(2_000, NOW + 3 * SECOND, None, NOW)

    assert order.is_on_its_way(NOW + 2 * SECOND)
    assert not order.is_on_its_way(NOW + 3 * SECOND)


def test_a_clock_that_is_set_back_makes_nobody_wait() -> None:
    order = told()

    assert not order.is_on_its_way(NOW - timedelta(hours=1))
    assert seen(order, None, -timedelta(hours=1)) == (False, True)
