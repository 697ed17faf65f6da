"""The physical battery obeys its limits and loses what its efficiencies say, whatever is asked of it."""

from dataclasses import replace
from math import inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from battery_commons.domain.battery import Battery
from battery_commons.simulation.battery import PhysicalBattery

SPEC = Battery(
    id="h1/b1",
    transformer_id="t1",
    capacity_wh=10_000,
    max_charge_w=5_000,
    max_discharge_w=4_000,
    reserve=0.1,
)

specs = st.builds(
    Battery,
    id=st.just("h1/b1"),
    transformer_id=st.just("t1"),
    capacity_wh=st.floats(100, 100_000),
    max_charge_w=st.floats(0, 50_000),
    max_discharge_w=st.floats(0, 50_000),
    charge_efficiency=st.floats(0.5, 1),
    discharge_efficiency=st.floats(0.5, 1),
    reserve=st.floats(0, 1),
)
powers = st.floats(-100_000, 100_000)
setpoints = st.none() | powers
durations = st.floats(1 / 3600, 24)
shares = st.floats(0, 1)


@st.composite
def batteries(draw: st.DrawFn) -> PhysicalBattery:
    spec = draw(specs)
    return PhysicalBattery(spec, draw(shares) * spec.capacity_wh)


def battery(energy_wh: float) -> PhysicalBattery:
    return PhysicalBattery(SPEC, energy_wh)


@given(batteries(), setpoints, powers, durations)
def test_the_energy_stays_between_empty_and_full(
    battery: PhysicalBattery, setpoint_w: float | None, house_w: float, hours: float
) -> None:
    battery.step(setpoint_w, house_w, hours)
    assert 0 <= battery.energy_wh <= battery.battery.capacity_wh
    assert 0 <= battery.state_of_charge <= 1


@given(batteries(), setpoints, powers, durations)
def test_energy_is_conserved_but_for_the_losses(
    battery: PhysicalBattery, setpoint_w: float | None, house_w: float, hours: float
) -> None:
    before_wh = battery.energy_wh
    power_w = battery.step(setpoint_w, house_w, hours)
    stored_w = (
        power_w * battery.battery.charge_efficiency
        if power_w > 0
        else power_w / battery.battery.discharge_efficiency
    )
    assert battery.energy_wh - before_wh == pytest.approx(stored_w * hours, rel=1e-9, abs=1e-6)


@given(batteries(), setpoints, powers, durations)
def test_the_power_never_exceeds_the_limits_nor_what_was_asked(
    battery: PhysicalBattery, setpoint_w: float | None, house_w: float, hours: float
) -> None:
    wanted_w = -house_w if setpoint_w is None else setpoint_w
    power_w = battery.step(setpoint_w, house_w, hours)
    slack = 1e-9 * abs(wanted_w)
    assert -battery.battery.max_discharge_w - slack <= power_w <= battery.battery.max_charge_w + slack
    assert min(wanted_w, 0) - slack <= power_w <= max(wanted_w, 0) + slack


@given(batteries(), setpoints, powers, durations, st.floats(0.01, 0.99))
def test_two_half_steps_are_one_whole_step(
    battery: PhysicalBattery, setpoint_w: float | None, house_w: float, hours: float, share: float
) -> None:
    whole = replace(battery)
    whole_w = whole.step(setpoint_w, house_w, hours)
    first_w = battery.step(setpoint_w, house_w, share * hours)
    second_w = battery.step(setpoint_w, house_w, (1 - share) * hours)
    assert battery.energy_wh == pytest.approx(whole.energy_wh, rel=1e-9, abs=1e-6)
    assert share * first_w + (1 - share) * second_w == pytest.approx(whole_w, rel=1e-6, abs=1e-3)


@given(batteries(), setpoints, powers, durations)
def test_it_never_discharges_below_the_reserve(
    battery: PhysicalBattery, setpoint_w: float | None, house_w: float, hours: float
) -> None:
    floor_wh = min(battery.energy_wh, battery.battery.reserve * battery.battery.capacity_wh)
    battery.step(setpoint_w, house_w, hours)
    assert battery.energy_wh >= floor_wh


@pytest.mark.parametrize(("house_w", "power_w"), [(1_500, -1_500), (-2_000, 2_000), (0, 0)])
def test_left_alone_it_takes_the_house_to_zero(house_w: float, power_w: float) -> None:
    assert battery(5_000).step(None, house_w, 0.25) == power_w


def test_a_setpoint_counts_whatever_the_house_does() -> None:
    assert battery(5_000).step(3_000, 1_500, 0.25) == 3_000


def test_a_full_battery_stops_charging_within_the_step() -> None:
    nearly_full = battery(9_905)
    assert nearly_full.step(5_000, 0, 0.25) == pytest.approx(95 / 0.95 / 0.25)
    assert nearly_full.energy_wh == SPEC.capacity_wh


def test_a_battery_at_its_reserve_stops_discharging_within_the_step() -> None:
    nearly_empty = battery(1_100)
    assert nearly_empty.step(-4_000, 0, 0.25) == pytest.approx(-100 * 0.95 / 0.25)
    assert nearly_empty.energy_wh == 1_000


def test_a_reserve_raised_above_the_charge_keeps_the_charge() -> None:
    below = battery(500)
    assert below.step(-4_000, 0, 0.25) == 0
    assert below.energy_wh == 500


@pytest.mark.parametrize(
    ("setpoint_w", "house_w", "hours"),
    [(nan, 0, 1), (inf, 0, 1), (None, nan, 1), (0, nan, 1), (0, 0, 0), (0, 0, -1)],
)
def test_it_refuses_what_is_no_power_and_no_time(
    setpoint_w: float | None, house_w: float, hours: float
) -> None:
    untouched = battery(5_000)
    with pytest.raises(ValueError, match="no battery can follow"):
        untouched.step(setpoint_w, house_w, hours)
    assert untouched.energy_wh == 5_000


@pytest.mark.parametrize("energy_wh", [-1, 10_001, nan])
def test_it_cannot_start_with_an_energy_that_it_cannot_hold(energy_wh: float) -> None:
    with pytest.raises(ValueError, match="cannot hold"):
        battery(energy_wh)
