"""The batteries that can be chosen: each register map, its source, and whether it met real hardware."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, runtime_checkable

from modbus_connection import ModbusUnit

from ..driver import BatteryDriver, BatteryIdentity, BatteryLimits
from .huawei_luna import HuaweiLuna
from .marstek_venus_2 import MarstekVenus2
from .marstek_venus_3 import MarstekVenus3
from .sma import Sma
from .solaredge import SolarEdge
from .sunspec_der import SunSpecBattery
from .sunspec_storage import StorageBattery
from .victron_ess import VictronEss


@runtime_checkable
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
    """As a resident knows the battery."""
    probe: Callable[[ModbusUnit, Callable[[], datetime], BatteryLimits | None], Awaitable[ModbusBattery]]
    """Returns the battery that answers at a unit, with the ratings that the resident gave where the map asks
    for them. Raises BatteryError when it is none of this kind."""
    source: str
    """Where the registers are documented publicly."""
    tested_on_hardware: bool
    port: int = 502
    unit_id: int = 1
    asks_ratings: bool = False
    """Whether the resident must say what the battery can do, because the device does not."""
    persistent_registers: frozenset[int] = frozenset()
    """What the device keeps in memory that wears: no order, release or reading writes it. Only what a device
    needs to be steered at all is written once, where it differs, before the first order."""


MAPS: Mapping[str, ModbusMap] = {
    "sunspec_der": ModbusMap(
        name="SunSpec, newer (models 701 to 713)",
        probe=SunSpecBattery.probe,
        source='SunSpec Alliance, "DER Information Model Specification" v1.2',
        tested_on_hardware=False,
    ),
    "sunspec_storage": ModbusMap(
        name="SunSpec, older (model 124)",
        probe=StorageBattery.probe,
        source="SunSpec Alliance, model definitions 101-103, 111-113, 120, 124 and 802; Fronius 42,0410,2649",
        tested_on_hardware=False,
    ),
    "marstek_venus_2": ModbusMap(
        name="Marstek Venus E (1, 2)",
        probe=MarstekVenus2.probe,
        source='Duravolt, "Plug-in Battery Modbus"; ViperRNMC/marstek_venus_modbus, registers/e_v12.yaml',
        tested_on_hardware=False,
        persistent_registers=MarstekVenus2.persistent_registers,
    ),
    "marstek_venus_3": ModbusMap(
        name="Marstek Venus E 3.0",
        probe=MarstekVenus3.probe,
        source="ViperRNMC/marstek_venus_modbus, registers/e_v3.yaml; fonske/MarstekVenusV3-modbus-TCP-IP",
        tested_on_hardware=False,
        persistent_registers=MarstekVenus3.persistent_registers,
    ),
    "victron_ess": ModbusMap(
        name="Victron ESS",
        probe=VictronEss.probe,
        source='Victron Energy, "ESS mode 2 and 3"; victronenergy/dbus_modbustcp, attributes.csv',
        tested_on_hardware=False,
        unit_id=100,
        asks_ratings=True,
        persistent_registers=VictronEss.persistent_registers,
    ),
    "solaredge": ModbusMap(
        name="SolarEdge",
        probe=SolarEdge.probe,
        source='SolarEdge, "Power Control Open Protocol"; WillCodeForCats/solaredge-modbus-multi',
        tested_on_hardware=False,
        port=1502,
        persistent_registers=SolarEdge.persistent_registers,
    ),
    "huawei_luna": ModbusMap(
        name="Huawei LUNA2000",
        probe=HuaweiLuna.probe,
        source='Huawei, "Solar Inverter Modbus Interface Definitions"; wlcrs/huawei-solar-lib',
        tested_on_hardware=False,
        persistent_registers=HuaweiLuna.persistent_registers,
    ),
    "sma": ModbusMap(
        name="SMA Sunny Boy Storage",
        probe=Sma.probe,
        source='SMA, "SMA Modbus Interface" (SMA_Modbus-TI); OpenEMS and evcc, Sunny Boy Storage',
        tested_on_hardware=False,
        unit_id=3,
        asks_ratings=True,
    ),
}
"""By the key that a battery's configuration keeps."""
