"""What a home must not forget of votes: its ballots, before they are signed, and what was told."""

from collections.abc import Iterable
from typing import Any

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.storage import Store

from .community.ballot import Ballot
from .community.vote_news import KnownVotes, News
from .const import DOMAIN

STORAGE_VERSION = 1
NEWS_LOST_AT_MOST_S = 1


class VoteMemory:
    """What one home remembers of votes. A lost number is a lost vote, so ballots are on disk at once."""

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        """Remember for the config entry `entry_id`, in a file that only Home Assistant reads."""
        self._store: Store[dict[str, Any]] = Store(
            hass, STORAGE_VERSION, f"{DOMAIN}.{entry_id}.votes", private=True, atomic_writes=True
        )
        self._ballots: dict[tuple[str, int], Ballot] = {}
        self.known: KnownVotes = {}

    @property
    def ballots(self) -> list[Ballot]:
        """Return this home's ballots."""
        return list(self._ballots.values())

    async def async_load(self) -> None:
        """Recall what was stored."""
        if (stored := await self._store.async_load()) is not None:
            ballots = (Ballot.restored(kept) for kept in stored["ballots"])
            self._ballots = {ballot.id: ballot for ballot in ballots}
            self.known = {vote: frozenset(map(News, told)) for vote, told in stored["told"].items()}

    async def async_put(self, *ballots: Ballot) -> None:
        """Remember ballots as they are now. Raises OSError, and then nothing has changed."""
        await self._async_keep(self._ballots | {ballot.id: ballot for ballot in ballots})

    async def async_drop(self, ballots: Iterable[Ballot]) -> None:
        """Forget ballots."""
        dropped = {ballot.id for ballot in ballots}
        await self._async_keep({id_: kept for id_, kept in self._ballots.items() if id_ not in dropped})

    @callback
    def async_put_known(self, known: KnownVotes) -> None:
        """Remember what has been told, on disk within a second."""
        if known != self.known:
            self.known = known
            self._store.async_delay_save(lambda: self._data(self._ballots), NEWS_LOST_AT_MOST_S)

    async def async_forget(self) -> None:
        """Remove everything from disk."""
        await self._store.async_remove()

    async def _async_keep(self, ballots: dict[tuple[str, int], Ballot]) -> None:
        # Known before it is written: what waits to be written meanwhile must not write the former ones.
        former, self._ballots = self._ballots, ballots
        try:
            await self._store.async_save(self._data(ballots))
        except BaseException:
            self._ballots = former
            raise

    def _data(self, ballots: dict[tuple[str, int], Ballot]) -> dict[str, Any]:
        return {
            "ballots": [ballot.stored() for ballot in ballots.values()],
            "told": {vote: sorted(told) for vote, told in self.known.items()},
        }
