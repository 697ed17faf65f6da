"""The demonstration's command: `script/demo`."""

import argparse
import asyncio
import signal
import sys
from collections.abc import Sequence
from datetime import datetime, timedelta

from battery_commons.domain.plan import ControlModel
from battery_commons.simulation.demo_day import demo_day
from battery_commons.simulation.village import Village, load_village
from demo.check import Promise, check_day
from demo.home_assistant import PASSWORD, USER
from demo.process import DemoError
from demo.village import Options, RunningVillage, running_village

CHECK_SPEED = 288.0
"""A village day in five minutes: slots of 3.1 s."""
SET_UP = timedelta(seconds=75)
"""Wall time between the coordinator's start and the day that is checked."""
MORNING = timedelta(hours=7)
"""When a demonstration for people begins: soon there is sun."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the demonstration; return 0, or 1 when something promised did not happen."""
    options = _parser().parse_args(arguments)
    village = load_village()
    try:
        ignoring = frozenset(_connection(village, battery) for battery in options.ignore_setpoint)
        return asyncio.run(_run(village, options, ignoring))
    except (DemoError, ValueError) as error:
        _say(f"demo: {error}")
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="script/demo", description=__doc__)
    parser.add_argument("--speed", type=float, help="village time per wall time (default: 60; check: 288)")
    parser.add_argument(
        "--real-homes", type=int, default=1, choices=range(11), help="how many run a real Home Assistant"
    )
    parser.add_argument("--check", action="store_true", help="live a day without a person, and judge it")
    parser.add_argument(
        "--model",
        type=ControlModel,
        choices=[ControlModel.M1, ControlModel.M2, ControlModel.M3, ControlModel.M4],
        default=ControlModel.M4,
    )
    parser.add_argument("--port-base", type=int, default=8477, help="ports from here on, where they are free")
    parser.add_argument(
        "--ignore-setpoint",
        metavar="BATTERY",
        action="append",
        default=[],
        help="let one battery ignore its setpoint, by its street and number; the check must then fail",
    )
    return parser


def _connection(village: Village, name: str) -> str:
    for connection in village.battery_connections:
        if name in {connection.id, connection.name}:
            return connection.id
    known = ", ".join(connection.name for connection in village.battery_connections)
    raise ValueError(f"there is no battery at {name!r}; there are {known}")


async def _run(village: Village, asked: argparse.Namespace, ignoring: frozenset[str]) -> int:
    day = demo_day(village)
    speed = asked.speed or (CHECK_SPEED if asked.check else 60.0)
    options = Options(
        speed=speed,
        real_homes=asked.real_homes,
        model=asked.model,
        port_base=asked.port_base,
        begins_at=day - speed * SET_UP if asked.check else day + MORNING,
        ignores_setpoint=ignoring,
    )
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    work = asyncio.create_task(_demonstrate(village, options, day if asked.check else None))
    stopped = asyncio.create_task(stop.wait())
    await asyncio.wait({work, stopped}, return_when=asyncio.FIRST_COMPLETED)
    stopped.cancel()
    if not work.done():
        _say("Stopping ...")
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)
        return 1 if asked.check else 0
    return work.result()


async def _demonstrate(village: Village, options: Options, checked_day: datetime | None) -> int:
    async with running_village(village, options, _say) as running:
        _say_addresses(running)
        if checked_day is None:
            await asyncio.Event().wait()
            return 0
        promises = await check_day(running, checked_day, _say)
    _say("\n".join(_line(promise) for promise in promises))
    broken = [promise for promise in promises if not promise.kept]
    _say(f"{len(promises) - len(broken)} of {len(promises)} promises kept")
    return 1 if broken else 0


def _say_addresses(running: RunningVillage) -> None:
    if running.dashboard_url is not None:
        _say(f"Home Assistant:  {running.dashboard_url}   (user {USER}, password {PASSWORD})")
    _say(f"The coordinator: {running.pages_url}")
    _say("Ctrl-C stops everything.")


def _line(promise: Promise) -> str:
    return f"{'kept  ' if promise.kept else 'BROKEN'}  {promise.what}: {promise.evidence}"


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - a command's own voice


if __name__ == "__main__":
    sys.exit(main())
