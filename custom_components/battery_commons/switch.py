"""Whether a battery takes part, and whether the village really steers it."""

from typing import Any, override

from homeassistant.components.switch import SwitchEntity, SwitchEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.util import dt as dt_util

from .decisions import async_pause, async_resume
from .entity import SettingEntity
from .home import BatteryCommonsConfigEntry

PARALLEL_UPDATES = 1

PARTICIPATION = SwitchEntityDescription(key="participation", translation_key="participation")
SHADOW = SwitchEntityDescription(
    key="shadow", translation_key="shadow", entity_category=EntityCategory.CONFIG
)


async def async_setup_entry(
    _hass: HomeAssistant, entry: BatteryCommonsConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the switches of every battery."""
    for subentry_id, battery in entry.runtime_data.batteries.items():
        async_add_entities(
            [ParticipationSwitch(battery, PARTICIPATION), ShadowSwitch(battery, SHADOW)],
            config_subentry_id=subentry_id,
        )


class ParticipationSwitch(SettingEntity, SwitchEntity):
    """On while the battery takes part; off while the resident keeps it to their own house."""

    @property
    @override
    def is_on(self) -> bool:
        """Return whether the battery takes part now."""
        return not self.coordinator.settings.is_paused(dt_util.utcnow())

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        """Let the village steer again."""
        await async_resume(self.coordinator)
        self.async_write_ha_state()

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        """Take the battery back, at once and for as long as the resident likes."""
        await async_pause(self.coordinator, None)
        self.async_write_ha_state()


class ShadowSwitch(SettingEntity, SwitchEntity):
    """On while the village's plan is shown and the battery is not touched."""

    @property
    @override
    def is_on(self) -> bool:
        """Return whether the plan is only shown."""
        return self.coordinator.settings.shadow

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        """Only show the plan."""
        await self._async_decide(shadow=True)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        """Follow the plan."""
        await self._async_decide(shadow=False)
