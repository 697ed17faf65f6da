"""An afternoon and evening of a village and its grid operator, lived once over real HTTP.

The clock is moved by hand from one quarter hour to the next; batteries are simulated, and do what their homes
accept. FLEX is called the day before, as the Dutch profile has it (evening_flex.py).
"""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from battery_commons.coordinator.tending import tended
from battery_commons.dispatch.dispatcher import Dispatcher
from battery_commons.domain.activation import Activation
from battery_commons.domain.battery import Battery
from battery_commons.domain.grid import FEEDER_ID, Transformer
from battery_commons.domain.operator import OperatorSignals
from battery_commons.domain.operator_line import OperatorLine
from battery_commons.domain.plan import PlanReason
from battery_commons.domain.reading import BatteryReading, MeterReading
from battery_commons.domain.time import SLOT, WallClock
from battery_commons.domain.vtn import Role
from battery_commons.flexibility.keeping.delivery_proof import proof_of
from battery_commons.flexibility.proof.delivered import Proof
from battery_commons.openadr.dutch_profile.in_force import dutch_calls
from battery_commons.openadr.dutch_profile.participant import DutchParticipant
from battery_commons.openadr.in_force import EventsInForce
from battery_commons.openadr.line_keeper import LineStatus
from battery_commons.openadr.reports.sender import OperatorReports
from battery_commons.openadr.ven import OperatorLines
from battery_commons.openadr.vtn.routes import PREFIX, Vtn
from battery_commons.simulation.battery import PhysicalBattery
from battery_commons.store import Store
from battery_commons.store.records import HomeBattery
from battery_commons.tick.service import VillageService
from demo.process import free_port
from tests.village.openadr.evening_flex import BASELINE_W, FLEX_W, EveningFlex, take_part
from tests.village.openadr.evening_operator import FORECAST, LIMIT, SETPOINT, Operator, independent_operator
from tests.village.openadr.village_line import QUICK

DAY = datetime(2026, 11, 24, tzinfo=UTC)
HOMES = 4
LIMIT_W = 50_000.0
CALLED_W = BASELINE_W - FLEX_W
TOLERANCE_W = 100.0
READINGS_PER_SLOT = 3
OFF_BY = (30.0, -10.0, -35.0)
"""By how much (W) each reading of a quarter hour is off from what was asked."""


def at(hour: float) -> datetime:
    return DAY + timedelta(hours=hour)


def base_w(moment: datetime) -> float:
    """Return what the street draws without its batteries."""
    return 56_000.0 if 17 <= moment.hour < 19 else 30_000.0


@dataclass
class HandClock(WallClock):
    """Stands still until it is moved."""

    moment: datetime

    def now(self) -> datetime:
        return self.moment


@dataclass
class Home:
    """Accepts each plan, and has its battery do what the newest says."""

    home_id: str
    battery: PhysicalBattery
    start: datetime = DAY
    power_w: list[float | None] = field(default_factory=list)

    async def accept(self, request: web.Request) -> web.Response:
        plan = json.loads((await request.json())["payload"])
        [mine] = plan["batteries"]
        self.start, self.power_w = datetime.fromisoformat(plan["start"]), mine["power_w"]
        answer = {"version": 1, "accepted": True, "sequence": plan["sequence"], "reason": None}
        return web.json_response(answer)

    def setpoint_w(self, moment: datetime) -> float | None:
        k = (moment - self.start) // SLOT
        return self.power_w[k] if 0 <= k < len(self.power_w) else None


@dataclass
class Story:
    """What was seen, by the start of the quarter hour."""

    event_ids: dict[str, str] = field(default_factory=dict)
    load_w: dict[datetime, float] = field(default_factory=dict)
    batteries_w: dict[datetime, float] = field(default_factory=dict)
    raw: dict[str, list[tuple[datetime, float]]] = field(default_factory=dict)
    """Every reading (W) as meters made them: of the transformer's by its id, and of each battery's by its."""
    signals: dict[datetime, OperatorSignals] = field(default_factory=dict)
    reasons: dict[datetime, set[PlanReason]] = field(default_factory=dict)
    silent: list[datetime] = field(default_factory=list)
    activations: Mapping[str, Activation] = field(default_factory=dict)
    proof: Proof | None = None
    reported_kwh: list[float] = field(default_factory=list)
    """What the operator was told that the transformer drew while its limit was in force."""
    acknowledged_at: datetime | None = None
    """When FLEX was acknowledged."""
    delivered_kw: list[float] = field(default_factory=list)
    """What the operator was told of FLEX, by the quarter hour."""

    def activation(self, name: str) -> Activation:
        return self.activations[self.event_ids[name]]

    def asks(self, moment: datetime) -> set[str]:
        """Return which events are called by their names and asked for at a moment."""
        signals = self.signals[moment]
        ids = {each.event_id for each in signals.limits} | {each.event_id for each in signals.calls}
        return {name for name, id_ in self.event_ids.items() if id_ in ids}


