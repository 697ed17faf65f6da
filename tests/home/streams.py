"""The village's end of streams, without a network."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import WSMessage, WSMsgType

from custom_components.battery_commons.community.client import CommunityClient, CommunityError


class FakeSocket:
    """One stream: what the home says is kept, and what the village says is handed to it."""

    def __init__(self) -> None:
        self.said: list[Any] = []
        self.is_open = True
        self._frames: asyncio.Queue[WSMessage | None] = asyncio.Queue()

    async def send_json(self, message: Any) -> None:
        if not self.is_open:
            raise CommunityError("no stream: ClientConnectionResetError")
        self.said.append(message)

    def tell(self, message: object) -> None:
        self.tell_text(json.dumps(message))

    def tell_text(self, text: str) -> None:
        self._frames.put_nowait(WSMessage(WSMsgType.TEXT, text, None))

    def fall_silent(self) -> None:
        self._frames.put_nowait(WSMessage(WSMsgType.ERROR, TimeoutError(), None))

    def end(self) -> None:
        self.is_open = False
        self._frames.put_nowait(None)

    async def frames(self) -> AsyncIterator[WSMessage]:
        while (frame := await self._frames.get()) is not None:
            yield frame

    __aiter__ = frames


class FakeStreams:
    """Takes the place of `CommunityClient.stream`."""

    def __init__(self) -> None:
        self.answers = False
        """Whether the village opens streams."""
        self.tries = 0
        self.opened: list[FakeSocket] = []

    @asynccontextmanager
    async def open(self, _client: CommunityClient | None = None) -> AsyncIterator[FakeSocket]:
        self.tries += 1
        if not self.answers:
            raise CommunityError("the village opens no stream: HTTP status 404")
        socket = FakeSocket()
        self.opened.append(socket)
        try:
            yield socket
        finally:
            socket.is_open = False
