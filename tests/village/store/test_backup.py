"""Copies of the database: whole, checked, and put back without losing what was there."""

import os
import sqlite3
import stat
import threading
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert

from battery_commons.domain.reading import MeterReading
from battery_commons.store import Store, StoreError, schema
from battery_commons.store.backup import back_up, check_whole, put_back
from battery_commons.store.keys import copy_key, load_or_create_key, put_key_back
from battery_commons.store.records import NewHome
from battery_commons.store.sole_use import is_in_use, sole_use

from .conftest import NOON, joined

SECOND = timedelta(seconds=1)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Only of a file can these copies be made."""
    return tmp_path / "village.db"


@pytest.fixture
def database(tmp_path: Path, store: Store) -> Path:
    """The path of a database that is in use."""
    store.rename_village("Ansen")
    return tmp_path / "village.db"


def name_in(database: Path) -> str:
    with closing(Store.open(database)) as opened:
        return opened.village().name


def test_a_copy_of_a_database_in_use_is_one_whole_file_for_its_owner_only(
    database: Path, store: Store, home: NewHome, tmp_path: Path
) -> None:
    copy = tmp_path / "elsewhere" / "copy.db"
    copy.parent.mkdir()
    back_up(database, copy)
    assert [path.name for path in copy.parent.iterdir()] == ["copy.db"]
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    check_whole(copy)
    with closing(Store.open(copy)) as opened:
        assert opened.homes() == store.homes()
        assert opened.village() == store.village()


def test_a_copy_is_of_one_moment_while_readings_come_in(database: Path, store: Store, tmp_path: Path) -> None:
    stop = threading.Event()
    written = 0

    def write() -> None:
        nonlocal written
        while not stop.is_set():
            at = NOON + written * SECOND
            store.add_meter_readings("t1", [MeterReading(at, 1.0), MeterReading(at + SECOND / 2, 1.0)])
            written += 1

    writer = threading.Thread(target=write)
    writer.start()
    try:
        counts = []
        for number in range(5):
            copy = tmp_path / f"copy-{number}.db"
            least = written
            back_up(database, copy)
            with closing(sqlite3.connect(copy)) as db:
                [count] = db.execute("SELECT count(*) FROM meter_reading").fetchone()
            assert count % 2 == 0
            assert count >= 2 * least
            counts.append(count)
    finally:
        stop.set()
        writer.join()
    assert counts == sorted(counts)
    assert counts[-1] > counts[0]


def test_a_home_that_was_erased_is_not_in_a_copy(database: Path, store: Store, tmp_path: Path) -> None:
    gone = joined(store, "a-name-to-look-for")
    store.leave(gone.home_id)
    back_up(database, tmp_path / "copy.db")
    assert b"a-name-to-look-for" not in (tmp_path / "copy.db").read_bytes()


def test_a_file_that_is_there_is_not_replaced(database: Path, tmp_path: Path) -> None:
    (tmp_path / "copy.db").write_text("dear diary")
    with pytest.raises(FileExistsError, match="left as it is"):
        back_up(database, tmp_path / "copy.db")
    assert (tmp_path / "copy.db").read_text() == "dear diary"


def test_of_a_damaged_database_no_copy_is_made(database: Path, store: Store, tmp_path: Path) -> None:
    with store._write() as connection:
        prices = [{"start": NOON + n * SECOND, "eur_per_kwh": 0.1, "source": "x" * 500} for n in range(200)]
        connection.execute(insert(schema.price), prices)
    store.close()
    whole = database.read_bytes()
    database.write_bytes(whole[:8192] + os.urandom(len(whole) - 8192))
    with pytest.raises(StoreError, match="damaged"):
        back_up(database, tmp_path / "copy.db")
    assert not (tmp_path / "copy.db").exists()
    assert not list(tmp_path.glob(".village-copy*"))


def test_without_a_database_nothing_is_copied(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no database"):
        back_up(tmp_path / "village.db", tmp_path / "copy.db")
    assert list(tmp_path.iterdir()) == []


def test_what_is_put_back_takes_the_place_of_what_is_kept_aside(
    database: Path, store: Store, tmp_path: Path
) -> None:
    back_up(database, tmp_path / "copy.db")
    store.rename_village("Elders")
    store.close()

    former = put_back(tmp_path / "copy.db", database, NOON)

    assert former == tmp_path / "village-before-restore-20260621T120000Z.db"
    assert name_in(database) == "Ansen"
    assert name_in(former) == "Elders"
    assert (tmp_path / "copy.db").exists()
    assert not list(tmp_path.glob(".village-copy*"))


def test_into_an_empty_folder_a_backup_is_put_back_too(database: Path, store: Store, tmp_path: Path) -> None:
    back_up(database, tmp_path / "copy.db")
    (tmp_path / "new").mkdir()
    assert put_back(tmp_path / "copy.db", tmp_path / "new" / "village.db", NOON) is None
    assert name_in(tmp_path / "new" / "village.db") == "Ansen"


def test_nothing_is_put_back_while_a_coordinator_runs(database: Path, store: Store, tmp_path: Path) -> None:
    back_up(database, tmp_path / "copy.db")
    store.close()
    before = database.read_bytes()
    with sole_use(tmp_path), pytest.raises(StoreError, match="Stop it first"):
        put_back(tmp_path / "copy.db", database, NOON)
    assert database.read_bytes() == before


def test_nothing_is_put_back_while_another_command_has_the_database_open(
    database: Path, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("battery_commons.store.backup.BUSY_TIMEOUT", 0.1)
    back_up(database, tmp_path / "copy.db")
    store.rename_village("Elders")
    with pytest.raises(StoreError, match="locked"):
        put_back(tmp_path / "copy.db", database, NOON)
    assert store.village().name == "Elders"
    assert name_in(database) == "Elders"


@pytest.mark.parametrize("damage", ["garbled", "truncated", "text", "newer", "foreign"])
def test_a_backup_that_is_not_sound_changes_nothing(
    database: Path, store: Store, tmp_path: Path, damage: str
) -> None:
    backup = tmp_path / "copy.db"
    back_up(database, backup)
    store.close()
    whole = backup.read_bytes()
    match damage:
        case "garbled":
            backup.write_bytes(whole[:4096] + os.urandom(len(whole) - 4096))
        case "truncated":
            backup.write_bytes(whole[: len(whole) // 2])
        case "text":
            backup.write_text("minutes of the meeting\n" * 100)
        case "newer":
            with closing(sqlite3.connect(backup)) as db, db:
                db.execute("UPDATE alembic_version SET version_num = '9999'")
        case "foreign":
            with closing(sqlite3.connect(backup)) as db, db:
                db.execute("PRAGMA application_id = 7")
    before = database.read_bytes()
    with pytest.raises(StoreError):
        put_back(backup, database, NOON)
    assert database.read_bytes() == before
    assert not list(tmp_path.glob("*before-restore*"))
    assert not list(tmp_path.glob(".village-copy*"))


def test_a_damaged_database_is_kept_as_it_is_with_what_belongs_to_it(
    database: Path, store: Store, tmp_path: Path
) -> None:
    back_up(database, tmp_path / "copy.db")
    store.close()
    database.write_bytes(b"scorched" * 1000)
    Path(f"{database}-wal").write_bytes(b"half of what was written last")

    former = put_back(tmp_path / "copy.db", database, NOON)

    assert former is not None
    assert former.read_bytes() == b"scorched" * 1000
    assert Path(f"{former}-wal").read_bytes() == b"half of what was written last"
    assert name_in(database) == "Ansen"


def test_after_a_restore_no_home_is_given_a_number_that_it_has_seen(
    database: Path, store: Store, home: NewHome, tmp_path: Path
) -> None:
    at = int(NOON.timestamp())
    back_up(database, tmp_path / "copy.db")
    seen = [store.next_sequence(home.home_id, at + seconds) for seconds in (0, 0, 60, 900)]
    assert seen == [at, at + 1, at + 60, at + 900]
    store.close()

    put_back(tmp_path / "copy.db", database, NOON)

    with closing(Store.open(database)) as restored:
        assert restored.next_sequence(home.home_id, at + 960) > max(seen)


def test_a_clock_that_was_set_back_gives_no_number_twice(store: Store, home: NewHome) -> None:
    assert store.next_sequence(home.home_id, 1000) == 1000
    assert store.next_sequence(home.home_id, 10) == 1001


def test_one_coordinator_has_a_folder_to_itself(tmp_path: Path) -> None:
    assert not is_in_use(tmp_path)
    with sole_use(tmp_path):
        assert is_in_use(tmp_path)
        with pytest.raises(StoreError, match="running"), sole_use(tmp_path):
            pass
    assert not is_in_use(tmp_path)
    with sole_use(tmp_path):
        pass


def test_a_copy_of_the_key_is_for_its_owner_only_and_replaces_nothing(tmp_path: Path) -> None:
    key, copy = tmp_path / "village-key.pem", tmp_path / "copy.pem"
    with pytest.raises(StoreError, match="no signing key"):
        copy_key(key, copy)
    load_or_create_key(key)
    copy_key(key, copy)
    assert copy.read_bytes() == key.read_bytes()
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    with pytest.raises(StoreError, match="left as it is"):
        copy_key(key, copy)


def test_another_key_is_kept_aside_when_a_copy_is_put_back(tmp_path: Path) -> None:
    key, copy = tmp_path / "village-key.pem", tmp_path / "copy.pem"
    load_or_create_key(key)
    copy_key(key, copy)
    assert put_key_back(copy, key, NOON) is None
    key.unlink()
    load_or_create_key(key)
    other = key.read_bytes()

    former = put_key_back(copy, key, NOON)

    assert former is not None
    assert former.read_bytes() == other
    assert key.read_bytes() == copy.read_bytes()
