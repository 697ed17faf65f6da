"""What all entities share: the device they belong to."""

from typing import Any, override

from homeassistant.const import CONF_NAME
from homeassistant.helpers.device_registry import DeviceEntryType, DeviceInfo
from homeassistant.helpers.entity import EntityDescription
from homeassistant.helpers.update_coordinator import CoordinatorEntity

from .account_coordinator import AccountCoordinator
from .battery_coordinator import BatteryCoordinator
from .const import CONF_MANUFACTURER, CONF_MODEL, CONF_SERIAL_NUMBER, DOMAIN
from .decisions import async_decide
from .home import BatteryCommonsConfigEntry
from .village_coordinator import VillageCoordinator
from .vote_coordinator import VoteCoordinator


def village_device(entry: BatteryCommonsConfigEntry) -> DeviceInfo:
    """Return the device that stands for the village."""
    return DeviceInfo(
        identifiers={(DOMAIN, entry.entry_id)},
        name=entry.title,
        entry_type=DeviceEntryType.SERVICE,
        manufacturer="Battery Commons",
    )


class BatteryEntity(CoordinatorEntity[BatteryCoordinator]):
    """Something about one battery."""

    _attr_has_entity_name = True

    def __init__(self, coordinator: BatteryCoordinator, description: EntityDescription) -> None:
        """Belong to the battery of `coordinator`."""
        super().__init__(coordinator)
        self.entity_description = description
        subentry = coordinator.subentry
        self._attr_unique_id = f"{subentry.subentry_id}_{description.key}"
        self._attr_device_info = DeviceInfo(
            identifiers={(DOMAIN, subentry.subentry_id)},
            name=subentry.data[CONF_NAME],
            manufacturer=subentry.data[CONF_MANUFACTURER] or None,
            model=subentry.data[CONF_MODEL] or None,
            serial_number=subentry.data[CONF_SERIAL_NUMBER] or None,
            via_device_id=coordinator.config_entry.runtime_data.village_device_id,
        )


class SettingEntity(BatteryEntity):
    """Something that the resident decides about one battery."""

    @property
    @override
    def available(self) -> bool:
        """Return true: the resident decides, whether or not the battery can be reached."""
        return True

    async def _async_decide(self, **changes: Any) -> None:  # noqa: ANN401 - fields of Settings
        await async_decide(self.coordinator, **changes)
        self.async_write_ha_state()


class _OfVillage[C: VillageCoordinator | VoteCoordinator | AccountCoordinator](CoordinatorEntity[C]):
    """Something of the village that the home belongs to, by whichever conversation with it."""

    _attr_has_entity_name = True

    def __init__(self, coordinator: C, description: EntityDescription) -> None:
        """Belong to the village of `coordinator`."""
        super().__init__(coordinator)
        self.entity_description = description
        entry = coordinator.config_entry
        self._attr_unique_id = f"{entry.entry_id}_{description.key}"
        self._attr_device_info = village_device(entry)


class VillageEntity(_OfVillage[VillageCoordinator]):
    """Something about the village that the home belongs to."""


class VoteEntity(_OfVillage[VoteCoordinator]):
    """Something about what the village's homes decide by vote."""


class AccountEntity(_OfVillage[AccountCoordinator]):
    """Something about the home's account in its village."""
