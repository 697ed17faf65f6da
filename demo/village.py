"""The demonstration's village: coordinator, batteries, meters and homes, started and stopped in order."""

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from aiohttp import ClientError, ClientSession, ClientTimeout
from numpy.typing import NDArray

from battery_commons.domain.plan import ControlModel
from battery_commons.domain.time import ScaledClock
from battery_commons.simulation.battery import PhysicalBattery
from battery_commons.simulation.village import Connection, Village
from demo.battery_simulator import UNIT_ID, BatterySimulator
from demo.dashboard import dashboard
from demo.home_assistant import HomeAssistant
from demo.light_household import BATTERY_ID, LightHousehold
from demo.process import Child, DemoError, free_port, run_to_end
from demo.transformer_meter import TransformerMeter

COMMAND = Path(sys.executable).with_name("battery-commons")
PRICE_YEAR = 2016
FIRST_CHARGE = 0.5
"""The state of charge that every battery starts with."""
ADVANCE_EVERY_S = 0.25

type Report = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Options:
    """What a demonstration is asked to be."""

    speed: float
    real_homes: int
    model: ControlModel
    port_base: int
    begins_at: datetime
    """The village time when the coordinator starts."""
    ignores_setpoint: frozenset[str] = frozenset()
    """Connections whose battery does not do what it says."""


@dataclass(slots=True)
class Home:
    """One household with a battery, and what steers it."""

    connection: Connection
    simulator: BatterySimulator
    port: int
    """Of the battery's Modbus server."""
    household: HomeAssistant | LightHousehold | None = None
    battery_id: str = ""
    """As the home itself calls it."""


@dataclass(slots=True)
class RunningVillage:
    """Everything that runs."""

    village: Village
    clock: ScaledClock
    data_dir: Path
    coordinator: Child
    members_url: str
    pages_url: str
    homes: list[Home]
    meters: dict[str, TransformerMeter] = field(default_factory=dict)
    dashboard_url: str | None = None
    """Of the first real Home Assistant."""


@asynccontextmanager
async def running_village(
    village: Village, options: Options, report: Report
) -> AsyncIterator[RunningVillage]:
    """Start a village and stop it on leaving; `report` hears what is going on.

    Raises:
        DemoError: Something did not start; with the reason and the tail of its log.
    """
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="battery-commons-demo-")))
        session = await stack.enter_async_context(ClientSession(timeout=ClientTimeout(total=30)))
        starting = _Start(village, options, report, folder, session, stack)
        yield await starting.everything()


