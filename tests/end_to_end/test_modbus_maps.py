"""Every register map over real TCP, through the connection library that Home Assistant uses."""

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest
from modbus_connection import ModbusTcpParams
from modbus_connection.tmodbus import ModbusConnection

from custom_components.battery_commons.battery.driver import BatteryError, BatteryLimits
from custom_components.battery_commons.battery.modbus.catalogue import MAPS, ModbusBattery
from demo.devices.by_map import DEVICES
from demo.devices.device import Device
from demo.devices.marstek_venus import MarstekVenus2
from demo.devices.server import listen

HOST = "127.0.0.1"


class Clock:
    """The clock of a device, which a test moves ahead of ours."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


def free_port() -> int:
    with socket.create_server((HOST, 0)) as probe:
        port: int = probe.getsockname()[1]
    return port


@asynccontextmanager
async def met(key: str, device: Device, clock: Clock) -> AsyncIterator[ModbusBattery]:
    """Serve `device`, and give a driver that has found it."""
    known, port = MAPS[key], free_port()
    server = await listen(device, HOST, port)
    link = ModbusConnection(ModbusTcpParams(host=HOST, port=port))
    try:
        given = BatteryLimits(10_000, 5_000, 5_000) if known.asks_ratings else None
        yield await known.probe(link.for_unit(known.unit_id), clock, given)
    finally:
        await link.close()
        await server.shutdown()  # type: ignore[no-untyped-call] # pymodbus leaves it untyped


@pytest.mark.parametrize("key", MAPS)
async def test_a_battery_is_found_steered_read_and_released_over_tcp(key: str) -> None:
    clock = Clock()
    device = DEVICES[key](clock)
    async with met(key, device, clock) as battery:
        await battery.read()
        for power_w in (1500, -800, 0):
            await battery.set_power(power_w, 60)
            reading = await battery.read()
            assert reading.power_w == pytest.approx(power_w, abs=1)
            assert reading.setpoint_w == pytest.approx(power_w, abs=1)

        await battery.release()

        assert (await battery.read()).setpoint_w is None
        assert device.power_w == -device.house_w


async def test_what_a_device_refuses_over_tcp_is_an_error_of_the_battery() -> None:
    clock = Clock()
    async with met("marstek_venus_2", MarstekVenus2(clock), clock) as battery:
        with pytest.raises(BatteryError, match="did not take"):
            await battery.set_power(2501, 60)
