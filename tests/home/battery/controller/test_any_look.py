"""Whatever a look comes upon, no order is made that must not be."""

import math
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from custom_components.battery_commons.battery.controller import BatteryController
from custom_components.battery_commons.battery.follower import FULL, Mode
from custom_components.battery_commons.battery.house import ConnectionLimits, House, MeterReading
from custom_components.battery_commons.battery.settings import Settings
from custom_components.battery_commons.community.plan import BatteryPlan, Slot, VillageReason
from tests.home.battery.anything import any_settings
from tests.home.battery.controller.devices import Device, SteppedDevice


@dataclass
class Moment:
    """What a look may come upon."""

    powers_w: list[float | None]
    lease_s: float
    passed_s: float
    state_of_charge: float
    settings: Settings
    limits: ConnectionLimits
    meter_w: float
    meter_age_s: float


watts = st.floats(-20_000, 20_000)
any_float = st.floats(allow_nan=True, allow_infinity=True)
moments = st.builds(
    Moment,
    powers_w=st.lists(st.none() | any_float, min_size=1, max_size=4),
    lease_s=st.floats(-100, 3_600),
    passed_s=st.floats(0, 600),
    state_of_charge=st.floats(0, 1),
    settings=any_settings,
    limits=st.builds(ConnectionLimits, st.just(math.inf) | st.floats(0, 20_000), st.floats(0, 20_000)),
    meter_w=any_float | watts,
    meter_age_s=st.floats(-200, 200) | st.just(0.0),
)


@pytest.mark.parametrize("kind", [Device, SteppedDevice])
@pytest.mark.parametrize("regulates", [True, False])
@given(met=st.lists(moments, min_size=1, max_size=6))
@settings(max_examples=60, deadline=None)
async def test_nothing_that_a_look_may_come_upon_makes_an_order_that_must_not_be(
    kind: type[Device],
    *,
    regulates: bool,
    met: list[Moment],
) -> None:
    device = kind(regulates=regulates)
    controller = BatteryController(device, device.clock)
    for moment in met:
        device.now += timedelta(seconds=moment.passed_s)
        device.state_of_charge = moment.state_of_charge
        lease_until = device.now + timedelta(seconds=moment.lease_s)
        slots = tuple(
            Slot(
                device.now + i * (q := timedelta(minutes=15)), device.now + (i + 1) * q, w, VillageReason.HOLD
            )
            for i, w in enumerate(moment.powers_w)
        )
        meter = MeterReading(device.now - timedelta(seconds=moment.meter_age_s), moment.meter_w)
        already = (await device.read()).power_w
        device.writes.clear()

        outcome = await controller.step(
            BatteryPlan(1, lease_until, slots), moment.settings, partial(House, moment.limits, meter)
        )

        for written_w in device.writes:
            if written_w is None:
                continue
            decision = outcome.decision
            assert not moment.settings.shadow
            assert math.isfinite(written_w)
            assert -5_000 <= written_w <= 5_000
            assert written_w <= 0 or moment.state_of_charge < FULL
            if decision.mode is Mode.VILLAGE:
                assert abs(written_w) <= moment.settings.capped_w(5_000) + 1
                assert written_w >= 0 or moment.state_of_charge > moment.settings.floor
                assert device.order is not None
                assert device.order[1] <= lease_until
            else:
                assert not regulates
                assert moment.state_of_charge > 0 or written_w >= 0
            if moment.limits.bind:
                assert math.isfinite(moment.meter_w)
                assert abs(moment.meter_age_s) <= 60
            if moment is met[0] and moment.meter_age_s == 0:
                # The battery has stood still so far: what the meter shows is the house, and it may not be
                # brought further beyond a limit than it is.
                limits, house_w = moment.limits, moment.meter_w - already
                assert limits.excess_w(house_w + written_w) <= limits.excess_w(house_w) + 1
