"""What is special about Victron ESS: it is steered by what the house draws from the grid."""

from collections.abc import Mapping
from datetime import timedelta
from typing import override

import pytest

from custom_components.battery_commons.battery.driver import BatteryError
from demo.devices.victron_ess import VictronEss
from tests.home.battery.modbus.bench import Bench


class House:
    """A house whose load a test sets."""

    load_w = 500.0


class Living(VictronEss):
    """An ESS in a house that changes."""

    house = House()

    @property
    @override
    def house_w(self) -> float:
        return self.house.load_w


class Old(VictronEss):
    """A GX device with Venus OS before 3.50."""

    @override
    def _registers(self) -> Mapping[int, int]:
        return {at: word for at, word in super()._registers().items() if at not in {2716, 2717}}


@pytest.fixture
def bench() -> Bench:
    return Bench("victron_ess", Living)


@pytest.fixture(autouse=True)
def house() -> House:
    Living.house = House()
    return Living.house


async def test_until_it_is_given_again_an_order_keeps_what_the_house_draws_from_the_grid(
    bench: Bench, house: House
) -> None:
    battery = await bench.probe()
    await battery.set_power(1500, 60)

    house.load_w = 900
    reading = await battery.read()

    assert (reading.power_w, reading.setpoint_w) == (1100, 1500)


async def test_a_setpoint_of_somebody_else_is_told_as_the_power_that_it_stands_for_now(
    bench: Bench, house: House
) -> None:
    battery = await bench.probe()
    await battery.set_power(1500, 60)

    bench.device.write(2716, [0, 3000])
    house.load_w = 900

    assert (await battery.read()).setpoint_w == 2100


async def test_an_order_that_is_given_again_is_right_in_the_house_as_it_is_now(
    bench: Bench, house: House
) -> None:
    battery = await bench.probe()
    await battery.set_power(1500, 60)
    house.load_w = 900

    await battery.set_power(1500, 60)

    assert bench.device.power_w == 1500


async def test_a_setpoint_beyond_what_the_battery_can_is_an_order_of_what_it_can(bench: Bench) -> None:
    battery = await bench.probe()
    bench.device.write(2716, [0, 65_000])

    assert (await battery.read()).setpoint_w == 5000


async def test_an_order_is_never_a_setpoint_that_reads_as_none(bench: Bench) -> None:
    """Zero at the grid is what the register reads without a setpoint: one watt beside it is as good."""
    battery = await bench.probe()

    await battery.set_power(-500, 60)

    assert bench.device.written == [(2716, [0, 1])]
    assert (await battery.read()).setpoint_w == pytest.approx(-500, abs=1)


async def test_an_ess_under_external_control_is_refused(bench: Bench) -> None:
    bench.spoil(2902, [3])

    with pytest.raises(BatteryError, match="external control"):
        await bench.probe()


async def test_a_gx_device_without_a_volatile_setpoint_is_refused() -> None:
    with pytest.raises(BatteryError, match=r"3\.50"):
        await Bench("victron_ess", Old).probe()


async def test_only_the_volatile_setpoint_is_ever_written(bench: Bench) -> None:
    battery = await bench.probe()
    for power_w in (1000, -1000, 0):
        await battery.set_power(power_w, 60)
        bench.clock.pass_by(timedelta(seconds=30))
    await battery.release()

    assert {address for address, _ in bench.device.written} == {2716}
