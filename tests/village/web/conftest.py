"""A village of one transformer behind a real server on loopback, with a real database."""

import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any, override

import pytest
from aiohttp import ClientResponse, ClientSession
from aiohttp.test_utils import TestClient, TestServer
from aiohttp.web import Application, Request
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from battery_commons.domain.grid import Transformer
from battery_commons.domain.plan import ControlModel, Plan
from battery_commons.domain.situation import EstimatedLoad
from battery_commons.domain.time import ScaledClock
from battery_commons.store import Store
from battery_commons.web.door import Door
from battery_commons.web.members.admission import Admission
from battery_commons.web.members.app import members_app
from battery_commons.web.members.attendance import Attendance
from battery_commons.web.members.status import Standing
from battery_commons.web.server import VillageServer
from tests.village.web.members.described import Described

WALL_NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
VILLAGE_NOW = datetime(2016, 6, 21, 12, tzinfo=UTC)
NONCE = "0123456789abcdef"
URL = "http://127.0.0.1:8123/api/webhook/abc"

type Client = TestClient[Request, Application]


@dataclass(frozen=True, slots=True)
class StillClock(ScaledClock):
    """A village at another date and 60 times the speed, stopped at WALL_NOW."""

    @override
    def now(self) -> datetime:
        return self.to_village(WALL_NOW)


@dataclass
class Current:
    """What the running village has at the moment."""

    plan: Plan | None = None
    peaks_shaved_w: dict[str, float | None] = field(default_factory=dict)
    estimated: dict[str, EstimatedLoad] = field(default_factory=dict)
    seconds: float = 1000.0
    """On the clock that only runs forward."""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store.open(tmp_path / "village.db")
    store.rename_village("Ansen")
    store.put_transformer(Transformer(id="t1", name="Dorpsstraat", limit_w=250_000))
    yield store
    store.close()


@pytest.fixture
def current() -> Current:
    return Current()


@pytest.fixture
def village(store: Store, current: Current) -> VillageServer:
    return VillageServer(
        store=store,
        key=Ed25519PrivateKey.from_private_bytes(bytes(32)),
        clock=StillClock(speed=60, wall_origin=WALL_NOW, village_origin=VILLAGE_NOW),
        control_model=lambda: ControlModel.M4,
        current_plan=lambda: current.plan,
        forecast_scores=dict,
        readings_taken=lambda _readings: None,
        peaks_shaved_w=lambda: current.peaks_shaved_w,
        estimated=lambda: current.estimated,
        attendance=Attendance(lambda: current.seconds),
    )


def unhurried() -> Admission:
    """Return an admission to which every call comes long after the one before."""
    return Admission(Door(), seconds=count(0, 3600).__next__)


@pytest.fixture
async def members(village: VillageServer) -> AsyncIterator[Client]:
    """Return a client of the members' API; each answer that it gets is held against the API's description.

    Nothing that it is told was kept from an earlier call.
    """
    standing = Standing(village, seconds=count(0, 3600).__next__)
    server = TestServer(members_app(village, unhurried(), standing))
    await server.start_server()
    async with ClientSession() as stranger:
        document = await (await stranger.get(server.make_url("/api/v1/openapi.json"))).json()
    async with TestClient(server, trace_configs=[Described(document).tracing()]) as client:
        yield client


@dataclass(frozen=True)
class Member:
    """A home that has joined, and what it calls with."""

    client: Client
    home_id: str
    token: str

    async def call(self, method: str, path: str, body: object = None) -> ClientResponse:
        """Call the members' API with this home's token."""
        headers = {"Authorization": f"Bearer {self.token}"}
        return await self.client.request(method, path, json=body, headers=headers)

    async def describe(self, *battery_ids: str) -> None:
        """Tell which batteries this home has."""
        batteries = [battery(battery_id) for battery_id in battery_ids]
        answer = await self.call(
            "PUT", "/api/v1/home", {"version": 1, "webhook_urls": [URL], "batteries": batteries}
        )
        assert answer.status == 204

    async def send(self, *readings: dict[str, Any]) -> dict[str, Any]:
        """Send telemetry and return the receipt."""
        body = {"version": 1, "sent_at": WALL_NOW.isoformat(), "batteries": list(readings)}
        answer = await self.call("POST", "/api/v1/telemetry", body)
        assert answer.status == 200
        receipt: dict[str, Any] = await answer.json()
        return receipt


def battery(battery_id: str) -> dict[str, Any]:
    return {
        "battery_id": battery_id,
        "name": "Garage",
        "capacity_wh": 10_000,
        "max_charge_w": 5000,
        "max_discharge_w": 5000,
        "reserve": 0.1,
    }


def reading(seconds: float = 0, battery_id: str = "b1", **changes: object) -> dict[str, Any]:
    """Return a reading, `seconds` of wall time from now."""
    return {
        "battery_id": battery_id,
        "at": (WALL_NOW + timedelta(seconds=seconds)).isoformat(),
        "state_of_charge": 0.5,
        "power_w": 1500.0,
        "setpoint_w": 1500.0,
        "mode": "village",
        "reason": "relieve_export",
        "plan_sequence": 1,
    } | changes


def invited(store: Store, code: str) -> str:
    store.add_invitation("t1", code, VILLAGE_NOW + timedelta(days=7))
    return code


def joining(code: str, name: str = "De Eik") -> dict[str, Any]:
    return {
        "version": 1,
        "code": code,
        "nonce": NONCE,
        "consent": True,
        "name": name,
        "webhook_urls": [URL],
    }


async def joined(members: Client, store: Store, code: str, name: str = "De Eik") -> Member:
    """Let a home with one battery join over HTTP."""
    answer = await members.post("/api/v1/join", json=joining(invited(store, code), name))
    assert answer.status == 201
    membership = json.loads((await answer.json())["payload"])
    member = Member(members, membership["home_id"], membership["token"])
    await member.describe("b1")
    return member


@pytest.fixture
async def member(members: Client, store: Store) -> Member:
    return await joined(members, store, "welcome-1")
