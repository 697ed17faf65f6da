"""What the battery is made to do, and that nothing makes it leave its bounds."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custom_components.battery_commons.battery.driver import (
    BatteryError,
    BatteryLimits,
    BatteryReading,
    Bounds,
)
from custom_components.battery_commons.battery.follower import (
    FULL,
    Mode,
    Reason,
    decide,
    next_change,
    whole_seconds,
)
from custom_components.battery_commons.battery.settings import Preference, Settings
from custom_components.battery_commons.community.plan import BatteryPlan, Slot, VillageReason
from tests.home.battery.anything import any_settings
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


def test_the_next_look_is_at_the_end_of_a_pause() -> None:
    pause = Settings(paused=True, paused_until=NOW + timedelta(minutes=5))

    assert next_change(plan(0), NOW, pause) == NOW + timedelta(minutes=5)
    assert next_change(None, NOW, pause) == NOW + timedelta(minutes=5)
    assert next_change(None, NOW + timedelta(minutes=5), pause) is None
    assert next_change(None, NOW, Settings(paused=True)) is None


def test_the_next_look_is_when_a_plan_begins_that_has_not_yet() -> None:
    assert next_change(plan(0), NOW - QUARTER) == NOW


def test_a_pause_counts_until_its_end_and_no_longer() -> None:
    pause = Settings(paused=True, paused_until=NOW + QUARTER)
    later = NOW + QUARTER

    assert decide(plan(-1000, -1000), reading(), LIMITS, pause, NOW).mode is Mode.PAUSED
    after = decide(plan(-1000, -1000), reading(at=later), LIMITS, pause, later)
    assert (after.mode, after.setpoint_w) == (Mode.VILLAGE, -1000)


def test_in_shadow_mode_the_setpoint_is_what_the_village_would_have_ordered() -> None:
    decision = decide(plan(-9000), reading(), LIMITS, Settings(shadow=True), NOW)

    assert (decision.mode, decision.setpoint_w) == (Mode.SHADOW, -4000)


@pytest.mark.parametrize(
    ("preference", "lowest"),
    [(Preference.COMFORT, 0.6), (Preference.BALANCED, 0.2), (Preference.VILLAGE_FIRST, 0.1)],
)
def test_how_far_the_village_discharges_is_the_residents_choice(
    preference: Preference, lowest: float
) -> None:
    decided = Settings(reserve=0.2, preference=preference)

    assert decide(plan(-1000), reading(lowest), LIMITS, decided, NOW).setpoint_w == 0
    assert decide(plan(-1000), reading(lowest + 0.01), LIMITS, decided, NOW).setpoint_w == -1000


def test_the_residents_maximum_is_kept_and_said() -> None:
    decision = decide(plan(-3000), reading(), LIMITS, Settings(max_power_w=1_000), NOW)

    assert (decision.setpoint_w, decision.reason) == (-1_000, Reason.LIMITED_BY_RESIDENT)


def test_the_connection_of_the_house_is_kept_and_said() -> None:
    decision = decide(plan(4000), reading(), LIMITS, Settings(), NOW, connection=Bounds(-9_000, 1_500))

    assert (decision.setpoint_w, decision.reason) == (1_500, Reason.LIMITED_BY_CONNECTION)


def test_a_battery_helps_a_house_that_is_over_its_limit_though_the_plan_has_it_charge() -> None:
    decision = decide(plan(4000), reading(), LIMITS, Settings(), NOW, connection=Bounds(-9_000, -700))

    assert decision.setpoint_w == -700


def test_an_empty_battery_is_not_made_to_help() -> None:
    decision = decide(plan(4000), reading(0.1), LIMITS, Settings(), NOW, connection=Bounds(-9_000, -700))

    assert decision.setpoint_w == 0


def test_a_connection_that_cannot_be_guarded_releases_the_battery() -> None:
    decision = decide(plan(4000), reading(), LIMITS, Settings(), NOW, connection=None)

    assert (decision.setpoint_w, decision.reason) == (None, Reason.METER_LOST)


@pytest.mark.parametrize("bad", [float("nan"), -0.1, 1.1])
def test_a_measurement_that_is_none_cannot_be_steered_on(bad: float) -> None:
    with pytest.raises(BatteryError):
        BatteryReading(NOW, bad, 0.0, None)
    with pytest.raises(ValueError, match="no share"):
        Settings(reserve=bad)


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_a_power_that_is_none_cannot_be_steered_on(bad: float) -> None:
    with pytest.raises(BatteryError):
        BatteryReading(NOW, 0.5, bad, None)
    with pytest.raises(BatteryError):
        BatteryReading(NOW, 0.5, 0.0, bad)
    with pytest.raises(BatteryError):
        BatteryLimits(10_000, bad, 5_000)
    with pytest.raises(ValueError, match="no power"):
        Settings(max_power_w=bad)


@pytest.mark.parametrize("day", ["2026-03-29", "2026-10-25", "2026-06-21"])
def test_a_day_on_which_the_clocks_are_set_is_followed_slot_by_slot_like_any_other(day: str) -> None:
    """Plans, leases and looks are in UTC: such a day has 92 or 100 quarters, each of its own."""
    zone = ZoneInfo("Europe/Amsterdam")
    start = datetime.fromisoformat(f"{day}T00:00").replace(tzinfo=zone).astimezone(UTC)
    end = (datetime.fromisoformat(f"{day}T00:00") + timedelta(days=1)).replace(tzinfo=zone).astimezone(UTC)
    quarters = round((end - start) / QUARTER)
    slots = tuple(
        Slot(start + i * QUARTER, start + (i + 1) * QUARTER, -100.0 - i, VillageReason.HOLD)
        for i in range(quarters)
    )

    followed, now = [], start
    while now < end:
        current = BatteryPlan(7, now + timedelta(minutes=45), slots)
        local = now.astimezone(zone)
        decision = decide(current, reading(at=local), LIMITS, Settings(), local)
        followed.append(decision.setpoint_w)
        following = next_change(current, local)
        assert following is not None
        now = following.astimezone(UTC)

    assert quarters == {"2026-03-29": 92, "2026-10-25": 100, "2026-06-21": 96}[day]
    assert followed == [-100.0 - i for i in range(quarters)]


any_power = st.none() | st.floats(-1e6, 1e6) | st.floats(allow_nan=True, allow_infinity=True)
connections = st.none() | st.builds(
    lambda one, other: Bounds(min(one, other), max(one, other)),
    st.floats(-20_000, 20_000),
    st.floats(-20_000, 20_000) | st.just(float("inf")),
)


@given(
    powers=st.lists(any_power, min_size=1, max_size=6),
    state_of_charge=st.floats(0, 1),
    decided=any_settings,
    connection=connections,
    lease_s=st.floats(-100, 30_000),
    slot_s=st.floats(2, 3600),
    passed_s=st.floats(-100, 10_000),
)
def test_no_plan_makes_the_battery_leave_its_bounds_or_outlive_the_lease(
    powers: list[float | None],
    state_of_charge: float,
    decided: Settings,
    connection: Bounds | None,
    lease_s: float,
    slot_s: float,
    passed_s: float,
) -> None:
    now = NOW + timedelta(seconds=passed_s)
    current = plan(*powers, lease=timedelta(seconds=lease_s), length=timedelta(seconds=slot_s))

    decision = decide(current, reading(state_of_charge, now), LIMITS, decided, now, connection=connection)

    assert (decision.setpoint_w is None) == (decision.revert_at is None)
    assert (decision.mode is Mode.PAUSED) == decided.paused
    if decision.setpoint_w is None or decision.revert_at is None:
        return
    assert connection is not None
    assert decision.mode is (Mode.SHADOW if decided.shadow else Mode.VILLAGE)
    seconds = whole_seconds(decision.revert_at, current.lease_until, now)
    lowest_w, highest_w = -decided.capped_w(LIMITS.max_discharge_w), decided.capped_w(LIMITS.max_charge_w)
    assert lowest_w <= decision.setpoint_w <= highest_w
    assert decision.setpoint_w >= 0 or state_of_charge > decided.floor
    assert decision.setpoint_w <= 0 or state_of_charge < FULL
    # It never leaves what the connection allows for something worse than standing still.
    assert decision.setpoint_w <= max(0.0, connection.highest_w)
    assert decision.setpoint_w >= min(0.0, connection.lowest_w)
    left_wh = (state_of_charge - decided.floor) * LIMITS.capacity_wh
    a_second_more_wh = LIMITS.max_discharge_w / 3600
    assert -decision.setpoint_w * (seconds - 1) / 3600 <= max(left_wh, 0) + a_second_more_wh
    assert decision.revert_at <= current.lease_until
    assert seconds >= 1
    assert now + timedelta(seconds=seconds) <= current.lease_until
