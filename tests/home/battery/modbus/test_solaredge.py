"""What is special about SolarEdge: it is put under remote control once, and only where it is not."""

import pytest

from custom_components.battery_commons.battery.driver import BatteryError
from demo.devices.device import float_low_first
from demo.devices.solaredge import SolarEdge
from tests.home.battery.modbus.bench import Bench

CONTROL_MODE, GRID_CHARGING, DEFAULT_MODE, COMMAND = 0xE004, 0xE005, 0xE00A, 0xE00D
SETTINGS = {CONTROL_MODE, GRID_CHARGING, DEFAULT_MODE}


@pytest.fixture
def bench() -> Bench:
    return Bench("solaredge")


def settings_written(bench: Bench) -> list[tuple[int, list[int]]]:
    return [(address, words) for address, words in bench.device.written if address in SETTINGS]


async def test_remote_control_is_taken_before_the_first_order_and_what_follows_an_order_before_that(
    bench: Bench,
) -> None:
    battery = await bench.probe()
    await battery.set_power(1000, 60)
    await battery.set_power(-1000, 60)

    assert settings_written(bench) == [(DEFAULT_MODE, [7]), (GRID_CHARGING, [1]), (CONTROL_MODE, [4])]


async def test_settings_that_are_right_already_are_not_written(bench: Bench) -> None:
    await (await bench.probe()).set_power(1000, 60)
    bench.device.written.clear()

    await (await bench.probe()).set_power(-1000, 60)

    assert settings_written(bench) == []


async def test_a_limit_that_the_resident_set_on_charging_from_the_grid_stays(bench: Bench) -> None:
    bench.device.write(GRID_CHARGING, [2])
    bench.device.written.clear()

    await (await bench.probe()).set_power(1000, 60)

    assert GRID_CHARGING not in {address for address, _ in bench.device.written}


async def test_an_inverter_that_somebody_takes_out_of_remote_control_is_left_alone(bench: Bench) -> None:
    battery = await bench.probe()
    await battery.set_power(1000, 60)
    bench.device.write(CONTROL_MODE, [1])
    bench.device.written.clear()

    assert (await battery.read()).setpoint_w is None
    with pytest.raises(BatteryError, match="out of remote control"):
        await battery.set_power(1000, 60)
    await battery.release()
    assert bench.device.written == []


async def test_a_release_opens_the_limits_that_would_bind_the_own_house_too(bench: Bench) -> None:
    battery = await bench.probe()
    await battery.set_power(-100, 60)
    await battery.release()

    assert bench.device.written[-3:] == [
        (COMMAND, [7]),
        (0xE00E, float_low_first(5000)),
        (0xE010, float_low_first(5000)),
    ]
    assert bench.device.power_w == -500


async def test_a_command_that_is_none_of_ours_is_an_order_to_end(bench: Bench) -> None:
    battery = await bench.probe()
    await battery.set_power(1000, 60)
    bench.device.write(COMMAND, [1])  # charges from surplus only

    assert (await battery.read()).setpoint_w == 0


async def test_an_inverter_that_was_never_commanded_serves_its_own_house() -> None:
    bench = Bench("solaredge", SolarEdge)
    bench.device.write(DEFAULT_MODE, [7])
    bench.device.write(CONTROL_MODE, [4])

    assert (await (await bench.probe()).read()).setpoint_w is None
