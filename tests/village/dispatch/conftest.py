"""A village with one home, whose webhook is a real HTTP server that answers as told."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from battery_commons.dispatch.dispatcher import Dispatcher
from battery_commons.domain.battery import Battery
from battery_commons.domain.grid import Transformer
from battery_commons.domain.plan import BatteryPlan, ControlModel, Plan, PlanReason
from battery_commons.domain.time import ScaledClock, TimeGrid, slot_start
from battery_commons.store import Store
from battery_commons.store.records import DispatchRecord, HomeBattery

SPEED = 600.0
"""A lease of 45 minutes lasts 4.5 seconds, so that a test can outlive it."""


@dataclass
class Webhook:
    """The home's end: keeps what arrives, and answers with `answers` in turn, the last one for ever."""

    answers: list[Any]
    received: list[dict[str, Any]] = field(default_factory=list)
    url: str = ""

    async def handle(self, request: web.Request) -> web.Response:
        """Take a plan in."""
        self.received.append(await request.json())
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, web.HTTPException):
            raise answer
        return web.Response(body=answer) if isinstance(answer, bytes) else web.json_response(answer)


ACCEPTED = {"version": 1, "accepted": True, "sequence": 1}


@pytest.fixture
async def webhook() -> AsyncIterator[Webhook]:
    home = Webhook([ACCEPTED])
    app = web.Application()
    app.router.add_post("/api/webhook/secret", home.handle)
    async with TestServer(app) as server:
        home.url = str(server.make_url("/api/webhook/secret"))
        yield home


@pytest.fixture
def clock() -> ScaledClock:
    return ScaledClock(SPEED, datetime.now(UTC), datetime(2016, 6, 1, 12, 1, tzinfo=UTC))


@pytest.fixture
def store(tmp_path: Path, clock: ScaledClock) -> Iterator[Store]:
    store = Store.open(tmp_path / "village.db")
    store.put_transformer(Transformer("t1", "Brink", 250_000))
    store.add_invitation("t1", "code-of-the-home", clock.now() + timedelta(days=1))
    yield store
    store.close()


@pytest.fixture
def home_id(store: Store, clock: ScaledClock, webhook: Webhook) -> str:
    home = store.join("code-of-the-home", "Brinkweg 4", [webhook.url], clock.now())
    describe(store, home.home_id, [webhook.url])
    return home.home_id


def describe(store: Store, home_id: str, urls: list[str]) -> None:
    battery = Battery(f"{home_id}/b1", "t1", 10_000, 5_000, 5_000)
    store.describe_home(home_id, urls, [HomeBattery(home_id, "b1", "Garage", battery)])


@pytest.fixture
async def dispatcher(store: Store, clock: ScaledClock) -> AsyncIterator[Dispatcher]:
    async with ClientSession() as session:
        dispatcher = Dispatcher(store, Ed25519PrivateKey.generate(), clock, session, jitter=lambda: 0.0)
        yield dispatcher
        await dispatcher.close()


def plan_for(home_id: str, clock: ScaledClock, power_w: float = -1200) -> Plan:
    grid = TimeGrid(slot_start(clock.now()), 4)
    battery = BatteryPlan(f"{home_id}/b1", [power_w] * 4, [PlanReason.RELIEVE_IMPORT] * 4)
    return Plan(ControlModel.M4, grid, [battery], {"t1": [0.0] * 4})


async def until_answered(store: Store, home_id: str) -> DispatchRecord:
    """Return the newest dispatch of a home once it is answered."""
    async with asyncio.timeout(8):
        while (record := store.latest_dispatches()[home_id]).answered_at is None:
            await asyncio.sleep(0.02)
    return record
