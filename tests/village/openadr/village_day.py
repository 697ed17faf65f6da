"""An afternoon and evening of a village and its grid operator, lived once over real HTTP.

The clock is moved by hand from one quarter hour to the next; batteries are simulated, and do what their homes
accept.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from openadr3_client._models.common.interval import Interval
from openadr3_client._models.common.interval_period import IntervalPeriod
from openadr3_client.bl.http_factory import BusinessLogicHttpClientFactory
from openadr3_client.oadr310._bl.client import BusinessLogicClient
from openadr3_client.oadr310.models.event.event import NewEvent
from openadr3_client.oadr310.models.event.event_payload import EventPayload, EventPayloadType
from openadr3_client.oadr310.models.program.program import NewProgram
from openadr3_client.oadr310.models.report.report_payload import ReportDescriptor, ReportPayloadType
from openadr3_client.oadr310.models.unit import Unit
from openadr3_client.oadr310.models.ven.ven import VenUpdateBlRequest
from openadr3_client.version import OADRVersion

from battery_commons.delivery_proof import proof_of
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
from battery_commons.flexibility.proof.delivered import Proof
from battery_commons.openadr.in_force import EventsInForce
from battery_commons.openadr.line_keeper import LineStatus
from battery_commons.openadr.reports.sender import OperatorReports
from battery_commons.openadr.ven import OperatorLines
from battery_commons.openadr.vtn.routes import PREFIX, Vtn
from battery_commons.service import VillageService
from battery_commons.simulation.battery import PhysicalBattery
from battery_commons.store import Store
from battery_commons.store.records import HomeBattery
from battery_commons.tending import tended
from demo.process import free_port
from tests.village.openadr.village_line import QUICK

DAY = datetime(2026, 11, 24, tzinfo=UTC)
HOMES = 4
LIMIT_W = 50_000.0
CALLED_W = -4_000.0
TOLERANCE_W = 100.0
READINGS_PER_SLOT = 3


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
    signals: dict[datetime, OperatorSignals] = field(default_factory=dict)
    reasons: dict[datetime, set[PlanReason]] = field(default_factory=dict)
    silent: list[datetime] = field(default_factory=list)
    activations: Mapping[str, Activation] = field(default_factory=dict)
    proof: Proof | None = None
    reported_kwh: list[float] = field(default_factory=list)
    """What the operator was told that the transformer drew during the call."""

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
        return self.lines.status(self.store.operator_lines()[0].id)

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
        total_w = 0.0
        for home in self.homes:
            setpoint_w = home.setpoint_w(start)
            power_w = home.battery.step(setpoint_w, 0.0, SLOT / timedelta(hours=1))
            total_w += power_w
            readings = [
                BatteryReading(
                    home.battery.battery.id, moment, home.battery.state_of_charge, power_w, setpoint_w,
                    "village", "plan", None,
                )
                for moment in within(start)
            ]  # fmt: skip
            self.store.add_battery_readings(home.home_id, readings)
        load_w = base_w(start) + total_w
        self.store.add_meter_readings("t1", [MeterReading(moment, load_w) for moment in within(start)])
        self.story.load_w[start], self.story.batteries_w[start] = load_w, total_w


def within(start: datetime) -> Iterator[datetime]:
    return (start + n * SLOT / READINGS_PER_SLOT for n in range(READINGS_PER_SLOT))


@asynccontextmanager
async def served(vtn: Vtn, port: int) -> AsyncIterator[None]:
    """Serve the operator's end, as before it went silent and after."""
    app = web.Application()
    app.add_routes(vtn.routes())
    async with TestServer(app, port=port):
        yield


def independent_operator(above: Store, url: str) -> BusinessLogicClient:
    client_id, secret = above.add_vtn_client("operator", Role.BL, DAY)
    return cast(
        "BusinessLogicClient",
        BusinessLogicHttpClientFactory.create_http_bl_client(
            vtn_base_url=url,
            client_id=client_id,
            client_secret=secret,
            token_url=f"{url}/auth/token",
            allow_insecure_http=True,
            version=OADRVersion.OADR_310,
        ),
    )


LIMIT, CALL = EventPayloadType.IMPORT_CAPACITY_LIMIT, EventPayloadType.DISPATCH_SETPOINT
FORECAST = EventPayloadType("GRID_LOAD_FORECAST")
USAGE = ReportDescriptor(payload_type=ReportPayloadType.USAGE, units=Unit.KWH)


