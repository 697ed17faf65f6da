"""What the battery is made to do, and that nothing makes it leave its bounds."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custom_components.battery_commons.battery.driver import BatteryLimits, BatteryReading
from custom_components.battery_commons.battery.follower import (
    Mode,
    Reason,
    decide,
    next_change,
    whole_seconds,
)
from custom_components.battery_commons.battery.settings import Settings
from custom_components.battery_commons.community.plan import BatteryPlan, Slot, VillageReason
from tests.home.village import NOW

LIMITS = BatteryLimits(10_000, 5_000, 4_000)
QUARTER = timedelta(minutes=15)


def plan(
    *power_w: float | None, lease: timedelta = timedelta(minutes=45), length: timedelta = QUARTER
) -> BatteryPlan:
    slots = tuple(
        Slot(NOW + i * length, NOW + (i + 1) * length, power, VillageReason.HOLD)
        for i, power in enumerate(power_w)
    )
    return BatteryPlan(7, NOW + lease, slots)


def reading(state_of_charge: float = 0.5, at: datetime = NOW) -> BatteryReading:
    return BatteryReading(at, state_of_charge, 0.0, None)


def test_the_plan_is_followed_slot_by_slot() -> None:
    two_slots = plan(-1000, 2000)

    first = decide(two_slots, reading(), LIMITS, Settings(), NOW)
    later = NOW + QUARTER
    second = decide(two_slots, reading(at=later), LIMITS, Settings(), later)

    assert (first.mode, first.setpoint_w) == (Mode.VILLAGE, -1000)
    assert (second.mode, second.setpoint_w) == (Mode.VILLAGE, 2000)


def test_a_slot_without_a_power_leaves_the_battery_to_its_own_house() -> None:
    decision = decide(plan(None), reading(), LIMITS, Settings(), NOW)

    assert (decision.mode, decision.setpoint_w) == (Mode.SELF_CONSUMPTION, None)


@pytest.mark.parametrize(
    ("what", "expected"),
    [
        ("no plan", (Mode.SELF_CONSUMPTION, Reason.NO_PLAN)),
        ("lease over", (Mode.SELF_CONSUMPTION, Reason.LEASE_EXPIRED)),
        ("lease over in half a second", (Mode.SELF_CONSUMPTION, Reason.LEASE_EXPIRED)),
        ("plan at its end", (Mode.SELF_CONSUMPTION, Reason.NO_PLAN)),
        ("paused", (Mode.PAUSED, Reason.PAUSED)),
        ("old reading", (Mode.UNREACHABLE, Reason.STALE_READING)),
        ("reading from the future", (Mode.UNREACHABLE, Reason.STALE_READING)),
    ],
)
def test_the_battery_is_released_and_the_reason_said(what: str, expected: tuple[Mode, Reason]) -> None:
    now, settings = NOW, Settings()
    found = reading()
    current: BatteryPlan | None = plan(-1000)
    match what:
        case "no plan":
            current = None
        case "lease over":
            now = NOW + timedelta(minutes=45)
            found = reading(at=now)
        case "lease over in half a second":
            current = plan(-1000, lease=timedelta(seconds=0.5))
        case "plan at its end":
            now = NOW + QUARTER
            found = reading(at=now)
        case "paused":
            settings = Settings(paused=True)
        case "old reading":
            found = reading(at=NOW - timedelta(seconds=61))
        case "reading from the future":
            found = reading(at=NOW + timedelta(seconds=61))

    decision = decide(current, found, LIMITS, settings, now)

    assert (decision.mode, decision.reason) == expected
    assert decision.setpoint_w is None


def test_the_reserve_is_kept() -> None:
    decision = decide(plan(-1000), reading(0.2), LIMITS, Settings(reserve=0.2), NOW)

    assert (decision.setpoint_w, decision.reason) == (0, Reason.RESERVE_REACHED)


def test_a_full_battery_is_not_charged() -> None:
    decision = decide(plan(1000), reading(1.0), LIMITS, Settings(), NOW)

    assert (decision.setpoint_w, decision.reason) == (0, Reason.BATTERY_FULL)


def test_a_power_beyond_the_battery_is_cut_to_what_it_can_do() -> None:
    decision = decide(plan(-9000), reading(), LIMITS, Settings(), NOW)

    assert (decision.setpoint_w, decision.reason) == (-4000, Reason.LIMITED_BY_BATTERY)


def test_the_devices_timer_ends_where_the_reserve_is_reached() -> None:
    """A tenth of 10 kWh lies above the reserve: at 4 kW that lasts a quarter of an hour."""
    decision = decide(
        plan(-4000, length=timedelta(hours=1)), reading(0.3), LIMITS, Settings(reserve=0.2), NOW
    )

    assert decision.revert_at is not None
    assert abs(decision.revert_at - (NOW + QUARTER)) < timedelta(seconds=1)


def test_the_devices_timer_ends_where_the_battery_is_full() -> None:
    decision = decide(plan(4000, length=timedelta(hours=1)), reading(0.9), LIMITS, Settings(), NOW)

    assert decision.revert_at is not None
    assert abs(decision.revert_at - (NOW + QUARTER)) < timedelta(seconds=1)


def test_the_devices_timer_ends_with_the_lease_within_a_slot() -> None:
    decision = decide(plan(-1000, lease=timedelta(minutes=5)), reading(), LIMITS, Settings(), NOW)

    assert decision.revert_at == NOW + timedelta(minutes=5)


def test_standing_still_is_ordered_for_the_whole_slot() -> None:
    decision = decide(plan(0), reading(1.0), LIMITS, Settings(), NOW)

    assert decision.revert_at == NOW + QUARTER + timedelta(seconds=10)


def test_the_next_look_is_at_the_end_of_the_slot_or_just_before_that_of_the_lease() -> None:
    assert next_change(plan(0, 0), NOW) == NOW + QUARTER
    assert next_change(plan(0, 0, lease=timedelta(minutes=5)), NOW) == NOW + timedelta(minutes=5, seconds=-1)
    assert next_change(None, NOW) is None


hostile_power = st.none() | st.floats(-1e6, 1e6)


@given(
    powers=st.lists(hostile_power, min_size=1, max_size=6),
    state_of_charge=st.floats(0, 1),
    reserve=st.floats(0, 1),
    lease_s=st.floats(-100, 30_000),
    slot_s=st.floats(2, 3600),
    passed_s=st.floats(-100, 10_000),
)
def test_no_plan_makes_the_battery_leave_its_bounds_or_outlive_the_lease(
    powers: list[float | None],
    state_of_charge: float,
    reserve: float,
    lease_s: float,
    slot_s: float,
    passed_s: float,
) -> None:
    now = NOW + timedelta(seconds=passed_s)
    current = plan(*powers, lease=timedelta(seconds=lease_s), length=timedelta(seconds=slot_s))

    decision = decide(current, reading(state_of_charge, now), LIMITS, Settings(reserve=reserve), now)

    assert (decision.setpoint_w is None) == (decision.revert_at is None)
    if decision.setpoint_w is not None and decision.revert_at is not None:
        seconds = whole_seconds(decision.revert_at, current.lease_until, now)
        assert -LIMITS.max_discharge_w <= decision.setpoint_w <= LIMITS.max_charge_w
        assert decision.setpoint_w >= 0 or state_of_charge > reserve
        left_wh = (state_of_charge - reserve) * LIMITS.capacity_wh
        a_second_more_wh = LIMITS.max_discharge_w / 3600
        assert -decision.setpoint_w * (seconds - 1) / 3600 <= max(left_wh, 0) + a_second_more_wh
        assert decision.revert_at <= current.lease_until
        assert seconds >= 1
        assert now + timedelta(seconds=seconds) <= current.lease_until
