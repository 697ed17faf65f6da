"""The calendar of codes red and green."""

from datetime import datetime
from typing import override

from homeassistant.components.calendar import CalendarEntity, CalendarEntityDescription, CalendarEvent
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.translation import async_get_cached_translations
from homeassistant.util import dt as dt_util

from .codes import codes_to_come
from .community.status import CodeWindow
from .const import DOMAIN
from .entity import VillageEntity
from .explanation.figures import change_of_power
from .explanation.phrases import phrases
from .home import BatteryCommonsConfigEntry

PARALLEL_UPDATES = 0

CODES = CalendarEntityDescription(key="codes", translation_key="codes")


async def async_setup_entry(
    _hass: HomeAssistant, entry: BatteryCommonsConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the calendar of the village."""
    async_add_entities([CodeCalendar(entry.runtime_data.village, CODES)])


class CodeCalendar(VillageEntity, CalendarEntity):
    """When residents are asked to use less, or more."""

    @property
    @override
    def event(self) -> CalendarEvent | None:
        """Return the code that is on, or comes next."""
        code = next(iter(codes_to_come(self.coordinator)), None)
        return None if code is None else self._event(code)

    @override
    async def async_get_events(
        self, hass: HomeAssistant, start_date: datetime, end_date: datetime
    ) -> list[CalendarEvent]:
        """Return the codes that are on at some time between two moments, as far as the village tells."""
        codes = self.coordinator.data.codes if self.coordinator.data else ()
        return [self._event(code) for code in codes if code.start < end_date and code.end > start_date]

    def _event(self, code: CodeWindow) -> CalendarEvent:
        words = async_get_cached_translations(self.hass, self.hass.config.language, "entity", DOMAIN)
        attributes = f"component.{DOMAIN}.entity.calendar.{CODES.key}.state_attributes"
        description = [code.reason] if code.reason else []
        if code.expected_effect_w is not None:
            effect = words.get(f"{attributes}.expected_effect.name", "")
            change = change_of_power(code.expected_effect_w, phrases(self.hass.config.language))
            description.append(f"{effect}: {change}")
        if code.result is not None and (sentence := code.result.sentence(self.hass.config.language)):
            description.append(sentence)
        return CalendarEvent(
            start=dt_util.as_local(code.start),
            end=dt_util.as_local(code.end),
            summary=words.get(f"{attributes}.code.state.{code.code}", code.code),
            description="\n".join(description) or None,
            uid=code.code_id,
        )
