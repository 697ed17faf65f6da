"""SMA Sunny Boy Storage over Modbus TCP (unit 3): the six registers of SMA's external battery management.

Sources: SMA, "SMA Modbus Interface" (SMA_Modbus-TI) and the Modbus lists of Sunny Boy Storage 2.5 and 3.7 to
6.0, as in the templates `sma-sbs-modbus` and `sma-sbs-15-25-modbus` of evcc-io/evcc (issue 15881) and in
`EssSmaSunnyBoyStorageImpl` of OpenEMS: 40236 chooses charging (2289), discharging (2290) or the preset
(2424), 40793 to 40802 hold the least and the greatest power of either and the setpoint at the grid. They are
"device control objects", which SMA means to be written cyclically and does not keep in memory that wears;
nothing else is written. SMA gives the power that it feeds in (30775, negative while charging): the sign turns
here.

The inverter manages its battery itself again when the six are not written any more: after 60 s by some
sources, 300 s by others; they are renewed within 60 s. The six cannot be read: what they hold is known only
as far as this driver wrote it, so a battery that it has not written to yet counts as being under the order to
do what it does, until it is released or ordered. Sunny Tripower Smart Energy is not covered: it takes the
same registers as bounds and not as orders (evcc issue 17115).
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Self, override

from modbus_connection import ModbusUnit
from modbus_connection.model import int32, uint32

from ..driver import BatteryIdentity, BatteryLimits, Control, Traits
from .mapped import MappedBattery, Registers, Standing, asked, given, named, rated, told

CHARGE, DISCHARGE, PRESET = 2289, 2290, 2424
"""CmpBMS.OpMod (40236)."""
BLOCK = 40793
"""The least and greatest power of charging, of discharging, and the setpoint at the grid: 32 bits each."""
_U32_NONE, _S32_NONE = 0xFFFF_FFFF, 0x8000_0000
KEPT_FOR = timedelta(seconds=60)


class Nameplate(Registers):
    """Who it is."""

    serial_number = uint32(30057, nan=_U32_NONE)


class Ratings(Registers):
    """What its inverter can do; what the battery holds is not said."""

    max_charge_w = uint32(40189, nan=_U32_NONE, unit="W")
    max_discharge_w = uint32(40191, nan=_U32_NONE, unit="W")


class Measurements(Registers):
    """How it stands."""

    feeding_in_w = int32(30775, nan=_S32_NONE, unit="W")
    state_of_charge_percent = uint32(30845, nan=_U32_NONE, unit="%")


class Orders(Registers):
    """What may be written only."""

    mode = uint32(40236, writable=True)


class Sma(MappedBattery):
    """Drives one Sunny Boy Storage."""

    traits = Traits(Control.WATTS, own_timer=KEPT_FOR, regulates=True)

    def __init__(
        self, unit: ModbusUnit, now: Callable[[], datetime], limits: BatteryLimits, identity: BatteryIdentity
    ) -> None:
        """Drive the inverter at `unit`. Use `probe`, which looks whether it is there."""
        super().__init__(now, limits, identity)
        self._measurements = Measurements(unit)
        self._orders = Orders(unit)
        self._written = False
        self._ordered_w = 0.0
        self._ends_at: datetime | None = None
        """When what was ordered last ends by itself; None when the battery was released last."""

    @classmethod
    async def probe(
        cls, unit: ModbusUnit, now: Callable[[], datetime], ratings: BatteryLimits | None = None
    ) -> Self:
        """Return a driver for the battery at `unit`, with the capacity that the resident gave.

        Raises BatteryError when nothing answers, or when it is no battery of this kind.
        """
        with told("the inverter does not answer"):
            plate, inverter = Nameplate(unit), Ratings(unit)
            await plate.async_update()
            await inverter.async_update()
        own, said = rated(1, inverter.max_charge_w, inverter.max_discharge_w), asked(ratings)
        limits = BatteryLimits(
            said.capacity_wh,
            min(said.max_charge_w, own.max_charge_w),
            min(said.max_discharge_w, own.max_discharge_w),
        )
        serial_number = given(plate.serial_number, "serial number")
        return cls(unit, now, limits, named("SMA", "Sunny Boy Storage", f"{serial_number:.0f}"))

    @override
    async def _look(self) -> Standing:
        await self._measurements.async_update()
        power_w = -given(self._measurements.feeding_in_w, "power")
        return Standing(self._measurements.state_of_charge_percent, power_w, self._under_orders_w(power_w))

    def _under_orders_w(self, power_w: float) -> float | None:
        if not self._written:
            return power_w
        return self._ordered_w if self._ends_at is not None and self._now() < self._ends_at else None

    @override
    async def _order(self, power_w: float, revert_after_s: int) -> None:
        watts = round(abs(power_w))
        if watts == 0:
            await self._write(PRESET, (0, 0), (0, 0))
        elif power_w > 0:
            await self._write(CHARGE, (watts, watts), (0, 0))
        else:
            await self._write(DISCHARGE, (0, 0), (watts, watts))
        self._ordered_w, self._ends_at = power_w, self._now() + KEPT_FOR

    @override
    async def _let_go(self) -> None:
        limits = self._limits
        await self._write(PRESET, (0, round(limits.max_charge_w)), (0, round(limits.max_discharge_w)))
        self._ends_at = None

    async def _write(self, mode: int, charge: tuple[int, int], discharge: tuple[int, int]) -> None:
        """Write the six, which count together: mode first, and the bounds in one piece right after it."""
        self._written = False  # How far a write that fails got is not known.
        words = [word for value in (*charge, *discharge, 0) for word in (value >> 16, value & 0xFFFF)]
        await self._orders.write("mode", mode)
        await self._orders.modbus_unit.write_registers(BLOCK, words)
        self._written = True
