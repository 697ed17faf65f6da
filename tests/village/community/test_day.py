"""What is kept of a day."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from battery_commons.community.day import GridLoads, HomeLoads, flow, grid_day, sun_day
from battery_commons.domain.privacy import LEAST_HOMES

NAN = float("nan")
LOADS = GridLoads(
    "t1",
    limit_w=10_000.0,
    load_w=np.array([8_000.0, 9_000.0, -2_000.0, NAN]),
    capacity_wh=np.full(5, 10_000.0),
    battery_w=np.array([[-500.0, -800.0, 400.0, 0.0]] * 5),
    steered_w=np.array([-1_000.0, -2_000.0, 1_000.0, 0.0]),
    m1_share=0.8,
    battery_homes=LEAST_HOMES,
)


def test_a_day_tells_its_highest_loads_in_both_directions_and_what_is_known() -> None:
    day = grid_day(LOADS)

    assert (day.slots, day.known_slots) == (4, 3)
    assert day.measured == flow(np.array([8_000.0, 9_000.0, -2_000.0]), 10_000.0)
    assert day.measured is not None
    assert (day.measured.import_w, day.measured.feed_in_w) == (9_000.0, 2_000.0)
    assert (day.measured.import_wh, day.measured.feed_in_wh) == (4_250.0, 500.0)


def test_the_same_quarter_hours_are_told_under_m1_and_without_batteries() -> None:
    compared = grid_day(LOADS).compared

    assert compared is not None
    assert compared.slots == 3
    assert compared.m1_slots == pytest.approx(2.4)
    assert (compared.actual.import_w, compared.alone.import_w, compared.bare.import_w) == (9e3, 11e3, 13e3)
    assert (compared.actual.feed_in_w, compared.alone.feed_in_w, compared.bare.feed_in_w) == (2e3, 3e3, 4e3)
    assert (compared.actual.over_slots, compared.alone.over_slots, compared.bare.over_slots) == (0, 1, 2)


def test_batteries_of_few_homes_are_not_told_of() -> None:
    day = grid_day(replace(LOADS, battery_homes=LEAST_HOMES - 1))

    assert day.compared is None
    assert day.measured is not None


def test_what_is_not_heard_of_is_not_compared_but_is_measured() -> None:
    battery_w = LOADS.battery_w.copy()
    battery_w[0, 1] = NAN

    day = grid_day(replace(LOADS, battery_w=battery_w))

    assert day.known_slots == 3
    assert day.compared is not None
    assert (day.compared.slots, day.compared.actual.import_w) == (2, 8_000.0)


def test_a_day_without_a_meter_is_not_filled_in() -> None:
    day = grid_day(replace(LOADS, load_w=np.full(4, NAN)))

    assert (day.known_slots, day.measured, day.compared) == (0, None, None)


def test_without_a_limit_no_hour_is_beyond_it() -> None:
    assert flow(np.array([1e9]), None).over_slots == 0


@given(
    arrays(np.float64, 96, elements=st.floats(-1e6, 1e6) | st.just(NAN)),
    arrays(np.float64, (3, 96), elements=st.floats(-1e5, 1e5) | st.just(NAN)),
)
def test_whatever_was_measured_the_figures_are_finite_and_of_known_quarter_hours(
    load_w: np.ndarray, battery_w: np.ndarray
) -> None:
    loads = replace(LOADS, load_w=load_w, battery_w=battery_w, capacity_wh=np.ones(3), steered_w=np.zeros(96))

    day = grid_day(loads)

    assert day.known_slots == np.isfinite(load_w).sum()
    for each in (day.measured, *((day.compared.actual, day.compared.bare) if day.compared else ())):
        if each is not None:
            assert min(each.import_w, each.feed_in_w, each.import_wh, each.feed_in_wh) >= 0
            assert np.isfinite([each.import_wh, each.feed_in_wh]).all()
    if day.compared is not None:
        assert day.compared.slots <= day.known_slots


def homes(count: int, known: int | None = None) -> HomeLoads:
    """Return homes of which one has sun to spare and the others draw half of it together."""
    house_w = np.full((count, 2), 500.0)
    house_w[0] = -4_000.0
    battery_w = np.zeros((count, 2))
    battery_w[1] = 1_000.0
    steered_w = battery_w.copy()
    flags = np.arange(count) < (count if known is None else known)
    return HomeLoads(np.tile(flags[:, None], 2), house_w, battery_w, steered_w)


def test_own_sun_is_what_homes_have_left_over_and_what_of_it_leaves_them_all() -> None:
    sun = sun_day(homes(5))

    assert sun is not None
    assert sun.surplus_wh == 4_000 * 2 / 4
    assert sun.bare_fed_in_wh == 2_000 * 2 / 4
    assert sun.fed_in_wh == 1_000 * 2 / 4
    assert sun.alone_fed_in_wh == sun.bare_fed_in_wh, "alone, the battery would have stood still"


def test_own_sun_of_few_homes_is_not_told() -> None:
    assert sun_day(homes(4)) is None
    assert sun_day(homes(6, known=4)) is None
