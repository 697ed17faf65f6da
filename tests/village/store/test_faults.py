"""What misfortune may not do: nothing that was acknowledged is lost, and the file stays sound."""

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from battery_commons.domain.grid import Transformer
from battery_commons.domain.reading import MeterReading
from battery_commons.domain.time import SLOT
from battery_commons.store import Store, StoreError
from battery_commons.store.backup import back_up, check_whole
from battery_commons.store.shape import migrate
from battery_commons.store.sqlite import APPLICATION_ID, engine

from .conftest import NOON, joined

DAY = timedelta(days=1)

_WRITER = """
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread
from battery_commons.domain.reading import BatteryReading
from battery_commons.store import Store

store, home, start = Store.open(Path(sys.argv[1])), sys.argv[2], int(sys.argv[3])

def roll_up():
    while True:
        for _ in store.discard_old(datetime(2030, 1, 1, tzinfo=UTC)):
            pass

Thread(target=roll_up, daemon=True).start()
number = start
while True:
    # A quarter hour for each, so that it can be told from the others as a mean too.
    at = datetime(2026, 1, 1, tzinfo=UTC) + number * timedelta(hours=6)
    store.add_battery_readings(
        home, [BatteryReading(f"{home}/b1", at, 0.5, float(number), None, "village", "hold", None)]
    )
    print(number, flush=True)
    number += 1
"""

_GROUPS = """
import asyncio, sys
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from battery_commons.domain.reading import BatteryReading
from battery_commons.store import Store
from battery_commons.store.group_commit import GroupCommit

store, home = Store.open(Path(sys.argv[1])), sys.argv[2]
group = GroupCommit(store)

async def report(number):
    at = datetime(2026, 1, 1, tzinfo=UTC) + number * timedelta(seconds=1)
    reading = BatteryReading(f"{home}/b1", at, 0.5, float(number), None, "village", "hold", None)
    await group.write(partial(store.add_battery_readings, home, [reading]))
    print(number, flush=True)

async def everyone():
    for start in range(0, 1_000_000, 40):
        await asyncio.gather(*map(report, range(start, start + 40)))

asyncio.run(everyone())
"""

_RESTORER = """
import sys
from datetime import UTC, datetime
from itertools import cycle
from pathlib import Path
from battery_commons.store.backup import put_back

folder = Path(sys.argv[1])
for name in cycle(["one.db", "two.db"]):
    former = put_back(folder / name, folder / "village.db", datetime.now(UTC))
    former.unlink(missing_ok=True)
    print(name, flush=True)
"""

_CUT_OFF = """
import os, sqlite3, sys

db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute("PRAGMA journal_mode = DELETE")
db.execute("PRAGMA cache_size = 1")  # so that the change reaches the file before it is whole
db.execute("BEGIN IMMEDIATE")
db.execute("UPDATE meter_reading SET power_w = -1")
db.execute("UPDATE village SET name = 'half'")
os._exit(1)
"""

_FILLER = """
import resource, sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from battery_commons.domain.reading import MeterReading
from battery_commons.store import Store, StoreError

store = Store.open(Path(sys.argv[1]))
if sys.argv[2] == "limited":
    resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, resource.RLIM_INFINITY))
at = datetime(2026, 6, 21, tzinfo=UTC)
for number in range(1_000_000):
    readings = [MeterReading(at + timedelta(seconds=100 * number + n), 1.0) for n in range(100)]
    try:
        store.add_meter_readings("t1", readings)
    except StoreError as error:
        print("refused", error, flush=True)
        break
    print(number, flush=True)
"""


def program(text: str, *arguments: object) -> subprocess.Popen[str]:
    """Run a program of our own in this very interpreter."""
    return subprocess.Popen(  # noqa: S603
        [sys.executable, "-c", text, *map(str, arguments)], stdout=subprocess.PIPE, text=True
    )


def killed_after(running: subprocess.Popen[str], seconds: float) -> list[str]:
    """Kill a program, some time after its first word, and return the whole lines that it said."""
    with running:
        assert running.stdout is not None
        first = running.stdout.readline()
        time.sleep(seconds)
        running.send_signal(signal.SIGKILL)
        return [line.strip() for line in [first, *running.stdout] if line.endswith("\n")]


def village(path: Path) -> str:
    """Make a village with a home, and return the home's id."""
    with closing(Store.open(path)) as store:
        store.put_transformer(Transformer(id="t1", name="Dorpsstraat", limit_w=250_000))
        return joined(store, "first-home").home_id


