"""Codes red and green as they are announced, start, end or are taken back: what automations wait for."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import override

from homeassistant.components.event import EventEntity, EventEntityDescription
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.event import async_track_point_in_utc_time
from homeassistant.helpers.start import async_at_started
from homeassistant.util import dt as dt_util

from .community.announcements import News, Told, at_moment, heard, next_moment
from .entity import VillageEntity
from .home import BatteryCommonsConfigEntry
from .memory import HomeMemory
from .village_coordinator import VillageCoordinator

PARALLEL_UPDATES = 0

CODE = EventEntityDescription(key="code", translation_key="code", event_types=[news.value for news in News])


async def async_setup_entry(
    _hass: HomeAssistant, entry: BatteryCommonsConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the event of the village."""
    async_add_entities([CodeEvent(entry.runtime_data.village, entry.runtime_data.memory)])


class CodeEvent(VillageEntity, EventEntity):
    """The last thing that happened with a code. Nothing is told twice, also not after a restart."""

    def __init__(self, coordinator: VillageCoordinator, memory: HomeMemory) -> None:
        """Tell about the codes of the village of `coordinator`."""
        super().__init__(coordinator, CODE)
        self._memory = memory
        self._is_awake = False
        self._cancel_moment: Callable[[], None] | None = None

    @property
    @override
    def available(self) -> bool:
        """Return true: a code that was announced starts and ends whether or not the village can be heard."""
        return True

    @override
    async def async_added_to_hass(self) -> None:
        """Wait for the automations to be there: they must not miss what is told at the start."""
        await super().async_added_to_hass()
        self.async_on_remove(self._forget_moment)
        self.async_on_remove(async_at_started(self.hass, self._async_wake))

    @callback
    def _async_wake(self, _hass: HomeAssistant) -> None:
        """Take up what was known and what the village said meanwhile, once the former state is back."""
        self._is_awake = True
        self.hass.loop.call_soon(self._handle_coordinator_update)

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        """Tell what is new since the village was last heard."""
        if not self._is_awake:
            return
        now, known = dt_util.utcnow(), self._memory.known_codes
        if self.coordinator.last_update_success and self.coordinator.data:
            told, known = heard(known, self.coordinator.data.codes, now)
        else:
            told, known = at_moment(known, now)
        self._memory.async_put_known_codes(known)
        self._tell(told)
        self._forget_moment()
        if (moment := next_moment(known, now)) is not None:
            self._cancel_moment = async_track_point_in_utc_time(self.hass, self._async_at_moment, moment)

    @callback
    def _async_at_moment(self, _now: datetime) -> None:
        self._cancel_moment = None
        self._handle_coordinator_update()

    def _tell(self, told: Iterable[Told]) -> None:
        for news, code in told:
            attributes = {
                "id": code.code_id,
                "code": code.code.value,
                "start": code.start.isoformat(),
                "end": code.end.isoformat(),
                "reason": code.reason,
            }
            self._trigger_event(news, attributes)
            self.async_write_ha_state()

    @callback
    def _forget_moment(self) -> None:
        if self._cancel_moment is not None:
            self._cancel_moment()
            self._cancel_moment = None
