"""The limits that a resident sets to what the village may do with a battery."""

from typing import override

from homeassistant.components.number import (
    NumberDeviceClass,
    NumberEntity,
    NumberEntityDescription,
    NumberMode,
)
from homeassistant.const import PERCENTAGE, EntityCategory, UnitOfPower
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .battery_coordinator import BatteryCoordinator, battery_limits
from .entity import SettingEntity
from .home import BatteryCommonsConfigEntry

PARALLEL_UPDATES = 1

RESERVE = NumberEntityDescription(
    key="reserve",
    translation_key="reserve",
    device_class=NumberDeviceClass.BATTERY,
    native_unit_of_measurement=PERCENTAGE,
    native_min_value=0,
    native_max_value=100,
    native_step=1,
    mode=NumberMode.SLIDER,
    entity_category=EntityCategory.CONFIG,
)

MAX_POWER = NumberEntityDescription(
    key="max_power",
    translation_key="max_power",
    device_class=NumberDeviceClass.POWER,
    native_unit_of_measurement=UnitOfPower.WATT,
    native_min_value=0,
    native_step=1,
    mode=NumberMode.BOX,
    entity_category=EntityCategory.CONFIG,
)


async def async_setup_entry(
    _hass: HomeAssistant, entry: BatteryCommonsConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the limits of every battery."""
    for subentry_id, battery in entry.runtime_data.batteries.items():
        async_add_entities(
            [ReserveNumber(battery, RESERVE), MaxPowerNumber(battery)], config_subentry_id=subentry_id
        )


class ReserveNumber(SettingEntity, NumberEntity):
    """The state of charge below which the village does not discharge the battery."""

    @property
    @override
    def native_value(self) -> float:
        """Return the reserve in percent."""
        return 100 * self.coordinator.settings.reserve

    @override
    async def async_set_native_value(self, value: float) -> None:
        """Keep another reserve."""
        await self._async_decide(reserve=value / 100)


class MaxPowerNumber(SettingEntity, NumberEntity):
    """The most that the village may charge or discharge with."""

    def __init__(self, coordinator: BatteryCoordinator) -> None:
        """Limit the battery of `coordinator`, up to what it can."""
        super().__init__(coordinator, MAX_POWER)
        limits = battery_limits(coordinator.subentry)
        self._attr_native_max_value = max(limits.max_charge_w, limits.max_discharge_w)

    @property
    @override
    def native_value(self) -> float:
        """Return the limit, which is what the battery can where the resident sets none."""
        return self.coordinator.settings.capped_w(self.native_max_value)

    @override
    async def async_set_native_value(self, value: float) -> None:
        """Keep another limit; the most that the battery can is none."""
        await self._async_decide(max_power_w=value if value < self.native_max_value else None)
