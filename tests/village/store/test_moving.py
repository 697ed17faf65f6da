"""A village that moves from its file to a PostgreSQL server: whole, or not at all."""

import shutil
from collections.abc import Sequence
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from battery_commons.domain.grid import CongestionSignal, Transformer
from battery_commons.domain.reading import BatteryReading, MeterReading
from battery_commons.store import Store, StoreError, moving
from battery_commons.store.audit import Author
from battery_commons.store.moving import move
from battery_commons.store.place import DatabaseUrl
from battery_commons.store.schema import METADATA
from battery_commons.store.sole_use import sole_use
from tests.village.postgresql import Cluster
from tests.village.store.conftest import NOON, joined

ANNA = Author("Anna\t\\N\n'Els'", NOON)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return the file of a village in which something of everything has happened."""
    path = tmp_path / "village.db"
    with closing(Store.open(path)) as store:
        store.rename_village("'t Zandt \\ Ünïcode \U0001f50b", ANNA)
        store.put_transformer(Transformer(id="t1", name="Dorpsstraat", limit_w=250_000))
        home = joined(store, "first-home").home_id
        store.add_battery_readings(
            home,
            [
                BatteryReading(
                    f"{home}/b1",
                    NOON - timedelta(microseconds=n),
                    1 / (n + 1),
                    -n / 3,
                    None,
                    "village",
                    "hold",
                    None,
                )
                for n in range(500)
            ],
        )
        store.add_meter_readings(
            "t1", [MeterReading(NOON + n * timedelta(days=1), 1e-7 * n) for n in range(50)]
        )
        store.record_dispatch(home, 1, '{"plan": "\\\\ \\t"}', NOON, NOON)
        store.record_answer(home, 1, NOON, accepted=True, reason=None)
        code = store.announce_code(CongestionSignal.RED, NOON, NOON + timedelta(hours=1), NOON, by=ANNA)
        store.answer_code(code, home, NOON, joins=False)
    return path


@pytest.fixture
def empty(postgresql: Cluster) -> DatabaseUrl:
    """Return a database with nothing in it."""
    return postgresql.database()


def everything(store: Store) -> dict[str, list[Sequence[object]]]:
    with store._read() as connection:
        return {
            table.name: sorted((tuple(row) for row in connection.execute(select(table))), key=repr)
            for table in METADATA.sorted_tables
        }


def test_all_of_a_village_moves_and_it_goes_on_there(file: Path, empty: DatabaseUrl) -> None:
    moved = move(file, empty)

    with closing(Store.open(file)) as before, closing(Store.open(empty)) as after:
        assert everything(after) == everything(before)
        assert moved == {table: len(rows) for table, rows in everything(before).items()}
        numbers = [entry.number for entry in after.audit()]
        after.rename_village("Ansen", ANNA)
        assert [entry.number for entry in after.audit()] == [max(numbers) + 1, *numbers]


def test_a_database_that_is_not_empty_is_left_as_it_is(file: Path, empty: DatabaseUrl) -> None:
    with closing(Store.open(empty)) as there:
        there.rename_village("Elders")
        with pytest.raises(StoreError, match="is not empty"):
            move(file, empty)
        assert there.village().name == "Elders"


def test_a_village_does_not_move_while_its_coordinator_runs(file: Path, empty: DatabaseUrl) -> None:
    with sole_use(file.parent), pytest.raises(StoreError, match="A coordinator is running"):
        move(file, empty)


def test_what_does_not_arrive_as_it_was_sent_does_not_move(
    file: Path, empty: DatabaseUrl, postgresql: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = moving._written
    monkeypatch.setattr(moving, "_written", lambda value: written(7.0 if value == 0.5 else value))

    with pytest.raises(StoreError, match="battery_reading were sent, and what arrived is not the same"):
        move(file, empty)

    assert postgresql.execute(
        "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'", database=empty.name
    ) == [[0]]


def test_a_damaged_file_does_not_move(file: Path, empty: DatabaseUrl) -> None:
    file.write_bytes(file.read_bytes()[:20_000])
    with pytest.raises(StoreError, match="damaged"):
        move(file, empty)


def test_to_a_server_that_is_out_of_reach_nothing_moves(file: Path, tmp_path: Path) -> None:
    url = DatabaseUrl(str(tmp_path), 5432, "ansen", "els")
    copy = file.with_name("copy.db")
    shutil.copy(file, copy)
    with pytest.raises(StoreError, match="cannot be reached"):
        move(file, url)
    with closing(Store.open(file)) as after, closing(Store.open(copy)) as before:
        assert everything(after) == everything(before)


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])))
def test_every_text_is_read_as_it_was_written(text: str) -> None:
    assert moving._unescaped(moving._written(text)) == text
