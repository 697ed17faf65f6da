"""Holds a stream to the village open, for as long as plans cannot reach this home otherwise."""

import random
import time
from asyncio import Task, sleep

from aiohttp import WSMsgType
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import ConfigEntryAuthFailed

from .community.client import CommunityClient, CommunityError
from .community.stream import Backoff, Way, hello, is_wanted
from .const import LOGGER
from .home import BatteryCommonsConfigEntry
from .intake import async_take_in


class VillageStream:
    """The home's end of the stream. What comes down it goes where the webhook's plans go."""

    def __init__(
        self, hass: HomeAssistant, entry: BatteryCommonsConfigEntry, client: CommunityClient
    ) -> None:
        """Call the village of `entry` with `client`."""
        self._hass = hass
        self._entry = entry
        self._client = client
        self._holding: Task[None] | None = None

    @callback
    def async_start(self) -> None:
        """Open the stream whenever it is wanted, until the entry is unloaded."""
        village = self._entry.runtime_data.village
        self._entry.async_on_unload(village.async_add_listener(self._look))
        self._look()

    @callback
    def _look(self) -> None:
        """Open or close, by what the village says."""
        village = self._entry.runtime_data.village
        # A village that no longer knows this home is not called until the resident has joined again.
        is_known = not isinstance(village.last_exception, ConfigEntryAuthFailed)
        wanted = is_known and is_wanted(
            has_address=village.has_address,
            webhook_reached=village.data.webhook_reached if village.data else None,
            so_far=self._holding is not None,
        )
        if wanted and self._holding is None:
            name = f"{self._entry.title} stream"
            # Not eagerly: what it does at once makes this look again.
            self._holding = self._entry.async_create_background_task(
                self._hass, self._async_hold(), name, eager_start=False
            )
        elif not wanted and self._holding is not None:
            self._holding.cancel()
            self._holding = None

    async def _async_hold(self) -> None:
        """Hold the stream open, and open it again when it ends, until cancelled."""
        village, backoff = self._entry.runtime_data.village, Backoff()
        while True:
            began, problem = time.monotonic(), None
            try:
                await self._async_listen()
            except CommunityError as error:
                problem = str(error)
                LOGGER.debug("The stream to %s ended: %s", self._entry.title, problem)
            finally:
                lasted_s = time.monotonic() - began
                village.async_stream_changed(is_open=False, problem=problem)
            await sleep(backoff.wait_s(lasted_s, random.random()))  # noqa: S311 - only spreads calls

    async def _async_listen(self) -> None:
        """Open the stream, and answer every plan that comes down it. Raises CommunityError."""
        data = self._entry.runtime_data
        async with self._client.stream() as socket:
            await socket.send_json(hello(data.memory.inbox))
            data.village.async_stream_changed(is_open=True)
            async for frame in socket:
                if frame.type is not WSMsgType.TEXT:
                    raise CommunityError("the village was silent for too long, or sent no text")
                await socket.send_json(await async_take_in(self._entry, frame.data, Way.STREAM))