@dataclass
class Operator:
    """The independent client, as the operator's own systems."""

    client: BusinessLogicClient
    story: Story
    program_id: str = ""

    async def begin(self) -> None:
        """Make a program."""
        made = await asyncio.to_thread(
            self.client.programs.create_program, NewProgram(program_name="evening")
        )
        self.program_id = made.id

    async def publish(
        self, name: str, kind: EventPayloadType, kw: float, start: datetime, end: datetime, target: str = "t1"
    ) -> None:
        """Ask for, or tell, one power for a while; what was drawn meanwhile is to be reported."""
        event = NewEvent(
            programID=self.program_id,
            event_name=name,
            targets=(target,),
            report_descriptors=(USAGE,),
            interval_period=IntervalPeriod(start=start, duration=end - start),
            intervals=(Interval(id=0, payloads=(EventPayload(type=kind, values=(kw,)),)),),
        )
        self.story.event_ids[name] = (await asyncio.to_thread(self.client.events.create_event, event)).id

    async def withdraw(self, name: str) -> None:
        """Delete an event."""
        await asyncio.to_thread(self.client.events.delete_event_by_id, self.story.event_ids[name])

    async def count_in(self, ven_name: str) -> None:
        """Count a village among those that `t1` and the feeder are of."""
        vens = self.client.vens
        [ven] = await asyncio.to_thread(vens.get_vens, ven_name=ven_name, target=None, pagination=None)
        update = VenUpdateBlRequest(ven_name=ven_name, clientID=ven.client_id, targets=("t1", FEEDER_ID))
        await asyncio.to_thread(vens.update_ven_by_id, ven.id, update)

    async def reported_kwh(self, name: str) -> list[float]:
        """Return what was reported of an event."""
        reports = await asyncio.to_thread(
            self.client.reports.get_reports,
            pagination=None, program_id=None, event_id=self.story.event_ids[name], client_name=None,
        )  # fmt: skip
        return [
            value
            for report in reports
            for resource in report.resources
            for interval in resource.intervals
            for payload in interval.payloads
            if payload.type == ReportPayloadType.USAGE
            for value in payload.values
        ]


async def until(is_so: Callable[[], bool]) -> None:
    """Wait until something is so."""
    async with asyncio.timeout(10):
        while not is_so():
            await asyncio.sleep(0.02)


async def lived(folder: Path) -> Story:
    """Live through the day."""
    clock, story = HandClock(at(15)), Story()
    with closing(Store.open(folder / "operator.db")) as above, closing(Store.open(folder / "v.db")) as store:
        port = free_port()
        url = f"http://127.0.0.1:{port}{PREFIX}"
        operator = Operator(independent_operator(above, url), story)
        client_id, secret = above.add_vtn_client("Ansen", Role.VEN, DAY)
        store.add_operator_line(OperatorLine("Enexis", url, client_id, "Ansen", secret))
        async with village(store, clock, story) as day:
            await evening(day, operator, Vtn(above, clock.now), port)
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
    events = EventsInForce(store, clock)
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
        await operator.begin()
        await until(lambda: day.line.heard_at is not None)
        await operator.count_in("Ansen")
        await operator.publish("limit", LIMIT, LIMIT_W / 1000, at(17), at(20))
        await operator.publish("forecast", FORECAST, 420, at(16), at(22), FEEDER_ID)
        await operator.publish("call", CALL, CALLED_W / 1000, at(19), at(20))
        await operator.publish("late call", CALL, CALLED_W / 1000, at(20.5), at(21))
        await until(lambda: day.known() == {"limit", "forecast", "call", "late call"})
        await day.live_until(at(18))
        await operator.withdraw("late call")
        await until(lambda: day.known() == {"limit", "forecast", "call"})
        await day.live_until(at(19.25))
    await until(lambda: day.line.trouble is not None)
    await day.live_until(at(20.25))
    async with served(vtn, port):
        await operator.publish("after", LIMIT, LIMIT_W / 1000, at(20.5), at(21))
        await until(lambda: "after" in day.known())
        await day.live_until(at(21.25))
        await OperatorReports(day.store, day.clock, day.lines.clients, lambda: day.service.plan).round()
        day.story.reported_kwh = await operator.reported_kwh("call")


def join(store: Store, number: int, url: str) -> Home:
    code = f"code-{number}"
    store.add_invitation("t1", code, at(24))
    home = store.join(code, code, [url], at(15))
    battery = Battery(f"{home.home_id}/b1", "t1", 10_000, 5_000, 5_000)
    store.describe_home(home.home_id, [url], [HomeBattery(home.home_id, "b1", "b", battery)])
    reading = BatteryReading(battery.id, at(15), 0.8, 0.0, None, "village", "no_plan", None)
    store.add_battery_readings(home.home_id, [reading])
    return Home(home.home_id, PhysicalBattery(battery, 8_000))
