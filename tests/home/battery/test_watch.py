"""What is said of a battery that does not do as it is told, and of one that does: nothing."""

import random
from collections.abc import Callable
from datetime import timedelta

import pytest

from custom_components.battery_commons.battery.driver import BatteryLimits, BatteryReading, Control
from custom_components.battery_commons.battery.watch import Finding, Watch
from tests.home.village import NOW

LIMITS = BatteryLimits(10_000, 5_000, 5_000)
LOOK = timedelta(seconds=5)
MINUTE = timedelta(minutes=1)


class Watched:
    """A battery under orders, looked at every five seconds."""

    def __init__(self, control: Control = Control.WATTS) -> None:
        self.watch = Watch()
        self.now = NOW
        self.state_of_charge = 0.5
        self._control = control
        self._hum = random.Random(1)  # noqa: S311 - noise, not a secret

    def passes(
        self,
        time: timedelta,
        *,
        ordered_w: float | None,
        power_w: float | Callable[[timedelta], float],
        overruled: bool = False,
        frozen: bool = False,
        reported_every: timedelta = LOOK,
    ) -> set[Finding]:
        """Let time pass; return everything that is said at the end of it."""
        start = self.now
        at, drawn_w = self.now, 0.0
        while self.now - start < time:
            self.now += LOOK
            if self.now - at >= reported_every or self.now - start <= LOOK:
                at = self.now
                drawn_w = power_w if isinstance(power_w, float | int) else power_w(self.now - start)
                if not frozen:
                    drawn_w += self._hum.gauss(0, 5)
                    self.state_of_charge += drawn_w * 5 / 3600 / LIMITS.capacity_wh
            self.state_of_charge = min(max(self.state_of_charge, 0.0), 1.0)
            reading = BatteryReading(at, self.state_of_charge, drawn_w, ordered_w)
            self.watch.observe(
                reading,
                ordered_w,
                self.now,
                limits=LIMITS,
                control=self._control,
                overruled=overruled,
            )
            overruled = False
        return set(self.watch.findings)


def test_a_battery_that_follows_is_not_suspected() -> None:
    battery = Watched()

    for ordered_w in (2_000, -3_000, 0, 140, None, -2_500):
        assert battery.passes(5 * MINUTE, ordered_w=ordered_w, power_w=float(ordered_w or 0)) == set()


def test_a_battery_that_stands_still_under_an_order_does_not_follow_it() -> None:
    battery = Watched()

    assert battery.passes(2.5 * MINUTE, ordered_w=2_000, power_w=0.0) == set()
    assert battery.passes(1 * MINUTE, ordered_w=2_000, power_w=0.0) == {Finding.NOT_FOLLOWING}
    assert battery.watch.findings[Finding.NOT_FOLLOWING] <= NOW + 1.2 * MINUTE
    assert battery.watch.backs_off is None


def test_a_battery_that_gives_somewhat_less_than_it_should_follows() -> None:
    assert Watched().passes(10 * MINUTE, ordered_w=-3_000, power_w=-2_600.0) == set()


def test_a_battery_that_follows_again_is_believed_after_a_minute() -> None:
    battery = Watched()
    battery.passes(5 * MINUTE, ordered_w=2_000, power_w=0.0)

    assert battery.passes(0.5 * MINUTE, ordered_w=2_000, power_w=2_000.0) == {Finding.NOT_FOLLOWING}
    assert battery.passes(1 * MINUTE, ordered_w=2_000, power_w=2_000.0) == set()


def test_a_battery_that_is_released_is_not_said_to_follow_again() -> None:
    battery = Watched()
    battery.passes(5 * MINUTE, ordered_w=2_000, power_w=0.0)

    assert battery.passes(60 * MINUTE, ordered_w=None, power_w=-300.0) == {Finding.NOT_FOLLOWING}


def test_a_battery_that_comes_to_its_order_slowly_follows() -> None:
    def ramp(passed: timedelta) -> float:
        return 4_000 * min(1.0, passed / (2 * MINUTE))

    assert Watched().passes(10 * MINUTE, ordered_w=4_000, power_w=ramp) == set()


