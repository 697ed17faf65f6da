"""What goes wrong in a tick is contained: it is told, counted, and no home is steered past its lease."""

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from structlog.testing import capture_logs

from battery_commons.control.schedule import SolverError
from battery_commons.dispatch.dispatcher import Dispatcher
from battery_commons.domain.battery import Battery
from battery_commons.domain.grid import Transformer
from battery_commons.domain.reading import BatteryReading, MeterReading
from battery_commons.domain.time import SLOT, WallClock
from battery_commons.forecast.forecaster import Forecaster
from battery_commons.forecast.load import Method
from battery_commons.store import Store
from battery_commons.store.records import HomeBattery
from battery_commons.tick.decision_record import read_record, replayed
from battery_commons.tick.planner import VillagePlanner
from battery_commons.tick.service import VillageService
from battery_commons.tick.steps import DEADLINES_S, OverrunError, Step, Steps

NOW = datetime(2026, 6, 21, 8, 0, 3, tzinfo=UTC)


@dataclass
class SetClock(WallClock):
    """A clock that shows what it is set to."""

    shows: datetime = NOW

    def now(self) -> datetime:
        """Return what it was set to."""
        return self.shows


@dataclass
class House:
    """A home behind a real webhook, which can be cut off."""

    battery_id: str = ""
    plans: list[dict[str, Any]] = field(default_factory=list)
    cut_off: bool = False

    async def handle(self, request: web.Request) -> web.Response:
        """Take a plan in."""
        if self.cut_off:
            raise web.HTTPBadGateway
        plan = json.loads((await request.json())["payload"])
        self.plans.append(plan)
        return web.json_response({"version": 1, "accepted": True, "sequence": plan["sequence"]})


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store.open(tmp_path / "village.db")
    store.put_transformer(Transformer("t1", "Brink", 250_000))
    measure(store, "t1")
    yield store
    store.close()


@pytest.fixture(autouse=True)
def _unwritten() -> Iterator[None]:
    """Let nobody draw tracebacks with all that variables held: that takes seconds each."""
    with capture_logs():
        yield


@pytest.fixture(autouse=True)
async def _threads_end(store: Store) -> AsyncIterator[None]:
    """Let what a stop left behind in threads end before the store is closed."""
    assert store
    yield
    await asyncio.get_running_loop().shutdown_default_executor()


@pytest.fixture
async def houses(store: Store) -> AsyncIterator[list[House]]:
    """Four homes that take part, each with a battery heard of just now."""
    found = [House() for _ in range(4)]
    app = web.Application()
    for n, house in enumerate(found):
        app.router.add_post(f"/{n}", house.handle)
    async with TestServer(app) as server:
        for n, house in enumerate(found):
            store.add_invitation("t1", f"code-{n}-of-home", NOW + timedelta(days=1))
            url = str(server.make_url(f"/{n}"))
            home = store.join(f"code-{n}-of-home", f"Brinkweg {n}", [url], NOW)
            battery = Battery(f"{home.home_id}/b1", "t1", 10_000, 5_000, 5_000)
            store.describe_home(home.home_id, [url], [HomeBattery(home.home_id, "b1", "Schuur", battery)])
            house.battery_id = battery.id
            report(store, house, NOW)
        yield found


def measure(store: Store, transformer_id: str) -> None:
    """Keep a load of each quarter hour from yesterday until an hour after now."""
    start = NOW.replace(second=0) - timedelta(days=1)
    loads = [MeterReading(start + i * SLOT, 1_000.0 * (i % 96)) for i in range(100)]
    store.add_meter_readings(transformer_id, loads)


def report(store: Store, house: House, at: datetime) -> None:
    reading = BatteryReading(house.battery_id, at, 0.5, 0.0, None, "village", "no_plan", None)
    store.add_battery_readings(house.battery_id.partition("/")[0], [reading])


