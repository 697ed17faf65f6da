"""Measure the grid operator's line at both ends, and hold it against what is promised.

First a region: its VTN and the villages below it, each with its own store and subscribed by webhook; from the
moment that an operator posts an event until the last village has accepted it on disk. Then one village, to
which an operator posts events for a while; how many arrive, and how long it takes to make of them what a tick
needs. All of them share one process and one core's interpreter, which is harder than it will be: HTTP is on
the loopback, databases are on disk. What is not measured: TLS and networks.

    script/bench operator [--villages N] [--events N] [--rate EVENTS_A_MINUTE] [--seconds S]
"""

import argparse
import asyncio
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import numpy as np
import structlog
from aiohttp import ClientSession, web

from battery_commons.coordinator.tending import tended
from battery_commons.domain.grid import Transformer
from battery_commons.domain.operator_line import OperatorLine, Reception
from battery_commons.domain.time import WallClock
from battery_commons.domain.vtn import Role
from battery_commons.openadr.in_force import EventsInForce
from battery_commons.openadr.ven import OperatorLines
from battery_commons.openadr.vtn.routes import PREFIX, Vtn
from battery_commons.openadr.vtn_client import VtnClient
from battery_commons.store import Store
from demo.process import free_port

PROMISED_LAST_S = 5.0
PROMISED_SIGNALS_S = 1.0
"""A tick has 10 s to its last accepted plan, and most of it is the solver's."""
WITHIN_S = 60.0
"""After which something that has not come counts as lost."""
LOOKED_EVERY_S = 5.0


@dataclass
class Village:
    """A village below the region."""

    store: Store
    lines: OperatorLines
    line_id: str
    accepted_at: list[float] = field(default_factory=list)
    """When what is asked of it changed, each time."""


@dataclass
class Region:
    """A region with villages below it, as its operator sees it."""

    operator: VtnClient
    program_id: str
    villages: list[Village]

    async def post(self, minutes: int = 0) -> None:
        """Post an event: a limit for an hour tomorrow."""
        start = datetime.now(UTC) + timedelta(days=1, minutes=minutes)
        await self.operator.post(
            "events",
            {
                "programID": self.program_id,
                "intervalPeriod": {"start": start.isoformat(), "duration": "PT1H"},
                "intervals": [{"id": 0, "payloads": [{"type": "IMPORT_CAPACITY_LIMIT", "values": [100]}]}],
            },
        )


@asynccontextmanager
async def region(folder: Path, count: int) -> AsyncIterator[Region]:
    """Run a region with so many villages, all of which have subscribed."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(ClientSession())
        above = Store.open(folder / "region.db")
        stack.callback(above.close)
        vtn = Vtn(above, lambda: datetime.now(UTC))
        app = web.Application()
        app.add_routes(vtn.routes())
        villages = [village(folder, number, above, url) for number in range(count)]
        for number, each in enumerate(villages):
            stack.callback(each.store.close)
            below = web.Application()
            below.add_routes(each.lines.routes())
            app.add_subapp(f"/village-{number}", below)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        await web.TCPSite(runner, "127.0.0.1", port).start()
        await stack.enter_async_context(tended("notifications", vtn.notifications.run))
        client_id, secret = above.add_vtn_client("operator", Role.BL, datetime.now(UTC))
        operator = VtnClient(session, OperatorLine("Region", url + PREFIX, client_id, "operator", secret))
        program: Any = await operator.post("programs", {"programName": "limits"})
        for number, each in enumerate(villages):
            await stack.enter_async_context(tended(f"village {number}", each.lines.run))
        yield Region(operator, program["id"], villages)


def village(folder: Path, number: int, above: Store, url: str) -> Village:
    """Return a village with a line to the region."""
    name = f"Village {number}"
    client_id, secret = above.add_vtn_client(name, Role.VEN, datetime.now(UTC))
    store = Store.open(folder / f"village-{number}.db")
    store.put_transformer(Transformer("t1", "Brink", 250_000))
    store.add_operator_line(
        OperatorLine("Region", url + PREFIX, client_id, name, secret, callback_url=f"{url}/village-{number}")
    )
    accepted_at: list[float] = []
    lines = OperatorLines(store, WallClock(), lambda: accepted_at.append(perf_counter()))
    return Village(store, lines, store.operator_lines()[0].id, accepted_at)


async def all_subscribed(villages: list[Village]) -> None:
    """Wait until every village has listed all events, and so has subscribed before."""
    await until(lambda: all(each.lines.status(each.line_id).heard_at is not None for each in villages))


async def until(is_so: Callable[[], bool]) -> None:
    """Wait until something is so. Raises TimeoutError where that lasts."""
    async with asyncio.timeout(WITHIN_S):
        while True:
            if is_so():
                return
            await asyncio.sleep(0.005)


async def spread(folder: Path, villages: int, events: int) -> list[tuple[float, float, float]]:
    """Return, for each event, after how long (s) the first, the middle and the last village accepted it."""
    found = []
    async with region(folder, villages) as above:
        await all_subscribed(above.villages)
        for number in range(1, events + 1):
            for each in above.villages:
                each.accepted_at.clear()
            begun = perf_counter()
            await above.post(number)
            await until(lambda: all(each.accepted_at for each in above.villages))
            if any(len(each.store.operator_events()) != number for each in above.villages):
                sys.exit("a village told of a change and has no event on disk")
            took = np.array([each.accepted_at[0] - begun for each in above.villages])
            found.append((float(took.min()), float(np.median(took)), float(took.max())))
        ways = {each.lines.status(each.line_id).reception for each in above.villages}
        if ways != {Reception.WEBHOOK}:
            sys.exit(f"events came by {ways}")
    return found


@dataclass(frozen=True, slots=True)
class Flood:
    """What came of many events at one village."""

    posted: int
    seconds: float
    kept: int
    behind_s: float
    """From the last event's posting until all were kept."""
    signals_s: list[float]
    """How long it took to make a tick's signals, while they came and after."""