def test_a_kill_in_the_midst_of_readings_and_of_their_roll_up_loses_none(tmp_path: Path) -> None:
    path = tmp_path / "village.db"
    home_id = village(path)
    moments = random.Random(5)  # noqa: S311 - a test's, so that it can be run again
    acknowledged = -1
    for _ in range(5):
        lines = killed_after(program(_WRITER, path, home_id, acknowledged + 1), moments.uniform(0.1, 0.5))
        acknowledged = int(lines[-1])

        check_whole(path)
        with closing(Store.open(path)) as store:
            start = datetime(2026, 1, 1, tzinfo=UTC)
            [means] = store.battery_slot_means(start, start + 4000 * DAY).values()
            latest = store.latest_battery_readings()[f"{home_id}/b1"]
        # The last one may have been written and not yet said.
        assert len(means) in {acknowledged + 1, acknowledged + 2}
        assert list(means.values()) == [float(number) for number in range(len(means))]
        assert latest.power_w == len(means) - 1
        acknowledged = len(means) - 1
    with closing(sqlite3.connect(path)) as db:
        [rolled_up] = db.execute("SELECT count(*) FROM battery_quarter_hour").fetchone()
    assert rolled_up > 0


def test_a_kill_in_the_midst_of_what_many_write_together_loses_nothing_acknowledged(tmp_path: Path) -> None:
    path = tmp_path / "village.db"
    home_id = village(path)
    acknowledged = {int(line) for line in killed_after(program(_GROUPS, path, home_id), 0.3)}

    check_whole(path)
    start = datetime(2026, 1, 1, tzinfo=UTC)
    with closing(Store.open(path)) as store:
        kept = store.battery_readings(home_id, "b1", start, start + DAY)
    assert len(acknowledged) > 1
    assert acknowledged <= {round(each.power_w) for each in kept}


def test_a_kill_in_the_midst_of_a_restore_leaves_one_village_or_the_other(tmp_path: Path) -> None:
    path = tmp_path / "village.db"
    village(path)
    for name in ("one", "two"):
        with closing(Store.open(path)) as store:
            store.rename_village(name)
        back_up(path, tmp_path / f"{name}.db")
    moments = random.Random(7)  # noqa: S311 - a test's, so that it can be run again
    for _ in range(6):
        killed_after(program(_RESTORER, tmp_path), moments.uniform(0, 0.15))

        check_whole(path)
        with closing(Store.open(path)) as store:
            assert store.village().name in {"one", "two"}
            assert len(store.homes()) == 1


def test_a_change_outside_the_log_that_a_power_cut_broke_off_is_undone(tmp_path: Path) -> None:
    path = tmp_path / "village.db"
    village(path)
    with closing(Store.open(path)) as store:
        store.rename_village("whole")
        store.add_meter_readings("t1", [MeterReading(NOON - n * SLOT, 1.0) for n in range(2000)])
    with program(_CUT_OFF, path):
        pass
    assert path.with_name("village.db-journal").stat().st_size

    check_whole(path)
    with closing(Store.open(path)) as store:
        assert store.village().name == "whole"
        assert set(store.meter_slot_means("t1", NOON - 3000 * SLOT, NOON + SLOT).values()) == {1.0}


def filled(path: Path, how: str) -> tuple[int, str]:
    """Write until the disk refuses; return how many batches were acknowledged, and what was said then."""
    with program(_FILLER, path, how) as filler:
        assert filler.stdout is not None
        lines = [line.strip() for line in filler.stdout]
    assert lines[-1].startswith("refused")
    return int(lines[-2]) + 1, lines[-1]


def holds(path: Path, batches: int) -> None:
    """See that a database is sound, has what was acknowledged, and takes more now that there is room."""
    check_whole(path)
    with closing(Store.open(path)) as store:
        with store._read() as connection:
            [kept] = connection.exec_driver_sql("SELECT count(*) FROM meter_reading").one()
        assert kept == 100 * batches
        assert store.add_meter_readings("t1", [MeterReading(NOON - DAY, 1.0)]) == 1


