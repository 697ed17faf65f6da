"""Victron ESS through the Modbus TCP server of a GX device (unit 100), Venus OS 3.50 or later.

Sources: Victron Energy, "ESS mode 2 and 3" (control point "Grid power setpoint", registers 2716 and 2717) and
victronenergy/dbus_modbustcp: `attributes.csv` (800, 820 to 822, 842, 843, 2902) and `mappings.cpp`, by which
a value that is not set reads as 0. 2700 and 2703 set the same and are kept in the GX device's flash memory,
as are all other settings: they are never written, and 2716 is volatile.

ESS is steered by what the house draws from the grid, not by its battery: an order of a power is turned into
the setpoint at which the battery has that power in the house as it is (mode 2; ESS goes on regulating). Until
the order is given again, which it is within 30 s, ESS keeps the house's exchange with the grid and lets its
battery follow the house. A setpoint that this driver did not give is told as the power that it stands for at
the moment. A setpoint that is not written again is dropped by the GX device: after 60 s by most accounts,
after 300 s by some. Positive is import and charging for Victron too: no sign turns here.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import ClassVar, Self, override

from modbus_connection import ModbusUnit
from modbus_connection.model import int32, integer, string

from ..driver import BatteryError, BatteryIdentity, BatteryLimits, Bounds, Control, Traits
from .mapped import MappedBattery, Registers, Standing, asked, given, named, told

EXTERNAL_CONTROL = 3
"""Hub4Mode: ESS leaves all steering of the inverters to others, and follows no grid setpoint."""
NO_SETPOINT = 0
"""How 2716 reads when nothing is set; set to this, ESS serves the own house, as it does by itself."""


class Nameplate(Registers):
    """Who the GX device is."""

    serial_number = string(800, 6)


class System(Registers):
    """How the house stands."""

    grid_1_w = integer(820, unit="W")
    grid_2_w = integer(821, unit="W")
    grid_3_w = integer(822, unit="W")
    battery_w = integer(842, unit="W")
    state_of_charge_percent = integer(843, signed=False, unit="%")

    @property
    def rest_w(self) -> float:
        """What the house would draw from the grid if the battery stood still."""
        grid_w = sum(given(power, "grid power") for power in (self.grid_1_w, self.grid_2_w, self.grid_3_w))
        return grid_w - given(self.battery_w, "battery power")


class Ess(Registers):
    """What ESS is told."""

    grid_setpoint_w = int32(2716, writable=True, unit="W")


class EssSettings(Registers):
    """What the resident set on the GX device."""

    mode = integer(2902, signed=False)


class VictronEss(MappedBattery):
    """Drives the battery of one Victron ESS."""

    traits = Traits(Control.WATTS, own_timer=timedelta(seconds=60), regulates=True)
    persistent_registers: ClassVar[frozenset[int]] = frozenset({*range(2700, 2709), 2710, 2900, 2901, 2902})

    def __init__(
        self, unit: ModbusUnit, now: Callable[[], datetime], limits: BatteryLimits, identity: BatteryIdentity
    ) -> None:
        """Drive the ESS at `unit`. Use `probe`, which looks whether it can be steered."""
        super().__init__(now, limits, identity)
        self._system = System(unit)
        self._ess = Ess(unit)
        self._given: tuple[int, float] | None = None
        """The setpoint that was written last, and the power that it was to stand for."""

    @classmethod
    async def probe(
        cls, unit: ModbusUnit, now: Callable[[], datetime], ratings: BatteryLimits | None = None
    ) -> Self:
        """Return a driver for the ESS at `unit`, with the ratings that the resident gave.

        Raises BatteryError when nothing answers, or when ESS cannot be steered so.
        """
        with told("the GX device does not answer"):
            plate, settings = Nameplate(unit), EssSettings(unit)
            await plate.async_update()
            await settings.async_update()
        if settings.mode == EXTERNAL_CONTROL:
            raise BatteryError(
                "ESS is set to external control (mode 3), in which it follows no grid setpoint"
            )
        with told("the GX device has no volatile setpoint: it needs Venus OS 3.50 or later"):
            await Ess(unit).async_update()
        identity = named("Victron Energy", "ESS", plate.serial_number)
        return cls(unit, now, asked(ratings), identity)

    @override
    async def _look(self) -> Standing:
        await self._system.async_update()
        await self._ess.async_update()
        system, setpoint_w = self._system, given(self._ess.grid_setpoint_w, "grid setpoint (2716)")
        return Standing(
            system.state_of_charge_percent,
            system.battery_w,
            None if setpoint_w == NO_SETPOINT else self._meant_w(setpoint_w),
        )

    def _meant_w(self, setpoint_w: int) -> float:
        if self._given is not None and self._given[0] == setpoint_w:
            return self._given[1]
        # ESS asks no more of the battery than it can, whatever it is told.
        can = Bounds(-self._limits.max_discharge_w, self._limits.max_charge_w)
        return can.clip(setpoint_w - self._system.rest_w)

    @override
    async def _order(self, power_w: float, revert_after_s: int) -> None:
        await self._system.async_update()
        setpoint_w = round(self._system.rest_w + power_w) or 1
        await self._ess.write("grid_setpoint_w", setpoint_w)
        self._given = setpoint_w, power_w

    @override
    async def _let_go(self) -> None:
        await self._ess.write("grid_setpoint_w", NO_SETPOINT)
