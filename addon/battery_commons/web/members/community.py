"""Whether a home is shown by name: its resident says so, and can take it back at any time."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus

import structlog
from aiohttp import web

from battery_commons.store.records import Home
from battery_commons.web.members import calls
from battery_commons.web.members.body import message
from battery_commons.web.server import VillageServer

_LOGGER = structlog.get_logger(__name__)


class CommunityCalls:
    """One method per call."""

    def __init__(self, village: VillageServer, caller: Callable[[web.Request], Awaitable[Home]]) -> None:
        """Keep it in the store of `village`; `caller` says which home calls, or raises ApiError."""
        self._store = village.store
        self._clock = village.clock
        self._caller = caller

    def served(self) -> Mapping[calls.Call, calls.Answering]:
        """Return what is answered, by call."""
        return {calls.SHOW_HOME: self.show}

    async def show(self, request: web.Request) -> web.Response:
        """Take note of whether a home may be shown by name."""
        home = await self._caller(request)
        said = await message(request, calls.SHOW_HOME)
        await asyncio.to_thread(self._store.show_home, home.id, self._clock.now(), shown=said.shown)
        _LOGGER.info("home_shown", home_id=home.id, shown=said.shown)
        return web.Response(status=HTTPStatus.NO_CONTENT)