@dataclass
class Day:
    """The village, its operator and the clock that both live by."""

    clock: HandClock
    store: Store
    service: VillageService
    events: EventsInForce
    homes: list[Home]
    story: Story
    lines: OperatorLines

    @property
    def line(self) -> LineStatus:
        """Return how the line to the operator is doing."""
        own = next(each.id for each in self.store.operator_lines() if each.line.ven_name == "Ansen")
        return self.lines.status(own)

    def known(self) -> set[str]:
        """Return, by their names, the events that the village knows of."""
        ids = {each.event_id for each in self.store.operator_events()}
        return {name for name, id_ in self.story.event_ids.items() if id_ in ids}

    async def live_until(self, end: datetime) -> None:
        """Let quarter hours pass: plan, let batteries do it, measure."""
        while self.clock.moment < end:
            start = self.clock.moment
            await self.service.tick()
            self._move(start)
            self.story.signals[start] = self.events.signals(start)
            plan = self.service.plan
            assert plan is not None
            self.story.reasons[start] = {each.reasons[0] for each in plan.batteries}
            if self.line.trouble is not None:
                self.story.silent.append(start)
            self.clock.moment = start + SLOT
            await asyncio.to_thread(self.service._activations.settle)

    def _move(self, start: datetime) -> None:
        totals_w = dict.fromkeys(within(start), 0.0)
        for home in self.homes:
            setpoint_w = home.setpoint_w(start)
            power_w = home.battery.step(setpoint_w, 0.0, SLOT / timedelta(hours=1))
            for moment, off_w in zip(totals_w, OFF_BY, strict=True):
                totals_w[moment] += power_w + off_w
                self._measure(home, moment, power_w + off_w, setpoint_w)
        for moment, total_w in totals_w.items():
            self.store.add_meter_readings("t1", [MeterReading(moment, base_w(start) + total_w)])
            self.story.raw.setdefault("t1", []).append((moment, base_w(start) + total_w))
        mean_w = sum(totals_w.values()) / len(totals_w)
        self.story.load_w[start], self.story.batteries_w[start] = base_w(start) + mean_w, mean_w

    def _measure(self, home: Home, moment: datetime, power_w: float, setpoint_w: float | None = None) -> None:
        id_, charge = home.battery.battery.id, home.battery.state_of_charge
        reading = BatteryReading(id_, moment, charge, power_w, setpoint_w, "village", "plan", None)
        self.store.add_battery_readings(home.home_id, [reading])
        self.story.raw.setdefault(id_, []).append((moment, power_w))

    def heard_from(self) -> None:
        """Have every home tell of its battery now, standing still."""
        for home in self.homes:
            self._measure(home, self.clock.moment - timedelta(minutes=1), 0.0)


def within(start: datetime) -> Iterator[datetime]:
    return (start + n * SLOT / READINGS_PER_SLOT for n in range(READINGS_PER_SLOT))


@asynccontextmanager
async def served(vtn: Vtn, port: int) -> AsyncIterator[None]:
    """Serve the operator's end, as before it went silent and after."""
    app = web.Application()
    app.add_routes(vtn.routes())
    async with TestServer(app, port=port):
        yield


async def until(is_so: Callable[[], bool]) -> None:
    """Wait until something is so."""
    async with asyncio.timeout(10):
        while not is_so():
            await asyncio.sleep(0.02)


