"""Whatever is lost, repeated or replaced on the way, a home ends at the newest plan and takes each plan once.

Village and home run their own code: the dispatcher with its stream, and the home's inbox. Only the network
between them is the test's: it delivers one frame, breaks, or repeats an old message, as it is told.
"""

import asyncio
import json
import warnings
from collections import deque
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum, auto
from typing import Any
from unittest.mock import Mock

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from battery_commons.dispatch.dispatcher import Dispatcher
from battery_commons.dispatch.stream import HomeStream, StreamEnd
from battery_commons.domain.battery import Battery
from battery_commons.domain.grid import Transformer
from battery_commons.domain.time import ScaledClock
from battery_commons.store.records import Home, HomeBattery
from tests.village.dispatch.conftest import plan_for

with warnings.catch_warnings():
    # Home Assistant's own import warns (it inherits from aiohttp's Application); here a warning is an error.
    warnings.simplefilter("ignore", DeprecationWarning)
    from custom_components.battery_commons.battery.driver import BatteryLimits
    from custom_components.battery_commons.community.envelope import RefusedError
    from custom_components.battery_commons.community.inbox import Inbox, accepted, refused
    from custom_components.battery_commons.community.stream import hello

HOME = "home-1"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
CLOCK = ScaledClock(1.0, datetime.now(UTC), datetime.now(UTC))


class Event(Enum):
    """What can happen."""

    PLAN = auto()
    """The village makes a plan."""
    OPEN = auto()
    """The home opens a stream; the village may not have noticed that the one before is gone."""
    DOWN = auto()
    """The next frame arrives at the home, which answers it."""
    UP = auto()
    """The next answer arrives at the village."""
    BREAK = auto()
    """The stream breaks, and everything on its way is lost."""
    AGAIN = auto()
    """Something that was sent before arrives once more, as from a webhook whose answer was lost."""


@dataclass
class Connection:
    """What is on its way."""

    down: deque[str] = field(default_factory=deque)
    up: deque[str] = field(default_factory=deque)

    async def send(self, text: str) -> None:
        self.down.append(text)


@dataclass
class World:
    """One home, its village and the network between them."""

    dispatcher: Dispatcher
    inbox: Inbox = field(default_factory=Inbox)
    took: list[int] = field(default_factory=list)
    """The plans that the home has put in force, in their order."""
    sent: list[str] = field(default_factory=list)
    answers: list[tuple[int, bool]] = field(default_factory=list)
    """What the village has recorded."""
    newest: int = 0
    connection: Connection | None = None
    stream: HomeStream | None = None
    """The village's end of the connection."""

    async def happen(self, event: Event, pick: int) -> None:
        """Let something happen, where it can."""
        match event, self.connection:
            case Event.PLAN, _:
                await self.dispatcher.dispatch(plan_for(HOME, CLOCK))
            case Event.OPEN, _:
                self.connection = Connection()
                self.stream = HomeStream(self.connection.send, lambda _why: None)
                accepted_last = hello(self.inbox)["sequence"]
                self.dispatcher.links.open_stream(HOME, self.stream, accepted_last, CLOCK.now())
            case Event.DOWN, Connection(down=down) as connection if down:
                text = down.popleft()
                self.sent.append(text)
                connection.up.append(self.take_in(text))
            case Event.UP, Connection(up=up) if up and self.stream is not None:
                self.stream.take_answer(up.popleft())
            case Event.BREAK, Connection() if self.stream is not None:
                self.dispatcher.links.stream_ended(HOME, self.stream)
                self.stream.close(StreamEnd.STOPPING)
                self.connection = self.stream = None
            case Event.AGAIN, _ if self.sent:
                self.take_in(self.sent[pick % len(self.sent)])
        await self.settle()

    def take_in(self, text: str) -> str:
        """Do what a home does with a message, whichever way it came."""
        try:
            inbox = self.inbox.admit(
                json.loads(text),
                key=KEY.public_key(),
                home_id=HOME,
                batteries={"b1": BatteryLimits(10_000, 5_000, 5_000)},
                now=datetime.now(UTC),
            )
        except RefusedError as error:
            return json.dumps(refused(error))
        if inbox != self.inbox:
            self.took.append(inbox.sequence)
            self.inbox = inbox
        return json.dumps(accepted(self.inbox))

    async def settle(self) -> None:
        """Let the village's tasks get to where they wait."""
        for _ in range(8):
            await asyncio.sleep(0)

    async def drain(self) -> None:
        """Let everything arrive that is on its way."""
        while self.connection is not None and (self.connection.down or self.connection.up):
            await self.happen(Event.DOWN, 0)
            await self.happen(Event.UP, 0)


def world() -> World:
    store: Any = Mock()
    made = World(Dispatcher(store, KEY, CLOCK, Mock(), jitter=lambda: 1.0))

    def next_sequence(_home_id: str, _at_least: int) -> int:
        made.newest += 1
        return made.newest

    battery = HomeBattery(HOME, "b1", "Garage", Battery(f"{HOME}/b1", "t1", 10_000, 5_000, 5_000))
    store.homes.return_value = store.recipients.return_value = [
        Home(id=HOME, name="De Eik", transformer_id="t1", webhook_urls=())
    ]
    store.batteries.return_value = [battery]
    store.transformers.return_value = [Transformer("t1", "Brink", 250_000)]
    store.together.return_value = nullcontext()
    store.next_sequence.side_effect = next_sequence
    store.record_answer.side_effect = lambda _home, sequence, _at, **answer: made.answers.append(
        (sequence, answer["accepted"])
    )
    return made


async def at_once(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Take the place of `asyncio.to_thread`: a thread would make the order of things a matter of luck."""
    return function(*args, **kwargs)


@pytest.fixture(autouse=True)
def _no_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asyncio, "to_thread", at_once)


@settings(
    deadline=None,
    max_examples=300,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(st.tuples(st.sampled_from(Event), st.integers(0, 50)), max_size=40))
def test_a_home_ends_at_the_newest_plan_and_takes_each_once(events: list[tuple[Event, int]]) -> None:
    async def play() -> None:
        it = world()
        for event, pick in [(Event.PLAN, 0), *events]:
            await it.happen(event, pick)

        await it.happen(Event.OPEN, 0)
        await it.drain()

        assert it.inbox.sequence == it.newest
        assert it.took == sorted(set(it.took))
        assert it.answers[-1] == (it.newest, True)
        assert all(was_accepted or sequence < it.newest for sequence, was_accepted in it.answers)
        await it.dispatcher.close()

    asyncio.run(play())