async def flood(folder: Path, rate: int, seconds: int) -> Flood:
    """Post events at a village, so many a minute."""
    async with region(folder, 1) as above:
        [only] = above.villages
        await all_subscribed(above.villages)
        in_force = EventsInForce(only.store, WallClock())
        signals_s: list[float] = []

        async def look() -> None:
            begun = perf_counter()
            await asyncio.to_thread(in_force.signals, datetime.now(UTC))
            signals_s.append(perf_counter() - begun)

        async def look_on() -> None:
            while True:
                await look()
                await asyncio.sleep(LOOKED_EVERY_S)

        posted = rate * seconds // 60
        begun = perf_counter()
        async with tended("looking", look_on):
            for number in range(posted):
                await asyncio.sleep(begun + number * 60 / rate - perf_counter())
                await above.post(number)
            ended = perf_counter()
        kept = 0
        while kept < posted and perf_counter() < ended + WITHIN_S:
            kept = len(await asyncio.to_thread(only.store.operator_events))
            await asyncio.sleep(0.02)
        behind_s = perf_counter() - ended
        await look()
    return Flood(posted, ended - begun, kept, behind_s, signals_s)


def broken_promises(spread_s: list[tuple[float, float, float]], flooded: Flood, rate: int) -> Iterator[str]:
    """Yield every promise that does not hold."""
    if max(last for _, _, last in spread_s) >= PROMISED_LAST_S:
        yield f"from an event's posting to the last village's acceptance under {PROMISED_LAST_S:.0f} s"
    if flooded.kept != flooded.posted:
        yield "no event is lost"
    if flooded.posted / flooded.seconds * 60 < 0.99 * rate:
        yield f"{rate:,} events a minute are taken"
    if max(flooded.signals_s) >= PROMISED_SIGNALS_S:
        yield f"a tick's signals are made within {PROMISED_SIGNALS_S:.0f} s"


def print_table(title: str, rows: Mapping[str, str]) -> None:
    """Print figures by their names, as Markdown."""
    print(f"### {title}\n\n| what | figure |\n| --- | --- |")
    for name, figure in rows.items():
        print(f"| {name} | {figure} |")
    print()


def main() -> None:
    """Measure, print, and exit with 1 where a promise is broken."""
    parser = argparse.ArgumentParser(prog="script/bench operator", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--villages", type=int, default=100, metavar="N")
    parser.add_argument("--events", type=int, default=5, metavar="N", help="posted one after the other")
    parser.add_argument("--rate", type=int, default=1_000, metavar="EVENTS", help="a minute, at one village")
    parser.add_argument("--seconds", type=int, default=60, metavar="S", help="how long they are posted")
    options = parser.parse_args()
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    with TemporaryDirectory(prefix="battery-commons-region-") as folder:
        spread_s = asyncio.run(spread(Path(folder), options.villages, options.events))
    print(f"### {options.villages} villages below a region: from posting to acceptance\n")
    print("| event | first village (s) | middle (s) | last (s) |\n| --- | --- | --- | --- |")
    for number, (first, middle, last) in enumerate(spread_s, start=1):
        print(f"| {number} | {first:.2f} | {middle:.2f} | {last:.2f} |")
    print()
    with TemporaryDirectory(prefix="battery-commons-flood-") as folder:
        flooded = asyncio.run(flood(Path(folder), options.rate, options.seconds))
    print_table(
        f"{options.rate:,} events a minute at one village",
        {
            "posted": f"{flooded.posted} in {flooded.seconds:.1f} s",
            "kept": f"{flooded.kept}",
            "all kept after the last was posted (s)": f"{flooded.behind_s:.2f}",
            "a tick's signals, median / most (s)": f"{np.median(flooded.signals_s):.2f}"
            f" / {max(flooded.signals_s):.2f}",
        },
    )
    broken = list(broken_promises(spread_s, flooded, options.rate))
    for promise in broken:
        print(f"BROKEN: {promise}")
    if broken:
        sys.exit(1)
    print("Every promise is kept.")


if __name__ == "__main__":
    main()
