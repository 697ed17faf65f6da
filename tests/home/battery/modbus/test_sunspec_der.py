"""What is read from and written to a SunSpec battery, laid out by the SunSpec Alliance's own definitions."""

from datetime import datetime

import pytest
from modbus_connection.mock import WriteEvent

from custom_components.battery_commons.battery.driver import BatteryError, BatteryIdentity, BatteryLimits
from custom_components.battery_commons.battery.modbus.sunspec_der import SunSpecBattery
from demo.devices.sunspec import SunSpecDer
from demo.sunspec_registers import BASE_ADDRESS
from tests.home.battery.modbus.bench import Bench
from tests.home.device import BatteryDevice
from tests.home.village import NOW


class Without713(SunSpecDer):
    """A device that tells of its storage in model 802 only."""

    without = (713,)


def clock() -> datetime:
    return NOW


async def probe(device: BatteryDevice) -> SunSpecBattery:
    return await SunSpecBattery.probe(device.unit, clock)


async def test_what_a_battery_is_and_can_do_is_read_by_its_own_scale_factors(device: BatteryDevice) -> None:
    battery = await probe(device)

    assert battery.identity == BatteryIdentity("Example", "Wall 10", "EX-0001")
    assert battery.limits == BatteryLimits(10_000, 5_000, 5_000)


async def test_a_rating_that_is_left_out_is_that_of_the_whole_device(device: BatteryDevice) -> None:
    """0xFFFF says that a uint16 is not implemented."""
    model = device.registers._models[702].points
    model["WChaRteMaxRtg"].value = None
    model["WMaxRtg"].value = 400

    assert (await probe(device)).limits == BatteryLimits(10_000, 4_000, 5_000)


@pytest.mark.parametrize(("injecting_w", "charging_w"), [(1200, -1200), (-1200, 1200), (0, 0)])
async def test_power_is_positive_while_charging(
    device: BatteryDevice, injecting_w: float, charging_w: float
) -> None:
    device.stand(state_of_charge=0.425, injecting_w=injecting_w)

    reading = await (await probe(device)).read()

    assert (reading.at, reading.state_of_charge, reading.power_w) == (NOW, 0.425, charging_w)
    assert reading.setpoint_w is None


async def test_the_timer_is_set_and_ends_in_release_before_the_order_counts(device: BatteryDevice) -> None:
    device.registers.put(704, "WSetEnaRvrt", 1)
    device.registers.put(704, "WSetMod", 0)
    battery = await probe(device)
    await battery.read()
    orders_at_each_write: list[float | None] = []
    timers_at_each_write: list[float | None] = []

    def look(_event: WriteEvent) -> None:
        orders_at_each_write.append(device.order_w)
        timers_at_each_write.append(device.timer_s)

    device.unit.on_write(look)
    await battery.set_power(1000, 300)

    assert orders_at_each_write[-1] == -1000
    assert set(orders_at_each_write[:-1]) == {None}
    assert set(timers_at_each_write) == {300}
    assert device.registers.get(704, "WSetEnaRvrt") == 0
    assert device.registers.get(704, "WSetMod") == 1


@pytest.mark.parametrize(("model", "point", "what"), [(713, "SoC", "state of charge"), (701, "W", "power")])
async def test_a_reading_that_is_left_out_is_no_reading(
    device: BatteryDevice, model: int, point: str, what: str
) -> None:
    battery = await probe(device)
    device.registers._models[model].points[point].value = None

    with pytest.raises(BatteryError, match=what):
        await battery.read()


@pytest.mark.parametrize("capacity", [None, 0])
async def test_a_battery_without_a_capacity_is_refused(device: BatteryDevice, capacity: int | None) -> None:
    device.registers._models[713].points["WHRtg"].value = capacity

    with pytest.raises(BatteryError, match=r"capacity|ratings"):
        await probe(device)


async def test_a_device_that_does_not_speak_sunspec_is_refused(device: BatteryDevice) -> None:
    device.unit.holding[BASE_ADDRESS] = [0] * 200

    with pytest.raises(BatteryError, match="SunSpec"):
        await probe(device)


async def test_a_device_that_is_no_battery_is_refused() -> None:
    meter = BatteryDevice(without=713)

    with pytest.raises(BatteryError, match="lacks SunSpec model 713"):
        await probe(meter)


async def test_a_battery_without_model_713_is_read_from_802() -> None:
    battery = await Bench("sunspec_der", Without713).probe()
    await battery.set_power(1500, 60)
    reading = await battery.read()

    assert battery.limits == BatteryLimits(10_000, 5_000, 5_000)
    assert (reading.state_of_charge, reading.power_w) == (0.5, 1500)
