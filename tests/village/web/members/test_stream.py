"""The stream that a home holds open: plans down it, answers up it, and when it is closed."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from http import HTTPStatus
from typing import Any
from unittest.mock import Mock

import pytest
from aiohttp import ClientWebSocketResponse, WSMsgType
from aiohttp.test_utils import TestClient, TestServer

from battery_commons.dispatch.errors import DeliveryError
from battery_commons.dispatch.stream import HomeStream
from battery_commons.store import Store, StoreError
from battery_commons.web.members import stream as edge
from battery_commons.web.pages.app import pages_app
from battery_commons.web.server import VillageServer
from tests.village.web.conftest import Client, Member, joined

PATH = "/api/v1/stream"
ENVELOPE: dict[str, object] = {"version": 1, "payload": "{}"}
WITHIN_S = 5.0


@asynccontextmanager
async def opened(member: Member, sequence: int = 0) -> AsyncIterator[ClientWebSocketResponse]:
    """Open a home's stream and say hello."""
    headers = {"Authorization": f"Bearer {member.token}"}
    async with member.client.ws_connect(PATH, headers=headers) as socket:
        await socket.send_json({"version": 1, "sequence": sequence})
        yield socket


async def stream_of(village: VillageServer, member: Member) -> HomeStream:
    """Return the stream that the village holds of a home, once it is there."""
    async with asyncio.timeout(WITHIN_S):
        while (stream := village.links.stream(member.home_id)) is None:
            await asyncio.sleep(0.01)
    return stream


async def close_code(socket: ClientWebSocketResponse) -> int | None:
    """Return with which code the village closes a stream, whatever it said before."""
    async with asyncio.timeout(WITHIN_S):
        while (await socket.receive()).type not in {WSMsgType.CLOSE, WSMsgType.CLOSED}:
            pass
    return socket.close_code


async def test_a_plan_goes_down_as_it_is_and_the_answer_comes_back(
    village: VillageServer, member: Member
) -> None:
    async with opened(member) as socket:
        stream = await stream_of(village, member)
        asking = asyncio.create_task(stream.ask(7, ENVELOPE))

        assert await socket.receive_json(timeout=WITHIN_S) == ENVELOPE
        await socket.send_json({"version": 1, "accepted": True, "sequence": 7})

        assert (await asking).accepted


async def test_nobody_opens_a_stream_without_a_token_that_counts(members: Client) -> None:
    for headers in ({}, {"Authorization": "Bearer of-somebody-else"}):
        answer = await members.get(PATH, headers=headers)

        assert answer.status == HTTPStatus.UNAUTHORIZED
        assert (await answer.json())["error"] == "unauthorized"


async def test_who_does_not_ask_for_a_websocket_is_told_to(member: Member) -> None:
    answer = await member.call("GET", PATH)

    assert (answer.status, (await answer.json())["error"]) == (
        HTTPStatus.UPGRADE_REQUIRED,
        "upgrade_required",
    )


async def test_a_second_stream_of_the_same_home_replaces_the_first(
    village: VillageServer, member: Member
) -> None:
    async with opened(member) as first:
        former = await stream_of(village, member)
        async with opened(member) as second:
            assert await close_code(first) == 4000

            assert not former.is_open
            stream = await stream_of(village, member)
            asking = asyncio.create_task(stream.ask(1, ENVELOPE))
            assert await second.receive_json(timeout=WITHIN_S) == ENVELOPE
            asking.cancel()


async def test_a_home_that_leaves_loses_its_stream_at_once_and_its_neighbour_does_not(
    village: VillageServer, members: Client, store: Store, member: Member
) -> None:
    neighbour = await joined(members, store, "welcome-2")
    async with opened(member) as socket, opened(neighbour):
        await stream_of(village, member)
        await stream_of(village, neighbour)

        await member.call("DELETE", "/api/v1/home")

        assert await close_code(socket) == 4001
        assert (await stream_of(village, neighbour)).is_open
    assert (await member.call("GET", PATH)).status == HTTPStatus.UNAUTHORIZED


