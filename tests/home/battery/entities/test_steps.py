"""Which of the few things that a battery can do comes closest to the village's wish."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custom_components.battery_commons.battery.driver import Bounds
from custom_components.battery_commons.battery.entities.roles import Option
from custom_components.battery_commons.battery.entities.steps import Steps

CHARGE_W, DISCHARGE_W = 2_400.0, -2_000.0
ANYTHING = Bounds(-math.inf, math.inf)
HOMEWIZARD = Steps(
    {Option.CHARGE: CHARGE_W, Option.STANDBY: 0.0}, frozenset({Option.CHARGE_ONLY, Option.DISCHARGE_ONLY})
)
SIMPLE = Steps({Option.CHARGE: CHARGE_W, Option.STANDBY: 0.0})
FULL = Steps({Option.CHARGE: CHARGE_W, Option.STANDBY: 0.0, Option.DISCHARGE: DISCHARGE_W})

powers = st.floats(-6_000, 6_000)
steps = st.builds(
    Steps,
    st.dictionaries(
        st.sampled_from([Option.CHARGE, Option.STANDBY, Option.DISCHARGE]),
        st.just(0.0),
        max_size=3,
    ).map(lambda chosen: {option: FULL.fixed_w[option] for option in chosen}),
    st.frozensets(st.sampled_from([Option.CHARGE_ONLY, Option.DISCHARGE_ONLY])),
)
bounds = st.tuples(powers, powers).map(lambda pair: Bounds(min(pair), max(pair)))


def chosen(
    steps: Steps,
    wish_w: float,
    own_house_w: float | None = None,
    *,
    bounds: Bounds = ANYTHING,
    current: Option | None = None,
) -> Option:
    step = steps.nearest(wish_w, bounds, own_house_w, current)
    return step.option if step else Option.OWN_HOUSE


@given(steps, powers, bounds, st.none() | powers, st.none() | st.sampled_from(Option))
def test_a_step_is_within_bounds_and_never_against_the_wish(
    steps: Steps, wish_w: float, bounds: Bounds, own_house_w: float | None, current: Option | None
) -> None:
    step = steps.nearest(wish_w, bounds, own_house_w, current)

    if step is not None:
        assert bounds.lowest_w <= step.power_w <= bounds.highest_w
        assert step.power_w * wish_w >= 0
        assert step.option in {*steps.fixed_w, *steps.one_way}


@given(powers, powers)
def test_nothing_that_can_be_done_is_closer_to_the_wish_than_what_is_done(
    wish_w: float, own_house_w: float
) -> None:
    step = FULL.nearest(wish_w, ANYTHING, own_house_w, None)

    distance_w = abs((own_house_w if step is None else step.power_w) - wish_w)
    same_side = [power_w for power_w in FULL.fixed_w.values() if power_w * wish_w >= 0]
    assert all(distance_w <= abs(power_w - wish_w) + 1 for power_w in [*same_side, own_house_w])


@pytest.mark.parametrize(
    ("wish_w", "expected"),
    [
        (2_400, Option.CHARGE),
        (1_300, Option.CHARGE),
        (1_100, Option.STANDBY),
        (0, Option.STANDBY),
        (-100, Option.OWN_HOUSE),
        (-2_000, Option.OWN_HOUSE),
    ],
)
def test_without_knowing_the_own_house_half_of_all_is_worth_a_full_charge_and_discharging_is_left_to_it(
    wish_w: float, expected: Option
) -> None:
    assert chosen(SIMPLE, wish_w) is expected


def test_a_battery_that_can_discharge_on_order_does_so_for_more_than_half() -> None:
    assert chosen(FULL, -1_500) is Option.DISCHARGE
    assert chosen(FULL, -500) is Option.OWN_HOUSE


def test_an_own_house_that_would_do_nearly_what_is_wished_is_left_to_it() -> None:
    assert chosen(SIMPLE, -1_000, -800) is Option.OWN_HOUSE
    assert chosen(SIMPLE, 600, 500) is Option.OWN_HOUSE


def test_an_own_house_that_would_do_the_opposite_is_not_left_to_it() -> None:
    assert chosen(SIMPLE, -1_000, 700) is Option.STANDBY
    assert chosen(SIMPLE, 500, -700) is Option.STANDBY


def test_keeping_the_energy_is_a_standstill_even_where_the_own_house_asks_for_nothing() -> None:
    assert chosen(HOMEWIZARD, 0, 0, current=Option.OWN_HOUSE) is Option.STANDBY


def test_the_own_house_in_the_wished_direction_only_comes_before_the_own_house_in_both() -> None:
    assert chosen(HOMEWIZARD, 500, 300) is Option.CHARGE_ONLY
    assert chosen(HOMEWIZARD, 500, -300) is Option.CHARGE_ONLY
    assert chosen(HOMEWIZARD, -500, -300) is Option.DISCHARGE_ONLY


def test_a_full_charge_that_the_connection_does_not_carry_is_no_choice() -> None:
    assert chosen(SIMPLE, 2_400, bounds=Bounds(-2_000, 2_000)) is Option.STANDBY


def test_a_house_that_must_draw_more_makes_the_battery_charge_for_a_small_wish_too() -> None:
    assert chosen(SIMPLE, 600, bounds=Bounds(600, 2_400)) is Option.CHARGE


def test_a_battery_that_can_do_nothing_within_bounds_serves_its_own_house() -> None:
    assert chosen(SIMPLE, 600, bounds=Bounds(600, 700)) is Option.OWN_HOUSE


def test_a_mode_is_not_left_for_a_little() -> None:
    assert chosen(SIMPLE, -1_000, 50, current=Option.OWN_HOUSE) is Option.OWN_HOUSE
    assert chosen(SIMPLE, -1_000, 50, current=Option.STANDBY) is Option.STANDBY
    assert chosen(SIMPLE, -1_000, 500, current=Option.OWN_HOUSE) is Option.STANDBY
