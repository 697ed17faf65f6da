"""The bench on which a driver meets the simulated device that its map describes."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import override

from modbus_connection import IllegalDataAddressError, IllegalDataValueError, ModbusConnectionError
from modbus_connection.mock import MockModbusConnection, MockModbusUnit
from pymodbus.constants import ExcCodes

from custom_components.battery_commons.battery.driver import BatteryLimits
from custom_components.battery_commons.battery.modbus.catalogue import MAPS, ModbusBattery
from demo.devices.by_map import DEVICES
from demo.devices.device import Device, RefusedError, high_first, low
from tests.home.village import NOW

GIVEN = BatteryLimits(10_000, 5_000, 5_000)
"""What the resident says of a battery that does not say it."""
_REFUSALS = {ExcCodes.ILLEGAL_ADDRESS: IllegalDataAddressError, ExcCodes.ILLEGAL_VALUE: IllegalDataValueError}


class Clock:
    """A clock that stands still until a test moves it."""

    def __init__(self) -> None:
        self.at = NOW

    def __call__(self) -> datetime:
        return self.at

    def pass_by(self, duration: timedelta) -> None:
        self.at += duration


class DeviceUnit(MockModbusUnit):
    """A unit in memory behind which a device lives, in place of stores that believe anything."""

    def __init__(self, device: Device) -> None:
        super().__init__(MockModbusConnection(), device.unit_id)
        self._device = device

    @override
    async def read_holding_registers(self, address: int, count: int) -> list[int]:
        self._raise_if_read_fails("holding", address, count)
        return _answered(lambda: self._device.read(address, count))

    @override
    async def write_register(self, address: int, value: int) -> None:
        await self.write_registers(address, [value])

    @override
    async def write_registers(self, address: int, values: list[int]) -> None:
        self._raise_if_write_fails("holding", address, len(values))
        _answered(lambda: self._device.write(address, values))

    def lose_link(self) -> None:
        self.fail_requests(ModbusConnectionError("no route to the battery"))


def _answered[T](request: Callable[[], T]) -> T:
    try:
        return request()
    except RefusedError as error:
        raise _REFUSALS[error.code](message=str(error)) from error


class Bench:
    """One map, with a device that it describes."""

    def __init__(self, key: str, kind: type[Device] | None = None) -> None:
        self.key = key
        self.clock = Clock()
        self.device = (kind or DEVICES[key])(self.clock)
        self.unit = DeviceUnit(self.device)

    async def probe(self) -> ModbusBattery:
        """Return a driver as after a start of the home."""
        known = MAPS[self.key]
        return await known.probe(self.unit, self.clock, GIVEN if known.asks_ratings else None)

    def spoil(self, address: int, words: list[int]) -> None:
        """Let registers read as `words`, whatever the device makes of itself."""
        self.device.spoiled.update({address + i: word for i, word in enumerate(words)})


_FLOAT_NAN, _FLOAT_HUGE = [0x0000, 0x7FC0], [0x0000, 0x7F7F]
NONSENSE: dict[str, dict[int, list[int]]] = {
    # Model 1 ends before 40070; 701 is 155 registers long, 702 52 and 704 67, headers included.
    "sunspec_der": {40070 + 10: [0x8000], 40070 + 155 + 52 + 67 + 4: [0xFFFF]},
    # 103 is 52 registers long and 120 28.
    "sunspec_storage": {40070 + 14: [0x8000], 40070 + 52 + 28 + 5: [0xFFFF], 40070 + 52 + 28 + 8: [10_100]},
    "marstek_venus_2": {32104: [101], 32202: [0x8000, 0]},
    "marstek_venus_3": {34002: [0xFFFF], 30006: [0x8000]},
    "victron_ess": {843: [101]},
    "solaredge": {57732: _FLOAT_NAN, 57716: _FLOAT_HUGE},
    "huawei_luna": {37760: [0xFFFF], 37765: high_first(0x7FFF_FFFF), 47100: [0xFFFF]},
    "sma": {30845: high_first(0xFFFF_FFFF), 30775: high_first(0x8000_0000)},
}
"""Readings that cannot be, by the registers that a device would give them in."""
ORDERED_THROUGH: dict[str, set[int]] = {
    "sunspec_der": {40070 + 155 + 52 + offset for offset in (22, 23, 24, 30, 31)},
    "sunspec_storage": {40070 + 52 + 28 + offset for offset in (5, 12, 15)},
    "marstek_venus_2": {42000, 42010, 42020, 42021},
    "marstek_venus_3": {42000, 42010, 42020, 42021},
    "victron_ess": {2716},
    "solaredge": {0xE00B, 0xE00D, 0xE00E, 0xE010},
    "huawei_luna": {47083, 47100, 47246, 47247, 47249},
    "sma": {40236, 40793},
}
"""Where the writes of normal running start."""
NO_RATINGS: dict[str, dict[int, list[int]]] = {
    "sunspec_der": {40070 + 155 + 52 + 67 + 2: [0xFFFF]},
    "sunspec_storage": {40070 + 2 + 52 + 28: [0]},
    "marstek_venus_2": {32105: [0]},
    "marstek_venus_3": {44002: [low(0xFFFF)]},
    "solaredge": {57666: _FLOAT_NAN},
    "huawei_luna": {37758: high_first(0xFFFF_FFFF)},
    "sma": {40189: high_first(0xFFFF_FFFF)},
}
"""Ratings that cannot be, for every map whose device states any."""
