"""Subscribers are told by webhook what was made, changed or deleted."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from battery_commons.domain.vtn import Kind, Role
from battery_commons.openadr.vtn import notifications
from tests.village.openadr.vtn.conftest import Caller, Calling, Running

LIMIT = [{"id": 0, "payloads": [{"type": "IMPORT_CAPACITY_LIMIT", "values": [100]}]}]


@dataclass
class Subscriber:
    """A real server that is told things."""

    url: str = ""
    told: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    refusals: int = 0
    """How many calls are still to be refused."""

    async def hear(self, request: web.Request) -> web.Response:
        if self.refusals:
            self.refusals -= 1
            return web.Response(status=503)
        self.told.append((request.headers.get("Authorization", ""), await request.json()))
        return web.Response()

    async def until(self, count: int) -> Sequence[dict[str, Any]]:
        async with asyncio.timeout(10):
            while len(self.told) < count:
                await asyncio.sleep(0.01)
        return [body for _, body in self.told]


@pytest.fixture
async def subscriber() -> AsyncIterator[Subscriber]:
    subscriber = Subscriber()
    app = web.Application()
    app.router.add_post("/hook", subscriber.hear)
    async with TestServer(app) as server:
        subscriber.url = str(server.make_url("/hook"))
        yield subscriber


@pytest.fixture
async def operator(calling: Calling) -> Caller:
    caller: Caller = await calling("operator", Role.BL)
    return caller


@pytest.fixture
async def program_id(operator: Caller) -> str:
    return str((await operator("POST", "/programs", {"programName": "limits"}))[1]["id"])


async def subscribed(calling: Calling, subscriber: Subscriber, *operations: str, **more: Any) -> Caller:
    village: Caller = await calling("Brinkdorp", Role.VEN)
    wanted = {
        "objects": ["EVENT"],
        "operations": operations,
        "callbackUrl": subscriber.url,
        "bearerToken": "known to both",
    }
    status, told = await village(
        "POST", "/subscriptions", {"clientName": "Brinkdorp", "objectOperations": [wanted], **more}
    )
    assert status == 201, told
    return village


async def an_event(operator: Caller, program_id: str, **more: Any) -> dict[str, Any]:
    event: dict[str, Any] = (
        await operator("POST", "/events", {"programID": program_id, "intervals": LIMIT, **more})
    )[1]
    return event


async def test_all_that_happens_to_an_event_is_told_in_order(
    calling: Calling, operator: Caller, program_id: str, subscriber: Subscriber
) -> None:
    await subscribed(calling, subscriber, "POST", "PUT", "DELETE")

    event = await an_event(operator, program_id)
    await operator(
        "PUT", f"/events/{event['id']}", {"programID": program_id, "intervals": LIMIT, "priority": 1}
    )
    await operator("DELETE", f"/events/{event['id']}")

    told = await subscriber.until(3)
    assert [(each["operation"], each["object"]["id"]) for each in told] == [
        ("POST", event["id"]),
        ("PUT", event["id"]),
        ("DELETE", event["id"]),
    ]
    assert {token for token, _ in subscriber.told} == {"Bearer known to both"}


async def test_an_event_that_goes_with_its_program_is_told(
    calling: Calling, operator: Caller, program_id: str, subscriber: Subscriber
) -> None:
    event = await an_event(operator, program_id)
    await subscribed(calling, subscriber, "DELETE")

    await operator("DELETE", f"/programs/{program_id}")

    assert [each["object"]["id"] for each in await subscriber.until(1)] == [event["id"]]


async def test_operations_are_called_as_the_subscriber_calls_them(
    calling: Calling, operator: Caller, program_id: str, subscriber: Subscriber
) -> None:
    await subscribed(calling, subscriber, "CREATE")

    await an_event(operator, program_id)

    assert [each["operation"] for each in await subscriber.until(1)] == ["CREATE"]


async def test_a_subscriber_is_told_nothing_that_it_may_not_see(
    calling: Calling, operator: Caller, program_id: str, subscriber: Subscriber
) -> None:
    await subscribed(calling, subscriber, "POST")

    await an_event(operator, program_id, targets=["cable-7"])
    seen = await an_event(operator, program_id)

    assert [each["object"]["id"] for each in await subscriber.until(1)] == [seen["id"]]


async def test_a_subscription_to_one_program_hears_nothing_of_others(
    calling: Calling, operator: Caller, program_id: str, subscriber: Subscriber
) -> None:
    other = (await operator("POST", "/programs", {"programName": "prices"}))[1]["id"]
    await subscribed(calling, subscriber, "POST", programID=program_id)

    await an_event(operator, other)
    heard = await an_event(operator, program_id)

    assert [each["object"]["id"] for each in await subscriber.until(1)] == [heard["id"]]


async def test_what_could_not_be_told_is_told_again(
    calling: Calling,
    operator: Caller,
    program_id: str,
    subscriber: Subscriber,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(notifications, "PAUSES_S", (0.01, 0.01, 0.01))
    subscriber.refusals = 2
    await subscribed(calling, subscriber, "POST")

    event = await an_event(operator, program_id)

    assert [each["object"]["id"] for each in await subscriber.until(1)] == [event["id"]]


async def test_a_subscriber_that_is_not_there_holds_up_nobody(
    calling: Calling, operator: Caller, program_id: str, subscriber: Subscriber
) -> None:
    absent: Caller = await calling("Zandveen", Role.VEN)
    gone = {"objects": ["EVENT"], "operations": ["POST"], "callbackUrl": "http://127.0.0.1:9/"}
    await absent("POST", "/subscriptions", {"clientName": "Zandveen", "objectOperations": [gone]})
    await subscribed(calling, subscriber, "POST")

    await an_event(operator, program_id)

    assert len(await subscriber.until(1)) == 1


async def test_changes_at_the_same_moment_are_told_in_the_order_in_which_they_were_done(
    calling: Calling, operator: Caller, program_id: str, subscriber: Subscriber
) -> None:
    await subscribed(calling, subscriber, "PUT")
    event = await an_event(operator, program_id)

    said = {"programID": program_id, "intervals": LIMIT}
    await asyncio.gather(
        *(operator("PUT", f"/events/{event['id']}", said | {"priority": k}) for k in range(12))
    )

    told = [each["object"] for each in await subscriber.until(12)]
    assert told == sorted(told, key=lambda each: each["modificationDateTime"])
    assert told[-1] == (await operator("GET", f"/events/{event['id']}"))[1]


async def test_a_subscription_to_some_targets_hears_nothing_of_others(
    calling: Calling, operator: Caller, program_id: str, subscriber: Subscriber
) -> None:
    village = await subscribed(calling, subscriber, "POST", targets=["cable-7"])
    ven = (await village("POST", "/vens", {"venName": "Brinkdorp"}))[1]
    given = {"venName": "Brinkdorp", "clientID": ven["clientID"], "targets": ["cable-7", "cable-8"]}
    await operator("PUT", f"/vens/{ven['id']}", given)

    await an_event(operator, program_id)
    await an_event(operator, program_id, targets=["cable-8"])
    heard = await an_event(operator, program_id, targets=["cable-7"])

    assert [each["object"]["id"] for each in await subscriber.until(1)] == [heard["id"]]


async def test_what_is_told_too_late_is_no_receipt_of_the_event_as_it_is_now(
    vtn: Running,
    calling: Calling,
    operator: Caller,
    program_id: str,
    subscriber: Subscriber,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(notifications, "PAUSES_S", (0.2,) * 50)
    subscriber.refusals = 10**9
    await subscribed(calling, subscriber, "POST")
    event = await an_event(operator, program_id)

    changed = {"programID": program_id, "intervals": LIMIT, "priority": 1}
    await operator("PUT", f"/events/{event['id']}", changed)
    subscriber.refusals = 0
    await subscriber.until(1)
    await asyncio.sleep(0.05)

    kept = vtn.store.vtn_object(Kind.EVENT, event["id"])
    assert kept is not None
    assert vtn.served.objects.receipts.of(kept) == {}


async def test_who_is_not_there_fills_no_memory(
    calling: Calling, operator: Caller, program_id: str, monkeypatch: pytest.MonkeyPatch, vtn: Running
) -> None:
    monkeypatch.setattr(notifications, "MOST_CHARACTERS", 3_000)
    absent: Caller = await calling("Zandveen", Role.VEN)
    gone = {"objects": ["EVENT"], "operations": ["POST"], "callbackUrl": "http://127.0.0.1:9/"}
    await absent("POST", "/subscriptions", {"clientName": "Zandveen", "objectOperations": [gone]})

    for _ in range(10):
        await an_event(operator, program_id, eventName="x" * 100)
    await asyncio.sleep(0)

    assert 0 < sum(vtn.served.notifications.waiting.values()) <= 3_000
