"""The batteries that can be chosen: each register map, its source, and whether it met real hardware."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from modbus_connection import ModbusUnit

from ..driver import BatteryDriver, BatteryIdentity
from .sunspec_der import SunSpecBattery


class ModbusBattery(BatteryDriver, Protocol):
    """A battery that tells who made it."""

    @property
    def identity(self) -> BatteryIdentity:
        """Who made the battery, by its own word."""
        ...


@dataclass(frozen=True, slots=True)
class ModbusMap:
    """One register map that the home can read and steer with."""

    name: str
    probe: Callable[[ModbusUnit, Callable[[], datetime]], Awaitable[ModbusBattery]]
    """Returns the battery that answers at a unit. Raises BatteryError when it is none of this kind."""
    source: str
    """Where the registers are documented publicly."""
    tested_on_hardware: bool
    port: int = 502
    unit_id: int = 1


MAPS: Mapping[str, ModbusMap] = {
    "sunspec_der": ModbusMap(
        name="SunSpec (701, 702, 704, 713)",
        probe=SunSpecBattery.probe,
        source='SunSpec Alliance, "DER Information Model Specification" v1.2',
        tested_on_hardware=False,
    ),
}
"""By the key that a battery's configuration keeps."""
