"""What automations wait for: what happens with codes red and green, and with votes."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import override

from homeassistant.components.event import EventEntity, EventEntityDescription
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.event import async_track_point_in_utc_time
from homeassistant.helpers.start import async_at_started
from homeassistant.util import dt as dt_util

from .codes import report_to_show
from .community import vote_news
from .community.announcements import News, Told, at_moment, heard, next_moment
from .community.votes import Vote
from .entity import VillageEntity, VoteEntity
from .home import BatteryCommonsConfigEntry
from .memory import HomeMemory
from .village_coordinator import VillageCoordinator
from .vote_coordinator import VoteCoordinator
from .voting import votes_left

PARALLEL_UPDATES = 0

CODE = EventEntityDescription(key="code", translation_key="code", event_types=[news.value for news in News])
VOTE = EventEntityDescription(
    key="vote", translation_key="vote", event_types=[news.value for news in vote_news.News]
)


async def async_setup_entry(
    _hass: HomeAssistant, entry: BatteryCommonsConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the events of the village."""
    data = entry.runtime_data
    async_add_entities([CodeEvent(data.village, data.memory), VoteEvent(data.votes)])


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
            self._trigger_event(news, attributes | report_to_show(code, self.hass.config.language))
            self.async_write_ha_state()

    @callback
    def _forget_moment(self) -> None:
        if self._cancel_moment is not None:
            self._cancel_moment()
            self._cancel_moment = None


class VoteEvent(VoteEntity, EventEntity):
    """The last thing that happened with a vote. Nothing is told twice, and never what this home chose."""

    def __init__(self, coordinator: VoteCoordinator) -> None:
        """Tell about the votes that `coordinator` hears of."""
        super().__init__(coordinator, VOTE)
        self._is_awake = False

    @property
    @override
    def available(self) -> bool:
        """Return whether the village holds votes, also while it cannot be heard."""
        return self.coordinator.is_offered

    @override
    async def async_added_to_hass(self) -> None:
        """Wait for the automations to be there: they must not miss what is told at the start."""
        await super().async_added_to_hass()
        self.async_on_remove(async_at_started(self.hass, self._async_wake))

    @callback
    def _async_wake(self, _hass: HomeAssistant) -> None:
        """Tell what the village said meanwhile, once the former state is back."""
        self._is_awake = True
        self.hass.loop.call_soon(self._handle_coordinator_update)

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        """Tell what is new since the village was last heard."""
        votes = self.coordinator
        if not self._is_awake or not votes.last_update_success or votes.data is None:
            super()._handle_coordinator_update()
            return
        told, known = vote_news.heard(votes.memory.known, votes.data, votes.counted, dt_util.utcnow())
        votes.memory.async_put_known(known)
        for news, vote in told:
            self._trigger_event(news, self._attributes(vote))
            self.async_write_ha_state()
        super()._handle_coordinator_update()

    def _attributes(self, vote: Vote) -> dict[str, str | int | None]:
        result = vote.result
        chosen = vote.option(result.choice) if result and result.choice else None
        return {
            "vote_id": vote.vote_id,
            "title": vote.title,
            "closes_at": vote.closes_at.isoformat(),
            "votes_left": len(votes_left(vote, self.coordinator.ballots_of(vote.vote_id))),
            "outcome": result.outcome if result else None,
            "chosen": chosen.label(self.hass.config.language) if chosen else None,
        }
