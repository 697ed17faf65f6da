"""An order is written when it is another, and its timer renewed in time."""

from datetime import timedelta

import pytest

from custom_components.battery_commons.battery.controller import BatteryController
from custom_components.battery_commons.battery.settings import Settings
from tests.home.battery.controller.devices import Device, look, plan
from tests.home.village import NOW


async def test_a_setpoint_is_written_once_and_not_again_while_nothing_changes(
    controller: BatteryController, device: Device
) -> None:
    for _ in range(10):
        await controller.step(plan(-2000), Settings())
        device.now += timedelta(seconds=30)

    assert device.writes == [-2000]


async def test_a_change_within_the_dead_band_is_not_worth_a_write(
    controller: BatteryController, device: Device
) -> None:
    await controller.step(plan(-2000), Settings())
    await controller.step(plan(-2020), Settings())
    assert device.writes == [-2000]

    await controller.step(plan(-2030), Settings())
    assert device.writes == [-2000, -2030]


async def test_a_stop_is_written_however_small_the_power_was(
    controller: BatteryController, device: Device
) -> None:
    await controller.step(plan(-20), Settings())
    await controller.step(plan(0), Settings())

    assert device.writes == [-20, 0]


async def test_the_timer_is_renewed_in_every_slot_also_where_the_power_stays(
    controller: BatteryController, device: Device
) -> None:
    two_slots = plan(-2000, -2000)
    await controller.step(two_slots, Settings())
    device.now += timedelta(minutes=15)
    await controller.step(two_slots, Settings())

    assert device.writes == [-2000, -2000]
    assert device.order is not None
    assert device.order[1] == NOW + timedelta(minutes=30, seconds=10)


@pytest.mark.parametrize("lease_minutes", [5, 15])
async def test_a_lease_that_was_shortened_shortens_the_timer(
    controller: BatteryController, device: Device, lease_minutes: float
) -> None:
    await controller.step(plan(-2000), Settings())
    await controller.step(plan(-2000, lease_minutes=lease_minutes), Settings())

    assert device.order == (-2000, NOW + timedelta(minutes=lease_minutes))


async def test_a_reserve_that_was_raised_shortens_the_timer(
    controller: BatteryController, device: Device
) -> None:
    """At half of 10 kWh, 200 Wh lie above a reserve of 48 %: six minutes at 2 kW."""
    await controller.step(plan(-2000), Settings())
    await controller.step(plan(-2000), Settings(reserve=0.48))

    assert device.order is not None
    assert abs(device.order[1] - (NOW + timedelta(minutes=6))) <= timedelta(seconds=1)


async def test_the_devices_own_timer_ends_the_order_when_nobody_comes_back(
    controller: BatteryController, device: Device
) -> None:
    await controller.step(plan(-2000, lease_minutes=5), Settings())
    device.now += timedelta(minutes=5)

    assert (await device.read()).setpoint_w is None


async def test_a_timer_of_a_minute_is_set_again_in_time_and_no_more_often_than_that_takes() -> None:
    device = Device(own_timer=timedelta(seconds=60))
    controller = BatteryController(device, device.clock)
    orders = []
    for _ in range(12 * 14):
        await look(controller, device, plan(-2000))
        orders.append((await device.read()).setpoint_w)

    assert set(orders) == {-2000}
    assert 14 * 60 / 60 <= len(device.writes) <= 14 * 60 / 30
