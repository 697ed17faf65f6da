"""Backups and putting them back, as a volunteer does it."""

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from battery_commons.store import Store
from battery_commons.store.audit import Act
from battery_commons.store.backup_folder import BackupFolder, Kind
from battery_commons.store.keys import load_or_create_key
from battery_commons.store.place import DATABASE, KEY
from battery_commons.store.sole_use import sole_use
from tests.village.test_cli import open_store, run


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """The folder of a village with a name and a key."""
    assert run(tmp_path, "village", "--name", "Ansen") == 0
    load_or_create_key(tmp_path / "data" / KEY)
    return tmp_path / "data"


def name(tmp_path: Path) -> str:
    with closing(open_store(tmp_path)) as store:
        return store.village().name


def test_a_backup_says_what_is_not_in_it(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(tmp_path, "backup", str(tmp_path / "copy.db")) == 0
    told = capsys.readouterr().out
    assert "checked, whole" in told
    assert f"Not in it: the key that signs every plan ({data / KEY})" in told
    assert not (tmp_path / "copy.db.key.pem").exists()


def test_the_key_is_copied_where_that_is_asked(data: Path, tmp_path: Path) -> None:
    assert run(tmp_path, "backup", str(tmp_path / "copy.db"), "--with-key") == 0
    assert (tmp_path / "copy.db.key.pem").read_bytes() == (data / KEY).read_bytes()


def test_a_backup_that_fails_leaves_no_key_behind(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "copy.db").write_text("dear diary")
    assert run(tmp_path, "backup", str(tmp_path / "copy.db"), "--with-key") == 1
    assert "left as it is" in capsys.readouterr().err
    assert not (tmp_path / "copy.db.key.pem").exists()


def test_a_backup_is_put_back_and_what_follows_from_that_is_said(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(tmp_path, "backup", str(tmp_path / "copy.db"))
    run(tmp_path, "village", "--name", "Elders")

    assert run(tmp_path, "restore", str(tmp_path / "copy.db")) == 0

    told = capsys.readouterr().out
    assert "The former database is kept as" in told
    assert "Ansen is back, with 0 homes" in told
    assert "no signing key" not in told
    assert name(tmp_path) == "Ansen"


def test_on_a_new_machine_village_and_key_are_put_back(data: Path, tmp_path: Path) -> None:
    run(tmp_path, "backup", str(tmp_path / "copy.db"), "--with-key")
    new = tmp_path / "new machine"
    assert run(new, "restore", str(tmp_path / "copy.db")) == 0
    assert name(new) == "Ansen"
    assert (new / "data" / KEY).read_bytes() == (data / KEY).read_bytes()


def test_without_the_key_it_is_said_what_to_do_before_the_start(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(tmp_path, "backup", str(tmp_path / "copy.db"))
    assert run(tmp_path / "new machine", "restore", str(tmp_path / "copy.db")) == 0
    assert "before you start the coordinator" in capsys.readouterr().out


def test_nothing_is_put_back_while_the_coordinator_runs(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(tmp_path, "backup", str(tmp_path / "copy.db"))
    run(tmp_path, "village", "--name", "Elders")
    with sole_use(data):
        assert run(tmp_path, "restore", str(tmp_path / "copy.db")) == 1
    assert "Stop it first" in capsys.readouterr().err
    assert name(tmp_path) == "Elders"


def test_what_is_no_backup_is_refused_in_words(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(tmp_path, "restore", str(tmp_path / "nothing.db")) == 1
    assert "There is no database" in capsys.readouterr().err
    with closing(Store.open(data / DATABASE)) as store:
        assert store.village().name == "Ansen"


def test_a_backup_of_the_pages_is_put_back_with_its_key_on_a_new_machine(data: Path, tmp_path: Path) -> None:
    made = BackupFolder(data / DATABASE, data / KEY).make(Kind.MANUAL, datetime.now(UTC))
    new = tmp_path / "new machine"
    assert run(new, "restore", str(made.path)) == 0
    assert name(new) == "Ansen"
    assert (new / "data" / KEY).read_bytes() == (data / KEY).read_bytes()


def test_a_restore_is_in_the_audit_log(data: Path, tmp_path: Path) -> None:
    run(tmp_path, "backup", str(tmp_path / "copy.db"))
    run(tmp_path, "restore", str(tmp_path / "copy.db"))
    with closing(open_store(tmp_path)) as store:
        assert (store.audit()[0].act, store.audit()[0].about) == (Act.RESTORED, "copy.db")
    assert (data / DATABASE).exists()


def test_a_damaged_database_does_not_keep_a_backup_from_being_put_back(data: Path, tmp_path: Path) -> None:
    run(tmp_path, "backup", str(tmp_path / "copy.db"))
    (data / DATABASE).write_bytes(b"broken" * 1000)
    assert run(tmp_path, "restore", str(tmp_path / "copy.db")) == 0
    assert name(tmp_path) == "Ansen"
