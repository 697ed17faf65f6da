"""Whose interest comes first where both cannot be served: the resident chooses."""

from typing import override

from homeassistant.components.select import SelectEntity, SelectEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .battery.settings import Preference
from .entity import SettingEntity
from .home import BatteryCommonsConfigEntry

PARALLEL_UPDATES = 1

PREFERENCE = SelectEntityDescription(
    key="preference",
    translation_key="preference",
    options=[preference.value for preference in Preference],
    entity_category=EntityCategory.CONFIG,
)


async def async_setup_entry(
    _hass: HomeAssistant, entry: BatteryCommonsConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the preference for every battery."""
    for subentry_id, battery in entry.runtime_data.batteries.items():
        async_add_entities([PreferenceSelect(battery, PREFERENCE)], config_subentry_id=subentry_id)


class PreferenceSelect(SettingEntity, SelectEntity):
    """How far the village may go with the battery."""

    @property
    @override
    def current_option(self) -> str:
        """Return what the resident prefers."""
        return self.coordinator.settings.preference

    @override
    async def async_select_option(self, option: str) -> None:
        """Prefer something else."""
        await self._async_decide(preference=Preference(option))
