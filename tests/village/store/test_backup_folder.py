"""Full backups that are kept in the data folder, put back, and undone."""

import zipfile
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from battery_commons.store import NotFoundError, Store, StoreError
from battery_commons.store.archive import DATABASE_IN, KEY_IN, contents
from battery_commons.store.audit import Act, Author
from battery_commons.store.backup_folder import NIGHTLY_KEPT, Backup, BackupFolder, Kind
from battery_commons.store.keys import load_or_create_key
from battery_commons.store.restoring import Restoring, restore
from battery_commons.store.sole_use import sole_use

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
BY = Author("Anna", NOW)


@pytest.fixture
def folder(tmp_path: Path) -> BackupFolder:
    """The data folder of a village called Ansen."""
    with closing(Store.open(tmp_path / "village.db")) as store:
        store.rename_village("Ansen")
    load_or_create_key(tmp_path / "village-key.pem")
    return BackupFolder(tmp_path / "village.db", tmp_path / "village-key.pem")


def renamed(folder: BackupFolder, name: str) -> None:
    with closing(Store.open(folder.database)) as store:
        store.rename_village(name)


def village(folder: BackupFolder) -> str:
    with closing(Store.open(folder.database)) as store:
        return store.village().name


def test_a_full_backup_holds_database_and_key_for_its_owner_only(folder: BackupFolder) -> None:
    backup = folder.make(Kind.MANUAL, NOW)
    assert backup.path.stat().st_mode & 0o777 == 0o600
    with zipfile.ZipFile(backup.path) as packed:
        assert sorted(packed.namelist()) == sorted([DATABASE_IN, KEY_IN])
        assert packed.read(KEY_IN) == folder.key.read_bytes()
    found = contents(backup.path, folder.database)
    assert (found.village, found.homes, found.last_reading_at, found.has_key) == ("Ansen", 0, None, True)


def test_what_is_kept_is_listed_the_newest_first(folder: BackupFolder) -> None:
    made = [folder.make(Kind.MANUAL, NOW + number * SECOND) for number in range(3)]
    assert folder.all() == made[::-1]
    folder.delete(made[1].name)
    assert folder.all() == [made[2], made[0]]


@pytest.mark.parametrize("name", ["village.db", "../village-key.pem", "coordinator.lock", ""])
def test_nothing_else_in_the_folder_is_taken_for_a_backup(folder: BackupFolder, name: str) -> None:
    with pytest.raises(NotFoundError):
        folder.named(name)


def test_one_is_made_each_night_and_old_ones_go(folder: BackupFolder) -> None:
    by_hand = folder.make(Kind.MANUAL, NOW - 30 * DAY)
    for number in range(NIGHTLY_KEPT + 2):
        assert folder.make_nightly(NOW + number * DAY) is not None
        assert folder.make_nightly(NOW + number * DAY + SECOND) is None
    nightly = [each.made_at for each in folder.all() if each.kind is Kind.NIGHTLY]
    assert nightly == [NOW + number * DAY for number in range(NIGHTLY_KEPT + 1, 1, -1)]
    assert by_hand in folder.all()


def test_a_backup_is_put_back_with_its_key_and_that_is_undone(folder: BackupFolder) -> None:
    backup = folder.make(Kind.MANUAL, NOW)
    former_key = folder.key.read_bytes()
    renamed(folder, "Westerbork")
    folder.key.unlink()
    load_or_create_key(folder.key)
    present_key = folder.key.read_bytes()

    restore(backup, folder, BY, NOW)
    assert (village(folder), folder.key.read_bytes()) == ("Ansen", former_key)

    [former] = [each for each in folder.all() if each.kind is Kind.FORMER]
    restore(former, folder, BY, NOW + SECOND)
    assert (village(folder), folder.key.read_bytes()) == ("Westerbork", present_key)


