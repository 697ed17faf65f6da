"""Marstek Venus E of the third generation, over its own network socket.

Sources: see `marstek_venus`; register table `registers/e_v3.yaml` of ViperRNMC/marstek_venus_modbus and the
one of fonske/MarstekVenusV3-modbus-TCP-IP, which ran on real batteries (firmware from EMS 144); for the sign
of 30006 (positive while discharging) evcc-io/evcc pull request 28855. No public source names a register with
its serial number: it is left out.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Self

from modbus_connection import ModbusUnit
from modbus_connection.model import gauge, integer, string

from ..driver import BatteryLimits
from .mapped import Registers, named, told
from .marstek_venus import BETWEEN_REQUESTS_S, MarstekVenus, Settings


class Nameplate(Registers):
    """Who it is."""

    model = string(31000, 10)


class Measurements(Registers):
    """How it stands."""

    ac_w = integer(30006, nan=0x8000, unit="W")
    state_of_charge_percent = gauge(34002, 0.1, signed=False, nan=0xFFFF, unit="%")


class MarstekVenus3(MarstekVenus):
    """Drives a Marstek Venus E of generation 3."""

    @classmethod
    async def probe(
        cls, unit: ModbusUnit, now: Callable[[], datetime], _ratings: BatteryLimits | None = None
    ) -> Self:
        """Return a driver for the battery at `unit`. Raises BatteryError when it is none of this kind."""
        unit.set_message_spacing(BETWEEN_REQUESTS_S)
        with told("the battery does not answer"):
            nameplate = Nameplate(unit)
            await nameplate.async_update()
            measurements = Measurements(unit)
            await measurements.async_update()  # what generation 2 does not have
            identity = named("Marstek", nameplate.model)
            return cls(unit, now, await Settings(unit).ratings(), identity, measurements)