def test_a_battery_whose_orders_change_faster_than_it_can_answer_is_not_suspected() -> None:
    battery = Watched()

    for turn in range(60):
        ordered_w = 2_000 if turn % 2 else -2_000
        found = battery.passes(0.5 * MINUTE, ordered_w=ordered_w, power_w=float(-ordered_w))
        assert found == set()


@pytest.mark.parametrize(
    ("state_of_charge", "ordered_w", "power_w"), [(0.95, 3_000, 400.0), (0.1, -3_000, 0.0)]
)
def test_a_nearly_full_or_empty_battery_may_do_less(
    state_of_charge: float, ordered_w: float, power_w: float
) -> None:
    battery = Watched()
    battery.state_of_charge = state_of_charge

    assert battery.passes(5 * MINUTE, ordered_w=ordered_w, power_w=power_w) == set()


def test_a_nearly_full_battery_that_discharges_when_it_should_charge_does_not_follow() -> None:
    battery = Watched()
    battery.state_of_charge = 0.95

    assert battery.passes(5 * MINUTE, ordered_w=3_000, power_w=-800.0) == {Finding.NOT_FOLLOWING}


def test_readings_that_do_not_come_are_no_evidence() -> None:
    """Its sensor told nothing since before the order: what it does is not known."""
    battery = Watched()
    battery.passes(MINUTE, ordered_w=None, power_w=0.0)
    unheard = battery.passes(5 * MINUTE, ordered_w=2_000, power_w=0.0, reported_every=10 * MINUTE)

    assert unheard == set()


@pytest.mark.parametrize(
    ("ordered_w", "power_w"), [(5_000, 700.0), (5_000, 3_800.0), (-5_000, -700.0), (300, 0.0), (-300, 0.0)]
)
def test_a_battery_with_modes_follows_at_whatever_pace(ordered_w: float, power_w: float) -> None:
    """A mode that serves the own house one way has nothing to do when the sun is gone."""
    assert Watched(Control.MODE).passes(10 * MINUTE, ordered_w=ordered_w, power_w=power_w) == set()


@pytest.mark.parametrize("power_w", [-900.0, 900.0])
def test_a_reserve_that_is_held_may_be_added_to_and_used(power_w: float) -> None:
    assert Watched(Control.RESERVE).passes(10 * MINUTE, ordered_w=0, power_w=power_w) == set()


@pytest.mark.parametrize(
    ("ordered_w", "power_w"), [(5_000, 0.0), (-5_000, 0.0), (2_000, -900.0), (-300, 900.0)]
)
def test_a_battery_with_modes_that_goes_another_way_does_not_follow(ordered_w: float, power_w: float) -> None:
    found = Watched(Control.MODE).passes(10 * MINUTE, ordered_w=ordered_w, power_w=power_w)

    assert found == {Finding.NOT_FOLLOWING}


def test_a_battery_that_does_the_opposite_is_reversed_and_left_alone() -> None:
    battery = Watched()

    assert battery.passes(2.5 * MINUTE, ordered_w=2_000, power_w=-1_950.0) == {Finding.SIGN_REVERSED}
    assert battery.watch.backs_off is Finding.SIGN_REVERSED


def test_a_battery_that_ignores_its_order_and_serves_its_house_is_not_taken_for_reversed() -> None:
    found = Watched().passes(5 * MINUTE, ordered_w=2_000, power_w=-600.0)

    assert found == {Finding.NOT_FOLLOWING}


def test_a_reversed_battery_is_tried_again_after_half_an_hour_and_believed_once_it_is_right() -> None:
    battery = Watched()
    battery.passes(3 * MINUTE, ordered_w=2_000, power_w=-2_000.0)

    battery.passes(31 * MINUTE, ordered_w=None, power_w=0.0)
    assert battery.watch.backs_off is None
    assert set(battery.watch.findings) == {Finding.SIGN_REVERSED}
    assert battery.passes(3 * MINUTE, ordered_w=2_000, power_w=2_000.0) == set()


def test_standing_still_does_not_show_that_the_sign_is_right() -> None:
    battery = Watched()
    battery.passes(3 * MINUTE, ordered_w=2_000, power_w=-2_000.0)
    battery.passes(31 * MINUTE, ordered_w=None, power_w=0.0)

    assert battery.passes(5 * MINUTE, ordered_w=0, power_w=0.0) == {Finding.SIGN_REVERSED}


