"""What batteries can do later, and what that costs, against figures worked out by hand."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from battery_commons.domain.battery import WEAR_EUR_PER_KWH, Battery
from battery_commons.domain.plan import BatteryPlan, ControlModel, Plan, PlanReason
from battery_commons.domain.time import SLOT, TimeGrid
from battery_commons.openadr.reports.coming import held_wh, moving_prices
from battery_commons.openadr.reports.values import Quality, Told
from tests.village.openadr.reports.test_measured import NOW, known, told

BATTERY = Battery("h0/b", "t1", 10_000, 4_000, 5_000, 0.8, 0.9, 0.1)
PRICES = [0.30, 0.20, 0.10, 0.40]


def plan(*powers: float | None, prices: list[float | None] | None = None) -> Plan:
    count = max(len(powers), len(prices or []))
    asked = [BatteryPlan(f"h{k}/b", powers, [PlanReason.HOLD] * len(powers)) for k in range(5)]
    grid = TimeGrid(NOW, count)
    return Plan(ControlModel.M4, grid, asked, {"t1": [0.0] * count}, import_price=prices or ())


@pytest.mark.parametrize(
    ("powers", "slots", "held"),
    [
        ([4_000, 4_000], 2, 6_600),  # Of 2 kWh drawn, 80 % is stored.
        ([-3_600, -3_600], 1, 4_000),  # 0.9 kWh delivered take 1 kWh.
        ([-36_000], 1, 1_000),  # No further than the reserve.
        ([40_000] * 4, 4, 10_000),  # No more than full.
        ([None, -3_600], 2, 4_000),  # Its own house's time counts as nothing.
        ([4_000], 3, 5_800),  # After the plan's end it is taken to hold.
    ],
)
def test_a_battery_holds_later_what_the_plan_makes_it_hold(
    powers: list[float | None], slots: int, held: float
) -> None:
    assert held_wh(BATTERY, 5_000, NOW, NOW + slots * SLOT, plan(*powers)) == pytest.approx(held)


def test_what_is_over_of_a_slot_is_not_counted_again() -> None:
    half = NOW + SLOT / 2
    assert held_wh(BATTERY, 5_000, half, NOW + SLOT, plan(4_000)) == pytest.approx(5_400)


def test_a_battery_in_shadow_is_not_moved() -> None:
    shadow = plan(4_000)
    shadow = replace(shadow, batteries=[replace(each, shadow=True) for each in shadow.batteries])
    assert held_wh(BATTERY, 5_000, NOW, NOW + SLOT, shadow) == 5_000


def test_room_to_come_is_that_of_the_energy_that_the_plan_leaves() -> None:
    of = replace(known(), plan=plan(*[-3_600.0] * 4))
    start = NOW + 4 * SLOT  # Four times 1 kWh less, and only the reserve is left.
    found = told("UP_REGULATION_AVAILABLE", of, start=start, end=start + SLOT)
    assert found == Told(0, Quality.OK)
    without = told("UP_REGULATION_AVAILABLE", known(), start=start, end=start + SLOT)
    assert without == Told(25, Quality.ESTIMATED)


def test_power_and_energy_are_told_of_all_batteries_together() -> None:
    of = known()
    drawing = {id_: replace(each, power_w=-1_500.0) for id_, each in of.latest.items()}
    of = replace(of, latest=drawing)
    assert told("STORAGE_POWER", of).value == pytest.approx(-7.5)
    assert told("STORAGE_USABLE_ENERGY", of).value == pytest.approx(20)  # 5 kWh less 1 of reserve, of each.


def test_moving_costs_what_is_lost_elsewhere_and_the_wear() -> None:
    found = moving_prices(plan(prices=[*PRICES]), NOW + 2 * SLOT, NOW + 3 * SLOT, NOW, 0.8)
    assert found is not None
    # Not drawn at 0.10, it is drawn at 0.20, for a loss of a fifth; drawn at 0.10, it saves 0.8 of 0.40.
    assert found.up == pytest.approx(WEAR_EUR_PER_KWH + 0.20 / 0.8 - 0.10)
    assert found.down == pytest.approx(WEAR_EUR_PER_KWH)
    dear = moving_prices(plan(prices=[*PRICES]), NOW + 3 * SLOT, NOW + 4 * SLOT, NOW, 0.8)
    assert dear is not None
    assert (dear.up, dear.down) == pytest.approx((WEAR_EUR_PER_KWH, WEAR_EUR_PER_KWH + 0.40 - 0.8 * 0.30))


def test_a_price_that_is_a_guess_is_no_price() -> None:
    guessed = plan(prices=[0.30, None, 0.10, 0.40])
    assert moving_prices(guessed, NOW + SLOT, NOW + 2 * SLOT, NOW, 0.8) is None
    assert moving_prices(plan(prices=[*PRICES]), NOW + 3 * SLOT, NOW + 5 * SLOT, NOW, 0.8) is None
    of = replace(known(), plan=guessed)
    assert told("UP_REGULATION_PRICE", of, start=NOW + SLOT, end=NOW + 2 * SLOT).quality is Quality.MISSING


def test_by_a_plan_that_is_old_nothing_is_asked() -> None:
    old = replace(plan(prices=[*PRICES]), grid=TimeGrid(NOW - timedelta(hours=1), 4))
    assert told("UP_REGULATION_PRICE", replace(known(), plan=old)) == Told(None, Quality.STALE)
    assert told("UP_REGULATION_PRICE", known()) == Told(None, Quality.MISSING)


@given(
    st.lists(st.none() | st.floats(-5, 5), min_size=1, max_size=12),
    st.integers(0, 12),
    st.floats(0.5, 1),
)
def test_no_price_is_below_the_wear(prices: list[float | None], slot: int, efficiency: float) -> None:
    start = NOW + slot * SLOT
    found = moving_prices(plan(prices=prices), start, start + SLOT, NOW, efficiency)
    assert found is None or min(found.up, found.down) >= WEAR_EUR_PER_KWH
