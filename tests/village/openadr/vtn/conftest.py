"""A real VTN on the loopback, and the independent client as business logic and as a village below."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer
from openadr3_client.bl.http_factory import BusinessLogicHttpClientFactory
from openadr3_client.oadr310._bl.client import BusinessLogicClient
from openadr3_client.oadr310._ven.client import VirtualEndNodeClient
from openadr3_client.ven.http_factory import VirtualEndNodeHttpClientFactory
from openadr3_client.version import OADRVersion

from battery_commons.coordinator.tending import tended
from battery_commons.domain.vtn import Role
from battery_commons.openadr.vtn.routes import PREFIX, Vtn
from battery_commons.store import Store

MADE = datetime(2026, 11, 28, 9, tzinfo=UTC)


@dataclass
class Running:
    """A VTN that answers."""

    url: str
    store: Store
    served: Vtn

    def client(self, name: str, role: Role) -> tuple[str, str]:
        """Return id and secret of a new client."""
        return self.store.add_vtn_client(name, role, MADE)


@dataclass
class Caller:
    """A client that says whatever a test wants said."""

    session: ClientSession
    url: str
    token: str

    async def __call__(self, method: str, path: str, body: object = None, **query: Any) -> tuple[int, Any]:
        headers = {"Authorization": f"Bearer {self.token}"}
        async with self.session.request(
            method, self.url + path, json=body, headers=headers, params=query
        ) as answer:
            return answer.status, await answer.json(content_type=None)


type Calling = Callable[[str, Role], Any]


@pytest.fixture
async def vtn(store: Store) -> AsyncIterator[Running]:
    served = Vtn(store, lambda: datetime.now(UTC))
    app = web.Application()
    app.add_routes(served.routes())
    async with TestServer(app) as server, tended("notifications", served.notifications.run):
        yield Running(str(server.make_url(PREFIX)), store, served)


@pytest.fixture
async def session() -> AsyncIterator[ClientSession]:
    async with ClientSession() as session:
        yield session


@pytest.fixture
def calling(vtn: Running, session: ClientSession) -> Calling:
    async def signed_in(name: str, role: Role) -> Caller:
        client_id, secret = vtn.client(name, role)
        form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret}
        async with session.post(f"{vtn.url}/auth/token", data=form) as answer:
            token = (await answer.json())["access_token"]
        return Caller(session, vtn.url, token)

    return signed_in


@pytest.fixture
def operator(vtn: Running, monkeypatch: pytest.MonkeyPatch) -> BusinessLogicClient:
    """Return the independent client as an operator."""
    # Tokens go over TLS everywhere but on this machine's loopback.
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    client_id, secret = vtn.client("operator", Role.BL)
    client = BusinessLogicHttpClientFactory.create_http_bl_client(
        vtn_base_url=vtn.url,
        client_id=client_id,
        client_secret=secret,
        token_url=f"{vtn.url}/auth/token",
        allow_insecure_http=True,
        version=OADRVersion.OADR_310,
    )
    return cast("BusinessLogicClient", client)


@pytest.fixture
def village(vtn: Running, monkeypatch: pytest.MonkeyPatch) -> VirtualEndNodeClient:
    """Return the independent client as a village below."""
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    client_id, secret = vtn.client("Brinkdorp", Role.VEN)
    client = VirtualEndNodeHttpClientFactory.create_http_ven_client(
        vtn_base_url=vtn.url,
        client_id=client_id,
        client_secret=secret,
        token_url=f"{vtn.url}/auth/token",
        allow_insecure_http=True,
        version=OADRVersion.OADR_310,
    )
    return cast("VirtualEndNodeClient", client)
