"""Events that an operator tells of at its broker: a real mosquitto."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from aiohttp import ClientSession
from aiomqtt import Client
from paho.mqtt.client import Client as Mqtt

from battery_commons.domain.operator_line import Reception
from battery_commons.openadr.reception import bounded_client
from battery_commons.openadr.reception.mqtt import listen
from battery_commons.openadr.reception.notifiers import Broker
from battery_commons.openadr.reception.webhook import LARGEST_MESSAGE
from battery_commons.openadr.vtn_client import VtnClient
from battery_commons.store import Store
from demo.process import free_port
from tests.village.meter_peers import PASSWORD, USER, mqtt_broker
from tests.village.openadr.village_line import RARELY, Village, line_to, running
from tests.village.openadr.vtn_peer import FakeVtn, vtn


async def listening(village: Village) -> None:
    await village.until(lambda: village.status.reception is Reception.MQTT)


@pytest.fixture
async def operator() -> AsyncIterator[FakeVtn]:
    """A VTN whose tokens the broker knows: it lets in one user, with one password."""
    async with vtn() as fake:
        fake.broker_user, fake.token = USER, PASSWORD
        yield fake


async def test_made_changed_and_withdrawn_is_told_by_the_broker(
    store: Store, operator: FakeVtn, tmp_path: Path
) -> None:
    async with mqtt_broker(tmp_path) as operator.broker, running(store, line_to(operator), RARELY) as village:
        await listening(village)
        event = operator.add_event(100)
        await operator.tell("CREATE", event)
        await village.until_asked({event["id"]: 100})
        await operator.tell("UPDATE", operator.change(event["id"], 60))
        await village.until_asked({event["id"]: 60})
        await operator.tell("DELETE", operator.events.pop(event["id"]))
        await village.until_asked({})


async def test_a_broker_that_goes_is_replaced_by_polling_and_taken_up_again(
    store: Store, operator: FakeVtn, tmp_path: Path
) -> None:
    operator.broker = free_port()
    async with running(store, line_to(operator)) as village:
        async with mqtt_broker(tmp_path, operator.broker):
            await listening(village)
        operator.notifies = False
        await village.until(lambda: village.status.reception is Reception.POLLING)
        missed = operator.add_event(100)
        await village.until_asked({missed["id"]: 100})
        operator.notifies = True
        async with mqtt_broker(tmp_path, operator.broker):
            await listening(village)
            await operator.tell("UPDATE", operator.change(missed["id"], 60))
            await village.until_asked({missed["id"]: 60})


async def test_what_a_partition_swallowed_is_in_the_listing_after_it(
    store: Store, operator: FakeVtn, tmp_path: Path
) -> None:
    operator.broker = free_port()
    pace = replace(RARELY, first_wait_s=0.05)
    async with running(store, line_to(operator), pace) as village:
        async with mqtt_broker(tmp_path, operator.broker):
            await listening(village)
        swallowed = operator.add_event(100)
        async with mqtt_broker(tmp_path, operator.broker):
            await village.until_asked({swallowed["id"]: 100})


async def test_a_broker_without_messages_is_not_relied_on(
    store: Store, operator: FakeVtn, tmp_path: Path
) -> None:
    async with mqtt_broker(tmp_path) as operator.broker, running(store, line_to(operator)) as village:
        await listening(village)
        await village.until_listed_twice(operator)
        event = operator.add_event(100)
        await village.until_asked({event["id"]: 100})
        await village.until(lambda: village.status.reception is Reception.POLLING)
        await operator.tell("UPDATE", operator.change(event["id"], 60))
        await listening(village)


async def test_a_broker_in_the_clear_elsewhere_is_sent_no_token(store: Store, operator: FakeVtn) -> None:
    operator.broker, operator.broker_host = 1883, "broker.example"
    event = operator.add_event(100)
    async with running(store, line_to(operator)) as village:
        await village.until_asked({event["id"]: 100})
        await village.until(lambda: village.status.reception is Reception.POLLING)


async def test_a_message_that_is_too_large_is_not_read_and_costs_nothing_else(
    store: Store, operator: FakeVtn, tmp_path: Path
) -> None:
    async with mqtt_broker(tmp_path) as operator.broker, running(store, line_to(operator), RARELY) as village:
        await listening(village)
        event = operator.add_event(100)
        await operator.tell("CREATE", event | {"eventName": "x" * LARGEST_MESSAGE})
        await village.until_asked({event["id"]: 100})  # All events were asked for.
        assert village.status.counts["oversized"] == 1


async def test_a_message_that_is_far_too_large_is_not_even_begun(
    store: Store, operator: FakeVtn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    largest: list[int] = []
    receive = Mqtt._sock_recv

    def received(self: Mqtt, size: int) -> bytes:
        largest.append(size)
        return receive(self, size)

    monkeypatch.setattr(Mqtt, "_sock_recv", received)
    pace = replace(RARELY, first_wait_s=0.05)
    async with mqtt_broker(tmp_path) as operator.broker, running(store, line_to(operator), pace) as village:
        await listening(village)
        event = operator.add_event(100)
        large = operator.notification("CREATE", event | {"eventName": "x" * (3 * LARGEST_MESSAGE // 2)})
        async with Client("127.0.0.1", operator.broker, username=USER, password=PASSWORD) as client:
            await client.publish("vtn/events/CREATE", large, qos=1)
        await village.until_asked({event["id"]: 100})  # All events were asked for.
        await village.until(lambda: village.status.counts.get("oversized") == 1)
        await listening(village)
        await operator.tell("UPDATE", operator.change(event["id"], 60))
        await village.until_asked({event["id"]: 60})
    assert max(largest) <= bounded_client.LARGEST_PACKET


async def test_what_waits_is_bounded_and_what_is_passed_over_is_told(
    operator: FakeVtn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounded_client, "MOST_WAITING", 10_000)
    gaps: list[int] = []
    taken: list[bytes | None] = []
    goes_on = asyncio.Event()

    async def take(messages: Sequence[bytes | None]) -> None:
        taken.extend(messages)
        await goes_on.wait()

    async with mqtt_broker(tmp_path) as port, ClientSession() as session:
        client = VtnClient(session, line_to(operator))
        broker = Broker("127.0.0.1", port, tls=False, user=USER, topics=["vtn/events/+"])
        listener = asyncio.create_task(listen(client, broker, lambda: gaps.append(1), take))
        async with asyncio.timeout(30):
            while not gaps:  # It has subscribed.
                await asyncio.sleep(0.01)
            async with Client("127.0.0.1", port, username=USER, password=PASSWORD) as sender:
                for _ in range(50):
                    await sender.publish("vtn/events/CREATE", b"x" * 1_000, qos=1)
            while len(gaps) == 1:
                await asyncio.sleep(0.01)
            goes_on.set()
            while len(taken) + len(gaps) < 51:
                await asyncio.sleep(0.01)
        listener.cancel()
        await asyncio.gather(listener, return_exceptions=True)
    assert (len(taken) + len(gaps), len(gaps) > 1) == (51, True)


async def test_a_thousand_messages_at_once_are_all_kept(
    store: Store, operator: FakeVtn, tmp_path: Path
) -> None:
    async with mqtt_broker(tmp_path) as operator.broker, running(store, line_to(operator), RARELY) as village:
        await listening(village)
        events = [operator.add_event(number) for number in range(1000)]
        async with Client("127.0.0.1", operator.broker, username=USER, password=PASSWORD) as client:
            for each in events:
                await client.publish("vtn/events/CREATE", operator.notification("CREATE", each), qos=1)
        await village.until_asked({each["id"]: number for number, each in enumerate(events)})
