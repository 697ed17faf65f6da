"""What a resident does with one press: take a battery back for a moment, or join a code."""

from typing import override

from homeassistant.components.button import ButtonEntity, ButtonEntityDescription
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.util import dt as dt_util

from .codes import async_answer_code, code_to_answer
from .decisions import async_take_back
from .entity import SettingEntity, VillageEntity
from .home import BatteryCommonsConfigEntry

PARALLEL_UPDATES = 1

RELEASE = ButtonEntityDescription(key="release", translation_key="release")
JOIN_CODE = ButtonEntityDescription(key="join_code", translation_key="join_code")


async def async_setup_entry(
    _hass: HomeAssistant, entry: BatteryCommonsConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the buttons of the village and of every battery."""
    data = entry.runtime_data
    async_add_entities([JoinCodeButton(data.village, JOIN_CODE)])
    for subentry_id, battery in data.batteries.items():
        async_add_entities([ReleaseButton(battery, RELEASE)], config_subentry_id=subentry_id)


class ReleaseButton(SettingEntity, ButtonEntity):
    """Keeps the battery to its own house for a moment."""

    @override
    async def async_press(self) -> None:
        """Take the battery back now; it takes part again by itself."""
        await async_take_back(self.coordinator, dt_util.utcnow())


class JoinCodeButton(VillageEntity, ButtonEntity):
    """Says that this home joins the code that is on, or comes next."""

    @property
    @override
    def available(self) -> bool:
        """Return whether there is a code that the home has not joined."""
        return super().available and code_to_answer(self.coordinator) is not None

    @override
    async def async_press(self) -> None:
        """Join."""
        if (code := code_to_answer(self.coordinator)) is not None:
            await async_answer_code(self.coordinator.config_entry, code.code_id, joins=True)
