"""Opening the database: made when absent, migrated when ours, left alone when anything is wrong."""

import os
import signal
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import select, update

from battery_commons.domain.grid import Transformer
from battery_commons.store import Store, StoreError, schema
from battery_commons.store.place import Place
from battery_commons.store.schema import METADATA
from tests.village.store.conftest import former


def test_a_new_database_has_a_village_with_an_id_that_stays(place: Place) -> None:
    first = Store.open(place)
    village = first.village()
    first.close()
    second = Store.open(place)
    assert second.village() == village
    assert len(village.id) == 16
    second.close()


def test_what_a_thread_is_still_at_is_let_go_of_once_it_is_done(place: Place) -> None:
    store = Store.open(place)
    with store._write() as writing, store._read() as reading:
        opened = [each.connection.driver_connection for each in (writing, reading)]
        store.close()
        assert writing.scalar(select(schema.village.c.name)) == "Battery Commons"
    assert not any(_is_open(each) for each in opened)


def _is_open(connection: Any) -> bool:
    try:
        connection.cursor().execute("SELECT 1")
    except Exception:  # noqa: BLE001 - each driver has its own for a closed connection
        return False
    return True


def test_an_empty_file_left_by_a_first_start_cut_short_becomes_a_database(tmp_path: Path) -> None:
    path = tmp_path / "village.db"
    path.touch()
    store = Store.open(path)
    assert store.transformers() == []
    store.close()


def test_migrations_build_exactly_the_schema(store: Store) -> None:
    with store._read() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), METADATA)
    assert differences == []


def test_a_database_of_the_first_version_is_brought_along_with_what_is_in_it(blank: Place) -> None:
    with former(blank, "0001") as connection:
        for statement in (
            "INSERT INTO village VALUES ('0123456789abcdef', 'Ansen')",
            "INSERT INTO transformer VALUES ('t1', 'Dorpsstraat', 250000, NULL)",
            "INSERT INTO home VALUES ('h1', 'De Eik', 't1', '[]', 'hash', 7)",
        ):
            connection.exec_driver_sql(statement)

    store = Store.open(blank)

    assert [home.name for home in store.homes()] == ["De Eik"]
    assert store.consented_at("h1") is None
    assert store.next_sequence("h1") == 8
    assert store.codes_for("h1", datetime(2026, 6, 21, tzinfo=UTC)) == []
    store.close()


def test_readers_do_not_wait_for_the_writer(store: Store) -> None:
    with store._write() as connection:
        connection.execute(update(schema.village).values(name="half"))
        assert store.village().name == "Battery Commons"
    assert store.village().name == "half"


def test_a_reader_sees_one_moment(store: Store) -> None:
    with store._read() as connection:
        before = connection.scalar(select(schema.village.c.name))
        store.rename_village("Ansen")
        assert connection.scalar(select(schema.village.c.name)) == before


def test_what_a_writer_read_stays_true_until_it_has_written(store: Store) -> None:
    def one_more() -> None:
        with store._write() as connection:
            name = connection.scalar(select(schema.village.c.name))
            connection.execute(update(schema.village).values(name=f"{name}+"))

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda _: one_more(), range(20)))
    assert store.village().name == "Battery Commons" + 20 * "+"


def _refused(path: Path) -> str:
    before = path.read_bytes()
    with pytest.raises(StoreError) as caught:
        Store.open(path)
    assert path.read_bytes() == before
    assert str(path) in str(caught.value)
    return str(caught.value)


def _made(path: Path) -> Path:
    store = Store.open(path)
    store.put_transformer(Transformer(id="t1", name="Dorpsstraat", limit_w=250_000))
    store.close()
    return path


def test_a_file_that_is_no_database_is_refused_and_untouched(tmp_path: Path) -> None:
    path = tmp_path / "village.db"
    path.write_text("minutes of the cooperative's meeting\n" * 100)
    assert "no database" in _refused(path)


def test_a_database_of_another_program_is_refused_and_untouched(tmp_path: Path) -> None:
    path = tmp_path / "home-assistant_v2.db"
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE states (id INTEGER)")
    assert "another program" in _refused(path)


def test_a_database_of_a_newer_version_is_refused_and_untouched(tmp_path: Path) -> None:
    path = _made(tmp_path / "village.db")
    with closing(sqlite3.connect(path)) as newer, newer:
        newer.execute("UPDATE alembic_version SET version_num = '9999'")
    assert "newer version" in _refused(path)


@pytest.mark.parametrize("damage", ["garbled", "truncated"])
def test_a_damaged_database_is_refused_and_untouched(tmp_path: Path, damage: str) -> None:
    path = _made(tmp_path / "village.db")
    whole = path.read_bytes()
    middle = len(whole) // 2
    path.write_bytes(
        whole[:middle] if damage == "truncated" else whole[:4096] + os.urandom(len(whole) - 4096)
    )
    assert "damaged" in _refused(path)


def test_a_locked_database_is_refused_and_untouched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("battery_commons.store.sqlite.BUSY_TIMEOUT", 0.1)
    path = _made(tmp_path / "village.db")
    with closing(sqlite3.connect(path)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        assert "locked" in _refused(path)


def test_a_write_while_another_process_writes_says_that_it_is_locked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("battery_commons.store.sqlite.BUSY_TIMEOUT", 0.1)
    path = _made(tmp_path / "village.db")
    store = Store.open(path)
    with closing(sqlite3.connect(path)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="locked by another program"):
            store.rename_village("Ansen")
        assert store.village().name == "Battery Commons"
    store.rename_village("Ansen")
    assert store.village().name == "Ansen"
    store.close()


def test_a_folder_that_does_not_exist_is_said_plainly(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="does not exist"):
        Store.open(tmp_path / "nowhere" / "village.db")


_WRITER = """
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from battery_commons.domain.reading import MeterReading
from battery_commons.store import Store

store = Store.open(Path(sys.argv[1]))
at = datetime(2026, 6, 21, tzinfo=UTC)
written = 0
while True:
    at += timedelta(seconds=1)
    written += store.add_meter_readings("t1", [MeterReading(at, 1000.0)])
    print(written, flush=True)
"""


def test_what_was_acknowledged_survives_a_kill(tmp_path: Path) -> None:
    path = _made(tmp_path / "village.db")
    with subprocess.Popen(  # noqa: S603 - this very interpreter, with a program of our own
        [sys.executable, "-c", _WRITER, str(path)], stdout=subprocess.PIPE, text=True
    ) as writer:
        assert writer.stdout is not None
        for line in writer.stdout:
            if int(line) >= 100:
                break
        writer.send_signal(signal.SIGKILL)
        acknowledged = [line for line in writer.stdout if line.endswith("\n")]
    count = int(acknowledged[-1]) if acknowledged else 100
    store = Store.open(path)
    with store._read() as connection:
        kept = connection.exec_driver_sql("SELECT count(*) FROM meter_reading").scalar()
    store.close()
    # The last one may have been written and not yet said.
    assert kept in {count, count + 1}