def test_a_restore_brings_no_former_administrator_or_password_back(folder: BackupFolder) -> None:
    with closing(Store.open(folder.database)) as store:
        store.add_administrator("Gone", "kept", NOW, BY)
        anna = store.add_administrator("Anna", "old password", NOW, BY)
    backup = folder.make(Kind.MANUAL, NOW)
    with closing(Store.open(folder.database)) as store:
        store.remove_administrator("Gone", BY)
        store.change_password("Anna", "new password", BY)
        token = store.begin_session(anna, NOW)
    restore(backup, folder, BY, NOW)
    with closing(Store.open(folder.database)) as store:
        assert store.administrators() == [anna]
        assert store.account("Anna") == (anna, "new password")
        assert store.session(token, NOW) == anna
        assert (store.audit()[0].act, store.audit()[0].administrator) == (Act.RESTORED, "Anna")


def foreign_zip(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("../village.db", "x")


def zip_without_database(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr(DATABASE_IN, "no database")


def zip_with_wrong_key(path: Path) -> None:
    with zipfile.ZipFile(path, "a") as packed, pytest.warns(UserWarning, match="Duplicate name"):
        packed.writestr(KEY_IN, "no key")


def cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


def altered(path: Path) -> None:
    whole = bytearray(path.read_bytes())
    whole[2000] ^= 0xFF
    path.write_bytes(whole)


def words(path: Path) -> None:
    path.write_text("Dear village")


def key_too_large(path: Path) -> None:
    with zipfile.ZipFile(path) as packed:
        database = packed.read(DATABASE_IN)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(DATABASE_IN, database)
        packed.writestr(KEY_IN, bytes(10_000_000))


@pytest.mark.parametrize(
    "spoil", [foreign_zip, zip_without_database, zip_with_wrong_key, cut_short, altered, words, key_too_large]
)
def test_a_broken_or_foreign_file_is_refused_with_nothing_changed(
    folder: BackupFolder, spoil: Callable[[Path], None]
) -> None:
    backup = folder.make(Kind.MANUAL, NOW)
    spoil(backup.path)
    key, files = folder.key.read_bytes(), sorted(folder.database.parent.iterdir())
    with pytest.raises(StoreError):
        contents(backup.path, folder.database)
    with pytest.raises(StoreError):
        restore(backup, folder, BY, NOW)
    assert (village(folder), folder.key.read_bytes()) == ("Ansen", key)
    assert {path.name for path in folder.database.parent.iterdir()} - {path.name for path in files} <= {
        "coordinator.lock"
    }


@given(content=st.binary(max_size=200))
def test_no_bytes_break_the_look_at_a_backup(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    file = tmp_path_factory.getbasetemp() / "any.zip"
    for start in (b"", b"PK\x03\x04", b"SQLite format 3\0"):
        file.write_bytes(start + content)
        with pytest.raises(StoreError):
            contents(file, file.with_name("village.db"))


def test_nothing_is_put_back_while_a_coordinator_runs(folder: BackupFolder) -> None:
    backup = folder.make(Kind.MANUAL, NOW)
    with sole_use(folder.database.parent), pytest.raises(StoreError, match="running"):
        restore(backup, folder, BY, NOW)


def asked(restoring: Restoring, backup: Backup) -> Restoring:
    restoring.ask(backup, BY)
    return restoring


def test_what_was_asked_is_carried_out_once_and_told(folder: BackupFolder) -> None:
    restoring, backup = Restoring(), folder.make(Kind.MANUAL, NOW)
    assert not restoring.carry_out(folder, NOW)
    assert asked(restoring, backup).carry_out(folder, NOW)
    assert restoring.outcome is not None
    assert restoring.outcome.problem is None
    assert not restoring.carry_out(folder, NOW)


def test_what_could_not_be_put_back_is_told(folder: BackupFolder) -> None:
    backup = folder.make(Kind.MANUAL, NOW)
    words(backup.path)
    restoring = Restoring()
    assert asked(restoring, backup).carry_out(folder, NOW)
    assert restoring.outcome is not None
    assert "damaged" in (restoring.outcome.problem or "")
    assert village(folder) == "Ansen"


def test_a_key_that_cannot_be_put_back_leaves_everything_as_it_was(
    folder: BackupFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    backup = folder.make(Kind.MANUAL, NOW)
    renamed(folder, "Westerbork")

    def disk_full(*_: object) -> None:
        raise StoreError("the disk is full")

    monkeypatch.setattr("battery_commons.store.restoring.put_key_back", disk_full)
    with pytest.raises(StoreError, match="the disk is full"):
        restore(backup, folder, BY, NOW)
    assert village(folder) == "Westerbork"