async def test_a_home_that_another_process_removes_loses_its_stream_too(
    village: VillageServer, store: Store, member: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(edge, "TOKEN_CHECK_EVERY_S", 0.05)
    async with opened(member) as socket:
        await stream_of(village, member)

        store.leave(member.home_id)

        assert await close_code(socket) == 4001


async def test_a_database_that_cannot_be_read_for_a_moment_costs_nobody_the_stream(
    village: VillageServer, store: Store, member: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(edge, "TOKEN_CHECK_EVERY_S", 0.02)
    async with opened(member):
        stream = await stream_of(village, member)
        broken = Mock(side_effect=StoreError("the disk is full"))
        monkeypatch.setattr(Store, "_read", broken)
        async with asyncio.timeout(WITHIN_S):
            while broken.call_count < 3:
                await asyncio.sleep(0.01)

        assert stream.is_open


@pytest.mark.parametrize(
    "said",
    ["", "{", '{"version": 1}', '{"version": 1, "sequence": -1}', '{"version": 2, "sequence": 1}', "[]"],
)
async def test_who_does_not_say_hello_is_sent_away(village: VillageServer, member: Member, said: str) -> None:
    headers = {"Authorization": f"Bearer {member.token}"}
    async with member.client.ws_connect(PATH, headers=headers) as socket:
        await socket.send_str(said)

        assert await close_code(socket) == 1008
    assert village.links.stream(member.home_id) is None


async def test_who_says_nothing_is_sent_away_too(member: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(edge, "HELLO_WITHIN_S", 0.05)
    headers = {"Authorization": f"Bearer {member.token}"}
    async with member.client.ws_connect(PATH, headers=headers) as socket:
        assert await close_code(socket) == 1008


@pytest.mark.parametrize("said", ["{", '{"version": 1, "accepted": true, "sequence": 9}', "[" * 4000])
async def test_an_answer_to_nothing_ends_the_stream(
    village: VillageServer, member: Member, said: str
) -> None:
    async with opened(member) as socket:
        await stream_of(village, member)
        await socket.send_str(said)

        assert await close_code(socket) == 1008


async def test_what_is_longer_than_any_answer_ends_the_stream(village: VillageServer, member: Member) -> None:
    async with opened(member) as socket:
        await stream_of(village, member)
        await socket.send_str("x" * 5000)

        assert await close_code(socket) == 1009


async def test_a_home_that_falls_silent_is_found_out(
    village: VillageServer, member: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(edge, "HEARTBEAT_S", 0.2)
    headers = {"Authorization": f"Bearer {member.token}"}
    async with member.client.ws_connect(PATH, headers=headers, autoping=False) as socket:
        await socket.send_json({"version": 1, "sequence": 0})
        stream = await stream_of(village, member)
        asking = asyncio.create_task(stream.ask(1, ENVELOPE))

        # It is there, and reads, but answers no ping.
        async with asyncio.timeout(WITHIN_S):
            while stream.is_open:
                await asyncio.sleep(0.01)
        with pytest.raises(DeliveryError, match="closed before the answer"):
            await asking


async def test_a_home_that_answers_pings_is_kept(
    village: VillageServer, member: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(edge, "HEARTBEAT_S", 0.1)
    async with opened(member) as socket:
        stream = await stream_of(village, member)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.6):  # Pings are answered while the home listens.
                await socket.receive()

        assert stream.is_open


async def test_how_a_home_is_reached_is_shown_to_the_volunteer_without_its_address(
    village: VillageServer, member: Member
) -> None:
    record = village.links.record(member.home_id)
    record.in_order(["http://secret.example/api/webhook/abc"])
    record.webhook_failed("http://secret.example/api/webhook/abc", village.clock.now())
    async with opened(member):
        await stream_of(village, member)
        quality: Any = village.link_quality()[member.home_id]

        async with TestClient(TestServer(pages_app(village))) as pages:
            state = await (await pages.get("/api/state")).json()

    assert state["links"][member.home_id]["failures"] == {"stream": 0, "address 1": 1}
    assert "secret.example" not in str(state)
    assert (quality.way, quality.stream_open) == ("stream", True)
    assert quality.last_contact - village.clock.now() < timedelta(seconds=1)
    assert quality.failures == {"stream": 0, "address 1": 1}
    assert "secret" not in json.dumps(str(quality))


async def test_a_home_hears_whether_its_webhook_was_reached(village: VillageServer, member: Member) -> None:
    assert (await member.send())["village"]["webhook_reached"] is None

    village.links.record(member.home_id).webhook_reached = False

    assert (await member.send())["village"]["webhook_reached"] is False


async def test_a_home_without_any_address_may_take_part(member: Member) -> None:
    answer = await member.call("PUT", "/api/v1/home", {"version": 1, "webhook_urls": [], "batteries": []})

    assert answer.status == HTTPStatus.NO_CONTENT
