"""From an operator's word to the last home's answer: with real homes over HTTP, on a real store."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from battery_commons.dispatch.dispatcher import Dispatcher
from battery_commons.domain.activation import Activation, Asked
from battery_commons.domain.battery import Battery
from battery_commons.domain.grid import Transformer
from battery_commons.domain.operator import FlexCall, OperatorSignals, PowerLimit
from battery_commons.domain.reading import BatteryReading, MeterReading
from battery_commons.domain.time import SLOT, WallClock, slot_start
from battery_commons.store import Store
from battery_commons.store.records import HomeBattery
from battery_commons.tick.service import VillageService

SOON_S = 20.0


@dataclass
class Operator:
    """Stands in for the line to the operator: what it says is in force."""

    signals: OperatorSignals = field(default_factory=OperatorSignals)
    received: dict[str, datetime] = field(default_factory=dict)

    def says(self, signals: OperatorSignals, *event_ids: str) -> None:
        self.signals = signals
        self.received |= dict.fromkeys(event_ids, datetime.now(UTC))


@dataclass
class Street:
    """A village with homes that answer, on the clock on the wall."""

    store: Store
    service: VillageService
    operator: Operator

    async def until(self, what: Callable[[Activation], bool]) -> Activation:
        """Return the activation once it is as it should be."""
        async with asyncio.timeout(SOON_S):
            while True:
                await asyncio.to_thread(self.service._activations.settle)
                found = [each for each in self.store.activations() if what(each)]
                if found:
                    return found[0]
                await asyncio.sleep(0.05)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store.open(tmp_path / "village.db")
    store.put_transformer(Transformer("t1", "Brink", 250_000))
    yield store
    store.close()


def join(store: Store, code: str, url: str) -> None:
    now = datetime.now(UTC)
    store.add_invitation("t1", code, now + timedelta(days=1))
    home = store.join(code, code, [url], now)
    battery = Battery(f"{home.home_id}/b1", "t1", 10_000, 5_000, 5_000)
    store.describe_home(home.home_id, [url], [HomeBattery(home.home_id, "b1", "b", battery)])
    reading = BatteryReading(battery.id, now, 0.8, 0.0, None, "village", "no_plan", None)
    store.add_battery_readings(home.home_id, [reading])


@asynccontextmanager
async def street(
    store: Store,
    signals: Callable[[datetime], OperatorSignals] | None = None,
    received: Callable[[], Mapping[str, datetime]] | None = None,
    *,
    refusing: bool = False,
    silent: bool = False,
) -> AsyncIterator[Street]:
    """Run a village of one home that answers, and another that answers, refuses or is silent."""

    async def answer(request: web.Request, *, accepts: bool) -> web.Response:
        sequence = json.loads((await request.json())["payload"])["sequence"]
        reason = None if accepts else "out_of_bounds"
        return web.json_response({"version": 1, "accepted": accepts, "sequence": sequence, "reason": reason})

    app = web.Application()
    app.router.add_post("/yes", partial(answer, accepts=True))
    app.router.add_post("/no", partial(answer, accepts=False))
    operator = Operator()
    async with TestServer(app) as server, ClientSession() as session:
        join(store, "code-one", str(server.make_url("/yes")))
        other = "http://127.0.0.1:9/" if silent else str(server.make_url("/no" if refusing else "/yes"))
        join(store, "code-two", other)
        dispatcher = Dispatcher(store, Ed25519PrivateKey.generate(), WallClock(), session)
        service = VillageService(
            store,
            WallClock(),
            dispatcher,
            signals or (lambda _now: operator.signals),
            received or (lambda: operator.received),
        )
        ticking = asyncio.create_task(service.run())
        async with asyncio.timeout(SOON_S):
            while service.plan is None:
                await asyncio.sleep(0.05)
        yield Street(store, service, operator)
        ticking.cancel()
        with suppress(asyncio.CancelledError):
            await ticking
        await dispatcher.close()


def call(hours: int = 0) -> OperatorSignals:
    """Return a call on the batteries to deliver 2 kW from now, or from some hours on."""
    start = slot_start(datetime.now(UTC)) + hours * timedelta(hours=1)
    return OperatorSignals(calls=[FlexCall("event-1", "t1", start, [-2_000.0] * 4)])


async def test_an_operators_word_is_planned_sent_and_answered_at_once(store: Store) -> None:
    async with street(store) as village:
        village.operator.says(call(), "event-1")
        village.service.operator_changed()

        done = await village.until(lambda each: each.homes_accepted == 2)

        assert done.response is not None
        assert timedelta(0) < done.response < timedelta(seconds=SOON_S)
        assert done.planned_at is not None
        assert done.sent_at is not None
        assert done.accepted_at is not None
        assert done.received_at <= done.planned_at <= done.sent_at
        assert (done.ask.kind, done.ask.subject, done.overload_w) == (Asked.CALL, "t1", 0)
        plan = village.service.plan
        assert plan is not None
        assert sum(battery.power_w[0] or 0 for battery in plan.batteries) <= -2_000 + 20
        slots = store.activation_slots("event-1", "t1")
        assert [slot.ceiling_w for slot in slots] == [-2_000] * 4


async def test_what_is_withdrawn_is_planned_for_no_more_as_fast(store: Store) -> None:
    async with street(store) as village:
        village.operator.says(call(hours=2), "event-1")
        village.service.operator_changed()
        await village.until(lambda each: each.planned_at is not None)

        village.operator.received.clear()
        village.operator.says(OperatorSignals())
        village.service.operator_changed()

        gone = await village.until(lambda each: each.withdrawn_at is not None)
        assert gone.ended_at is None
        assert not store.open_activations()


async def test_answers_that_come_after_a_restart_are_counted(store: Store) -> None:
    async with street(store, silent=True) as village:
        village.operator.says(call(), "event-1")
        village.service.operator_changed()
        await village.until(lambda each: each.homes_accepted == 1)
        village.service._activations._waiting.clear()  # As after a restart.
        newest = store.latest_dispatches()
        [silent] = [home_id for home_id, each in newest.items() if each.accepted is None]
        now = datetime.now(UTC)
        store.record_answer(silent, newest[silent].sequence, now, accepted=True, reason=None)

        village.service.operator_changed()
        await village.until(lambda each: each.homes_accepted == 2)


async def test_what_another_event_comes_before_is_held_against_nobody(store: Store) -> None:
    async with street(store) as village:
        village.operator.says(call(hours=2), "event-1")
        village.service.operator_changed()
        await village.until(lambda each: each.planned_at is not None)
        assert store.activation_slots("event-1", "t1")

        [former] = village.operator.signals.calls
        village.operator.says(OperatorSignals(calls=[replace(former, event_id="event-2")]), "event-2")
        village.service.operator_changed()
        await village.until(lambda _: not store.activation_slots("event-1", "t1"))

        assert {each.ask.event_id for each in store.open_activations()} == {"event-1", "event-2"}


async def test_of_an_event_that_was_moved_nothing_is_asked_any_more_when_it_was(store: Store) -> None:
    async with street(store) as village:
        village.operator.says(call(hours=1), "event-1")
        village.service.operator_changed()
        await village.until(lambda each: each.planned_at is not None)

        later = call(hours=3)
        village.operator.says(later, "event-1")
        village.service.operator_changed()
        await village.until(lambda each: each.ask.end == later.calls[0].start + 4 * SLOT)

        starts = [slot.start for slot in store.activation_slots("event-1", "t1")]
        assert starts == [later.calls[0].start + n * SLOT for n in range(4)]


@pytest.mark.parametrize(("refusing", "silent"), [(True, False), (False, True)])
async def test_homes_that_refuse_and_homes_out_of_reach_are_counted_apart(
    store: Store, *, refusing: bool, silent: bool
) -> None:
    async with street(store, refusing=refusing, silent=silent) as village:
        village.operator.says(call(), "event-1")
        village.service.operator_changed()

        done = await village.until(
            lambda each: each.homes_accepted == 1 and each.homes_refused == int(refusing)
        )

        assert (done.homes_asked, done.unreachable) == (2, int(silent))


async def test_a_limit_below_what_can_be_kept_is_told_with_by_how_much_it_is_missed(store: Store) -> None:
    now = slot_start(datetime.now(UTC))
    store.add_meter_readings("t1", [MeterReading(now - i * SLOT, 50_000.0) for i in range(1, 97)])
    limit = PowerLimit("event-1", "t1", now, now + 4 * SLOT, 20_000, None)
    async with street(store) as village:
        village.operator.says(OperatorSignals(limits=[limit]), "event-1")
        village.service.operator_changed()

        done = await village.until(lambda each: each.planned_at is not None)

        # Two batteries give 10 kW at most of the 30 that are missing.
        assert done.overload_w >= 20_000 - 100


async def test_until_an_event_ends_it_stays_in_force_whatever_the_operator_says_or_does_not(
    store: Store,
) -> None:
    async with street(store) as village:
        village.operator.says(call(), "event-1")
        for _ in range(2):
            await village.service.tick()

    [activation] = store.open_activations()
    assert activation.planned_at is not None


async def test_a_thousand_words_at_once_are_a_few_plans(store: Store) -> None:
    async with street(store) as village:
        before = village.service.ticks
        for _ in range(1_000):
            village.operator.says(call(), "event-1")
            village.service.operator_changed()
            await asyncio.sleep(0.001)

        await village.until(lambda each: each.homes_accepted == 2)

        assert village.service.ticks - before <= 3
