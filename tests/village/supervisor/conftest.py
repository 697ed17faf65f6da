"""A village, and a Supervisor that it can be told to."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import override

import pytest
from aiohttp import ClientSession
from aiohttp.test_utils import TestServer
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from battery_commons.domain.plan import ControlModel
from battery_commons.domain.time import WallClock
from battery_commons.store import Store
from battery_commons.supervisor.api import Supervisor, SupervisorAccess
from battery_commons.supervisor.discovery import Discovery
from battery_commons.web.server import VillageServer
from battery_commons.web.tls import MembersTls, make_certificate
from tests.village.supervisor.fake import TOKEN, FakeSupervisor

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PORT = 8477


class SetClock(WallClock):
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 11, 28, 12, tzinfo=UTC)

    @override
    def now(self) -> datetime:
        return self.moment


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store.open(tmp_path / "village.db")
    yield store
    store.close()


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def fake() -> FakeSupervisor:
    return FakeSupervisor()


@pytest.fixture
async def url(fake: FakeSupervisor) -> AsyncIterator[str]:
    async with TestServer(fake.app()) as server:
        yield str(server.make_url("")).rstrip("/")


@pytest.fixture
async def session() -> AsyncIterator[ClientSession]:
    async with ClientSession() as session:
        yield session


@pytest.fixture
def supervisor(session: ClientSession, url: str) -> Supervisor:
    return Supervisor(session, SupervisorAccess(TOKEN, url))


@pytest.fixture
def tls(tmp_path: Path) -> MembersTls:
    return MembersTls(make_certificate(tmp_path))


@pytest.fixture
def village(store: Store, clock: SetClock, tls: MembersTls) -> VillageServer:
    return VillageServer(
        store=store,
        key=KEY,
        clock=clock,
        control_model=lambda: ControlModel.M4,
        current_plan=lambda: None,
        forecast_scores=dict,
        readings_taken=lambda _readings: None,
        peaks_shaved_w=dict,
        tls=tls,
    )


@pytest.fixture
def discovery(supervisor: Supervisor, village: VillageServer) -> Discovery:
    return Discovery(supervisor, village, PORT)
