"""What generations 2 and 3 of the Marstek Venus E share: how they are steered.

Sources: Duravolt, "Plug-in Battery Modbus" (the same battery under another name); the register tables of the
integration ViperRNMC/marstek_venus_modbus (`registers/e_v12.yaml`, `e_v3.yaml`); what is kept in memory that
wears, and that 42000, 42010, 42020 and 42021 are not, from the analysis of the firmware by
sphings79/Marstek-Venus-D-Firmware-Reverse-Engineering (`Register_Persistenz_RAM_vs_EEPROM_v150.md`; the Venus
D shares its firmware with the Venus E of generation 3, for generation 2 the same is assumed).

There is no timer to set. Some firmware drops an order after 90 to 120 s without a write
(ffunes/Marstek-Venus-Energy-Manager issue 244), other firmware keeps it for good: only the home ends an
order, and one that was dropped is seen in 42000 and given again. Released, it is in the mode of its app again
(43000).
"""

from collections.abc import Callable
from datetime import datetime
from typing import ClassVar, Protocol, override

from modbus_connection import ModbusUnit
from modbus_connection.model import integer

from ..driver import BatteryIdentity, BatteryLimits, Control, Traits
from .mapped import MappedBattery, Registers, Standing, given, rated

TAKEN, FREE = 0x55AA, 0x55BB
"""Register 42000: whether the battery obeys the registers or its app."""
STOP, CHARGE, DISCHARGE = 0, 1, 2
BETWEEN_REQUESTS_S = 0.05
"""It loses requests that follow upon each other (35 ms in fonske/MarstekVenusV3-modbus-TCP-IP)."""


class Orders(Registers):
    """What is in the battery's working memory: gone when it restarts."""

    taken = integer(42000, signed=False, writable=True)
    mode = integer(42010, signed=False, writable=True)
    charge_w = integer(42020, signed=False, writable=True, unit="W")
    discharge_w = integer(42021, signed=False, writable=True, unit="W")


class Settings(Registers):
    """What the app sets: read, never written."""

    capacity_wh = integer(32105, signed=False, nan=0xFFFF, unit="Wh")
    max_charge_w = integer(44002, signed=False, nan=0xFFFF, unit="W")
    max_discharge_w = integer(44003, signed=False, nan=0xFFFF, unit="W")

    async def ratings(self) -> BatteryLimits:
        """Return what the battery can do. Raises BatteryError or ModbusError."""
        await self.async_update()
        return rated(self.capacity_wh, self.max_charge_w, self.max_discharge_w)


class Measured(Protocol):
    """What either generation measures in registers of its own; what it gives to the house is positive."""

    @property
    def state_of_charge_percent(self) -> float | None:
        """How full it is."""
        ...

    @property
    def ac_w(self) -> float | None:
        """Its power."""
        ...

    async def async_update(self) -> None:
        """Read both."""
        ...


class MarstekVenus(MappedBattery):
    """Drives one Marstek Venus E; a generation adds where it measures. The sign turns here."""

    traits = Traits(Control.WATTS, own_timer=None, regulates=True)
    persistent_registers: ClassVar[frozenset[int]] = frozenset(
        {41100, 41200, 43000, *range(43100, 43130), 44000, 44001, 44002, 44003, 44100}
    )

    def __init__(
        self,
        unit: ModbusUnit,
        now: Callable[[], datetime],
        limits: BatteryLimits,
        identity: BatteryIdentity,
        measurements: Measured,
    ) -> None:
        """Drive the battery at `unit`. Use the generation's `probe`, which looks whether it is there."""
        super().__init__(now, limits, identity)
        self._measurements = measurements
        self._orders = Orders(unit)

    @override
    async def _look(self) -> Standing:
        await self._measurements.async_update()
        await self._orders.async_update()
        measured = self._measurements
        return Standing(measured.state_of_charge_percent, -given(measured.ac_w, "power"), self._ordered_w())

    def _ordered_w(self) -> float | None:
        orders = self._orders
        if given(orders.taken, "control mode (42000)") != TAKEN:
            return None
        if orders.mode == CHARGE:
            return given(orders.charge_w, "order of charging (42020)")
        if orders.mode == DISCHARGE:
            return -given(orders.discharge_w, "order of discharging (42021)")
        return 0.0

    @override
    async def _order(self, power_w: float, revert_after_s: int) -> None:
        """Order a power: the power of a direction stands before the direction is taken."""
        orders, watts = self._orders, round(abs(power_w))
        await orders.write("taken", TAKEN)
        if watts == 0:
            await orders.write("mode", STOP)
        elif power_w > 0:
            await orders.write("charge_w", watts)
            await orders.write("mode", CHARGE)
        else:
            await orders.write("discharge_w", watts)
            await orders.write("mode", DISCHARGE)

    @override
    async def _let_go(self) -> None:
        """End the order, and leave none behind for whoever takes control next."""
        await self._orders.async_update()
        if self._orders.taken == TAKEN:
            await self._orders.write("mode", STOP)
        await self._orders.write("taken", FREE)
