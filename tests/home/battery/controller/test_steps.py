"""A battery that only knows steps is ordered one that is allowed."""

import math

import pytest

from custom_components.battery_commons.battery.controller import BatteryController
from custom_components.battery_commons.battery.driver import Bounds
from custom_components.battery_commons.battery.house import ConnectionLimits
from tests.home.battery.controller.devices import SteppedDevice, look, metered, plan


async def test_a_battery_that_only_knows_steps_is_ordered_one_within_its_bounds() -> None:
    device = SteppedDevice()
    controller = BatteryController(device, device.clock)
    outcome = await look(controller, device, plan(3000), house=metered(device, 700.0))

    assert (device.writes, outcome.decision.setpoint_w) == ([5_000], 5_000)
    assert device.asked == [(3_000, Bounds(-5_000, 5_000), -700)]


async def test_a_step_beyond_what_is_allowed_is_not_ordered() -> None:
    device = SteppedDevice()
    controller = BatteryController(device, device.clock)
    house = metered(device, 700.0, ConnectionLimits(import_w=4_000))
    outcome = await look(controller, device, plan(3000), house=house)

    assert device.asked[0][1] == Bounds(-5_000, 3_300)
    assert (device.writes, outcome.decision.setpoint_w) == ([], None)


@pytest.mark.parametrize("step_w", [math.nan, math.inf])
async def test_a_step_that_is_no_power_is_not_ordered(step_w: float) -> None:
    device = SteppedDevice()
    device.steps_w = (step_w,)
    await look(BatteryController(device, device.clock), device, plan(3000), house=metered(device, 0))

    assert device.writes == []