@asynccontextmanager
async def running(store: Store, clock: SetClock, steps: Steps | None = None) -> AsyncIterator[VillageService]:
    async with ClientSession() as session:
        dispatcher = Dispatcher(store, Ed25519PrivateKey.generate(), clock, session)
        service = VillageService(store, clock, dispatcher, steps=steps or Steps())
        yield service
        await dispatcher.close()


@asynccontextmanager
async def alive(service: VillageService) -> AsyncIterator[None]:
    """Let the service run by itself, looking at its clock all the time."""
    task = asyncio.create_task(service.run())
    yield
    assert not task.done()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


@pytest.fixture
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the service look at its clock every 20 ms."""
    monkeypatch.setattr("battery_commons.tick.service.GUARD_LEAST_WALL_S", 0.02)
    monkeypatch.setattr("battery_commons.tick.service.GUARD_EVERY", timedelta(seconds=0.02))


async def until(condition: Any) -> None:
    async with asyncio.timeout(30):
        while not condition():
            await asyncio.sleep(0.01)


def is_of(plan: dict[str, Any], clock: SetClock) -> bool:
    """Return whether a plan was issued at the moment that the clock shows."""
    return datetime.fromisoformat(plan["issued_at"]) == clock.shows


def fails(error: Exception) -> Any:
    def failing(*_: object, **__: object) -> None:
        raise error

    return failing


async def test_a_forecaster_that_fails_gives_way_to_persistence(
    store: Store, clock: SetClock, houses: list[House], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Forecaster, "forecast", fails(ZeroDivisionError("no trees")))
    async with running(store, clock) as service:
        with capture_logs() as logs:
            await service.tick()
        await until(lambda: all(house.plans for house in houses))

    assert service._decision is not None
    assert service._decision.outlook.transformers["t1"].method is Method.PERSISTENCE
    assert service.steps.records[Step.FORECAST].failed == 1
    assert [log["step"] for log in logs if log["event"] == "step failed"] == ["forecast"]


async def test_a_forecaster_that_overruns_gives_way_and_is_not_started_twice(
    store: Store, clock: SetClock, houses: list[House], monkeypatch: pytest.MonkeyPatch
) -> None:
    end, started = threading.Event(), []

    def slow(*_: object) -> None:
        started.append(1)
        end.wait(8)
        raise TimeoutError

    monkeypatch.setattr(Forecaster, "forecast", slow)
    async with running(store, clock, Steps({**DEADLINES_S, Step.FORECAST: 0.05})) as service:
        await service.tick()
        await service.tick()
        end.set()
        await until(lambda: all(house.plans for house in houses))

    assert started == [1]
    assert service.steps.records[Step.FORECAST].failed == 2


async def test_without_an_answer_of_the_solver_the_plan_in_force_is_still_brought_to_who_missed_it(
    store: Store, clock: SetClock, houses: list[House], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("battery_commons.dispatch.dispatcher.FIRST_RETRY_S", 0.05)
    houses[0].cut_off = True
    async with running(store, clock) as service:
        await service.tick()
        before = service.plan
        await until(lambda: all(house.plans for house in houses[1:]))
        clock.shows += SLOT

        with monkeypatch.context() as broken:
            broken.setattr("battery_commons.tick.planner.make_plan", fails(SolverError("no answer")))
            with pytest.raises(SolverError):
                await service.tick()
        houses[0].cut_off = False
        await until(lambda: houses[0].plans)

        assert service.plan is before


@pytest.mark.usefixtures("_impatient")
async def test_without_any_new_plan_batteries_are_released_when_the_lease_is_over(
    store: Store, clock: SetClock, houses: list[House], monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running(store, clock) as service, alive(service):
        await until(lambda: service.plan is not None and all(house.plans for house in houses))
        monkeypatch.setattr("battery_commons.tick.planner.make_plan", fails(SolverError("no answer")))

        clock.shows += 2 * SLOT
        await until(lambda: service.failed_ticks == 1)
        assert service.plan is not None
        clock.shows += SLOT + timedelta(minutes=1)
        await until(lambda: service.plan is None)

    for plan in houses[0].plans:
        assert datetime.fromisoformat(plan["lease_until"]) <= NOW + 3 * SLOT


@pytest.mark.usefixtures("_impatient")
@pytest.mark.parametrize("error", [KeyError("a bad row"), ValueError("no battery"), MemoryError()])
async def test_whatever_a_tick_raises_the_next_one_is_made(
    store: Store,
    clock: SetClock,
    houses: list[House],
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
) -> None:
    with monkeypatch.context() as broken, capture_logs() as logs:
        broken.setattr(Store, "latest_battery_readings", fails(error))
        async with running(store, clock) as service, alive(service):
            await until(lambda: service.failed_ticks == 1)
            broken.undo()
            monkeypatch.setattr("battery_commons.tick.service.GUARD_LEAST_WALL_S", 0.02)
            clock.shows += SLOT
            await until(lambda: all(house.plans for house in houses))

    [told] = [log for log in logs if log["event"].startswith("tick failed")]
    assert (told["kind"], told["exc_info"]) == (type(error).__name__, True)
    assert service.ticks == 2


async def test_a_damaged_row_ends_no_tick_for_good(
    store: Store, clock: SetClock, houses: list[House]
) -> None:
    with store._write() as connection:
        connection.exec_driver_sql("UPDATE battery SET capacity_wh = -1 WHERE battery_id = 'b1'")
    async with running(store, clock) as service:
        with pytest.raises(ValueError, match="no battery can be like this"):
            await service.tick()
        with store._write() as connection:
            connection.exec_driver_sql("UPDATE battery SET capacity_wh = 10000")
        await service.tick()

    assert service.plan is not None
    assert len(service.plan.batteries) == len(houses)


async def test_a_training_that_fails_does_not_keep_others_from_being_trained(
    store: Store, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.put_transformer(Transformer("t2", "Es", 250_000))
    measure(store, "t2")
    trained = []

    def train(_: Forecaster, *__: object) -> None:
        trained.append(1)
        raise ZeroDivisionError

    monkeypatch.setattr(Forecaster, "train", train)
    async with running(store, clock) as service:
        for _ in range(2):
            await service.tick()
            assert service._training is not None
            await service._training

    assert len(trained) == 4
    assert service.steps.records[Step.TRAIN].failed == 2


async def test_a_decision_that_cannot_be_kept_is_sent_all_the_same(
    store: Store, clock: SetClock, houses: list[House], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Store, "keep_decision", fails(OSError("no room")))
    async with running(store, clock) as service:
        await service.tick()
        await until(lambda: all(house.plans for house in houses))


async def test_what_was_decided_is_made_again_from_the_store(
    store: Store, clock: SetClock, houses: list[House]
) -> None:
    async with running(store, clock) as service:
        await service.tick()
        clock.shows += SLOT
        await service.tick()

    kept = store.decision_at(clock.shows)
    assert kept is not None
    record = read_record(kept)
    assert set(record.batteries) == {house.battery_id for house in houses}
    assert replayed(record)


@pytest.mark.usefixtures("_impatient")
@pytest.mark.parametrize("jump", [timedelta(hours=5), timedelta(hours=-5)], ids=["forward", "backward"])
async def test_a_clock_that_is_set_makes_a_tick_at_once_and_numbers_go_on(
    store: Store, clock: SetClock, houses: list[House], jump: timedelta
) -> None:
    async with running(store, clock) as service, alive(service):
        await until(lambda: all(house.plans for house in houses))
        clock.shows += jump
        await until(lambda: service.ticks == 2 and all(is_of(house.plans[-1], clock) for house in houses))
        await asyncio.sleep(0.2)
        assert service.ticks == 2  # It does not spin either.

    for house in houses:
        sequences = [plan["sequence"] for plan in house.plans]
        assert sequences == sorted(set(sequences))
        assert datetime.fromisoformat(house.plans[-1]["lease_until"]) == clock.shows + 3 * SLOT


async def test_after_a_restart_a_home_that_missed_its_plan_gets_it_without_a_new_tick(
    store: Store, clock: SetClock, houses: list[House], monkeypatch: pytest.MonkeyPatch
) -> None:
    houses[0].cut_off = True
    async with running(store, clock) as service:
        await service.tick()
        await until(lambda: all(house.plans for house in houses[1:]))
        await asyncio.sleep(0.05)
    monkeypatch.setattr(VillagePlanner, "decide", fails(SolverError("no answer")))
    houses[0].cut_off = False

    async with running(store, clock) as service, alive(service):
        await until(lambda: houses[0].plans)

    assert all(len(house.plans) == 1 for house in houses)


async def test_a_plan_whose_lease_is_over_is_not_sent_after_a_restart(
    store: Store, clock: SetClock, houses: list[House], monkeypatch: pytest.MonkeyPatch
) -> None:
    houses[0].cut_off = True
    async with running(store, clock) as service:
        await service.tick()
        await until(lambda: all(house.plans for house in houses[1:]))
    houses[0].cut_off = False
    clock.shows += 3 * SLOT + timedelta(seconds=5)

    async with running(store, clock) as service:
        await service.dispatcher.resume()
        await asyncio.sleep(0.1)

    assert houses[0].plans == []


async def test_half_of_the_homes_cut_off_for_an_hour_come_back(
    store: Store, clock: SetClock, houses: list[House], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("battery_commons.dispatch.dispatcher.FIRST_RETRY_S", 0.05)
    cut_off, there = houses[:2], houses[2:]
    async with running(store, clock) as service:
        await service.tick()
        await until(lambda: all(house.plans for house in houses))
        for house in cut_off:
            house.cut_off = True
        for n in range(1, 5):
            clock.shows = NOW + n * SLOT
            for house in there:
                report(store, house, clock.shows)
            await service.tick()
            await until(lambda n=n: all(len(house.plans) == n + 1 for house in there))
        steered_meanwhile = set(service._steered)
        for house in cut_off:
            house.cut_off = False
            report(store, house, clock.shows)
        clock.shows += SLOT
        await service.tick()
        await until(
            lambda: all(house.plans[-1]["issued_at"][:16] == clock.shows.isoformat()[:16] for house in houses)
        )

    # Nobody counted on those that were not heard of, and what they hold ended with its lease.
    assert steered_meanwhile == {house.battery_id for house in there}
    for house in cut_off:
        assert datetime.fromisoformat(house.plans[0]["lease_until"]) == NOW + 3 * SLOT
        sequences = [plan["sequence"] for plan in house.plans]
        assert sequences == sorted(set(sequences))


async def test_a_plan_is_sent_without_prices_and_that_is_told(
    store: Store, clock: SetClock, houses: list[House]
) -> None:
    async with running(store, clock) as service:
        with capture_logs() as logs:
            await service.tick()
        await until(lambda: all(house.plans for house in houses))

    assert [log["log_level"] for log in logs if "no price of now" in log["event"]] == ["warning"]


async def test_a_solver_that_overruns_is_left_behind(
    store: Store, clock: SetClock, houses: list[House], monkeypatch: pytest.MonkeyPatch
) -> None:
    end = threading.Event()
    monkeypatch.setattr("battery_commons.tick.planner.make_plan", lambda *_: end.wait(8))
    async with running(store, clock, Steps({**DEADLINES_S, Step.DECIDE: 0.05})) as service:
        for told in ("not done", "still busy"):
            with pytest.raises(OverrunError, match=told):
                await service.tick()
        end.set()

    assert not any(house.plans for house in houses)
