"""SolarEdge inverters with a battery, over Modbus TCP.

Sources: SolarEdge, "Power Control Open Protocol for SolarEdge Inverters" (storage control block 0xE000, as in
the register tables of WillCodeForCats/solaredge-modbus-multi and binsentsu/home-assistant-solaredge-modbus)
and the battery block 0xE100 (`doc/battery_specs.txt` and `components.py` of the former). Values of 32 bits
have their low word first. Charging is positive for SolarEdge as it is here: no sign turns except that of the
discharge limit.

Remote control: StorageConf_* are settings, which the inverter is taken to keep in memory that wears; they are
written once, where they differ, before the first order, and never again: control mode 4 (remote), default
mode 7 (maximise self-consumption, which is what happens when an order ends by itself) and, only where
charging from the grid is disabled, its policy. StorageRemoteCtrl_* are orders: the timeout is set first, then
the power, and the command last, which starts the timer again; when it ends, command and limits go back to
their defaults (observed by residents: binsentsu issue 132). Power is that of the battery's direct current.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import ClassVar, Self, override

from modbus_connection import ModbusUnit
from modbus_connection.model import float32, integer, string, uint32

from ..driver import BatteryError, BatteryIdentity, BatteryLimits, Control, Traits
from .mapped import MappedBattery, Registers, Standing, given, named, rated, told

REMOTE_CONTROL = 4
"""StorageConf_CtrlMode."""
NEVER_FROM_GRID, ALWAYS_FROM_GRID = 0, 1
"""StorageConf_AcChargePolicy."""
STAND_STILL, CHARGE, DISCHARGE, OWN_HOUSE, NONE_GIVEN = 0, 3, 4, 7, 0xFFFF
"""StorageRemoteCtrl_CommandMode: solar only, from sun and grid, to maximise export, self-consumption."""


class Nameplate(Registers):
    """Battery 1: who made it, and what it can do."""

    manufacturer = string(0xE100, 16)
    model = string(0xE110, 16)
    serial_number = string(0xE130, 16)
    capacity_wh = float32(0xE142, word_order="little", unit="Wh")
    max_charge_w = float32(0xE144, word_order="little", unit="W")
    max_discharge_w = float32(0xE146, word_order="little", unit="W")


class Measurements(Registers):
    """Battery 1: how it stands."""

    power_w = float32(0xE174, word_order="little", unit="W")
    state_of_charge_percent = float32(0xE184, word_order="little", unit="%")


class Settings(Registers):
    """StorageConf: what lasts."""

    control_mode = integer(0xE004, signed=False, writable=True)
    grid_charging = integer(0xE005, signed=False, writable=True)
    default_mode = integer(0xE00A, signed=False, writable=True)


class Orders(Registers):
    """StorageRemoteCtrl: what ends by itself."""

    timeout_s = uint32(0xE00B, word_order="little", writable=True, unit="s")
    command = integer(0xE00D, signed=False, writable=True)
    charge_w = float32(0xE00E, word_order="little", writable=True, unit="W")
    discharge_w = float32(0xE010, word_order="little", writable=True, unit="W")


class SolarEdge(MappedBattery):
    """Drives the battery of one SolarEdge inverter."""

    traits = Traits(Control.WATTS, own_timer=timedelta(days=1), regulates=True)
    persistent_registers: ClassVar[frozenset[int]] = frozenset(range(0xE000, 0xE00B))

    def __init__(
        self, unit: ModbusUnit, now: Callable[[], datetime], limits: BatteryLimits, identity: BatteryIdentity
    ) -> None:
        """Drive the battery of the inverter at `unit`. Use `probe`, which looks whether it is there."""
        super().__init__(now, limits, identity)
        self._measurements = Measurements(unit)
        self._settings = Settings(unit)
        self._orders = Orders(unit)
        self._prepared = False

    @classmethod
    async def probe(
        cls, unit: ModbusUnit, now: Callable[[], datetime], _ratings: BatteryLimits | None = None
    ) -> Self:
        """Return a driver for the battery at `unit`. Raises BatteryError when there is none."""
        with told("the inverter does not answer"):
            plate = Nameplate(unit)
            await plate.async_update()
            limits = rated(plate.capacity_wh, plate.max_charge_w, plate.max_discharge_w)
            return cls(unit, now, limits, named(plate.manufacturer, plate.model, plate.serial_number))

    @override
    async def _look(self) -> Standing:
        for component in (self._measurements, self._settings, self._orders):
            await component.async_update()
        measured = self._measurements
        return Standing(measured.state_of_charge_percent, measured.power_w, self._ordered_w())

    def _ordered_w(self) -> float | None:
        orders = self._orders
        if self._settings.control_mode != REMOTE_CONTROL or orders.command in {OWN_HOUSE, NONE_GIVEN}:
            return None
        if orders.command == CHARGE:
            return given(orders.charge_w, "limit of charging")
        if orders.command == DISCHARGE:
            return -given(orders.discharge_w, "limit of discharging")
        return 0.0

    @override
    async def _order(self, power_w: float, revert_after_s: int) -> None:
        """Order a power: timer, then power, then the command that makes both count."""
        await self._prepare()
        orders = self._orders
        await orders.write("timeout_s", revert_after_s)
        if power_w > 0:
            await orders.write("charge_w", power_w)
            await orders.write("command", CHARGE)
        elif power_w < 0:
            await orders.write("discharge_w", -power_w)
            await orders.write("command", DISCHARGE)
        else:
            await orders.write("command", STAND_STILL)

    @override
    async def _let_go(self) -> None:
        """End the order. The limits count while the own house is served too: they are opened afterwards."""
        await self._settings.async_update()
        if self._settings.control_mode != REMOTE_CONTROL:
            return
        await self._orders.write("command", OWN_HOUSE)
        await self._orders.write("charge_w", self._limits.max_charge_w)
        await self._orders.write("discharge_w", self._limits.max_discharge_w)

    async def _prepare(self) -> None:
        """Put the inverter under remote control, once: what somebody changes back is theirs to decide."""
        settings = self._settings
        await settings.async_update()
        if self._prepared and settings.control_mode != REMOTE_CONTROL:
            raise BatteryError("somebody has taken the inverter out of remote control")
        if not self._prepared:
            if settings.default_mode != OWN_HOUSE:
                await settings.write("default_mode", OWN_HOUSE)
            if settings.grid_charging == NEVER_FROM_GRID:
                await settings.write("grid_charging", ALWAYS_FROM_GRID)
            if settings.control_mode != REMOTE_CONTROL:
                await settings.write("control_mode", REMOTE_CONTROL)
            self._prepared = True
