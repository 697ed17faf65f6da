"""Telling subscribers what was made, changed or deleted, by webhook (OpenADR 3.1, "Subscriptions").

Each subscription has a queue of its own, so that a slow or absent subscriber holds up nobody. What could not
be told within a while is dropped and logged: a VEN also reads all its events now and then, as ours does.
"""

import asyncio
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import structlog
from aiohttp import ClientError, ClientSession, ClientTimeout, hdrs

from battery_commons.domain.vtn import Kind, VtnObject
from battery_commons.openadr.objects import ObjectOperation, Subscription, parse
from battery_commons.openadr.vtn.receipts import Version, version_of
from battery_commons.openadr.vtn.sight import shown, sights_of
from battery_commons.store import Store, StoreError

MOST_WAITING = 1_000
MOST_CHARACTERS = 8_000_000
"""Of all that waits for one client, whatever it subscribes to."""
WITHIN = ClientTimeout(total=20, sock_connect=5)
PAUSES_S = (1.0, 2.0, 5.0, 15.0, 60.0, 300.0)
"""Between attempts; after the last one a notification is dropped."""
_ALSO_CALLED = {"CREATE": "POST", "UPDATE": "PUT", "DELETE": "DELETE"}
"""As subscriptions may call the operations, after the calls that do them."""

_LOGGER = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Message:
    subscription_id: str
    url: str
    token: str | None
    body: str
    client_id: str
    event: Version | None
    """The event that it hands over, if it does."""


class Notifications:
    """What is still to be told, and to whom."""

    def __init__(
        self, store: Store, taken: Callable[[str, Version], None] = lambda _client_id, _event: None
    ) -> None:
        """Know subscriptions by `store`; `taken` is told which client took the news of which event."""
        self.waiting = Counter[str]()
        """How many characters wait for each client."""
        self._store = store
        self._taken = taken
        self._loop: asyncio.AbstractEventLoop | None = None
        self._queues: dict[str, asyncio.Queue[_Message]] = {}
        self._telling: dict[str, asyncio.Task[None]] = {}
        self._tasks: asyncio.TaskGroup | None = None
        self._session: ClientSession | None = None

    async def run(self) -> None:
        """Tell subscribers until cancelled."""
        self._loop = asyncio.get_running_loop()
        self._queues.clear()
        self.waiting.clear()
        async with ClientSession(timeout=WITHIN) as self._session, asyncio.TaskGroup() as self._tasks:
            await asyncio.Event().wait()

    def tell(self, operation: str, kept: VtnObject) -> None:
        """Take note that something was done to an object. Called off the event loop, once it is on disk."""
        if self._loop is None:
            return
        if kept.kind is Kind.SUBSCRIPTION and operation == "DELETE":
            self._loop.call_soon_threadsafe(self._forget, kept.id)
        try:
            messages = list(self._messages(operation, kept))
        except StoreError:
            # What was done is done, and a listing tells it.
            _LOGGER.exception("notification_dropped", object_id=kept.id)
            return
        for message in messages:
            self._loop.call_soon_threadsafe(self._enqueue, message)

    def _messages(self, operation: str, kept: VtnObject) -> Iterator[_Message]:
        wanted = [
            (each, subscribed, asked.callback_url, asked.bearer_token, word)
            for each in self._store.vtn_objects(Kind.SUBSCRIPTION)
            if _is_for(each, kept)
            for subscribed in [parse(Subscription, shown(each))]
            for asked in subscribed.object_operations
            if (word := _wanted(asked, operation, kept.kind)) is not None
        ]
        whose = {each.client_id for each, *_ in wanted}
        if not whose:
            return
        sights = sights_of(
            self._store, [each for each in self._store.vtn_clients() if each.client_id in whose]
        )
        is_there = kept.kind is Kind.EVENT and operation != "DELETE"
        for each, subscribed, url, token, word in wanted:
            sight = sights.get(each.client_id)
            told = None if sight is None else sight.of(kept, shown(kept))
            if told is None or not _is_targeted(subscribed, told):
                continue
            yield _Message(
                each.id,
                url,
                token,
                json.dumps({"objectType": kept.kind.value, "operation": word, "object": told}),
                each.client_id,
                version_of(kept) if is_there else None,
            )

    def _forget(self, subscription_id: str) -> None:
        if (task := self._telling.pop(subscription_id, None)) is not None:
            task.cancel()
        queue = self._queues.pop(subscription_id, None)
        while queue is not None and not queue.empty():
            self._gone(queue.get_nowait())

    def _enqueue(self, message: _Message) -> None:
        queue = self._queues.get(message.subscription_id)
        if queue is None:
            if self._tasks is None:
                return
            queue = self._queues[message.subscription_id] = asyncio.Queue(MOST_WAITING)
            telling = self._tasks.create_task(self._tell_on(message.subscription_id, queue))
            self._telling[message.subscription_id] = telling
        if queue.full() or self.waiting[message.client_id] + len(message.body) > MOST_CHARACTERS:
            _LOGGER.warning("notification_dropped", subscription=message.subscription_id, reason="too many")
            return
        self.waiting[message.client_id] += len(message.body)
        queue.put_nowait(message)

    def _gone(self, message: _Message) -> None:
        self.waiting[message.client_id] -= len(message.body)

    async def _tell_on(self, subscription_id: str, queue: asyncio.Queue[_Message]) -> None:
        """Tell one subscriber in order, for as long as it subscribes."""
        while True:
            message = await queue.get()
            self._gone(message)
            for pause_s in (*PAUSES_S, None):
                if await self._sent(message):
                    if message.event is not None:
                        self._taken(message.client_id, message.event)
                    break
                if pause_s is None or not await self._is_there(subscription_id):
                    _LOGGER.warning("notification_dropped", subscription=subscription_id, reason="no answer")
                    break
                await asyncio.sleep(pause_s)

    async def _is_there(self, subscription_id: str) -> bool:
        try:
            kept = await asyncio.to_thread(self._store.vtn_object, Kind.SUBSCRIPTION, subscription_id)
        except StoreError:
            return True  # Nothing is known of it at present.
        return kept is not None

    async def _sent(self, message: _Message) -> bool:
        if self._session is None:
            return False
        headers = {hdrs.CONTENT_TYPE: "application/json"}
        if message.token is not None:
            headers[hdrs.AUTHORIZATION] = f"Bearer {message.token}"
        try:
            async with self._session.post(
                message.url, data=message.body, headers=headers, allow_redirects=False
            ) as answer:
                return answer.status < HTTPStatus.MULTIPLE_CHOICES
        except ClientError, TimeoutError, ValueError:
            return False


def _is_for(subscription: VtnObject, kept: VtnObject) -> bool:
    """Return whether a subscription is about the program that an object is, or belongs to, if about one."""
    return subscription.parent_id is None or subscription.parent_id in {kept.id, kept.parent_id}


def _is_targeted(subscription: Subscription, told: Mapping[str, Any]) -> bool:
    """Return whether an object has one of the targets of a subscription, if that is about some."""
    targets = subscription.targets
    return not targets or not set(targets).isdisjoint(told.get("targets", ()))


def _wanted(asked: ObjectOperation, operation: str, kind: Kind) -> str | None:
    """Return by which word a subscriber wants to be told of an operation on a kind; None if it does not."""
    if kind.value not in asked.objects:
        return None
    return next((word for word in (operation, _ALSO_CALLED[operation]) if word in asked.operations), None)
