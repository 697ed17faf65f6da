"""What is special about SMA Sunny Boy Storage: its orders can be written but not read."""

import pytest
from modbus_connection import ModbusTimeoutError

from custom_components.battery_commons.battery.driver import BatteryError, BatteryLimits
from custom_components.battery_commons.battery.modbus.sma import Sma
from tests.home.battery.modbus.bench import Bench


@pytest.fixture
def bench() -> Bench:
    return Bench("sma")


async def test_before_it_is_written_to_a_battery_counts_as_being_under_the_order_to_do_what_it_does(
    bench: Bench,
) -> None:
    battery = await bench.probe()
    before = await battery.read()

    await battery.release()

    assert before.setpoint_w == before.power_w == -500
    assert (await battery.read()).setpoint_w is None


async def test_after_a_write_that_failed_half_way_nothing_is_known_again(bench: Bench) -> None:
    battery = await bench.probe()
    await battery.set_power(1000, 60)
    bench.unit.fail_write(40793, ModbusTimeoutError("too slow"))

    with pytest.raises(BatteryError, match="too slow"):
        await battery.set_power(-2000, 60)
    reading = await battery.read()

    assert reading.setpoint_w == reading.power_w


async def test_what_the_inverter_cannot_the_battery_cannot(bench: Bench) -> None:
    battery = await Sma.probe(bench.unit, bench.clock, BatteryLimits(7_700, 9_000, 3_000))

    assert battery.limits == BatteryLimits(7_700, 5_000, 3_000)


async def test_standing_still_is_the_preset_without_room(bench: Bench) -> None:
    battery = await bench.probe()

    await battery.set_power(0, 60)

    assert bench.device.written == [(40236, [0, 2424]), (40793, [0] * 10)]
