"""The reserve: what the village leaves in a battery for its own house."""

from dataclasses import replace
from functools import partial
from typing import override

from homeassistant.components.number import (
    NumberDeviceClass,
    NumberEntity,
    NumberEntityDescription,
    NumberMode,
)
from homeassistant.const import PERCENTAGE, EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .entity import BatteryEntity
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


async def async_setup_entry(
    _hass: HomeAssistant, entry: BatteryCommonsConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the reserve of every battery."""
    for subentry_id, battery in entry.runtime_data.batteries.items():
        async_add_entities([ReserveNumber(battery, RESERVE)], config_subentry_id=subentry_id)


class ReserveNumber(BatteryEntity, NumberEntity):
    """The state of charge below which the village does not discharge the battery."""

    @property
    @override
    def native_value(self) -> float:
        """Return the reserve in percent."""
        return 100 * self.coordinator.memory.settings(self._battery_id).reserve

    @property
    @override
    def available(self) -> bool:
        """Return true: the resident decides, whether or not the battery can be reached."""
        return True

    @override
    async def async_set_native_value(self, value: float) -> None:
        """Keep another reserve, act on it, and tell the village."""
        await self.coordinator.memory.async_put_settings(
            self._battery_id, partial(replace, reserve=value / 100)
        )
        self.coordinator.config_entry.runtime_data.village.async_describe_again()
        self.async_write_ha_state()
