"""What the maps of SunSpec batteries share: finding the models, and the models that more of them read.

Source: SunSpec Alliance, "SunSpec Device Information Model Specification" and its model definitions 1, 120
and 802; offsets count from a model's ID register.
"""

from modbus_connection import ModbusUnit
from modbus_connection.model.component import Component
from modbus_connection.model.sunspec import SunSpecModels, scan, string, uint16

from ..driver import BatteryError, BatteryIdentity
from .mapped import named

BASE_ADDRESS = 40000
COMMON, BATTERY = 1, 802


class Common(Component):
    """Model 1: who made it."""

    manufacturer = string(2, 16)
    model = string(18, 16)
    serial_number = string(50, 16)


class BatteryBase(Component):
    """Model 802: the battery itself."""

    capacity_wh = uint16(3, scale_register=53, unit="Wh")
    charge_w = uint16(4, scale_register=54, unit="W")
    discharge_w = uint16(5, scale_register=54, unit="W")
    state_of_charge_percent = uint16(11, scale_register=56, unit="%")


async def found(unit: ModbusUnit) -> SunSpecModels:
    """Return the models of the device at `unit`. Raises SunSpecError or ModbusError."""
    return await scan(unit, BASE_ADDRESS)


def placed[C: Component](component: type[C], unit: ModbusUnit, models: SunSpecModels, *model_ids: int) -> C:
    """Return `component` at the first of `model_ids` that the device has. Raises BatteryError without any."""
    model = models.first(*model_ids)
    if model is None:
        wanted = " or ".join(str(model_id) for model_id in model_ids)
        raise BatteryError(f"the device lacks SunSpec model {wanted}, which steering a battery needs")
    return component(unit, base_offset=model.address)


async def identity(unit: ModbusUnit, models: SunSpecModels) -> BatteryIdentity:
    """Return who made the device. Raises BatteryError or ModbusError."""
    common = placed(Common, unit, models, COMMON)
    await common.async_update()
    return named(common.manufacturer, common.model, common.serial_number)
