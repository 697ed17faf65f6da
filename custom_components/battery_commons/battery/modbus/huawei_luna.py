"""Huawei SUN2000 inverters with a LUNA2000 battery, over Modbus TCP.

Sources: Huawei, "Solar Inverter Modbus Interface Definitions", as in `registers.py` of
wlcrs/huawei-solar-lib, and the order of writes in its services `forcible_charge` and `forcible_discharge`;
that a forced discharge with no power holds the battery still, and that a write takes up to seconds, from
evcc-io/evcc (template `huawei-sun2000-hybrid`, pull request 12449, issue 30620). Charging is positive for
Huawei as it is here: no sign turns except that of the discharging power.

The device ends an order by itself after whole minutes, at most a day: it is set to end no later than asked,
and not before a minute is over. Huawei does not document what it keeps in memory that wears: limits, working
mode and the permission to charge from the grid, which the resident has set, are taken to be kept, and are
never written; only what forced charging and discharging itself needs is.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import ClassVar, Self, override

from modbus_connection import ModbusUnit
from modbus_connection.model import int32, integer, string, uint32

from ..driver import BatteryIdentity, BatteryLimits, Control, Traits
from .mapped import MappedBattery, Registers, Standing, given, named, rated, told

STOP, CHARGE, DISCHARGE = 0, 1, 2
"""Forcible charge/discharge (47100)."""
FOR_A_DURATION = 0
"""Forcible charge/discharge setting mode (47246): until a time has passed, not until a state of charge."""
_U16_NONE, _U32_NONE, _I32_NONE = 0xFFFF, 0xFFFF_FFFF, 0x7FFF_FFFF
_MINUTE_S = 60
ANSWERS_WITHIN_S, WAKES_WITHIN_S = 15.0, 1.0
"""How long it may take over a request, and over hearing the first one (both as in evcc's template)."""


class Nameplate(Registers):
    """Who made it."""

    model = string(30000, 15)
    serial_number = string(30015, 10)


class Ratings(Registers):
    """What its storage can do."""

    max_charge_w = uint32(37046, nan=_U32_NONE, unit="W")
    max_discharge_w = uint32(37048, nan=_U32_NONE, unit="W")
    capacity_wh = uint32(37758, nan=_U32_NONE, unit="Wh")


class Measurements(Registers):
    """How its storage stands."""

    state_of_charge_tenths = integer(37760, signed=False, nan=_U16_NONE, unit="0.1%")
    power_w = int32(37765, nan=_I32_NONE, unit="W")


class Orders(Registers):
    """Forced charging and discharging."""

    minutes = integer(47083, signed=False, writable=True, unit="min")
    direction = integer(47100, signed=False, nan=_U16_NONE, writable=True)
    ends_by = integer(47246, signed=False, writable=True)
    charge_w = uint32(47247, nan=_U32_NONE, writable=True, unit="W")
    discharge_w = uint32(47249, nan=_U32_NONE, writable=True, unit="W")


class HuaweiLuna(MappedBattery):
    """Drives the storage of one Huawei inverter."""

    traits = Traits(Control.WATTS, own_timer=timedelta(minutes=1440), regulates=True)
    persistent_registers: ClassVar[frozenset[int]] = frozenset(
        {*range(47069, 47083), *range(47084, 47090), *range(47101, 47103), *range(47200, 47246)}
    )

    def __init__(
        self, unit: ModbusUnit, now: Callable[[], datetime], limits: BatteryLimits, identity: BatteryIdentity
    ) -> None:
        """Drive the storage of the inverter at `unit`. Use `probe`, which looks whether it is there."""
        super().__init__(now, limits, identity)
        self._measurements = Measurements(unit)
        self._orders = Orders(unit)

    @classmethod
    async def probe(
        cls, unit: ModbusUnit, now: Callable[[], datetime], _ratings: BatteryLimits | None = None
    ) -> Self:
        """Return a driver for the storage at `unit`. Raises BatteryError when there is none."""
        unit.require_timeout(ANSWERS_WITHIN_S)
        unit.require_connect_delay(WAKES_WITHIN_S)
        with told("the inverter does not answer"):
            plate, ratings = Nameplate(unit), Ratings(unit)
            await plate.async_update()
            await ratings.async_update()
            limits = rated(ratings.capacity_wh, ratings.max_charge_w, ratings.max_discharge_w)
            return cls(unit, now, limits, named("Huawei", plate.model, plate.serial_number))

    @override
    async def _look(self) -> Standing:
        await self._measurements.async_update()
        await self._orders.async_update()
        measured = self._measurements
        tenths = given(measured.state_of_charge_tenths, "state of charge")
        return Standing(tenths / 10, measured.power_w, self._ordered_w())

    def _ordered_w(self) -> float | None:
        orders = self._orders
        direction = given(orders.direction, "forced charging or discharging (47100)")
        if direction == CHARGE:
            return given(orders.charge_w, "forced power of charging")
        if direction == DISCHARGE:
            return -given(orders.discharge_w, "forced power of discharging")
        return None

    @override
    async def _order(self, power_w: float, revert_after_s: int) -> None:
        """Order a power: timer, then power, then the direction that makes both count."""
        orders, watts = self._orders, round(abs(power_w))
        if orders.ends_by != FOR_A_DURATION:
            await orders.write("ends_by", FOR_A_DURATION)
        await orders.write("minutes", max(revert_after_s // _MINUTE_S, 1))
        if power_w > 0 and watts > 0:
            await orders.write("charge_w", watts)
            await orders.write("direction", CHARGE)
        else:
            await orders.write("discharge_w", watts)
            await orders.write("direction", DISCHARGE)

    @override
    async def _let_go(self) -> None:
        await self._orders.write("direction", STOP)
