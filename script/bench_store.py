"""Measure how fast the store takes readings in and gives means out, in a file and on PostgreSQL, in one run.

Both wait for the disk before they acknowledge. The server is made for this, with PostgreSQL's own settings,
on the same machine, by its Unix socket; over a network each exchange takes longer. What counts is the ratio.

    script/bench store [--homes N] [--seconds S] [--threads T]
"""

import argparse
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

from battery_commons.domain.battery import Battery
from battery_commons.domain.grid import Transformer
from battery_commons.domain.reading import BatteryReading
from battery_commons.store import Store
from battery_commons.store.place import Place
from battery_commons.store.records import HomeBattery
from tests.village.postgresql import Cluster, server_programs

START = datetime(2026, 6, 1, tzinfo=UTC)
EVERY = timedelta(seconds=10)
MEASURED = timedelta(minutes=30)
"""Every battery has reported for longer than this by the time that means are asked for."""
A_CALL = 6
"""Readings in one call of a home that reports every 10 s and is heard once a minute."""


@dataclass(frozen=True, slots=True)
class Rates:
    """What one kind of database came to, per second."""

    calls: float
    readings: float
    means: float
    """How often the quarter hours of half an hour of every battery were asked for."""


def main() -> None:
    """Print both kinds of database beside each other."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--homes", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--threads", type=int, default=8)
    options = parser.parse_args()
    programs = server_programs()
    if programs is None:
        raise SystemExit("no PostgreSQL server is installed here (apt install postgresql)")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="bench-store-")))
        cluster = Cluster(programs, fsync=True)
        stack.callback(cluster.remove)
        cluster.start()
        file = measured(folder / "village.db", options)
        server = measured(cluster.database(), options)
    print(f"{options.homes} homes, {options.threads} threads, {options.seconds:g} s each")
    print(f"{'per second':<34}{'SQLite':>12}{'PostgreSQL':>12}{'ratio':>8}")
    for name in ("calls", "readings", "means"):
        here, there = getattr(file, name), getattr(server, name)
        print(f"{name:<34}{here:>12.1f}{there:>12.1f}{there / here:>8.2f}")


def measured(place: Place, options: argparse.Namespace) -> Rates:
    """Return what a new database comes to."""
    with closing(Store.open(place)) as store, ThreadPoolExecutor(options.threads) as threads:
        homes = [joined(store, number) for number in range(options.homes)]
        numbers, began = count(), time.perf_counter()

        def report(_thread: int) -> int:
            calls = 0
            while time.perf_counter() - began < options.seconds:
                number = next(numbers)
                home, first = homes[number % len(homes)], number // len(homes) * A_CALL
                stamps = [START + (first + n) * EVERY for n in range(A_CALL)]
                store.add_battery_readings(home, [reading(home, at) for at in stamps])
                calls += 1
            return calls

        calls = sum(threads.map(report, range(options.threads)))
        took_s = time.perf_counter() - began
        asked, began = 0, time.perf_counter()
        while time.perf_counter() - began < options.seconds / 4:
            store.battery_slot_means(START, START + MEASURED)
            asked += 1
        means = asked / (time.perf_counter() - began)
    return Rates(calls / took_s, A_CALL * calls / took_s, means)


def joined(store: Store, number: int) -> str:
    """Let a home with one battery join, and return its id."""
    store.put_transformer(Transformer(id="t1", name="Dorpsstraat", limit_w=250_000))
    store.add_invitation("t1", f"code {number}", START + timedelta(days=1))
    home = store.join(f"code {number}", f"Home {number}", ["http://127.0.0.1/x"], START).home_id
    battery = Battery(
        id=f"{home}/b1", transformer_id="t1", capacity_wh=10_000, max_charge_w=5000, max_discharge_w=5000
    )
    store.describe_home(home, ["http://127.0.0.1/x"], [HomeBattery(home, "b1", "Garage", battery)])
    return home


def reading(home: str, at: datetime) -> BatteryReading:
    """Return a reading like any other."""
    return BatteryReading(f"{home}/b1", at, 0.5, 1234.5, 1200.0, "village", "plan", 7)


if __name__ == "__main__":
    main()
