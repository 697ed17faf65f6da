"""The simulated device for each register map of the integration."""

from collections.abc import Mapping

from demo.devices.device import Device
from demo.devices.huawei_luna import HuaweiLuna
from demo.devices.marstek_venus import MarstekVenus2, MarstekVenus3
from demo.devices.sma import Sma
from demo.devices.solaredge import SolarEdge
from demo.devices.sunspec import SunSpecDer, SunSpecStorage
from demo.devices.victron_ess import VictronEss

DEVICES: Mapping[str, type[Device]] = {
    "sunspec_der": SunSpecDer,
    "sunspec_storage": SunSpecStorage,
    "marstek_venus_2": MarstekVenus2,
    "marstek_venus_3": MarstekVenus3,
    "victron_ess": VictronEss,
    "solaredge": SolarEdge,
    "huawei_luna": HuaweiLuna,
    "sma": Sma,
}
"""By the key of the map."""