def test_a_file_that_may_not_grow_loses_nothing_and_goes_on_when_it_may(tmp_path: Path) -> None:
    path = tmp_path / "village.db"
    village(path)
    batches, said = filled(path, "limited")
    assert "Check its permissions and the disk" in said or "the disk is full" in said
    holds(path, batches)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own, of 1 MB."""
    folder, mount, umount = tmp_path / "small", shutil.which("mount"), shutil.which("umount")
    folder.mkdir()
    if os.geteuid() != 0 or mount is None or umount is None:
        pytest.skip("only root can mount a small disk")
    made = subprocess.run(  # noqa: S603
        [mount, "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder], capture_output=True, text=True, check=False
    )
    if made.returncode:
        pytest.skip(f"a small disk cannot be mounted here: {made.stderr.strip()}")
    yield folder
    subprocess.run([umount, folder], check=True)  # noqa: S603


def test_a_full_disk_loses_nothing_and_the_village_goes_on_when_there_is_room(small_disk: Path) -> None:
    path, ballast = small_disk / "village.db", small_disk / "ballast"
    village(path)
    ballast.write_bytes(bytes(400_000))
    batches, said = filled(path, "until full")
    assert "the disk is full. Make room" in said
    ballast.unlink()
    holds(path, batches)


def test_a_backup_onto_a_full_disk_leaves_no_half_of_it(tmp_path: Path, small_disk: Path) -> None:
    path = tmp_path / "village.db"
    village(path)
    with closing(Store.open(path)) as store:
        store.add_meter_readings(
            "t1", [MeterReading(NOON + n * timedelta(seconds=1), 1.0) for n in range(60_000)]
        )
    with pytest.raises(StoreError, match="full"):
        back_up(path, small_disk / "copy.db")
    assert list(small_disk.iterdir()) == []
    check_whole(path)


@pytest.mark.parametrize("version", ["0001", "0002"])
def test_a_database_of_each_former_version_is_brought_along_with_its_readings(
    tmp_path: Path, version: str
) -> None:
    path = tmp_path / "village.db"
    connections = engine(path)
    at = int(NOON.timestamp()) * 10**6
    with connections.execution_options(writing=True).begin() as connection:
        connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
        migrate(connection, version)
        connection.exec_driver_sql("INSERT INTO village VALUES ('0123456789abcdef', 'Ansen')")
        connection.exec_driver_sql("INSERT INTO transformer VALUES ('t1', 'Dorpsstraat', 250000, NULL)")
        connection.exec_driver_sql(
            "INSERT INTO home (id, name, transformer_id, webhook_urls, token_sha256, last_sequence)"
            " VALUES ('h1', 'De Eik', 't1', '[]', 'hash', 7)"
        )
        connection.exec_driver_sql(
            "INSERT INTO battery VALUES ('h1', 'b1', 'Garage', 10000, 5000, 5000, 0.95, 0.95, 0.1)"
        )
        for n in range(30):
            stamp = at + n * 60 * 10**6
            connection.exec_driver_sql(
                "INSERT INTO battery_reading VALUES ('h1', 'b1', ?, 0.5, ?, NULL, 'village', 'hold', 7)",
                (stamp, n),
            )
            connection.exec_driver_sql("INSERT INTO meter_reading VALUES ('t1', ?, ?)", (stamp, n))
        connection.exec_driver_sql("INSERT INTO price VALUES (?, 0.25, 'EnergyZero')", (at,))
        connection.exec_driver_sql(
            "INSERT INTO dispatch (home_id, sequence, plan_json, issued_at, lease_until, attempts, accepted)"
            " VALUES ('h1', 7, '{}', ?, ?, 1, 1)",
            (at, at + 45 * 60 * 10**6),
        )
    connections.dispose()

    with closing(Store.open(path)) as store:
        assert [home.name for home in store.homes()] == ["De Eik"]
        assert store.latest_battery_readings()["h1/b1"].power_w == 29.0
        assert store.latest_dispatches()["h1"].accepted
        assert len(store.prices(NOON, NOON + SLOT)) == 1
        before = store.battery_slot_means(NOON, NOON + DAY), store.meter_slot_means("t1", NOON, NOON + DAY)
        assert before == ({"h1/b1": {NOON: 7.0, NOON + SLOT: 22.0}}, {NOON: 7.0, NOON + SLOT: 22.0})
        store.add_battery_readings(
            "h1", [replace(store.latest_battery_readings()["h1/b1"], at=NOON + 99 * DAY)]
        )
        assert sum(store.discard_old(NOON + 99 * DAY)) > 0
        assert store.battery_slot_means(NOON, NOON + DAY) == before[0]
        assert store.meter_slot_means("t1", NOON, NOON + DAY) == before[1]
    check_whole(path)
