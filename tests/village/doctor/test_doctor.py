"""The doctor on real stores, and on a coordinator that runs."""

import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from battery_commons.cli import main
from battery_commons.domain.battery import Battery
from battery_commons.domain.grid import Transformer
from battery_commons.domain.operator_line import OperatorLine
from battery_commons.domain.reading import BatteryReading, MeterReading
from battery_commons.store import Store
from battery_commons.store.keys import load_or_create_key
from battery_commons.store.place import DATABASE, KEY
from battery_commons.store.records import HomeBattery
from battery_commons.store.sole_use import sole_use

MINUTE = timedelta(minutes=1)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A village with one home, whose battery has just reported, and a meter that is silent."""
    now = datetime.now(UTC)
    load_or_create_key(tmp_path / KEY)
    with closing(Store.open(tmp_path / DATABASE)) as store:
        store.put_transformer(Transformer("t1", "Brink", 250_000))
        store.add_invitation("t1", "code", now + MINUTE)
        home = store.join("code", "De Eik", ["http://127.0.0.1:9/"], now).home_id
        battery = Battery(f"{home}/b1", "t1", 10_000, 5_000, 5_000)
        store.describe_home(home, ["http://127.0.0.1:9/"], [HomeBattery(home, "b1", "Garage", battery)])
        store.add_battery_readings(
            home, [BatteryReading(f"{home}/b1", now, 0.5, 0.0, None, "village", "hold", None)]
        )
        store.add_meter_readings("t1", [MeterReading(now - 3 * 60 * MINUTE, 1000.0)])
        store.record_dispatch(home, 1, "{}", now, now + 45 * MINUTE)
        store.record_answer(home, 1, now, accepted=True, reason=None)
    return tmp_path


def examined(folder: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, dict[str, str]]:
    """Return the exit code, and the verdict by what was found."""
    code = main(["--data-dir", str(folder), "doctor", "--json", "--members-port", "9"])
    told = json.loads(capsys.readouterr().out)
    assert all(finding["sentence"] for finding in told["findings"])
    return code, {finding["what"]: finding["verdict"] for finding in told["findings"]}


def test_of_a_village_at_rest_only_what_is_on_disk_is_checked(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, found = examined(folder, capsys)
    assert found.keys() == {"folder_well", "disk_well", "database_well", "key_well", "not_running"}
    assert code == 0


def test_of_a_village_that_runs_everything_is_checked(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with sole_use(folder):
        code, found = examined(folder, capsys)
    assert code == 1
    assert found == {
        "folder_well": "well",
        "disk_well": "well",
        "database_well": "well",
        "key_well": "well",
        "not_answering": "wrong",
        "clock_well": "well",
        "prices_none": "wrong",
        "weather_no_place": "notice",
        "meter_silent": "wrong",
        "readings_well": "well",
        "homes_well": "well",
    }


def test_a_grid_operator_that_is_silent_is_told_by_name_and_without_its_secret(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with closing(Store.open(folder / DATABASE)) as store:
        line_id = store.add_operator_line(
            OperatorLine("Gridco", "https://vtn.example", "v1", "v1", "hush hush")
        )
        store.note_heard(line_id, datetime.now(UTC) - timedelta(hours=5, minutes=1))
    with sole_use(folder):
        main(["--data-dir", str(folder), "doctor"])
    told = capsys.readouterr().out
    assert "notice  Nothing was heard over the line to Gridco for 5 h 1 min" in told
    assert "hush" not in told


def test_lines_to_grid_operators_that_cannot_be_read_do_not_hide_the_rest(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with closing(Store.open(folder / DATABASE)) as store:
        store.add_operator_line(OperatorLine("Gridco", "https://vtn.example", "v1", "v1", "hush hush"))
    with closing(sqlite3.connect(folder / DATABASE)) as db, db:
        db.execute("UPDATE operator_line SET settings_json = '{}'")
    with sole_use(folder):
        code, found = examined(folder, capsys)
    assert (code, found["operators_unreadable"]) == (1, "wrong")
    assert {"database_well", "meter_silent", "homes_well"} <= found.keys()


def test_in_words_it_says_what_to_do_in_the_language_asked_for(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / KEY).chmod(0o644)
    assert main(["--data-dir", str(folder), "doctor", "--language", "nl"]) == 1
    told = capsys.readouterr()
    assert "FOUT    Anderen mogen de sleutel lezen (rechten 0644). Draai: chmod 600" in told.out
    assert told.err == "battery-commons: 1 fout\n"


def test_a_folder_that_is_not_there_is_not_made(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, found = examined(tmp_path / "nowhere", capsys)
    assert (code, found["folder_missing"]) == (1, "wrong")
    assert list(tmp_path.iterdir()) == []


def test_an_empty_folder_stays_empty(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, found = examined(tmp_path, capsys)
    assert (code, found["database_none"], found["key_none"]) == (0, "notice", "notice")
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_database_is_said_to_be_damaged(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    whole = (folder / DATABASE).read_bytes()
    (folder / DATABASE).write_bytes(whole[: len(whole) // 2])
    code, found = examined(folder, capsys)
    assert (code, found["database_problem"]) == (1, "wrong")


def test_an_older_database_is_left_for_the_next_start(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with closing(sqlite3.connect(folder / DATABASE)) as db, db:
        db.execute("UPDATE alembic_version SET version_num = '0001'")
    code, found = examined(folder, capsys)
    assert (code, found["database_old"]) == (0, "notice")
    with closing(sqlite3.connect(folder / DATABASE)) as db:
        assert db.execute("SELECT version_num FROM alembic_version").fetchall() == [("0001",)]
