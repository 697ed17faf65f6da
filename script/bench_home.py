"""Measure what the home costs its Home Assistant: start-up, processor time, rows of the recorder.

A real Home Assistant with two Modbus batteries takes part in the demonstration's village, in wall time. Its
share of a processor is measured with the integration at work and with its config entry disabled, in the same
process and in turns; the difference, all threads together, bounds the share of the event loop from above.

    script/bench home [--minutes 5] [--rounds 2]
"""

import argparse
import asyncio
import json
import sqlite3
import sys
import time
from contextlib import closing
from dataclasses import dataclass
from statistics import mean

from battery_commons.domain.battery import Battery
from battery_commons.domain.plan import ControlModel
from battery_commons.simulation.battery import PhysicalBattery
from battery_commons.simulation.demo_day import demo_day
from battery_commons.simulation.village import load_village
from demo.battery_simulator import UNIT_ID, BatterySimulator
from demo.home_assistant import HomeAssistant
from demo.process import DemoError, free_port
from demo.village import Options, RunningVillage, running_village

DOMAIN = "battery_commons"
SETTLE_S = 30
"""How long Home Assistant is left alone after something changed, before it is measured."""
MOST_START_UP_S = 0.2
MOST_SHARE = 0.005
MOST_ROWS_PER_DAY = 150_000
"""About 15 MB a day in SQLite at 100 bytes a row, which the recorder purges after ten days."""
STARTS = 3


@dataclass(frozen=True, slots=True)
class Measured:
    """What one home costs."""

    start_up_s: list[float]
    with_it: list[float]
    """Share of a processor, round by round."""
    without_it: list[float]
    rows_per_day: float
    entities: int

    @property
    def share(self) -> float:
        """What the integration adds, as a share of one processor."""
        return mean(self.with_it) - mean(self.without_it)


async def measure(minutes: float, rounds: int) -> Measured:
    """Start everything, and measure. Raises DemoError when something did not start."""
    village = load_village()
    options = Options(
        speed=1.0,
        real_homes=1,
        model=ControlModel.M4,
        port_base=29_477,
        begins_at=demo_day(village),
    )
    async with running_village(village, options, _say) as running:
        home = running.homes[0].household
        if not isinstance(home, HomeAssistant):
            raise DemoError("the first home runs no real Home Assistant")
        second = await _second_battery(running, home)
        try:
            start_up_s = [await _start_up_s(home) for _ in range(STARTS)]
            _say(f"start-up measured: {start_up_s}")
            with_it, without_it, rows_per_day = [], [], []
            entities = list((await home.entities()).values())
            for number in range(rounds):
                await asyncio.sleep(SETTLE_S)
                before = _rows(home, entities)
                with_it.append(await _share(home, minutes))
                rows_per_day.append((_rows(home, entities) - before) * 24 * 60 / minutes)
                await home.command("config_entries/disable", entry_id=home.entry_id, disabled_by="user")
                await asyncio.sleep(SETTLE_S)
                without_it.append(await _share(home, minutes))
                await home.command("config_entries/disable", entry_id=home.entry_id, disabled_by=None)
                _say(f"round {number + 1} of {rounds} measured")
            return Measured(start_up_s, with_it, without_it, mean(rows_per_day), len(entities))
        finally:
            await second.drop_link()


async def _second_battery(running: RunningVillage, home: HomeAssistant) -> BatterySimulator:
    battery = Battery("second/battery", "t1", 5_000, 2_500, 2_500)
    simulator = BatterySimulator(
        battery=PhysicalBattery(battery, 2_500),
        serial="BC-second",
        house_w=lambda _moment: 300.0,
        clock=running.clock,
    )
    port = free_port()
    await simulator.listen("127.0.0.1", port)
    await home.add_battery("Shed", "127.0.0.1", port, UNIT_ID)
    return simulator


async def _start_up_s(home: HomeAssistant) -> float:
    """Start Home Assistant again and return how long it says that our part took."""
    await home.restart()
    for each in await home.command("integration/setup_info"):
        if each["domain"] == DOMAIN:
            return float(each["seconds"])
    raise DemoError("Home Assistant does not say how long the integration took to set up")


async def _share(home: HomeAssistant, minutes: float) -> float:
    """Return which share of one processor the whole of Home Assistant takes over some minutes."""
    cpu_s, began = home.process.cpu_s, time.monotonic()
    await asyncio.sleep(60 * minutes)
    return (home.process.cpu_s - cpu_s) / (time.monotonic() - began)


def _rows(home: HomeAssistant, entities: list[str]) -> int:
    """Return how many states of `entities` the recorder has written."""
    with closing(sqlite3.connect(home.directory / "home-assistant_v2.db")) as database:
        query = (
            "SELECT count(*) FROM states JOIN states_meta USING (metadata_id) "
            "WHERE states_meta.entity_id IN (SELECT value FROM json_each(?))"
        )
        return int(database.execute(query, (json.dumps(entities),)).fetchone()[0])


def _say(what: str) -> None:
    print(what, flush=True)


def main() -> int:
    """Measure, print a table, and return 1 where a bound is broken."""
    parser = argparse.ArgumentParser(prog="script/bench home", description=__doc__)
    parser.add_argument("--minutes", type=float, default=5.0, help="of each measurement")
    parser.add_argument("--rounds", type=int, default=2)
    options = parser.parse_args()
    measured = asyncio.run(measure(options.minutes, options.rounds))
    start_up_s = max(measured.start_up_s)
    checks = [
        ("start-up added, s (worst)", start_up_s, MOST_START_UP_S),
        ("share of a processor added", measured.share, MOST_SHARE),
        ("recorder rows per day", measured.rows_per_day, MOST_ROWS_PER_DAY),
    ]
    print(f"\n{measured.entities} entities, two batteries")
    print(f"Home Assistant alone {mean(measured.without_it):.3%} of a processor\n")
    print("| measured | value | at most | |\n| --- | ---: | ---: | --- |")
    for name, value, most in checks:
        print(f"| {name} | {value:.4g} | {most:g} | {'kept' if value <= most else 'BROKEN'} |")
    return int(any(value > most for _, value, most in checks))


if __name__ == "__main__":
    sys.exit(main())