async def lived(folder: Path, look: Callable[[Day], Awaitable[None]] | None = None) -> Story:
    """Live through the day, from noon of the day before; `look` is shown the village at its end."""
    clock, story = HandClock(at(-12)), Story()
    with closing(Store.open(folder / "operator.db")) as above, closing(Store.open(folder / "v.db")) as store:
        port = free_port()
        url = f"http://127.0.0.1:{port}{PREFIX}"
        credentials = above.add_vtn_client("operator", Role.BL, DAY)
        operator = Operator(independent_operator(url, *credentials), story.event_ids)
        client_id, secret = above.add_vtn_client("Ansen", Role.VEN, DAY)
        # Of what the operator says, each line is for its own program.
        line = OperatorLine("Enexis", url, client_id, "Ansen", secret, programs=("evening",))
        async with village(store, clock, story) as day:
            participant = DutchParticipant(store, clock, day.lines.clients)
            flex = EveningFlex(url, credentials, participant)
            vtn = Vtn(above, clock.now)
            async with served(vtn, port):
                await operator.begin()
                await flex.begin()
                day.heard_from()
                take_part(store, above, url, [each.home_id for each in day.homes], DAY)
                day.lines.changed()
                story.event_ids["call"] = await flex.call(store, at(12))
                story.acknowledged_at = clock.now() if await flex.is_acknowledged() else None
            clock.moment = at(15)
            day.heard_from()
            store.add_operator_line(line)
            day.lines.changed()
            await evening(day, operator, vtn, port)
            async with served(vtn, port):
                story.delivered_kw = await flex.delivered_kw()
                if look is not None:
                    await look(day)
            await flex.close()
        story.activations = {each.ask.event_id: each for each in store.activations()}
        story.proof = proof_of(store, story.activation("call"), clock.now())
    return story


@asynccontextmanager
async def village(store: Store, clock: HandClock, story: Story) -> AsyncIterator[Day]:
    """Run a village of some homes, with its line to the operator."""
    store.put_transformer(Transformer("t1", "Brink", 250_000))
    store.put_feeder("Middle voltage", 1_000_000, ["t1"])
    history = [at(15) - n * SLOT for n in range(1, 5 * 96)]
    store.add_meter_readings("t1", [MeterReading(each, base_w(each)) for each in history])
    events = EventsInForce(store, clock, partial(dutch_calls, store, clock))
    homes: list[Home] = []

    async def hear(request: web.Request) -> web.Response:
        return await homes[int(request.match_info["number"])].accept(request)

    app = web.Application()
    app.router.add_post("/{number}", hear)
    async with TestServer(app) as server, ClientSession() as session:
        homes += [join(store, number, str(server.make_url(f"/{number}"))) for number in range(HOMES)]
        dispatcher = Dispatcher(store, Ed25519PrivateKey.generate(), clock, session)
        service = VillageService(store, clock, dispatcher, events.signals, events.received)
        lines = OperatorLines(store, clock, service.operator_changed, pace=QUICK)
        async with tended("village's lines", lines.run):
            yield Day(clock, store, service, events, homes, story, lines)
        await dispatcher.close()


async def evening(day: Day, operator: Operator, vtn: Vtn, port: int) -> None:
    """Say what the operator says, and live."""
    async with served(vtn, port):
        await until(lambda: day.line.heard_at == at(15) and day.line.trouble is None)
        await operator.count_in("Ansen")
        await operator.publish("limit", LIMIT, LIMIT_W / 1000, at(17), at(20))
        await operator.publish("forecast", FORECAST, 420, at(16), at(22), FEEDER_ID)
        await operator.publish("late call", SETPOINT, CALLED_W / 1000, at(20.5), at(21))
        await until(lambda: day.known() == {"limit", "forecast", "call", "late call"})
        await day.live_until(at(18))
        await operator.withdraw("late call")
        await until(lambda: day.known() == {"limit", "forecast", "call"})
        await day.live_until(at(19.25))
    await until(lambda: day.line.trouble is not None)
    await day.live_until(at(20.25))
    async with served(vtn, port):
        await operator.publish("after", LIMIT, LIMIT_W / 1000, at(20.5), at(21))
        await until(lambda: "after" in day.known() and day.line.trouble is None)
        await day.live_until(at(21.25))
        await OperatorReports(day.store, day.clock, day.lines.clients, lambda: day.service.plan).round()
        day.story.reported_kwh = await operator.reported_kwh("limit")


def join(store: Store, number: int, url: str) -> Home:
    code = f"code-{number}"
    store.add_invitation("t1", code, at(24))
    home = store.join(code, code, [url], at(-12))
    battery = Battery(f"{home.home_id}/b1", "t1", 10_000, 5_000, 5_000)
    store.describe_home(home.home_id, [url], [HomeBattery(home.home_id, "b1", "b", battery)])
    return Home(home.home_id, PhysicalBattery(battery, 8_000))
