"""Measure a real coordinator under the load of a whole village, and hold it against what is promised.

The coordinator is the command `battery-commons run` on one core: its own process, a database on disk, HTTP
on the loopback. A second process is all homes and the transformers' meters (script/load_homes.py): half of
the homes are reached by webhook and half by stream, and everybody reports every 10 s. The village's clock
runs three times as fast as the wall's, so that there is a plan every 5 minutes. What is not measured: TLS,
networks, and the homes' own work but for the check of a plan.

    script/bench load [--homes N] [--minutes M] [--streams SHARE] [--speed SPEED] [--folder FOLDER]
"""

import argparse
import asyncio
import json
import os
import sqlite3
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from battery_commons.domain.battery import Battery
from battery_commons.domain.grid import Transformer
from battery_commons.domain.reading import MeterReading
from battery_commons.domain.time import SLOT, SLOTS_PER_DAY, ScaledClock, slot_start
from battery_commons.simulation.village import load_village
from battery_commons.store import Store
from battery_commons.store.keys import load_or_create_key
from battery_commons.store.place import DATABASE, KEY
from battery_commons.store.records import HomeBattery, StoredPrice
from battery_commons.store.schema import MICROSECOND
from battery_commons.wire.envelope import public_key_text
from demo.process import Child, free_port
from script.load_homes import BATTERY_ID, LIMITS, WEBHOOK

PROMISED_HOMES = 1000
PROMISED_S = 10.0
PROMISED_MB = 500.0
BEHIND_TRANSFORMER = 50
HISTORY = timedelta(days=3)
CORE = 0
STARTED_WITHIN_S = 30.0
SETTLED_S = 45.0
"""Every home has joined, reported and opened its stream by then; a first plan has gone out."""
ANSWERED_WITHIN = timedelta(minutes=3)
"""Wall time after a tick in which its plans are looked for."""
DAY_S = 86_400


@dataclass(frozen=True, slots=True)
class Tick:
    """What one tick's plans came to."""

    plans: int
    accepted: int
    first_s: float
    """Wall time from the start of the quarter hour until the first plan was signed."""
    last_s: float
    """... and until the last one was accepted."""


@dataclass(frozen=True, slots=True)
class Use:
    """What the coordinator had taken of the machine at a moment."""

    at: datetime
    cpu_s: float
    database_bytes: int

    @classmethod
    def now(cls, coordinator: Child, database: Path) -> Use:
        """Look at a running coordinator and its database."""
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as db:
            [pages] = db.execute("PRAGMA page_count").fetchone()
            [size] = db.execute("PRAGMA page_size").fetchone()
        return cls(datetime.now(UTC), coordinator.cpu_s, pages * size)


