"""In shadow mode a battery is looked at and not touched."""

from datetime import timedelta

from custom_components.battery_commons.battery.controller import BatteryController
from custom_components.battery_commons.battery.follower import Mode
from custom_components.battery_commons.battery.settings import Settings
from tests.home.battery.controller.devices import Device, look, metered, plan
from tests.home.village import NOW


async def test_shadow_mode_leaves_the_battery_alone_also_when_it_starts() -> None:
    """On the first day somebody else may steer it."""
    device = Device()
    device.order = (1_000, NOW + timedelta(hours=1))
    outcome = await look(
        BatteryController(device, device.clock), device, plan(-2000), 20, decided=Settings(shadow=True)
    )

    assert device.writes == []
    assert (outcome.decision.mode, outcome.decision.setpoint_w) == (Mode.SHADOW, -2000)


async def test_shadow_mode_ends_an_order_of_ours_once(controller: BatteryController, device: Device) -> None:
    await look(controller, device, plan(-2000))
    await look(controller, device, plan(-2000), 10, decided=Settings(shadow=True))

    assert device.writes == [-2000, None]


async def test_shadow_mode_leaves_a_battery_alone_that_does_not_regulate() -> None:
    device = Device(regulates=False)
    controller = BatteryController(device, device.clock)
    for decided in (Settings(shadow=True), Settings(shadow=True, paused=True)):
        await look(controller, device, plan(None), 10, decided=decided, house=metered(device, 2_000))

    assert device.writes == []


async def test_a_lost_battery_in_shadow_mode_keeps_the_order_of_somebody_else() -> None:
    device = Device()
    controller = BatteryController(device, device.clock)
    await look(controller, device, None, decided=Settings(shadow=True))
    device.lost = True
    await look(controller, device, None, decided=Settings(shadow=True))
    device.lost, device.order = False, (1_000, NOW + timedelta(hours=1))
    await look(controller, device, None, 10, decided=Settings(shadow=True))

    assert device.writes == []
