"""Two ways to a home: its addresses and its stream, and how one takes over from the other.

Real sockets: the webhook is an HTTP server, and the stream a WebSocket on the members' API.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import ClientWebSocketResponse, WSMsgType, web
from aiohttp.test_utils import TestClient, TestServer

from battery_commons.dispatch import stream as stream_module
from battery_commons.dispatch.dispatcher import Dispatcher
from battery_commons.domain.plan import ControlModel
from battery_commons.domain.time import ScaledClock
from battery_commons.store import Store
from battery_commons.web.members.app import members_app
from battery_commons.web.server import VillageServer

from .conftest import ACCEPTED, Webhook, describe, plan_for, until_answered

NOBODY = "http://127.0.0.1:9/api/webhook/secret"


@dataclass
class Streamer:
    """A home that opens its stream, keeps what comes down, and answers it if it is told to."""

    client: TestClient[web.Request, web.Application]
    token: str
    received: list[Any] = field(default_factory=list)
    answers: bool = True
    last: int = 0

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[ClientWebSocketResponse]:
        headers = {"Authorization": f"Bearer {self.token}"}
        async with self.client.ws_connect("/api/v1/stream", headers=headers) as socket:
            await socket.send_json({"version": 1, "sequence": self.last})
            listening = asyncio.create_task(self._listen(socket))
            yield socket
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)

    async def _listen(self, socket: ClientWebSocketResponse) -> None:
        async for frame in socket:
            assert frame.type is WSMsgType.TEXT
            envelope = json.loads(frame.data)
            self.received.append(envelope)
            if self.answers:
                self.last = json.loads(envelope["payload"])["sequence"]
                await socket.send_json({"version": 1, "accepted": True, "sequence": self.last})

    @property
    def sequences(self) -> list[int]:
        return [json.loads(envelope["payload"])["sequence"] for envelope in self.received]


@pytest.fixture
async def members(
    store: Store, clock: ScaledClock, dispatcher: Dispatcher
) -> AsyncIterator[TestClient[web.Request, web.Application]]:
    village = VillageServer(
        store=store,
        key=dispatcher.key,
        clock=clock,
        control_model=lambda: ControlModel.M4,
        current_plan=lambda: None,
        forecast_scores=dict,
        readings_taken=lambda _readings: None,
        peaks_shaved_w=dict,
        links=dispatcher.links,
    )
    async with TestClient(TestServer(members_app(village))) as client:
        yield client


@pytest.fixture
def streamer(
    store: Store, clock: ScaledClock, members: TestClient[web.Request, web.Application]
) -> tuple[str, Streamer]:
    """Return a home whose address leads nowhere, and its end of a stream."""
    store.add_invitation("t1", "code-of-the-streamer", clock.now() + timedelta(days=1))
    home = store.join("code-of-the-streamer", "Es 1", [NOBODY], clock.now())
    describe(store, home.home_id, [NOBODY])
    return home.home_id, Streamer(members, home.token)


async def until(holds: Callable[[], object], within_s: float = 5.0) -> None:
    async with asyncio.timeout(within_s):
        while not holds():
            await asyncio.sleep(0.01)


async def test_the_address_that_worked_is_tried_first_next_time(
    dispatcher: Dispatcher, store: Store, clock: ScaledClock, home_id: str, webhook: Webhook
) -> None:
    describe(store, home_id, [NOBODY, webhook.url])
    for _ in range(3):
        await dispatcher.dispatch(plan_for(home_id, clock))
        assert (await until_answered(store, home_id)).accepted

    quality = dispatcher.links.quality(clock.now())[home_id]
    assert quality.failures == {"stream": 0, "address 1": 1, "address 2": 0}
    assert quality.way == "webhook"
    assert quality.delivery_s is not None
    assert quality.delivery_s < 5


async def test_when_the_address_that_worked_is_lost_the_others_are_tried_again(
    dispatcher: Dispatcher, store: Store, clock: ScaledClock, home_id: str, webhook: Webhook
) -> None:
    describe(store, home_id, [webhook.url, NOBODY])
    dispatcher.links.record(home_id).webhook_answered(NOBODY, clock.now())

    await dispatcher.dispatch(plan_for(home_id, clock))

    assert (await until_answered(store, home_id)).accepted
    assert dispatcher.links.webhook_reached(home_id) is True


async def test_a_plan_goes_down_the_stream_that_is_open_and_no_address_is_tried(
    dispatcher: Dispatcher, store: Store, clock: ScaledClock, streamer: tuple[str, Streamer]
) -> None:
    home_id, home = streamer
    async with home.opened():
        await until(lambda: dispatcher.links.stream(home_id))
        await dispatcher.dispatch(plan_for(home_id, clock))
        record = await until_answered(store, home_id)

    assert (record.accepted, record.attempts, record.last_error) == (True, 1, None)
    assert home.sequences == [record.sequence]
    assert dispatcher.links.quality(clock.now())[home_id].failures == {"stream": 0}


async def test_a_stream_that_opens_is_sent_the_plan_that_could_not_be_delivered(
    dispatcher: Dispatcher, store: Store, clock: ScaledClock, streamer: tuple[str, Streamer]
) -> None:
    home_id, home = streamer
    await dispatcher.dispatch(plan_for(home_id, clock))
    await until(lambda: dispatcher.links.webhook_reached(home_id) is False)

    async with home.opened():
        record = await until_answered(store, home_id)

    assert record.accepted
    assert home.sequences == [record.sequence]


async def test_what_the_home_has_accepted_is_not_sent_again_when_it_opens_another_stream(
    dispatcher: Dispatcher, store: Store, clock: ScaledClock, streamer: tuple[str, Streamer]
) -> None:
    home_id, home = streamer
    for _ in range(3):
        async with home.opened():
            await until(lambda: dispatcher.links.stream(home_id))
            if not home.received:
                await dispatcher.dispatch(plan_for(home_id, clock))
            await until_answered(store, home_id)
            await asyncio.sleep(0.1)

    assert len(home.received) == 1


async def test_an_answer_that_was_lost_with_its_stream_is_made_up_for_by_the_hello(
    dispatcher: Dispatcher, store: Store, clock: ScaledClock, streamer: tuple[str, Streamer]
) -> None:
    home_id, home = streamer
    home.answers = False
    async with home.opened():
        await until(lambda: dispatcher.links.stream(home_id))
        await dispatcher.dispatch(plan_for(home_id, clock))
        await until(lambda: home.received)
    home.last = home.sequences[0]

    async with home.opened():
        record = await until_answered(store, home_id)

    assert record.accepted
    assert len(home.received) == 1


async def test_a_home_that_has_lost_its_memory_is_sent_the_plan_in_force_again(
    dispatcher: Dispatcher, store: Store, clock: ScaledClock, streamer: tuple[str, Streamer]
) -> None:
    home_id, home = streamer
    async with home.opened():
        await until(lambda: dispatcher.links.stream(home_id))
        await dispatcher.dispatch(plan_for(home_id, clock))
        await until_answered(store, home_id)
    home.last = 0

    async with home.opened():
        await until(lambda: len(home.received) == 2)

    assert home.received[0] == home.received[1]


async def test_a_plan_on_its_way_when_the_stream_breaks_goes_on_by_webhook(
    dispatcher: Dispatcher,
    store: Store,
    clock: ScaledClock,
    streamer: tuple[str, Streamer],
    webhook: Webhook,
) -> None:
    home_id, home = streamer
    describe(store, home_id, [webhook.url])
    home.answers = False
    async with home.opened() as socket:
        await until(lambda: dispatcher.links.stream(home_id))
        await dispatcher.dispatch(plan_for(home_id, clock))
        await until(lambda: home.received)
        await socket.close()
        record = await until_answered(store, home_id)

    assert record.accepted
    assert webhook.received == home.received
    assert dispatcher.links.quality(clock.now())[home_id].failures == {"stream": 1, "address 1": 0}


async def test_a_stream_without_an_answer_in_time_is_closed_and_the_webhook_tried(
    dispatcher: Dispatcher,
    store: Store,
    clock: ScaledClock,
    streamer: tuple[str, Streamer],
    webhook: Webhook,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(stream_module, "ANSWER_WITHIN_S", 0.1)
    home_id, home = streamer
    describe(store, home_id, [webhook.url])
    home.answers = False
    async with home.opened() as socket:
        await until(lambda: dispatcher.links.stream(home_id))
        await dispatcher.dispatch(plan_for(home_id, clock))

        assert (await until_answered(store, home_id)).accepted
        await until(lambda: socket.closed)

    assert socket.close_code == 4002
    assert len(webhook.received) == 1


async def test_plans_do_not_pile_up_for_a_home_that_does_not_answer(
    dispatcher: Dispatcher, clock: ScaledClock, streamer: tuple[str, Streamer]
) -> None:
    home_id, home = streamer
    home.answers = False
    async with home.opened() as socket:
        await until(lambda: dispatcher.links.stream(home_id))
        for number in range(1, stream_module.MAX_UNANSWERED + 2):
            await dispatcher.dispatch(plan_for(home_id, clock))
            await until(lambda number=number: len(home.received) >= number or socket.closed)  # type: ignore[misc]

        await until(lambda: socket.closed)
    assert len(home.received) == stream_module.MAX_UNANSWERED


async def test_a_home_without_address_and_stream_is_recorded_as_such_and_served_when_it_calls(
    dispatcher: Dispatcher, store: Store, clock: ScaledClock, streamer: tuple[str, Streamer]
) -> None:
    home_id, home = streamer
    describe(store, home_id, [])
    await dispatcher.dispatch(plan_for(home_id, clock))
    await until(lambda: store.latest_dispatches()[home_id].attempts)
    assert "no address" in str(store.latest_dispatches()[home_id].last_error)

    async with home.opened():
        assert (await until_answered(store, home_id)).accepted


async def test_a_home_that_has_left_is_sent_nothing_more_and_forgotten(
    dispatcher: Dispatcher, store: Store, clock: ScaledClock, home_id: str, webhook: Webhook
) -> None:
    webhook.answers = [web.HTTPBadGateway(), ACCEPTED]
    await dispatcher.dispatch(plan_for(home_id, clock))
    await until(lambda: webhook.received)

    store.leave(home_id)
    dispatcher.links.remove_home(home_id)
    await asyncio.sleep(1.2)

    assert len(webhook.received) == 1
    assert home_id not in dispatcher.links.quality(clock.now())


async def test_a_home_that_another_process_removed_is_forgotten_at_the_next_tick(
    dispatcher: Dispatcher, store: Store, clock: ScaledClock, streamer: tuple[str, Streamer]
) -> None:
    home_id, home = streamer
    async with home.opened() as socket:
        await until(lambda: dispatcher.links.stream(home_id))
        store.leave(home_id)
        await dispatcher.dispatch(plan_for(home_id, clock))

        await until(lambda: socket.closed)
    assert socket.close_code == 4001
