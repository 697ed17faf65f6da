"""Whether the village can be heard."""

from collections.abc import Mapping
from typing import Any, override

from homeassistant.components.binary_sensor import (
    BinarySensorDeviceClass,
    BinarySensorEntity,
    BinarySensorEntityDescription,
)
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .entity import VillageEntity
from .home import BatteryCommonsConfigEntry

PARALLEL_UPDATES = 0

CONNECTIVITY = BinarySensorEntityDescription(
    key="coordinator",
    translation_key="coordinator",
    device_class=BinarySensorDeviceClass.CONNECTIVITY,
    entity_category=EntityCategory.DIAGNOSTIC,
)


async def async_setup_entry(
    _hass: HomeAssistant, entry: BatteryCommonsConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the sensor of the connection with the village."""
    async_add_entities([ConnectivitySensor(entry.runtime_data.village, CONNECTIVITY)])


class ConnectivitySensor(VillageEntity, BinarySensorEntity):
    """Whether the village's coordinator answered when it was last called."""

    @property
    @override
    def is_on(self) -> bool:
        """Return whether the last call was answered."""
        return self.coordinator.last_update_success

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any]:
        """Return on which way the village's plans get here: none before one has, or while there is none."""
        return {"reached_by": self.coordinator.reached_by or "none"}

    @property
    @override
    def available(self) -> bool:
        """Return true: that nobody answers is something to tell."""
        return True
