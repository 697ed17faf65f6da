"""Telling subscribers what was made, changed or deleted, by webhook (OpenADR 3.1, "Subscriptions").

Each subscription has a queue of its own, so that a slow or absent subscriber holds up nobody. What could not
be told within a while is dropped and logged: a VEN also reads all its events now and then, as ours does.
"""

import asyncio
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http import HTTPStatus

import structlog
from aiohttp import ClientError, ClientSession, ClientTimeout, hdrs

from battery_commons.domain.vtn import Kind, VtnObject
from battery_commons.openadr.objects import ObjectOperation, Subscription, parse
from battery_commons.openadr.vtn.objects import shown
from battery_commons.openadr.vtn.sight import sights_of
from battery_commons.store import Store, StoreError

MOST_WAITING = 1_000
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
    event_id: str | None
    """Of the event that it tells of as it is now."""


class Notifications:
    """What is still to be told, and to whom."""

    def __init__(
        self, store: Store, taken: Callable[[str, str], None] = lambda _client_id, _event_id: None
    ) -> None:
        """Know subscriptions by `store`; `taken` is told which client took the news of which event."""
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
        subscriptions = [each for each in self._store.vtn_objects(Kind.SUBSCRIPTION) if _is_for(each, kept)]
        whose = {each.client_id for each in subscriptions}
        if not whose:
            return
        clients = [each for each in self._store.vtn_clients() if each.client_id in whose]
        sights = sights_of(self._store, clients)
        for each in subscriptions:
            sight = sights.get(each.client_id)
            if sight is None or (told := sight.of(kept, shown(kept))) is None:
                continue
            for asked in parse(Subscription, shown(each)).object_operations:
                if (word := _wanted(asked, operation, kept.kind)) is not None:
                    is_there = kept.kind is Kind.EVENT and operation != "DELETE"
                    yield _Message(
                        each.id,
                        asked.callback_url,
                        asked.bearer_token,
                        json.dumps({"objectType": kept.kind.value, "operation": word, "object": told}),
                        each.client_id,
                        kept.id if is_there else None,
                    )

    def _forget(self, subscription_id: str) -> None:
        if (task := self._telling.pop(subscription_id, None)) is not None:
            task.cancel()
        self._queues.pop(subscription_id, None)

    def _enqueue(self, message: _Message) -> None:
        queue = self._queues.get(message.subscription_id)
        if queue is None:
            if self._tasks is None:
                return
            queue = self._queues[message.subscription_id] = asyncio.Queue(MOST_WAITING)
            telling = self._tasks.create_task(self._tell_on(message.subscription_id, queue))
            self._telling[message.subscription_id] = telling
        if queue.full():
            _LOGGER.warning("notification_dropped", subscription=message.subscription_id, reason="too many")
            return
        queue.put_nowait(message)

    async def _tell_on(self, subscription_id: str, queue: asyncio.Queue[_Message]) -> None:
        """Tell one subscriber in order, for as long as it subscribes."""
        while True:
            message = await queue.get()
            for pause_s in (*PAUSES_S, None):
                if await self._sent(message):
                    if message.event_id is not None:
                        self._taken(message.client_id, message.event_id)
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


def _wanted(asked: ObjectOperation, operation: str, kind: Kind) -> str | None:
    """Return by which word a subscriber wants to be told of an operation on a kind; None if it does not."""
    if kind.value not in asked.objects:
        return None
    return next((word for word in (operation, _ALSO_CALLED[operation]) if word in asked.operations), None)
