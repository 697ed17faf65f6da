"""The members' API behind a real nginx, as docs/protocol.md sets it up, with a home's client before it."""

import asyncio
import shutil
import socket
import warnings
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import ClientSession, WSMsgType
from aiohttp.test_utils import TestServer

from battery_commons.dispatch.stream import HomeStream
from battery_commons.store import Store
from battery_commons.web.members.app import members_app
from battery_commons.web.server import VillageServer
from tests.village.web.conftest import invited

with warnings.catch_warnings():
    # Home Assistant's own import warns (it inherits from aiohttp's Application); here a warning is an error.
    warnings.simplefilter("ignore", DeprecationWarning)
    from custom_components.battery_commons.community.client import CommunityClient, CommunityError

NGINX = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin")
WITHIN_S = 10.0
CONFIGURATION = """\
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 64; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    map $http_upgrade $connection_upgrade {{
        default upgrade;
        ""      "";
    }}
    server {{
        listen 127.0.0.1:{port};
        location / {{
            proxy_pass http://127.0.0.1:{upstream};
            proxy_http_version 1.1;
            proxy_set_header Host $host;
            proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
            proxy_set_header Upgrade $http_upgrade;
            proxy_set_header Connection $connection_upgrade;
        }}
    }}
}}
"""

pytestmark = pytest.mark.skipif(
    NGINX is None, reason="there is no nginx on this machine: apt-get install nginx"
)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture
async def proxy(village: VillageServer, tmp_path: Path) -> AsyncIterator[str]:
    """Return the address of an nginx before the members' API."""
    port = free_port()
    async with TestServer(members_app(village), host="127.0.0.1") as server:
        configuration = tmp_path / "nginx.conf"
        configuration.write_text(CONFIGURATION.format(folder=tmp_path, port=port, upstream=server.port))
        process = await asyncio.create_subprocess_exec(
            str(NGINX), "-e", str(tmp_path / "error.log"), "-p", str(tmp_path), "-c", str(configuration)
        )
        try:
            await until_listening(process, port)
            yield f"http://127.0.0.1:{port}"
        finally:
            if process.returncode is None:
                process.terminate()
            await process.wait()


async def until_listening(process: Process, port: int) -> None:
    async with asyncio.timeout(WITHIN_S):
        while True:
            assert process.returncode is None, "nginx ended; it wrote why"
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except ConnectionError:
                await asyncio.sleep(0.05)
                continue
            writer.close()
            await writer.wait_closed()
            return


@pytest.fixture
async def session() -> AsyncIterator[ClientSession]:
    async with ClientSession() as session:
        yield session


async def stream_of(village: VillageServer, home_id: str) -> HomeStream:
    async with asyncio.timeout(WITHIN_S):
        while (stream := village.links.stream(home_id)) is None:
            await asyncio.sleep(0.01)
    return stream


async def test_a_home_joins_reports_and_holds_its_stream_through_nginx(
    village: VillageServer, store: Store, proxy: str, session: ClientSession
) -> None:
    key = village.key.public_key()
    membership = await CommunityClient(session, proxy, key).join(invited(store, "welcome-1"), "De Eik", [])
    client = CommunityClient(session, proxy, key, membership.token)
    await client.describe_home([], [])

    async with client.stream() as line:
        await line.send_json({"version": 1, "sequence": 0})
        stream = await stream_of(village, membership.home_id)
        # As long as a plan of two days for four batteries is, and longer than what nginx buffers.
        envelope: dict[str, object] = {"version": 1, "payload": "x" * 100_000}
        asking = asyncio.create_task(stream.ask(7, envelope))
        frame = await line.receive(WITHIN_S)
        assert frame.json() == envelope
        await line.send_json({"version": 1, "accepted": True, "sequence": 7})
        assert (await asking).accepted

        assert (await client.send_telemetry(village.clock.to_wall(village.clock.now()), [])).members == 1
        await client.leave()
        assert (await line.receive(WITHIN_S)).type is WSMsgType.CLOSE
        assert line.close_code == 4001


async def test_what_the_village_refuses_is_refused_through_nginx_too(
    village: VillageServer, proxy: str, session: ClientSession
) -> None:
    stranger = CommunityClient(session, proxy, village.key.public_key(), "of-nobody")

    with pytest.raises(CommunityError, match="HTTP status 401"):
        async with stranger.stream():
            pytest.fail("the stream opened")


async def test_a_village_that_is_gone_behind_its_proxy_ends_the_stream(
    village: VillageServer, store: Store, proxy: str, session: ClientSession
) -> None:
    key = village.key.public_key()
    membership = await CommunityClient(session, proxy, key).join(invited(store, "welcome-1"), "De Eik", [])

    async with CommunityClient(session, proxy, key, membership.token).stream() as line:
        await line.send_json({"version": 1, "sequence": 0})
        await stream_of(village, membership.home_id)
        village.links.close()

        assert (await line.receive(WITHIN_S)).type is WSMsgType.CLOSE
        assert line.close_code == 1001
