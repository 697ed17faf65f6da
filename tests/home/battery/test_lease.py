"""A lease that ends in time, whatever is done to the clock on the wall."""

from datetime import datetime, timedelta

import pytest

from custom_components.battery_commons.battery.lease import LeaseClock
from custom_components.battery_commons.community.plan import BatteryPlan, HomePlan
from tests.home.village import NOW

LEASE = NOW + timedelta(minutes=45)


class Clocks:
    """The clock on the wall, and seconds that nobody can set."""

    def __init__(self) -> None:
        self.wall = NOW
        self.seconds = 1_000.0
        self.lease = LeaseClock(lambda: self.seconds)

    def passes(self, time: timedelta) -> None:
        self.wall += time
        self.seconds += time.total_seconds()

    def in_force(self, lease_until: datetime = LEASE, issued_at: datetime = NOW) -> BatteryPlan | None:
        plan = BatteryPlan(7, lease_until, ())
        home = HomePlan("home-1", 7, issued_at, lease_until, "M4", timedelta(minutes=15), {"garage": plan})
        return self.lease.in_force(home, plan, self.wall)


def left(clocks: Clocks) -> timedelta:
    plan = clocks.in_force()
    assert plan is not None
    return plan.lease_until - clocks.wall


def test_a_lease_ends_when_the_village_said() -> None:
    clocks = Clocks()

    assert clocks.in_force() == BatteryPlan(7, LEASE, ())
    clocks.passes(timedelta(minutes=40))
    assert left(clocks) == timedelta(minutes=5)


def test_a_clock_that_is_set_back_does_not_make_a_lease_longer() -> None:
    clocks = Clocks()
    clocks.in_force()
    clocks.passes(timedelta(minutes=20))

    clocks.wall -= timedelta(minutes=15)
    assert left(clocks) == timedelta(minutes=25)
    clocks.passes(timedelta(minutes=26))
    assert left(clocks) < timedelta()


def test_a_clock_that_is_set_ahead_makes_a_lease_shorter() -> None:
    clocks = Clocks()
    clocks.in_force()
    clocks.wall += timedelta(minutes=30)

    assert left(clocks) == timedelta(minutes=15)


def test_a_lease_that_is_renewed_counts_anew() -> None:
    clocks = Clocks()
    clocks.in_force()
    clocks.passes(timedelta(minutes=15))
    renewed = clocks.in_force(LEASE + timedelta(minutes=15))

    assert renewed is not None
    assert renewed.lease_until == LEASE + timedelta(minutes=15)


@pytest.mark.parametrize(("seconds", "counts"), [(60, True), (61, False)])
def test_a_plan_from_the_future_says_that_the_clock_is_wrong(seconds: int, counts: bool) -> None:  # noqa: FBT001
    clocks = Clocks()

    assert (clocks.in_force(issued_at=NOW + timedelta(seconds=seconds)) is not None) == counts


def test_clocks_that_drift_a_little_tell_the_same_time() -> None:
    clocks = Clocks()
    clocks.in_force()
    clocks.passes(timedelta(minutes=10))
    clocks.seconds += 4

    assert clocks.in_force() == BatteryPlan(7, LEASE, ())
