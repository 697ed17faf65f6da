"""The house's connection and its own needs count, for one battery and for two."""

from datetime import timedelta
from functools import partial

import pytest

from custom_components.battery_commons.battery.controller import BatteryController
from custom_components.battery_commons.battery.follower import Mode, Reason
from custom_components.battery_commons.battery.house import (
    GUARD_MARGIN_W,
    ConnectionLimits,
    House,
    MeterReading,
)
from custom_components.battery_commons.battery.settings import Settings
from tests.home.battery.controller.devices import Device, look, metered, plan
from tests.home.village import NOW


@pytest.mark.parametrize("decided", [Settings(), Settings(paused=True)])
async def test_a_battery_that_does_not_regulate_is_made_to_serve_its_house(decided: Settings) -> None:
    device = Device(regulates=False)
    controller = BatteryController(device, device.clock)
    outcome = await look(controller, device, plan(None), decided=decided, house=metered(device, 900.0))

    assert device.writes == [-900]
    assert outcome.decision.mode is (Mode.PAUSED if decided.paused else Mode.SELF_CONSUMPTION)
    assert outcome.decision.setpoint_w == -900


async def test_a_battery_that_does_not_regulate_stands_still_without_a_meter() -> None:
    device = Device(regulates=False)
    controller = BatteryController(device, device.clock)
    await look(controller, device, None, house=metered(device, 900.0))
    device.now += timedelta(minutes=1, seconds=1)
    await look(controller, device, None, house=House(meter=MeterReading(NOW, 900.0)))

    assert device.writes == [-900, None]


async def test_limits_that_cannot_be_guarded_release_the_battery(
    controller: BatteryController, device: Device
) -> None:
    limits = ConnectionLimits(import_w=5_000)
    await look(controller, device, plan(2000), house=metered(device, 900.0, limits))
    outcome = await look(controller, device, plan(2000), house=House(limits))

    assert device.writes == [2000, None]
    assert outcome.decision.reason is Reason.METER_LOST


async def test_two_batteries_do_not_both_take_what_is_left_of_one_connection() -> None:
    """Neither has moved yet when the other decides."""
    first, second = Device(), Device()
    one, other = BatteryController(first, first.clock), BatteryController(second, second.clock)
    limits, meter = ConnectionLimits(import_w=6_000), MeterReading(NOW, 1_000.0)
    await one.step(plan(4000), Settings(), lambda: House(limits, meter, [other.trail]))
    await other.step(plan(4000), Settings(), lambda: House(limits, meter, [one.trail]))

    assert (first.writes, second.writes) == ([4_000], [1_000])


async def test_two_batteries_that_are_reduced_give_up_no_more_than_they_must() -> None:
    first, second = Device(), Device()
    one, other = BatteryController(first, first.clock), BatteryController(second, second.clock)
    limits, load_w = ConnectionLimits(import_w=6_000), 500.0
    for turn in range(8):
        if turn == 4:
            load_w = 2_500.0
        drawn_w = sum(device.order[0] for device in (first, second) if device.order)
        meter = MeterReading(first.now, load_w + drawn_w)
        await one.step(plan(2500), Settings(), partial(House, limits, meter, [other.trail]))
        await other.step(plan(2500), Settings(), partial(House, limits, meter, [one.trail]))
        first.now += timedelta(seconds=5)
        second.now += timedelta(seconds=5)

    # 1.5 kW too much, and the margin that is kept for a minute.
    assert (first.writes, second.writes) == ([2_500, 1_000 - GUARD_MARGIN_W], [2_500])
