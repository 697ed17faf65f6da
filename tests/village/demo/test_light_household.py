"""A light household joins, follows and falls back by the same rules as a real home."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp import ClientSession, web
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from battery_commons.domain.plan import ControlModel, PlanReason
from battery_commons.wire.envelope import seal
from battery_commons.wire.invitation import invitation_link
from battery_commons.wire.messages import BatterySlots, InvitationDetails, Membership, Named, PlanMessage
from demo.battery_simulator import UNIT_ID, BatterySimulator
from demo.light_household import BATTERY_ID, LightHousehold
from demo.process import free_port

HOME_ID = "home-1"


class Village:
    """Answers a home as the members' API does, and sends it plans."""

    def __init__(self) -> None:
        """Have a key of its own."""
        self.key = Ed25519PrivateKey.generate()
        self.webhook = ""
        self.described: list[dict[str, Any]] = []
        self.port = free_port()
        self._named = Named(id="v", name="Brinkdorp")

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_post("/api/v1/invitations/read", self._invitation)
        app.router.add_post("/api/v1/join", self._join)
        app.router.add_put("/api/v1/home", self._home)
        return app

    def link(self) -> str:
        return invitation_link(f"http://127.0.0.1:{self.port}", "code-0001", self.key.public_key())

    async def send(
        self, session: ClientSession, power_w: float, *, lease: timedelta, sequence: int = 1
    ) -> Any:
        """Send a plan that asks one power for a minute, and return the home's answer."""
        now = datetime.now(UTC)
        message = PlanMessage(
            home_id=HOME_ID,
            sequence=sequence,
            issued_at=now,
            lease_until=now + lease,
            control_model=ControlModel.M4,
            start=now,
            slot_seconds=60,
            batteries=[
                BatterySlots(battery_id=BATTERY_ID, power_w=[power_w], reasons=[PlanReason.RELIEVE_EXPORT])
            ],
        )
        async with session.post(self.webhook, json=seal(message, self.key)) as response:
            return await response.json()

    async def _invitation(self, request: web.Request) -> web.Response:
        nonce = (await request.json())["nonce"]
        expires_at = datetime.now(UTC) + timedelta(days=1)
        details = InvitationDetails(
            nonce=nonce, village=self._named, transformer=self._named, expires_at=expires_at
        )
        return web.json_response(seal(details, self.key))

    async def _join(self, request: web.Request) -> web.Response:
        asked = await request.json()
        self.webhook = asked["webhook_urls"][0]
        membership = Membership(
            nonce=asked["nonce"],
            home_id=HOME_ID,
            token="t0ken",
            village=self._named,
            transformer=self._named,
        )
        return web.json_response(seal(membership, self.key), status=201)

    async def _home(self, request: web.Request) -> web.Response:
        self.described = (await request.json())["batteries"]
        return web.Response(status=204)


@pytest.fixture
async def session() -> AsyncIterator[ClientSession]:
    async with ClientSession() as session:
        yield session


@pytest.fixture
async def village() -> AsyncIterator[Village]:
    village = Village()
    runner = web.AppRunner(village.app())
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", village.port).start()
    yield village
    await runner.cleanup()


@pytest.fixture
async def household(
    session: ClientSession, village: Village, served: BatterySimulator, port: int
) -> AsyncIterator[LightHousehold]:
    assert served.setpoint_w is None
    home = LightHousehold(
        session, name="Esweg 11", webhook_port=free_port(), battery_port=port, unit_id=UNIT_ID
    )
    async with home:
        await home.join(village.link())
        running = asyncio.create_task(home.run())
        yield home
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def until_setpoint(simulator: BatterySimulator, setpoint_w: float | None) -> None:
    async with asyncio.timeout(4):
        while simulator.setpoint_w != setpoint_w:
            await asyncio.sleep(0.02)


@pytest.mark.usefixtures("household")
async def test_it_tells_the_village_what_its_battery_can_do(village: Village) -> None:
    (battery,) = village.described
    assert (battery["capacity_wh"], battery["max_charge_w"], battery["max_discharge_w"]) == (
        10_000,
        5_000,
        4_000,
    )


@pytest.mark.usefixtures("household")
async def test_it_follows_a_plan_at_once(
    village: Village, session: ClientSession, served: BatterySimulator
) -> None:
    answer = await village.send(session, 1_500, lease=timedelta(minutes=1))
    assert answer["accepted"]
    await until_setpoint(served, 1_500)


@pytest.mark.usefixtures("household")
async def test_it_releases_its_battery_when_the_lease_ends(
    village: Village, session: ClientSession, served: BatterySimulator
) -> None:
    await village.send(session, 1_500, lease=timedelta(seconds=2.5))
    await until_setpoint(served, 1_500)
    await until_setpoint(served, None)


@pytest.mark.usefixtures("household")
async def test_it_refuses_a_plan_of_another_village(
    village: Village, session: ClientSession, served: BatterySimulator
) -> None:
    village.key = Ed25519PrivateKey.generate()
    answer = await village.send(session, 1_500, lease=timedelta(minutes=1))
    assert (answer["accepted"], answer["reason"]) == (False, "unknown_key")
    assert served.setpoint_w is None


async def test_when_it_stops_its_battery_is_left_to_its_own_house(
    session: ClientSession, village: Village, served: BatterySimulator, port: int
) -> None:
    async with LightHousehold(
        session, name="Esweg 11", webhook_port=free_port(), battery_port=port, unit_id=UNIT_ID
    ) as home:
        await home.join(village.link())
        running = asyncio.create_task(home.run())
        await village.send(session, 1_500, lease=timedelta(minutes=1))
        await until_setpoint(served, 1_500)
        running.cancel()
    assert served.setpoint_w is None