@dataclass(slots=True)
class _Start:
    """Starts everything, step by step; whatever was started is stopped by `stack`, last one first."""

    village: Village
    options: Options
    report: Report
    folder: Path
    session: ClientSession
    stack: AsyncExitStack
    began: float = field(default_factory=time.monotonic)
    step: int = 0

    async def everything(self) -> RunningVillage:
        self._say("The village is being laid out")
        tokens = await self._lay_out()
        count = self.options.real_homes
        self._say(f"{count} Home Assistant{'s are' if count != 1 else ' is'} starting")
        assistants = await self._home_assistants()
        clock = ScaledClock(self.options.speed, datetime.now(UTC), self.options.begins_at)
        self._say("The batteries are starting")
        homes = await self._batteries(clock)
        self._say("The coordinator is starting")
        running = await self._coordinator(clock, homes)
        self._say("The transformers' meters send two days of history")
        await self._meters(running, tokens)
        self._say("Homes are being invited")
        links = await asyncio.gather(*(self._invite(running, home.connection) for home in homes))
        self._say("Homes are joining")
        for home, link in zip(homes, links, strict=True):
            await self._join(home, link, assistants)
        first = homes[0].household
        if isinstance(first, HomeAssistant):
            running.dashboard_url = await _show(first, homes[0].battery_id)
        return running

    def _say(self, what: str) -> None:
        self.step += 1
        self.report(f"[{self.step}/7] {what} ... {time.monotonic() - self.began:.0f} s")

    def _clock_arguments(self, clock: ScaledClock) -> list[str]:
        wall, village = clock.wall_origin.isoformat(), clock.village_origin.isoformat()
        return ["--speed", str(clock.speed), "--wall-origin", wall, "--village-origin", village]

    async def _command(self, *arguments: str) -> str:
        return await run_to_end([COMMAND, "--data-dir", self.folder / "coordinator", *arguments])

    async def _lay_out(self) -> dict[str, str]:
        """Name the village, its transformers and its prices; return each meter's token."""
        await self._command("village", "--name", self.village.name)
        tokens = {}
        for transformer in self.village.transformers:
            limit_kw = str(transformer.limit_w / 1000)
            said = await self._command(
                "transformer", transformer.id, "--name", transformer.name, "--limit-kw", limit_kw
            )
            tokens[transformer.id] = said.rsplit("meter token: ", 1)[1].split()[0]
        await self._command("synthetic-prices", str(PRICE_YEAR))
        return tokens

    async def _home_assistants(self) -> list[HomeAssistant]:
        members = self.village.battery_connections[: self.options.real_homes]
        assistants = []
        for number, connection in enumerate(members):
            directory = self.folder / f"home-assistant-{connection.id}"
            directory.mkdir()
            port = free_port(self.options.port_base + 100 + number)
            assistants.append(HomeAssistant(self.session, directory, port, connection.name))
        await asyncio.gather(*(self.stack.enter_async_context(assistant) for assistant in assistants))
        return assistants

    async def _batteries(self, clock: ScaledClock) -> list[Home]:
        homes = []
        for number, connection in enumerate(self.village.battery_connections):
            if connection.battery is None:
                raise DemoError(f"{connection.name} has no battery")
            simulator = BatterySimulator(
                battery=PhysicalBattery(connection.battery, FIRST_CHARGE * connection.battery.capacity_wh),
                serial=f"BC-{connection.id}",
                house_w=_at(self.village, self.village.net_w(connection.id)),
                clock=clock,
            )
            simulator.faults.ignores_setpoint = connection.id in self.options.ignores_setpoint
            port = free_port(self.options.port_base + 200 + number)
            await simulator.listen("127.0.0.1", port)
            self.stack.push_async_callback(simulator.drop_link)
            homes.append(Home(connection, simulator, port))
        self._run(_keep_alive([home.simulator for home in homes]))
        return homes

    async def _coordinator(self, clock: ScaledClock, homes: list[Home]) -> RunningVillage:
        members = free_port(self.options.port_base)
        pages = free_port(self.options.port_base + 1)
        arguments = ["run", "--members-host", "127.0.0.1", "--members-port", str(members)]
        arguments += ["--pages-port", str(pages), "--model", self.options.model.value]
        child = Child(
            "The coordinator",
            [
                COMMAND,
                "--data-dir",
                self.folder / "coordinator",
                *arguments,
                *self._clock_arguments(clock),
            ],
            self.folder / "coordinator.log",
        )
        self.stack.push_async_callback(child.stop)
        running = RunningVillage(
            village=self.village,
            clock=clock,
            data_dir=self.folder / "coordinator",
            coordinator=child,
            members_url=f"http://127.0.0.1:{members}",
            pages_url=f"http://127.0.0.1:{pages}",
            homes=homes,
        )
        await child.start()
        await child.wait_until("its pages answer", lambda: self._serves(running.pages_url), 60)
        return running

    async def _serves(self, url: str) -> bool:
        try:
            async with self.session.get(f"{url}/api/state") as response:
                return response.ok
        except ClientError:
            return False

    async def _meters(self, running: RunningVillage, tokens: Mapping[str, str]) -> None:
        for transformer in self.village.transformers:
            base_w = _at(self.village, self.village.transformer_load_w(transformer.id))
            behind = [
                home.simulator for home in running.homes if home.connection.transformer_id == transformer.id
            ]
            meter = TransformerMeter(
                session=self.session,
                url=running.members_url,
                transformer_id=transformer.id,
                token=tokens[transformer.id],
                load_w=_load(base_w, behind),
                clock=running.clock,
            )
            await meter.back_fill()
            running.meters[transformer.id] = meter
            self._run(meter.run())

    async def _invite(self, running: RunningVillage, connection: Connection) -> str:
        said = await self._command(
            "invite",
            "--transformer",
            connection.transformer_id,
            "--url",
            running.members_url,
            *self._clock_arguments(running.clock),
        )
        return said.split()[-1]

    async def _join(self, home: Home, link: str, assistants: list[HomeAssistant]) -> None:
        name = home.connection.name
        assistant = next((each for each in assistants if each.name == name), None)
        if assistant is not None:
            await assistant.join(link)
            home.battery_id = await assistant.add_battery(name, "127.0.0.1", home.port, UNIT_ID)
            home.household = assistant
            return
        household = LightHousehold(
            self.session, name=name, webhook_port=free_port(), battery_port=home.port, unit_id=UNIT_ID
        )
        await self.stack.enter_async_context(household)
        await household.join(link)
        home.battery_id, home.household = BATTERY_ID, household
        self._run(household.run())

    def _run(self, work: Coroutine[None, None, None]) -> None:
        """Run something in the background until the village stops; its failure is reported at once."""
        task = asyncio.create_task(work)
        task.add_done_callback(self._ended)
        self.stack.push_async_callback(_cancel, task)

    def _ended(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            self.report(f"A part of the demonstration has failed: {error!r}")


async def _cancel(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def _keep_alive(simulators: list[BatterySimulator]) -> None:
    """Let time pass for batteries that nobody asks anything."""
    while True:
        for simulator in simulators:
            simulator.advance()
        await asyncio.sleep(ADVANCE_EVERY_S)


async def _show(assistant: HomeAssistant, battery_id: str) -> str:
    """Give the home its dashboard once the integration's entities are there; return its address."""

    async def ready() -> bool:
        return f"{battery_id}_plan" in await assistant.entities()

    await assistant.process.wait_until("its entities are there", ready, 30)
    config = dashboard(await assistant.entities(), battery_id, assistant.entry_id)
    return await assistant.save_dashboard("Battery Commons", config)


def _at(village: Village, series_w: NDArray[np.float64]) -> Callable[[datetime], float]:
    return lambda moment: float(series_w[village.slot(moment)])


def _load(base_w: Callable[[datetime], float], behind: list[BatterySimulator]) -> Callable[[datetime], float]:
    """Return the load that a meter sees: the houses', and what the batteries behind it do now."""
    return lambda moment: base_w(moment) + sum(simulator.power_w for simulator in behind)
