"""Who is slow or says too much is cut off; it keeps no place occupied, and the others notice nothing."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import pytest
from aiohttp import ClientSession

from battery_commons.store import Store
from battery_commons.web import server
from battery_commons.web.members import body
from battery_commons.web.members.app import members_app
from battery_commons.web.server import VillageServer, listening
from tests.village.web.conftest import NONCE


@pytest.fixture
async def address(village: VillageServer, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[str]:
    """Return the address of a members' API that has little patience."""
    monkeypatch.setattr(body, "BODY_WITHIN_S", 0.5)
    monkeypatch.setattr(server, "IDLE_FOR_S", 1.0)
    async with listening(members_app(village), "127.0.0.1", 0) as listening_at:
        yield listening_at


async def dribble(address: str, beginning: str, drops: str) -> tuple[bytes, float]:
    """Send a request drop by drop; return what is answered, and after how many seconds it is over."""
    parts = urlsplit(address)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    began = time.monotonic()

    async def send() -> None:
        writer.write(beginning.encode())
        for drop in drops:
            await asyncio.sleep(0.1)
            writer.write(drop.encode())
            await writer.drain()

    sending = asyncio.create_task(send())
    try:
        async with asyncio.timeout(10):
            answered = await reader.read()
    finally:
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)
        writer.close()
    return answered, time.monotonic() - began


async def test_a_body_that_trickles_in_is_cut_off(address: str) -> None:
    head = "POST /api/v1/join HTTP/1.1\r\nHost: village\r\nContent-Length: 1000\r\n\r\n"

    answered, seconds = await dribble(address, head, "{" * 200)

    assert answered.startswith(b"HTTP/1.1 408")
    assert json.loads(answered.rpartition(b"\r\n\r\n")[2])["error"] == "too_slow"
    assert seconds < 3


async def test_a_head_that_trickles_in_is_cut_off(address: str) -> None:
    answered, seconds = await dribble(address, "GET /health HTTP/1.1\r\n", "X-A: b\r\n" * 20)

    assert answered == b""
    assert seconds < 3


async def test_who_connects_and_says_nothing_is_cut_off(address: str) -> None:
    answered, seconds = await dribble(address, "", "")

    assert answered == b""
    assert seconds < 3


@pytest.mark.parametrize(
    "head",
    [
        "X-Long: " + "a" * 9000 + "\r\n",
        "".join(f"X-{number}: b\r\n" for number in range(200)),
        "GET /" + "a" * 9000 + " HTTP/1.1\r\n",
    ],
    ids=["a long header", "many headers", "a long address"],
)
async def test_a_head_that_is_too_large_is_refused(
    address: str, head: str, caplog: pytest.LogCaptureFixture
) -> None:
    request = head if head.startswith("GET") else f"GET /health HTTP/1.1\r\n{head}"

    answered, _ = await dribble(address, f"{request}Host: village\r\n\r\n", "")

    assert answered.startswith(b"HTTP/1.0 400")
    assert not caplog.records  # Anybody could fill the log.


async def test_others_are_answered_while_many_are_slow(address: str, store: Store) -> None:
    head = "POST /api/v1/join HTTP/1.1\r\nHost: village\r\nContent-Length: 1000\r\n\r\n"
    slow = [asyncio.create_task(dribble(address, head, "{" * 50)) for _ in range(100)]
    await asyncio.sleep(0.2)
    async with ClientSession() as session:
        began = time.monotonic()
        answer = await session.post(f"{address}/api/v1/village/read", json={"version": 1, "nonce": NONCE})
        assert answer.status == 200
        assert time.monotonic() - began < 1
    await asyncio.gather(*slow)