def test_a_second_controller_is_one_that_overrules_thrice_within_ten_minutes() -> None:
    battery = Watched()
    for found in (set(), set(), {Finding.SECOND_CONTROLLER}):
        assert battery.passes(3 * MINUTE, ordered_w=2_000, power_w=2_000.0, overruled=True) == found

    assert battery.watch.backs_off is Finding.SECOND_CONTROLLER
    assert battery.watch.findings[Finding.SECOND_CONTROLLER] == NOW + LOOK


def test_an_order_that_is_overruled_now_and_then_is_no_second_controller() -> None:
    battery = Watched()

    for _ in range(6):
        found = battery.passes(6 * MINUTE, ordered_w=2_000, power_w=2_000.0, overruled=True)
        battery.state_of_charge = 0.5
        assert found == set()


def test_a_second_controller_is_tried_again_after_half_an_hour_and_forgotten_when_it_is_gone() -> None:
    battery = Watched()
    for _ in range(3):
        battery.passes(MINUTE, ordered_w=2_000, power_w=2_000.0, overruled=True)

    battery.passes(31 * MINUTE, ordered_w=None, power_w=0.0)
    assert battery.watch.backs_off is None
    assert battery.passes(5 * MINUTE, ordered_w=1_000, power_w=1_000.0) == {Finding.SECOND_CONTROLLER}
    assert battery.passes(6 * MINUTE, ordered_w=1_000, power_w=1_000.0) == set()


def test_a_second_controller_that_is_still_there_is_left_alone_again() -> None:
    battery = Watched()
    for _ in range(3):
        battery.passes(MINUTE, ordered_w=2_000, power_w=2_000.0, overruled=True)
    battery.passes(31 * MINUTE, ordered_w=None, power_w=0.0)

    for _ in range(3):
        battery.passes(MINUTE, ordered_w=2_000, power_w=2_000.0, overruled=True)

    assert battery.watch.backs_off is Finding.SECOND_CONTROLLER
    assert battery.watch.findings[Finding.SECOND_CONTROLLER] == NOW + LOOK


def test_readings_that_stand_still_while_the_battery_works_are_frozen() -> None:
    battery = Watched()

    assert battery.passes(9.5 * MINUTE, ordered_w=2_000, power_w=2_000.0, frozen=True) == set()
    found = battery.passes(1 * MINUTE, ordered_w=2_000, power_w=2_000.0, frozen=True)
    assert found == {Finding.FROZEN_READINGS}
    assert battery.watch.backs_off is Finding.FROZEN_READINGS
    assert battery.passes(MINUTE, ordered_w=None, power_w=-300.0) == set()
    assert battery.watch.backs_off is None


@pytest.mark.parametrize(
    ("ordered_w", "power_w", "state_of_charge"),
    [(0, 0.0, 0.5), (None, 0.0, 0.5), (300, 300.0, 0.5), (2_000, 2_000.0, 1.0)],
)
def test_a_battery_with_little_to_do_may_look_the_same_for_long(
    ordered_w: float | None, power_w: float, state_of_charge: float
) -> None:
    battery = Watched()
    battery.state_of_charge = state_of_charge

    assert battery.passes(20 * MINUTE, ordered_w=ordered_w, power_w=power_w, frozen=True) == set()


@pytest.mark.parametrize("jump", [-timedelta(hours=1), timedelta(hours=1)])
def test_a_clock_that_is_set_makes_nothing_of_what_was_seen_before(jump: timedelta) -> None:
    battery = Watched()
    battery.passes(2.5 * MINUTE, ordered_w=2_000, power_w=0.0)

    battery.now += jump

    assert battery.passes(2.5 * MINUTE, ordered_w=2_000, power_w=0.0) == set()
    assert battery.passes(1 * MINUTE, ordered_w=2_000, power_w=0.0) == {Finding.NOT_FOLLOWING}


def test_a_clock_that_is_set_back_does_not_prolong_how_long_a_battery_is_left_alone() -> None:
    battery = Watched()
    battery.passes(3 * MINUTE, ordered_w=2_000, power_w=-2_000.0)

    battery.now -= timedelta(hours=5)
    battery.passes(MINUTE, ordered_w=None, power_w=0.0)

    assert battery.watch.backs_off is None
