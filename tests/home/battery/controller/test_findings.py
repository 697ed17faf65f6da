"""A battery that is not as it should be is left alone until it is."""

from datetime import timedelta

from custom_components.battery_commons.battery.controller import BatteryController
from custom_components.battery_commons.battery.follower import Mode, Reason
from custom_components.battery_commons.battery.watch import Finding
from tests.home.battery.controller.devices import Device, look, metered, plan
from tests.home.village import NOW


async def test_a_second_controller_is_left_the_battery_for_half_an_hour(
    controller: BatteryController, device: Device
) -> None:
    for _ in range(3):
        await look(controller, device, plan(-2000), 2)
        device.order = (1_500, NOW + timedelta(hours=2))
    outcome = await look(controller, device, plan(-2000))
    assert set(outcome.findings) == {Finding.SECOND_CONTROLLER}
    assert outcome.decision.reason is Reason.SECOND_CONTROLLER

    device.writes.clear()
    device.order = (1_500, NOW + timedelta(hours=2))
    await look(controller, device, plan(-2000), 12 * 12)
    assert device.writes == []


async def test_a_resident_who_has_put_things_right_is_believed_at_once(
    controller: BatteryController, device: Device
) -> None:
    device.does_w = 2_000
    await look(controller, device, plan(-2000), 30)
    assert device.order is None

    controller.trust_again()
    device.does_w = None
    outcome = await look(controller, device, plan(-2000))

    assert (outcome.findings, outcome.decision.mode) == ({}, Mode.VILLAGE)


async def test_a_reversed_battery_is_not_regulated_either() -> None:
    device = Device(regulates=False)
    device.does_w = 1_000
    controller = BatteryController(device, device.clock)
    for _ in range(30):
        outcome = await look(controller, device, None, house=metered(device, 2_000.0))

    assert Finding.SIGN_REVERSED in outcome.findings
    assert device.order is None
