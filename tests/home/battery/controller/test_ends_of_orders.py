"""An order ends with its lease, with a pause, and when nobody knows of it any more."""

from datetime import datetime, timedelta

import pytest

from custom_components.battery_commons.battery.controller import BatteryController
from custom_components.battery_commons.battery.follower import Mode, Reason
from custom_components.battery_commons.battery.settings import Settings
from tests.home.battery.controller.devices import Device, look, plan
from tests.home.village import NOW


async def test_a_battery_is_released_when_the_lease_is_over(
    controller: BatteryController, device: Device
) -> None:
    await controller.step(plan(-2000, lease_minutes=5), Settings())
    device.now += timedelta(minutes=4, seconds=59.5)
    outcome = await controller.step(plan(-2000, lease_minutes=5), Settings())

    assert device.order is None
    assert outcome.decision.reason is Reason.LEASE_EXPIRED


async def test_a_release_is_written_once(controller: BatteryController, device: Device) -> None:
    await controller.step(plan(-2000), Settings())
    for _ in range(5):
        await controller.step(plan(-2000), Settings(paused=True))

    assert device.writes == [-2000, None]


async def test_an_order_found_at_the_start_is_taken_back_when_no_lease_asks_for_it(
    controller: BatteryController, device: Device
) -> None:
    device.order = (-5000, NOW + timedelta(hours=1))

    await controller.step(None, Settings())

    assert device.order is None


async def test_a_lease_that_still_runs_is_resumed_at_the_start(
    controller: BatteryController, device: Device
) -> None:
    device.order = (-2000, NOW + timedelta(seconds=30))

    outcome = await controller.step(plan(-2000), Settings())

    assert outcome.decision.mode is Mode.VILLAGE
    assert device.order is not None
    assert device.order[1] > NOW + timedelta(minutes=14)


async def test_an_order_of_somebody_else_is_left_alone_once_ours_has_ended(
    controller: BatteryController, device: Device
) -> None:
    await controller.step(None, Settings())
    device.order = (1000, NOW + timedelta(hours=1))

    await controller.step(None, Settings())

    assert device.order is not None


async def test_a_lost_battery_is_said_to_be_lost_and_followed_again_when_it_is_back(
    controller: BatteryController, device: Device
) -> None:
    await controller.step(plan(-2000), Settings())
    device.lost = True
    lost = await controller.step(plan(-2000), Settings())
    device.lost = False
    back = await controller.step(plan(-2000), Settings())

    assert (lost.reading, lost.decision.mode, lost.problem) == (None, Mode.UNREACHABLE, "no answer")
    assert back.decision.mode is Mode.VILLAGE
    assert device.writes == [-2000, -2000]


async def test_an_order_left_behind_by_a_loss_is_taken_back_when_the_battery_is_back(
    controller: BatteryController, device: Device
) -> None:
    await controller.step(plan(-2000), Settings())
    device.lost = True
    await controller.step(plan(-2000), Settings(paused=True))
    device.lost = False
    await controller.step(plan(-2000), Settings(paused=True))

    assert device.order is None


async def test_a_pause_ends_by_itself(controller: BatteryController, device: Device) -> None:
    pause = Settings(paused=True, paused_until=NOW + timedelta(minutes=5))
    paused = await look(controller, device, plan(-2000), 60, decided=pause)
    assert (paused.decision.mode, device.writes) == (Mode.PAUSED, [])

    after = await look(controller, device, plan(-2000), decided=pause)
    assert (after.decision.mode, device.writes) == (Mode.VILLAGE, [-2000])


async def test_a_battery_without_a_timer_is_told_once_and_released_when_the_lease_ends() -> None:
    device = Device(own_timer=None)
    controller = BatteryController(device, device.clock)
    await look(controller, device, plan(-2000, -2000, lease_minutes=20), 12 * 20 - 1)
    assert device.writes == [-2000]

    device.now = NOW + timedelta(minutes=19, seconds=59.5)
    await look(controller, device, plan(-2000, -2000, lease_minutes=20))
    assert device.writes == [-2000, None]


async def test_an_order_that_a_battery_is_slow_to_tell_is_taken_back_all_the_same() -> None:
    """The order is given, and the resident pauses before the battery's sensors show it."""
    device = Device(own_timer=None)
    controller = BatteryController(device, device.clock)
    await look(controller, device, plan(-2000))
    device.order = None
    await look(controller, device, plan(-2000), decided=Settings(paused=True))

    assert device.writes == [-2000, None]


@pytest.mark.parametrize("jump", [-timedelta(hours=1), timedelta(minutes=20), timedelta(days=400)])
async def test_a_clock_that_is_set_leaves_no_order_behind(
    controller: BatteryController, device: Device, jump: timedelta
) -> None:
    await look(controller, device, plan(-2000))
    device.now += jump
    device.order = (-2000, datetime.max.replace(tzinfo=NOW.tzinfo))  # The device's own timer knows no clock.
    await look(controller, device, plan(-2000), 2)

    assert device.order is None
