"""Marstek Venus E of the first and second generation, over RS-485 through a gateway to Modbus TCP.

Sources: see `marstek_venus`; register table `registers/e_v12.yaml` of ViperRNMC/marstek_venus_modbus, and for
the sign of 32202 (positive while discharging) the template `marstek-venus` of evcc-io/evcc.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Self

from modbus_connection import ModbusUnit
from modbus_connection.model import int32, integer, string

from ..driver import BatteryLimits
from .mapped import Registers, named, told
from .marstek_venus import BETWEEN_REQUESTS_S, MarstekVenus, Settings


class Nameplate(Registers):
    """Who it is."""

    model = string(31000, 10)
    serial_number = string(31200, 10)


class Measurements(Registers):
    """How it stands."""

    state_of_charge_percent = integer(32104, signed=False, nan=0xFFFF, unit="%")
    ac_w = int32(32202, nan=0x8000_0000, unit="W")


class MarstekVenus2(MarstekVenus):
    """Drives a Marstek Venus E of generation 1 or 2."""

    @classmethod
    async def probe(
        cls, unit: ModbusUnit, now: Callable[[], datetime], _ratings: BatteryLimits | None = None
    ) -> Self:
        """Return a driver for the battery at `unit`. Raises BatteryError when it is none of this kind."""
        unit.set_message_spacing(BETWEEN_REQUESTS_S)
        with told("the battery does not answer"):
            nameplate = Nameplate(unit)
            await nameplate.async_update()
            identity = named("Marstek", nameplate.model, nameplate.serial_number)
            return cls(unit, now, await Settings(unit).ratings(), identity, Measurements(unit))
