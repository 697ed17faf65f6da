"""SunSpec batteries over Modbus: models 701 (measurements), 702 (ratings), 704 (controls) and 713 (storage).

Source: SunSpec Alliance, "DER Information Model Specification" v1.2 (IEEE 1547-2018 profile); offsets count
from a model's ID register. In SunSpec positive power is injected into the grid: the sign turns here and
nowhere else. Where model 713 is absent, 802 tells how full the battery is and what it holds. The standard
does not say what a device keeps in memory that wears: the order and its timer are what is meant to be written
often (it asks for a reversion timer because they are).
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Self, override

from modbus_connection import ModbusUnit
from modbus_connection.model.component import Component
from modbus_connection.model.sunspec import boolean, enum16, int16, int32, uint16, uint32

from ..driver import BatteryIdentity, BatteryLimits, Control, Traits
from .mapped import MappedBattery, Standing, given, rated, told
from .sunspec import BATTERY, BatteryBase, found, identity, placed

WATTS = 1
"""WSetMod: the setpoint is given in watts (0: in percent of the maximum)."""
_MEASUREMENTS, _RATINGS, _CONTROLS, _STORAGE = 701, 702, 704, 713


class Measurements(Component):
    """Model 701: DER AC measurements."""

    power_w = int16(10, scale_register=116, unit="W")


class Ratings(Component):
    """Model 702: DER capacity."""

    power_w = uint16(2, scale_register=45, unit="W")
    charge_w = uint16(10, scale_register=45, unit="W")
    discharge_w = uint16(11, scale_register=45, unit="W")


class Controls(Component):
    """Model 704: DER AC controls, the part that sets active power."""

    enabled = boolean(22, writable=True)
    mode = enum16(23, writable=True)
    power_w = int32(24, scale_register=55, writable=True, unit="W")
    enabled_after_reversion = boolean(30, writable=True)
    reversion_s = uint32(31, writable=True, unit="s")


class Storage(Component):
    """Model 713: DER storage capacity."""

    capacity_wh = uint16(2, scale_register=7, unit="Wh")
    state_of_charge_percent = uint16(4, scale_register=8, unit="%")


class SunSpecBattery(MappedBattery):
    """Drives one SunSpec battery."""

    traits = Traits(Control.WATTS, own_timer=timedelta(days=1), regulates=True)

    def __init__(
        self,
        now: Callable[[], datetime],
        limits: BatteryLimits,
        identity: BatteryIdentity,
        *,
        measurements: Measurements,
        controls: Controls,
        storage: Storage | BatteryBase,
    ) -> None:
        """Drive a device whose models were found. Use `probe`, which finds them."""
        super().__init__(now, limits, identity)
        self._measurements = measurements
        self._controls = controls
        self._storage = storage

    @classmethod
    async def probe(
        cls, unit: ModbusUnit, now: Callable[[], datetime], _ratings: BatteryLimits | None = None
    ) -> Self:
        """Return a driver for the battery at `unit`, its ratings read.

        Raises BatteryError when nothing answers, or when it is no battery that can be steered.
        """
        with told("the device does not answer"):
            models = await found(unit)
            ratings = placed(Ratings, unit, models, _RATINGS)
            storage: Storage | BatteryBase = (
                placed(BatteryBase, unit, models, BATTERY)
                if BATTERY in models and _STORAGE not in models
                else placed(Storage, unit, models, _STORAGE)
            )
            controls = placed(Controls, unit, models, _CONTROLS)
            await ratings.async_update()
            await storage.async_update()
            limits = rated(
                storage.capacity_wh,
                _or(ratings.charge_w, ratings.power_w),
                _or(ratings.discharge_w, ratings.power_w),
            )
            return cls(
                now,
                limits,
                await identity(unit, models),
                measurements=placed(Measurements, unit, models, _MEASUREMENTS),
                controls=controls,
                storage=storage,
            )

    @override
    async def _look(self) -> Standing:
        await self._measurements.async_update()
        await self._storage.async_update()
        await self._controls.async_update()
        controls = self._controls
        return Standing(
            self._storage.state_of_charge_percent,
            -given(self._measurements.power_w, "power (W)"),
            -given(controls.power_w, "setpoint (WSet)") if controls.enabled else None,
        )

    @override
    async def _order(self, power_w: float, revert_after_s: int) -> None:
        """Order a power. The timer that ends it is set before the order counts."""
        controls = self._controls
        await controls.write("reversion_s", revert_after_s)
        if controls.enabled_after_reversion is not False:
            await controls.write("enabled_after_reversion", False)  # noqa: FBT003 - a register's value
        if controls.mode != WATTS:
            await controls.write("mode", WATTS)
        await controls.write("power_w", -power_w)
        await controls.write("enabled", True)  # noqa: FBT003 - a register's value

    @override
    async def _let_go(self) -> None:
        await self._controls.write("enabled", False)  # noqa: FBT003 - a register's value


def _or(value: float | None, otherwise: float | None) -> float | None:
    return otherwise if value is None else value
