"""What is special about the Marstek Venus E: control is taken and given back, and some firmware drops it."""

from datetime import timedelta

import pytest

from custom_components.battery_commons.battery.driver import BatteryError, BatteryIdentity
from demo.devices.marstek_venus import MarstekVenus2, MarstekVenus3
from tests.home.battery.modbus.bench import Bench


class Forgetful(MarstekVenus2):
    """A battery with firmware that drops an order that is not renewed."""

    watchdog = timedelta(seconds=90)


@pytest.fixture(params=["marstek_venus_2", "marstek_venus_3"])
def bench(request: pytest.FixtureRequest) -> Bench:
    return Bench(request.param)


async def test_a_battery_of_the_second_generation_says_who_it_is() -> None:
    battery = await Bench("marstek_venus_2").probe()

    assert battery.identity == BatteryIdentity("Marstek", "VNSE-0", "MST-2-0001")


@pytest.mark.parametrize(
    ("key", "other"), [("marstek_venus_2", MarstekVenus3), ("marstek_venus_3", MarstekVenus2)]
)
async def test_a_battery_of_the_other_generation_is_refused(key: str, other: type[MarstekVenus2]) -> None:
    with pytest.raises(BatteryError):
        await Bench(key, other).probe()


async def test_an_order_lasts_until_the_home_ends_it(bench: Bench) -> None:
    battery = await bench.probe()
    await battery.set_power(1000, 60)

    bench.clock.pass_by(timedelta(hours=1))

    assert (await battery.read()).setpoint_w == 1000


async def test_an_order_that_the_firmware_dropped_is_seen() -> None:
    bench = Bench("marstek_venus_2", Forgetful)
    battery = await bench.probe()
    await battery.set_power(1000, 600)

    bench.clock.pass_by(timedelta(seconds=91))

    assert (await battery.read()).setpoint_w is None


async def test_a_release_leaves_no_order_for_whoever_takes_control_next(bench: Bench) -> None:
    battery = await bench.probe()
    await battery.set_power(1000, 60)

    await battery.release()
    bench.device.write(42000, [21930])

    assert bench.device.order_w == 0


async def test_a_battery_under_its_app_is_released_without_touching_its_orders(bench: Bench) -> None:
    battery = await bench.probe()

    await battery.release()

    assert bench.device.written == [(42000, [21947])]


async def test_a_power_that_the_battery_cannot_have_is_refused(bench: Bench) -> None:
    battery = await bench.probe()

    with pytest.raises(BatteryError, match="2501"):
        await battery.set_power(2501, 60)


async def test_a_mode_that_is_none_of_ours_is_an_order_to_end(bench: Bench) -> None:
    battery = await bench.probe()
    await battery.set_power(1000, 60)
    bench.spoil(42010, [3])  # charges to a state of charge

    assert (await battery.read()).setpoint_w == 0


async def test_requests_keep_a_distance_that_the_battery_can_follow(bench: Bench) -> None:
    await bench.probe()

    assert bench.unit.message_spacing >= 0.035
