"""Meters, a broker and a Home Assistant to read, as real servers on loopback."""

import asyncio
import shutil
import subprocess
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from aiomqtt import Client
from pymodbus.server import ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice

from demo.process import free_port

MOSQUITTO = shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")
MOSQUITTO_PASSWD = shutil.which("mosquitto_passwd", path="/usr/bin:/usr/local/bin")
USER, PASSWORD = "village", "of the broker"
TOKEN = "of the home assistant"


@asynccontextmanager
async def modbus_meter(register: int, values: Sequence[int], *, holding: bool = False) -> AsyncIterator[int]:
    """Serve a Modbus meter, unit 1, with these registers in one of its two tables, and give its port."""
    filled = [SimData(register, values=list(values), datatype=DataType.UINT16)]
    empty = [SimData(60_000, values=[0], datatype=DataType.UINT16)]
    bits = [SimData(60_000, values=[False] * 16, datatype=DataType.BITS)]
    blocks = (bits, bits, filled if holding else empty, empty if holding else filled)
    port = free_port()
    server = ModbusTcpServer(SimDevice(1, simdata=blocks), address=("127.0.0.1", port))
    await server.serve_forever(background=True)
    try:
        yield port
    finally:
        await server.shutdown()  # type: ignore[no-untyped-call] # pymodbus leaves it untyped


@asynccontextmanager
async def mqtt_broker(folder: Path, port: int | None = None) -> AsyncIterator[int]:
    """Run mosquitto, which lets in one user, and give its port."""
    if MOSQUITTO is None or MOSQUITTO_PASSWD is None:
        pytest.skip("there is no mosquitto on this machine (Debian: apt install mosquitto)")
    port = port or free_port()
    config = await asyncio.to_thread(_configured, folder, port, MOSQUITTO_PASSWD)
    broker = await asyncio.create_subprocess_exec(MOSQUITTO, "-c", config, stderr=asyncio.subprocess.DEVNULL)
    try:
        async with asyncio.timeout(10):
            while True:
                with suppress(OSError):
                    _, writer = await asyncio.open_connection("127.0.0.1", port)
                    writer.close()
                    break
                await asyncio.sleep(0.02)
        yield port
    finally:
        broker.terminate()
        await broker.wait()


def _configured(folder: Path, port: int, password_maker: str) -> Path:
    """Write down whom the broker lets in and where; as root it stays root, to read that."""
    passwords, config = folder / "passwords", folder / "mosquitto.conf"
    subprocess.run([password_maker, "-b", "-c", passwords, USER, PASSWORD], check=True)  # noqa: S603 - our own
    config.write_text(
        f"listener {port} 127.0.0.1\nallow_anonymous false\npassword_file {passwords}\nuser root\n"
    )
    return config


async def publish(port: int, topic: str, payload: str, *, retain: bool = False) -> None:
    """Send a message to the broker."""
    async with Client("127.0.0.1", port, username=USER, password=PASSWORD) as client:
        await client.publish(topic, payload, retain=retain)


@dataclass
class FakeHomeAssistant:
    """Answers for states as Home Assistant's REST API does (homeassistant/components/api, State.as_dict)."""

    states: dict[str, dict[str, object]] = field(default_factory=dict)
    asked: int = 0
    url: str = ""

    def say(self, entity_id: str, state: str, unit: str | None, at: datetime) -> None:
        """Have a sensor report."""
        attributes = {"friendly_name": "Meter"} | ({"unit_of_measurement": unit} if unit else {})
        moment = at.isoformat()
        self.states[entity_id] = {
            "entity_id": entity_id,
            "state": state,
            "attributes": attributes,
            "last_changed": moment,
            "last_reported": moment,
            "last_updated": moment,
            "context": {"id": "01J", "parent_id": None, "user_id": None},
        }

    async def answer(self, request: web.Request) -> web.Response:
        """Answer one call."""
        self.asked += 1
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return web.Response(status=HTTPStatus.UNAUTHORIZED, text="401: Unauthorized")
        if (state := self.states.get(request.match_info["entity_id"])) is None:
            return web.json_response({"message": "Entity not found."}, status=HTTPStatus.NOT_FOUND)
        return web.json_response(state)


@asynccontextmanager
async def home_assistant() -> AsyncIterator[FakeHomeAssistant]:
    """Serve a Home Assistant that has no entities yet."""
    fake = FakeHomeAssistant()
    app = web.Application()
    app.router.add_get("/api/states/{entity_id}", fake.answer)
    async with TestServer(app) as server:
        fake.url = str(server.make_url("")).rstrip("/")
        yield fake
