"""A village with a line to a grid operator, as it runs."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer

from battery_commons.domain.operator_line import OperatorLine
from battery_commons.domain.time import WallClock
from battery_commons.openadr.line_keeper import LineStatus
from battery_commons.openadr.pace import Pace
from battery_commons.openadr.ven import OperatorLines
from battery_commons.store import Store
from tests.village.openadr.vtn_peer import CLIENT_ID, SECRET, FakeVtn

QUICK = Pace(poll_s=0.1, reconcile_s=0.1, apart_s=0.01, first_wait_s=0.05, longest_wait_s=0.2)
RARELY = replace(QUICK, poll_s=60, reconcile_s=60)
"""What is seen within a test came by itself."""


@dataclass
class Village:
    """A village with one line."""

    store: Store
    lines: OperatorLines
    line_id: str
    url: str
    """Where the operator can call it."""
    changes: list[int] = field(default_factory=list)
    """One for each time that the service was told."""

    @property
    def status(self) -> LineStatus:
        """Return how the line is doing."""
        return self.lines.status(self.line_id)

    def limits(self) -> dict[str, float]:
        """Return what is asked (kW), by event."""
        asked: dict[str, float] = {}
        for each in self.store.operator_events():
            raw: dict[str, Any] = json.loads(each.raw)
            asked[each.event_id] = raw["intervals"][0]["payloads"][0]["values"][0]
        return asked

    async def until(self, is_so: Callable[[], bool], within_s: float = 30) -> None:
        """Wait until something is so."""
        async with asyncio.timeout(within_s):
            while not is_so():
                await asyncio.sleep(0.01)

    async def until_heard(self) -> None:
        """Wait until all of the operator's events were seen."""
        await self.until(lambda: self.status.heard_at is not None)

    async def until_listed_twice(self, fake: FakeVtn) -> None:
        """Wait until a whole listing of events was asked for and taken in since."""
        pages = fake.asked["GET /events"] + 4  # Each has two, of which the last is empty.
        await self.until(lambda: fake.asked["GET /events"] > pages)

    async def until_asked(self, limits: dict[str, float]) -> None:
        """Wait until this is asked."""
        try:
            await self.until(lambda: self.limits() == limits)
        except TimeoutError:
            assert self.limits() == limits


def line_to(fake: FakeVtn, **more: Any) -> OperatorLine:
    """Return the line to a VTN."""
    line = OperatorLine("Enexis", fake.url, CLIENT_ID, "Ansen", SECRET)
    return replace(line, **more)


@asynccontextmanager
async def running(
    store: Store, line: OperatorLine | None = None, pace: Pace = QUICK, *, is_callable: bool = False
) -> AsyncIterator[Village]:
    """Run a village: with a new line, or the one that it has."""
    changes: list[int] = []
    lines = OperatorLines(store, WallClock(), lambda: changes.append(1), pace=pace)
    app = web.Application()
    app.add_routes(lines.routes())
    async with TestServer(app) as server:
        url = str(server.make_url("")).rstrip("/")
        if line is not None:
            store.add_operator_line(replace(line, callback_url=url) if is_callable else line)
        task = asyncio.create_task(lines.run())
        try:
            yield Village(store, lines, store.operator_lines()[0].id, url, changes)
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
