"""Marstek Venus E of the third generation, over its own network socket.

Sources: see `marstek_venus`; register table `registers/e_v3.yaml` of ViperRNMC/marstek_venus_modbus and the
one of fonske/MarstekVenusV3-modbus-TCP-IP, which ran on real batteries (firmware from EMS 144); for the sign
of 30006 (positive while discharging) evcc-io/evcc pull request 28855. The sign turns here. No public source
names a register with its serial number: it is left out.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Self, override

from modbus_connection import ModbusUnit
from modbus_connection.model import gauge, integer, string

from ..driver import BatteryIdentity, BatteryLimits
from .mapped import Registers, Standing, given, named, told
from .marstek_venus import MarstekVenus, Orders, Settings


class Nameplate(Registers):
    """Who it is."""

    model = string(31000, 10)


class Measurements(Registers):
    """How it stands."""

    ac_w = integer(30006, nan=0x8000, unit="W")
    state_of_charge_percent = gauge(34002, 0.1, signed=False, nan=0xFFFF, unit="%")


class MarstekVenus3(MarstekVenus):
    """Drives a Marstek Venus E of generation 3."""

    def __init__(
        self, unit: ModbusUnit, now: Callable[[], datetime], limits: BatteryLimits, identity: BatteryIdentity
    ) -> None:
        """Drive the battery at `unit`. Use `probe`, which looks whether it is there."""
        super().__init__(now, limits, identity)
        self._measurements = Measurements(unit)
        self._orders = Orders(unit)

    @classmethod
    async def probe(
        cls, unit: ModbusUnit, now: Callable[[], datetime], _ratings: BatteryLimits | None = None
    ) -> Self:
        """Return a driver for the battery at `unit`. Raises BatteryError when it is none of this kind."""
        with told("the battery does not answer"):
            nameplate = Nameplate(unit)
            await nameplate.async_update()
            await Measurements(unit).async_update()  # what generation 2 does not have
            return cls(unit, now, await Settings(unit).ratings(), named("Marstek", nameplate.model))

    @override
    async def _look(self) -> Standing:
        await self._measurements.async_update()
        await self._orders.async_update()
        measured = self._measurements
        return Standing(measured.state_of_charge_percent, -given(measured.ac_w, "power"), self._ordered_w())
