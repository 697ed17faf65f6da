"""What a battery does next, and how full it will be."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custom_components.battery_commons.battery.driver import BatteryLimits
from custom_components.battery_commons.battery.outlook import Action, expected_charge, next_action
from custom_components.battery_commons.battery.settings import Preference, Settings
from custom_components.battery_commons.community.plan import BatteryPlan, Slot, VillageReason
from tests.home.village import NOW

QUARTER = timedelta(minutes=15)
START = NOW.replace(minute=0)
LIMITS = BatteryLimits(capacity_wh=10_000, max_charge_w=5_000, max_discharge_w=5_000)
OPEN = Settings(reserve=0.0)


def plan(*powers_w: float | None) -> BatteryPlan:
    slots = tuple(
        Slot(START + n * QUARTER, START + (n + 1) * QUARTER, power_w, VillageReason.HOLD)
        for n, power_w in enumerate(powers_w)
    )
    return BatteryPlan(7, START + 3 * QUARTER, slots)


@pytest.mark.parametrize(
    ("power_w", "action"),
    [(2000, Action.CHARGE), (-2000, Action.DISCHARGE), (0, Action.HOLD), (None, Action.OWN_HOUSE)],
)
def test_the_next_action_is_the_first_one_that_differs_from_the_present(
    power_w: float | None, action: Action
) -> None:
    present = 1000.0 if action is not Action.CHARGE else -1000.0

    assert next_action(plan(present, 2 * present, power_w), OPEN, NOW) == (action, START + 2 * QUARTER)


def test_a_plan_that_goes_on_as_now_has_no_next_action() -> None:
    assert next_action(plan(1000, 2000, 3000), OPEN, NOW) is None


def test_a_plan_that_has_not_begun_has_its_beginning_as_next_action() -> None:
    assert next_action(plan(1000), OPEN, START - QUARTER) == (Action.CHARGE, START)


def test_a_battery_that_is_paused_for_good_does_nothing_next() -> None:
    assert next_action(plan(1000, -1000), replace(OPEN, paused=True), NOW) is None


def test_a_battery_that_is_paused_for_a_while_takes_up_the_plan_at_the_end_of_its_pause() -> None:
    settings = replace(OPEN, paused=True, paused_until=START + timedelta(minutes=20))

    assert next_action(plan(1000, -1000, 1000), settings, NOW) == (
        Action.DISCHARGE,
        START + timedelta(minutes=20),
    )


def test_the_expected_charge_counts_on_from_the_present_one_with_losses_both_ways() -> None:
    slots = plan(4000, -3800).slots

    # The first slot has 14 minutes to go.
    charged = 0.5 + 4000 * (14 / 60) * 0.95 / 10_000
    assert expected_charge(slots, 0.5, LIMITS, OPEN, NOW) == pytest.approx([charged, charged - 0.1])


def test_nobody_knows_how_full_a_battery_is_after_it_served_its_own_house() -> None:
    assert expected_charge(plan(0, None, 0).slots, 0.5, LIMITS, OPEN, NOW) == [0.5, None, None]


def test_without_a_reading_nothing_is_expected() -> None:
    assert expected_charge(plan(0, 1000).slots, None, LIMITS, OPEN, NOW) == [None, None]


@pytest.mark.parametrize(
    ("preference", "lowest"),
    [(Preference.COMFORT, 0.65), (Preference.BALANCED, 0.3), (Preference.VILLAGE_FIRST, 0.15)],
)
def test_the_village_is_not_expected_to_go_below_what_the_resident_keeps(
    preference: Preference, lowest: float
) -> None:
    settings = Settings(reserve=0.3, preference=preference)

    assert expected_charge(plan(*[-5000.0] * 8).slots, 0.7, LIMITS, settings, NOW)[-1] == lowest


def test_a_battery_below_its_reserve_is_not_expected_to_rise_to_it_by_itself() -> None:
    assert expected_charge(plan(-5000).slots, 0.05, LIMITS, Settings(reserve=0.1), NOW) == [0.05]


def test_the_residents_limit_counts() -> None:
    settings = replace(OPEN, max_power_w=1000)

    (limited,) = expected_charge(plan(5000).slots, 0.5, LIMITS, settings, START)

    assert limited == pytest.approx(0.5 + 1000 / 4 * 0.95 / 10_000)


@given(
    st.lists(st.floats(-50_000, 50_000), min_size=1, max_size=50),
    st.floats(0, 1),
    st.floats(0, 1),
)
def test_a_battery_is_never_expected_to_be_fuller_than_full_or_emptier_than_allowed(
    powers_w: list[float], state_of_charge: float, reserve: float
) -> None:
    settings = Settings(reserve=reserve)
    lowest = min(state_of_charge, reserve)

    expected = expected_charge(plan(*powers_w).slots, state_of_charge, LIMITS, settings, NOW)

    assert all(each is not None and lowest <= each <= 1 for each in expected)
