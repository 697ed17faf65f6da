"""A local stand-in for a source outside of the village: a real web server that answers as it is told."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import ClientSession, web


@dataclass
class OutsidePeer:
    """What the peer answers, and what it was asked."""

    answer: Callable[[dict[str, str]], Any]
    status: int = 200
    content_type: str = "application/json"
    delay_seconds: float = 0.0
    queries: list[dict[str, str]] = field(default_factory=list)
    agents: list[str] = field(default_factory=list)

    async def handle(self, request: web.Request) -> web.Response:
        """Answer as told."""
        self.queries.append(dict(request.query))
        self.agents.append(request.headers.get("User-Agent", ""))
        await asyncio.sleep(self.delay_seconds)
        answer = self.answer(dict(request.query))
        if isinstance(answer, bytes):
            return web.Response(body=answer, status=self.status, content_type=self.content_type)
        return web.json_response(answer, status=self.status, content_type=self.content_type)


@asynccontextmanager
async def listening(peer: OutsidePeer, path: str) -> AsyncIterator[tuple[ClientSession, str]]:
    """Run the peer, and yield a session and the URL at which it is found."""
    app = web.Application()
    app.router.add_get(path, peer.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        async with ClientSession() as session:
            yield session, f"http://127.0.0.1:{runner.addresses[0][1]}{path}"
    finally:
        await runner.cleanup()