def lay_out(folder: Path, options: argparse.Namespace, clock: ScaledClock) -> None:
    """Make a village with its homes, prices and some days of its meters; write down what homes are told."""
    ports = {"webhook_port": free_port(), "members_port": free_port(), "pages_port": free_port()}
    now = clock.now()
    told: list[dict[str, object]] = []
    meters: list[dict[str, str]] = []
    with closing(Store.open(folder / DATABASE)) as store:
        for number in range(-(-options.homes // BEHIND_TRANSFORMER)):
            transformer = Transformer(f"t{number}", f"Transformer {number}", 100_000)
            store.put_transformer(transformer)
            store.add_meter_readings(transformer.id, history(now, number))
            meters.append({"id": transformer.id, "token": store.new_meter_token(transformer.id)})
        start = slot_start(now) - HISTORY
        slots = [start + n * SLOT for n in range(7 * SLOTS_PER_DAY)]
        store.put_prices("bench", [StoredPrice(s, 0.1 + 0.02 * (s.hour % 12), "bench") for s in slots])
        for number in range(options.homes):
            behind = f"t{number // BEHIND_TRANSFORMER}"
            store.add_invitation(behind, f"code {number}", now + timedelta(days=1))
            home = store.join(f"code {number}", f"Home {number:04}", [], now)
            streams = number % 100 < 100 * options.streams
            url = f"http://127.0.0.1:{ports['webhook_port']}{WEBHOOK}{home.home_id}"
            limits = LIMITS.capacity_wh, LIMITS.max_charge_w, LIMITS.max_discharge_w
            battery = Battery(f"{home.home_id}/{BATTERY_ID}", behind, *limits)
            described = HomeBattery(home.home_id, BATTERY_ID, "Battery", battery)
            store.describe_home(home.home_id, [] if streams else [url], [described])
            told.append({"home_id": home.home_id, "token": home.token, "streams": streams})
    village = {
        **ports,
        "key": public_key_text(load_or_create_key(folder / KEY).public_key()),
        "url": f"http://127.0.0.1:{ports['members_port']}",
        "homes": told,
        "meters": meters,
    }
    (folder / "homes.json").write_text(json.dumps(village))


def history(now: datetime, number: int) -> Iterator[MeterReading]:
    """Yield some days of a transformer of the village on record, up to now, a little different for each."""
    village = load_village()
    load_w = village.transformer_load_w(village.transformers[number % len(village.transformers)].id)
    start = slot_start(now) - HISTORY
    for n in range(HISTORY // SLOT):
        yield MeterReading(start + n * SLOT, float(load_w[n] * (1 + number % 7 / 20)))


async def run(folder: Path, options: argparse.Namespace) -> None:
    """Put the load on, and print what came of it.

    Exits with 1 where a promise is broken; with more homes than the promises are for, that is only told.
    """
    started = datetime.now(UTC)
    # A quarter hour begins as the homes have settled.
    to_settle = timedelta(seconds=SETTLED_S * options.speed)
    clock = ScaledClock(options.speed, started, slot_start(started) + SLOT - to_settle)
    lay_out(folder, options, clock)
    village = json.loads((folder / "homes.json").read_text())
    # The laying out took its time.
    started = datetime.now(UTC)
    clock = ScaledClock(options.speed, started, clock.village_origin)
    command = [
        "taskset", "-c", str(CORE), Path(sys.executable).with_name("battery-commons"),
        "--data-dir", folder, "run",
        "--members-host", "127.0.0.1", "--members-port", village["members_port"],
        "--pages-port", village["pages_port"], "--tls", "off", "--no-announce",
        "--trusted-proxy", "127.0.0.1", "--speed", options.speed,
        "--wall-origin", clock.wall_origin.isoformat(), "--village-origin", clock.village_origin.isoformat(),
    ]  # fmt: skip
    coordinator = Child("coordinator", command, folder / "coordinator.log")
    homes = Child("homes", [sys.executable, "script/load_homes.py", folder], folder / "homes.log")
    try:
        await coordinator.start()
        await coordinator.wait_until(
            "it answers", partial(answers, village["members_port"]), STARTED_WITHIN_S
        )
        await homes.start({"PYTHONPATH": "."})
        for child in (coordinator, homes):
            keep_niceness(child)
        settled = started + timedelta(seconds=SETTLED_S - 1)
        await asyncio.sleep((settled - datetime.now(UTC)).total_seconds())
        before = Use.now(coordinator, folder / DATABASE)
        memory_mb = await watched(coordinator, homes, 60 * options.minutes)
        after = Use.now(coordinator, folder / DATABASE)
        await homes.stop()
        if homes.returncode:
            sys.exit(f"The homes did not last:\n{homes.tail()}")
    finally:
        await homes.stop()
        await coordinator.stop()
    seen = json.loads((folder / "seen.json").read_text())
    with closing(sqlite3.connect(folder / DATABASE)) as db:
        ticks = list(ticks_in(db, clock, before.at, after.at, options.speed))
        lost = lost_readings(db, clock, seen["acknowledged"])
    print_use(options, before, after, memory_mb)
    print_ticks(ticks)
    print_telemetry(seen, lost)
    broken = broken_promises(options.homes, ticks, seen, lost, memory_mb)
    for promise in broken:
        print(f"BROKEN: {promise}")
    if not broken:
        print("Every promise is kept.")
    elif options.homes > PROMISED_HOMES:
        print(
            f"The promises are for {PROMISED_HOMES:,} homes at most: with more, a broken one is no failure."
        )
    else:
        sys.exit(1)


async def answers(port: int) -> bool:
    """Return whether somebody listens at a port of the loopback."""
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True


def keep_niceness(child: Child) -> None:
    """Give a process what `nice` gave us: Linux compares sessions first, and each child has its own."""
    group = Path(f"/proc/{child.pid}/autogroup")
    if os.nice(0) and group.exists():
        group.write_text(f"{os.nice(0)}")


async def watched(coordinator: Child, homes: Child, seconds: float) -> float:
    """Wait for so long; return the most memory (MB) that the coordinator had in use meanwhile."""
    most = 0.0
    for _ in range(round(seconds)):
        if not (coordinator.is_running and homes.is_running):
            sys.exit(f"A process did not last:\n{coordinator.tail()}\n{homes.tail()}")
        most = max(most, coordinator.memory_mb)
        await asyncio.sleep(1)
    return most


def ticks_in(
    db: sqlite3.Connection, clock: ScaledClock, since: datetime, until: datetime, speed: float
) -> Iterator[Tick]:
    """Yield what became of the plans of each quarter hour that began between two wall times."""
    slot = slot_start(clock.to_village(since)) + SLOT
    while clock.to_wall(slot) + timedelta(seconds=PROMISED_S) < until:
        # The first plan of each home: the guard may have sent another since.
        rows = db.execute(
            "SELECT min(issued_at), min(answered_at), max(accepted) FROM dispatch"
            " WHERE issued_at >= ? AND issued_at < ? GROUP BY home_id",
            (micros(slot), micros(slot + min(ANSWERED_WITHIN * speed, SLOT))),
        ).fetchall()
        answered = [(answered_at - micros(slot)) / 1e6 / speed for _, answered_at, good in rows if good]
        issued = [(issued_at - micros(slot)) / 1e6 / speed for issued_at, _, _ in rows]
        yield Tick(len(rows), len(answered), min(issued, default=np.inf), max(answered, default=np.inf))
        slot += SLOT


def lost_readings(db: sqlite3.Connection, clock: ScaledClock, acknowledged: list[tuple[str, int]]) -> int:
    """Return how many readings the village said it had taken and does not have."""
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    kept = set(db.execute("SELECT home_id, at FROM battery_reading"))
    return sum(
        (home_id, micros(clock.to_village(epoch + at * MICROSECOND))) not in kept
        for home_id, at in acknowledged
    )


def micros(at: datetime) -> int:
    """Return how the database writes a time."""
    return (at - datetime(1970, 1, 1, tzinfo=UTC)) // MICROSECOND


def print_use(options: argparse.Namespace, before: Use, after: Use, memory_mb: float) -> None:
    """Print what the coordinator took."""
    seconds = (after.at - before.at).total_seconds()
    grown_mb = (after.database_bytes - before.database_bytes) / 1e6
    niceness = os.nice(0)
    print_table(
        f"{options.homes} homes, {100 * options.streams:.0f} % by stream, {seconds / 60:.1f} minutes,"
        f" nice {niceness}",
        {
            "coordinator's memory, most (MB)": f"{memory_mb:.0f}",
            "of one core": f"{100 * (after.cpu_s - before.cpu_s) / seconds:.0f} %",
            "database grows by (MB a day, at this rate)": f"{grown_mb / seconds * DAY_S:.0f}",
        },
    )


def print_ticks(ticks: list[Tick]) -> None:
    """Print how long plans took."""
    print("| tick | plans | accepted | first signed (s) | last accepted (s) |")
    print("| --- | --- | --- | --- | --- |")
    for number, tick in enumerate(ticks, start=1):
        print(f"| {number} | {tick.plans} | {tick.accepted} | {tick.first_s:.2f} | {tick.last_s:.2f} |")
    print()


def print_telemetry(seen: Mapping[str, Any], lost: int) -> None:
    """Print how telemetry fared."""
    at = np.percentile(seen["took_s"], [50, 95, 99, 100]) * 1000
    print_table(
        "Telemetry, as the homes saw it",
        {
            "sent": f"{seen['sent']}",
            "failed": f"{seen['failed']} {seen['problems'] or ''}",
            "acknowledged (the last were under way at the end)": f"{len(seen['acknowledged'])}",
            "acknowledged and not in the database": f"{lost}",
            "took, 50 / 95 / 99 / 100 % (ms)": " / ".join(f"{each:.0f}" for each in at),
            "plans refused by homes": f"{seen['refused']}",
            "streams lost": f"{seen['streams_lost']}",
        },
    )


def print_table(title: str, rows: Mapping[str, str]) -> None:
    """Print figures by their names, as Markdown."""
    print(f"### {title}\n\n| what | figure |\n| --- | --- |")
    for name, figure in rows.items():
        print(f"| {name} | {figure} |")
    print()


def broken_promises(
    homes: int, ticks: list[Tick], seen: Mapping[str, Any], lost: int, memory_mb: float
) -> list[str]:
    """Return every promise that does not hold."""
    kept = {
        "there was a tick to measure": bool(ticks),
        "each tick brings every home a plan, and each accepts it": all(
            tick.plans == tick.accepted == homes for tick in ticks
        ),
        f"from tick to last accepted plan under {PROMISED_S:.0f} s": all(
            tick.last_s < PROMISED_S for tick in ticks
        ),
        "no telemetry fails": seen["failed"] == 0,
        "no acknowledged reading is lost": lost == 0,
        f"the coordinator's memory under {PROMISED_MB:.0f} MB": memory_mb < PROMISED_MB,
    }
    return [promise for promise, holds in kept.items() if not holds]


def main() -> None:
    """Measure what is asked for."""
    parser = argparse.ArgumentParser("script/bench load")
    parser.add_argument("--homes", type=int, default=PROMISED_HOMES)
    parser.add_argument("--minutes", type=float, default=11.0)
    parser.add_argument("--streams", type=float, default=0.5, help="share of the homes reached by stream")
    parser.add_argument("--speed", type=float, default=3.0, help="a plan comes every 15 minutes / SPEED")
    parser.add_argument("--folder", type=Path, help="keep database and logs here")
    options = parser.parse_args()
    if options.folder is not None:
        options.folder.mkdir(parents=True)
        asyncio.run(run(options.folder, options))
        return
    with TemporaryDirectory(prefix="battery-commons-load-") as folder:
        asyncio.run(run(Path(folder), options))


if __name__ == "__main__":
    main()
