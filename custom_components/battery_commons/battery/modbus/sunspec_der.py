"""SunSpec batteries over Modbus: models 701 (measurements), 702 (ratings), 704 (controls) and 713 (storage).

Source: SunSpec Alliance, "DER Information Model Specification" v1.2 (IEEE 1547-2018 profile); offsets count
from a model's ID register. In SunSpec positive power is injected into the grid: the sign turns here and
nowhere else.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Self

from modbus_connection import ModbusError, ModbusUnit
from modbus_connection.model.component import Component
from modbus_connection.model.sunspec import (
    SunSpecError,
    SunSpecModels,
    boolean,
    enum16,
    int16,
    int32,
    scan,
    string,
    uint16,
    uint32,
)

from ..driver import (
    BatteryError,
    BatteryIdentity,
    BatteryLimits,
    BatteryReading,
    Control,
    Traits,
)

BASE_ADDRESS = 40000
WATTS = 1
"""WSetMod: the setpoint is given in watts (0: in percent of the maximum)."""


class Common(Component):
    """Model 1: who made it."""

    manufacturer = string(2, 16)
    model = string(18, 16)
    serial_number = string(50, 16)


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


class SunSpecBattery:
    """Drives one SunSpec battery."""

    traits = Traits(Control.WATTS, own_timer=timedelta(days=1), regulates=True)

    def __init__(self, unit: ModbusUnit, models: SunSpecModels, now: Callable[[], datetime]) -> None:
        """Drive the device whose `models` were found at `unit`. Use `probe`, which finds them."""
        self._now = now
        self._common = Common(unit, base_offset=_address(models, 1))
        self._measurements = Measurements(unit, base_offset=_address(models, 701))
        self._ratings = Ratings(unit, base_offset=_address(models, 702))
        self._controls = Controls(unit, base_offset=_address(models, 704))
        self._storage = Storage(unit, base_offset=_address(models, 713))
        self._limits: BatteryLimits

    @classmethod
    async def probe(cls, unit: ModbusUnit, now: Callable[[], datetime]) -> Self:
        """Return a driver for the battery at `unit`, its ratings read.

        Raises BatteryError when nothing answers, or when it is no battery that can be steered.
        """
        try:
            models = await scan(unit, BASE_ADDRESS)
            battery = cls(unit, models, now)
            await battery._common.async_update()
            await battery._ratings.async_update()
            await battery._storage.async_update()
            battery._limits = battery._rated()
        except SunSpecError as error:
            raise BatteryError(f"this device does not speak SunSpec: {error}") from error
        except ModbusError as error:
            raise BatteryError(f"the device does not answer: {error}") from error
        return battery

    @property
    def identity(self) -> BatteryIdentity:
        """Who made the battery, by its own word."""
        common = self._common
        return BatteryIdentity(common.manufacturer or "", common.model or "", common.serial_number or "")

    @property
    def limits(self) -> BatteryLimits:
        """What the battery can do, by its ratings when it was probed."""
        return self._limits

    async def read(self) -> BatteryReading:
        """Return how the battery stands now."""
        try:
            await self._measurements.async_update()
            await self._storage.async_update()
            await self._controls.async_update()
        except ModbusError as error:
            raise BatteryError(f"the battery does not answer: {error}") from error
        state_of_charge = _given(self._storage.state_of_charge_percent, "SoC") / 100
        if not 0 <= state_of_charge <= 1:
            raise BatteryError(f"the battery states an impossible state of charge: {state_of_charge:.0%}")
        return BatteryReading(
            at=self._now(),
            state_of_charge=state_of_charge,
            power_w=-_given(self._measurements.power_w, "W"),
            setpoint_w=-_given(self._controls.power_w, "WSet") if self._controls.enabled else None,
        )

    async def set_power(self, power_w: float, revert_after_s: int) -> None:
        """Order a power. The timer that ends it is set before the order counts."""
        controls = self._controls
        try:
            await controls.write("reversion_s", revert_after_s)
            if controls.enabled_after_reversion is not False:
                await controls.write("enabled_after_reversion", False)  # noqa: FBT003 - a register's value
            if controls.mode != WATTS:
                await controls.write("mode", WATTS)
            await controls.write("power_w", -power_w)
            await controls.write("enabled", True)  # noqa: FBT003 - a register's value
        except (ModbusError, ValueError) as error:
            raise BatteryError(f"the battery did not take its setpoint: {error}") from error

    async def release(self) -> None:
        """End the order: the battery serves its own house again."""
        try:
            await self._controls.write("enabled", False)  # noqa: FBT003 - a register's value
        except ModbusError as error:
            raise BatteryError(f"the battery could not be released: {error}") from error

    def _rated(self) -> BatteryLimits:
        ratings = self._ratings
        limits = BatteryLimits(
            capacity_wh=_given(self._storage.capacity_wh, "WHRtg"),
            max_charge_w=_given(_or(ratings.charge_w, ratings.power_w), "WChaRteMaxRtg"),
            max_discharge_w=_given(_or(ratings.discharge_w, ratings.power_w), "WDisChaRteMaxRtg"),
        )
        if limits.capacity_wh <= 0:
            raise BatteryError("the battery states a capacity of nothing (WHRtg)")
        return limits


def _address(models: SunSpecModels, model_id: int) -> int:
    model = models.first(model_id)
    if model is None:
        raise BatteryError(f"the device lacks SunSpec model {model_id}, which steering a battery needs")
    return model.address


def _or(value: float | None, otherwise: float | None) -> float | None:
    return otherwise if value is None else value


def _given(value: float | None, point: str) -> float:
    if value is None:
        raise BatteryError(f"the battery leaves {point} unimplemented")
    return value
