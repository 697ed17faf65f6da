"""The pause: a resident takes a battery back, at once and for as long as they like."""

from dataclasses import replace
from functools import partial
from typing import Any, override

from homeassistant.components.switch import SwitchEntity, SwitchEntityDescription
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .entity import BatteryEntity
from .home import BatteryCommonsConfigEntry

PARALLEL_UPDATES = 1

PAUSE = SwitchEntityDescription(key="paused", translation_key="paused")


async def async_setup_entry(
    _hass: HomeAssistant, entry: BatteryCommonsConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the pause of every battery."""
    for subentry_id, battery in entry.runtime_data.batteries.items():
        async_add_entities([PauseSwitch(battery, PAUSE)], config_subentry_id=subentry_id)


class PauseSwitch(BatteryEntity, SwitchEntity):
    """On while the resident keeps the battery to their own house."""

    @property
    @override
    def is_on(self) -> bool:
        """Return whether the battery is paused."""
        return self.coordinator.memory.settings(self._battery_id).paused

    @property
    @override
    def available(self) -> bool:
        """Return true: the resident decides, whether or not the battery can be reached."""
        return True

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        """Take the battery back."""
        await self._async_decide(paused=True)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        """Let the village steer again."""
        await self._async_decide(paused=False)

    async def _async_decide(self, *, paused: bool) -> None:
        await self.coordinator.memory.async_put_settings(
            self._battery_id, partial(replace, paused=paused, paused_until=None)
        )
        self.async_write_ha_state()
