"""The log says what went on and what went wrong, and nothing of any household."""

import asyncio
import json
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
import structlog
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestClient, TestServer
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import insert

from battery_commons.control.schedule import SolverError
from battery_commons.coordinator.logs import log_as_json
from battery_commons.dispatch.dispatcher import Dispatcher
from battery_commons.domain.grid import Transformer
from battery_commons.domain.time import WallClock
from battery_commons.store import Store, schema
from battery_commons.tick.service import VillageService
from battery_commons.web.door import Door
from battery_commons.web.members.admission import Admission
from battery_commons.web.members.app import members_app
from battery_commons.web.server import VillageServer

NOW = datetime(2026, 11, 28, 18, 15, 2, tzinfo=UTC)
URL = "http://127.0.0.1:9/api/webhook/only-this-house-knows"
NAME = "Fam. De Vries-Bakker"
CODE = "welcome-to-the-village"


@dataclass
class StillClock(WallClock):
    """A clock that stands still."""

    def now(self) -> datetime:
        """Return always the same moment."""
        return NOW


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> Iterator[StringIO]:
    """The log, as the coordinator writes it."""
    written = StringIO()
    monkeypatch.setattr(sys, "stderr", written)
    log_as_json()
    yield written
    structlog.reset_defaults()


async def test_nothing_of_a_household_is_in_the_log(
    tmp_path: Path, log: StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(Store.open(tmp_path / "village.db")) as store:
        store.put_transformer(Transformer("t1", "Brink", 250_000))
        store.add_invitation("t1", CODE, NOW + timedelta(days=1))
        async with ClientSession() as session:
            dispatcher = Dispatcher(store, Ed25519PrivateKey.generate(), StillClock(), session)
            service = VillageService(store, StillClock(), dispatcher)
            village = VillageServer(
                store=store,
                key=dispatcher.key,
                clock=StillClock(),
                control_model=lambda: service.model,
                current_plan=lambda: service.plan,
                forecast_scores=dict,
                readings_taken=service.readings_taken,
                peaks_shaved_w=dict,
                links=dispatcher.links,
            )
            async with TestClient(TestServer(members_app(village, Admission(Door())))) as client:
                token = await live_through_everything(client, service, store, monkeypatch)
            await dispatcher.close()
        # What was left behind in threads ends before the store is closed.
        await asyncio.get_running_loop().shutdown_default_executor()

    lines = [json.loads(line) for line in log.getvalue().splitlines() if line.startswith("{")]
    told = {line["event"] for line in lines}
    # What went on and went wrong is there ...
    assert {"plan sent", "plan not delivered", "readings_refused", "step failed"} <= told
    assert any(event.startswith("tick failed") for event in told)
    assert all("exception" in line for line in lines if line["event"] == "step failed")
    # ... and the household is not.
    for secret in (
        NAME,
        "Vries",
        token,
        URL,
        "only-this-house-knows",
        CODE,
        "0.73219",
        "1876.5",
        "Schuurtje",
    ):
        assert secret not in log.getvalue(), secret


async def live_through_everything(
    client: TestClient[web.Request, web.Application],
    service: VillageService,
    store: Store,
    monkeypatch: pytest.MonkeyPatch,
) -> str:
    """Let a home join and report, well and badly, and ticks and writes succeed and fail; return its token."""
    joining = {
        "version": 1,
        "code": CODE,
        "nonce": "0123456789abcdef",
        "consent": True,
        "name": NAME,
        "webhook_urls": [URL],
    }
    for _ in range(2):  # The second time the code is used up.
        answer = await client.post("/api/v1/join", json=joining)
        if answer.ok:
            membership = json.loads((await answer.json())["payload"])
    token: str = membership["token"]
    headers = {"Authorization": f"Bearer {token}"}
    battery = {
        "battery_id": "b1",
        "name": "Schuurtje",
        "capacity_wh": 10_000,
        "max_charge_w": 5000,
        "max_discharge_w": 5000,
        "reserve": 0.1,
    }
    home = {"version": 1, "webhook_urls": [URL], "batteries": [battery]}
    await client.put("/api/v1/home", json=home, headers=headers)
    good = {
        "battery_id": "b1",
        "at": NOW.isoformat(),
        "state_of_charge": 0.73219,
        "power_w": 1876.5,
        "setpoint_w": None,
        "mode": "village",
        "reason": "hold",
        "plan_sequence": None,
    }
    for reading in (good, good, good | {"battery_id": "b2"}, good | {"power_w": "1876.5 W"}):
        body = {"version": 1, "sent_at": NOW.isoformat(), "batteries": [reading]}
        await client.post("/api/v1/telemetry", json=body, headers=headers)
    await client.get("/api/v1/home/data", headers=headers)
    await service.tick()
    async with asyncio.timeout(8):
        while store.latest_dispatches()[membership["home_id"]].attempts == 0:
            await asyncio.sleep(0.01)  # The plan is not delivered.
    for name, error in (
        ("battery_commons.tick.planner.make_plan", SolverError("no answer")),
        ("battery_commons.tick.service.StockTaker.take_stock", KeyError("b1")),
    ):
        with monkeypatch.context() as broken:
            broken.setattr(name, _failing(error))
            failed = service.failed_ticks
            running = asyncio.create_task(service.run())
            async with asyncio.timeout(8):
                while service.failed_ticks == failed:
                    await asyncio.sleep(0.01)
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
    with monkeypatch.context() as broken:
        broken.setattr(Store, "keep_decision", _clashes(membership["home_id"], token))
        await service.tick()
    return token


def _failing(error: Exception) -> object:
    def fail(*_: object, **__: object) -> None:
        raise error

    return fail


def _clashes(home_id: str, token: str) -> object:
    """Return a write that the database refuses, with a household's data in it."""

    def clash(store: Store, _: object) -> None:
        values = {
            "id": home_id,
            "name": NAME,
            "transformer_id": "t1",
            "webhook_urls": URL,
            "token_sha256": token,
            "last_sequence": 0,
        }
        with store._write() as connection:
            connection.execute(insert(schema.home).values(values))

    return clash
