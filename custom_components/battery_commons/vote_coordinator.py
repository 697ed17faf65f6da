"""Votes: what the village puts to its homes, and what became of this home's ballots."""

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from typing import override

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_track_point_in_utc_time
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator, UpdateFailed
from homeassistant.util import dt as dt_util

from .community.ballot import Ballot, Stage
from .community.blind import NotSignedError
from .community.client import CommunityClient, CommunityError, NotOfferedError
from .community.vote_calls import Proposal, VoteCalls
from .community.votes import OVER, Vote, VoteState
from .const import DOMAIN, LOGGER
from .vote_memory import VoteMemory

VOTE_INTERVAL = timedelta(minutes=5)
FORGOTTEN_AFTER = timedelta(days=366)
"""So long after its close a village lists a vote, and this home remembers its ballots."""
AFTER_CLOSE = timedelta(seconds=1)
"""How long after a vote closes the village is asked again."""
_GIVEN_ELSEWHERE = "already_voted"
_NO_SIGNATURE_FOR_IT = frozenset(
    {_GIVEN_ELSEWHERE, "vote_closed", "vote_not_open", "vote_unknown", "not_on_roll", "suspended"}
)
"""Refusals after which the village will never sign a ballot."""


class VoteCoordinator(DataUpdateCoordinator[tuple[Vote, ...]]):
    """Hears what is voted on, and sees to this home's ballots until they were counted."""

    config_entry: ConfigEntry

    def __init__(
        self, hass: HomeAssistant, entry: ConfigEntry, client: CommunityClient, memory: VoteMemory
    ) -> None:
        """Vote for the home of `entry`, which keeps its ballots in `memory`."""
        name = f"{entry.title} votes"
        super().__init__(hass, LOGGER, config_entry=entry, name=name, update_interval=VOTE_INTERVAL)
        self._calls = VoteCalls(client)
        self._pace = VOTE_INTERVAL
        self._one_at_a_time = asyncio.Lock()
        self._looked_up: set[tuple[str, int]] = set()
        self._to_cast: dict[tuple[str, int], CALLBACK_TYPE] = {}
        """What waits for the moments at which ballots are cast, by their ids."""
        entry.async_on_unload(self._cast_nothing_more)
        self.memory = memory
        self.is_offered = True
        """Whether the village holds votes; an older one does not."""

    @callback
    def async_keep_pace(self, slot_length: timedelta) -> None:
        """Ask more often where slots are short, as in a demonstration that runs faster than the wall."""
        self._pace = min(VOTE_INTERVAL, slot_length / 3)
        self.update_interval = self._next_look()

    def ballots_of(self, vote_id: str) -> list[Ballot]:
        """Return this home's ballots in a vote, as far as they were made here."""
        return [ballot for ballot in self.memory.ballots if ballot.vote_id == vote_id]

    @property
    def counted(self) -> set[str]:
        """The votes in which all ballots that were made here were counted."""
        by_vote: dict[str, set[Stage]] = {}
        for ballot in self.memory.ballots:
            by_vote.setdefault(ballot.vote_id, set()).add(ballot.stage)
        return {vote_id for vote_id, stages in by_vote.items() if stages == {Stage.COUNTED}}

    async def async_votes(self) -> tuple[Vote, ...]:
        """Ask the village what is voted on, and return it. Raises CommunityError."""
        votes = await self._calls.votes()
        self.is_offered = True
        self.async_set_updated_data(votes)
        return votes

    async def async_propose(self, proposal: Proposal) -> str:
        """Put a question to all homes, and return the vote's id. Raises CommunityError."""
        vote_id = await self._calls.propose(proposal)
        await self.async_request_refresh()
        return vote_id

    async def async_page_path(self) -> str:
        """Return the way to this home's own page at the village: it opens once. Raises CommunityError."""
        return await self._calls.page_path()

    async def async_give(self, vote: Vote, choice: str) -> bool:
        """Give all votes that this home has left in an open vote; return whether there was any.

        The ballots are on disk before the village is asked to sign them: a reply that is lost, or a restart,
        loses no vote. They are cast a random while later. Raises CommunityError, NotSignedError.
        """
        async with self._one_at_a_time:
            kept = {ballot.paper: ballot for ballot in self.ballots_of(vote.vote_id)}
            ballots = [Ballot.made(vote, paper, choice) for paper in vote.left if paper not in kept]
            # Asked for once more, after an answer that was lost.
            again = [each for each in kept.values() if each.stage is Stage.UNSIGNED and each.choice == choice]
            if ballots:
                await self.memory.async_put(*ballots)
            try:
                for ballot in (*again, *ballots):
                    await self._async_sign_now(ballot)
            finally:
                self.async_update_listeners()  # What is kept is shown, also where the village is away.
        await self.async_request_refresh()
        return bool(again or ballots)

    @override
    async def _async_update_data(self) -> tuple[Vote, ...]:
        """Return what is voted on; nothing where the village is too old to hold votes."""
        try:
            votes = await self._calls.votes()
        except NotOfferedError:
            self.is_offered = False
            self.update_interval = self._next_look()
            return ()
        except CommunityError as error:
            self.update_interval = self._next_look()
            raise UpdateFailed(
                translation_domain=DOMAIN,
                translation_key="cannot_connect",
                translation_placeholders={"error": str(error)},
            ) from error
        self.is_offered = True
        async with self._one_at_a_time:
            await self._async_tend({vote.vote_id: vote for vote in votes})
        self.update_interval = self._next_look(votes)
        return votes

    async def _async_tend(self, votes: dict[str, Vote]) -> None:
        """Bring each ballot as far as it can be brought now; what fails is tried again at the next look."""
        for ballot in self.memory.ballots:
            vote = votes.get(ballot.vote_id)
            # A vote that is not listed may be in a state that this version does not know.
            is_past = dt_util.utcnow() > ballot.closes_at + FORGOTTEN_AFTER
            if (vote is None and is_past) or (vote is not None and vote.state is VoteState.WITHDRAWN):
                await self.memory.async_drop([ballot])
            elif vote is not None:
                with suppress(CommunityError, NotSignedError):
                    await self._async_bring_on(ballot, vote)

    async def _async_bring_on(self, ballot: Ballot, vote: Vote) -> None:
        if vote.state in OVER:
            if ballot.stage is not Stage.COUNTED and ballot.id not in self._looked_up:
                published = await self._calls.published(vote.vote_id)
                await self.memory.async_put(ballot.looked_up(published))
                self._looked_up.add(ballot.id)
            return
        if ballot.stage is Stage.UNSIGNED:
            try:
                ballot = await self._async_sign(ballot)
            except CommunityError as error:
                if error.said == _GIVEN_ELSEWHERE:
                    await self.memory.async_drop([ballot])  # It can never be cast, and is not missed then.
                raise
        if ballot.stage is Stage.SIGNED and ballot.id not in self._to_cast:
            self._to_cast[ballot.id] = async_track_point_in_utc_time(
                self.hass, partial(self._async_cast, ballot.id), ballot.due(dt_util.utcnow(), self._pace)
            )

    async def _async_cast(self, ballot_id: tuple[str, int], _now: datetime) -> None:
        """Cast a ballot at its own moment: right after a call that says who calls, it would be known whose.

        What fails waits for another moment from the next look on.
        """
        del self._to_cast[ballot_id]
        async with self._one_at_a_time:
            opened = {vote.vote_id for vote in self.data or () if vote.state is VoteState.OPEN}
            for ballot in self.memory.ballots:
                if ballot.id == ballot_id and ballot.stage is Stage.SIGNED and ballot.vote_id in opened:
                    with suppress(CommunityError):
                        await self._calls.cast(ballot)
                        await self.memory.async_put(ballot.cast())
        self.async_update_listeners()

    @callback
    def _cast_nothing_more(self) -> None:
        while self._to_cast:
            _, cancel = self._to_cast.popitem()
            cancel()

    async def _async_sign_now(self, ballot: Ballot) -> None:
        """Have a ballot signed for a resident who waits for it, and forget one that never will be."""
        try:
            await self._async_sign(ballot)
        except CommunityError as error:
            if error.said in _NO_SIGNATURE_FOR_IT:
                await self.memory.async_drop([ballot])
            raise

    async def _async_sign(self, ballot: Ballot) -> Ballot:
        """Have the village sign a ballot that is on disk, and keep the signature."""
        blind_signature = await self._calls.sign(ballot)
        signed = ballot.signed(blind_signature, dt_util.utcnow())
        await self.memory.async_put(signed)
        return signed

    def _next_look(self, votes: Iterable[Vote] = ()) -> timedelta:
        """Return how long to wait: until a vote closes, where that is soon."""
        now = dt_util.utcnow()
        closing = [vote.closes_at for vote in votes if vote.state is VoteState.OPEN]
        return min([self._pace, *(moment + AFTER_CLOSE - now for moment in closing if moment > now)])
