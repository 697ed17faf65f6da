"""Whether a battery takes part, and whether the village really steers it."""

from typing import Any, override

from homeassistant.components.switch import SwitchEntity, SwitchEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.util import dt as dt_util

from .asking import asking_village
from .decisions import async_pause, async_resume
from .entity import SettingEntity, VillageEntity
from .home import BatteryCommonsConfigEntry

PARALLEL_UPDATES = 1

PARTICIPATION = SwitchEntityDescription(key="participation", translation_key="participation")
SHOWN_BY_NAME = SwitchEntityDescription(
    key="shown_by_name", translation_key="shown_by_name", entity_category=EntityCategory.CONFIG
)
SHADOW = SwitchEntityDescription(
    key="shadow", translation_key="shadow", entity_category=EntityCategory.CONFIG
)


async def async_setup_entry(
    _hass: HomeAssistant, entry: BatteryCommonsConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the switch of the village, and those of every battery."""
    async_add_entities([ShownByNameSwitch(entry.runtime_data.village, SHOWN_BY_NAME)])
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


class ShownByNameSwitch(VillageEntity, SwitchEntity):
    """On while the community's page and its yearly report may name this home."""

    @property
    @override
    def available(self) -> bool:
        """Return whether the village is heard, and is new enough to name anybody."""
        return super().available and self.is_on is not None

    @property
    @override
    def is_on(self) -> bool | None:
        """Return what the village says it was told last."""
        return self.coordinator.data.shown_by_name if self.coordinator.data else None

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        """Ask the village to name this home."""
        await self._async_show(shown=True)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        """Take that back."""
        await self._async_show(shown=False)

    async def _async_show(self, *, shown: bool) -> None:
        with asking_village(not_offered="names_nobody_yet"):
            await self.coordinator.config_entry.runtime_data.client.show_by_name(shown=shown)
        await self.coordinator.async_request_refresh()


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
