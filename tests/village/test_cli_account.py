"""The account's commands: written out, and checked by whoever has the file."""

import shutil
import zipfile
from contextlib import closing
from pathlib import Path

import pytest

from battery_commons.account.keeping.books import Books
from battery_commons.account.period import month_grid
from battery_commons.cli import main
from battery_commons.store import Store
from battery_commons.store.keys import load_or_create_key
from battery_commons.store.place import DATABASE, KEY
from tests.village.account_store import with_month

MAY = "2026-05"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of a village with a closed month."""
    folder = tmp_path_factory.mktemp("data")
    with closing(Store.open(folder / DATABASE)) as store:
        village = with_month(store, MAY, "De Eik", "De Linde")
        village.books._key = load_or_create_key(folder / KEY)
        store.add_revenue(MAY, "other", 12_345, "invoice 7", village.author)
        village.books.close(MAY, village.author)
    return folder


def run(data: Path, *arguments: str | Path) -> int:
    return main(["--data-dir", str(data), *map(str, arguments)])


def test_an_export_is_checked_without_the_village(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "account.zip"
    assert run(data, "account", "export", "--to", file) == 0

    assert run(tmp_path / "nowhere", "audit", file) == 0

    said = capsys.readouterr().out
    assert "1 closings" in said
    with closing(Store.open(data / DATABASE)) as store:
        assert f"the hash {store.ledger()[-1].hash}: keep it" in said
    assert "Everything is as it has to be." in said
    assert not (tmp_path / "nowhere").exists()


def test_a_home_can_hold_its_statement_against_what_is_computed_again(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "account.zip"
    run(data, "account", "export", "--to", file)
    with closing(Store.open(data / DATABASE)) as store:
        due = Books(store, load_or_create_key(data / KEY)).dues()[0]

    assert run(data, "audit", file, "--account", due.account) == 0

    assert f"total {due.cents / 100:.2f}" in capsys.readouterr().out
    assert run(data, "audit", file, "--account", "nobody") == 1


def test_a_row_that_was_changed_is_named(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "account"
    assert run(data, "account", "export", "--to", folder) == 0
    ledger = folder / "ledger.csv"
    ledger.write_text(ledger.read_text().replace("-12345", "-12344"))

    assert run(data, "audit", folder) == 1

    said = capsys.readouterr()
    assert "ledger.csv" in said.out
    assert "differences" in said.err


def test_what_stands_in_a_file_of_somebody_else_does_nothing_to_a_terminal(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "account"
    run(data, "account", "export", "--to", folder)
    ledger, about = folder / "ledger.csv", folder / "account.json"
    ledger.write_text(ledger.read_text().replace("other", "\x1b[2J" * 99))
    about.write_text(about.read_text().replace('"village": "', '"village": "\\u001b[2J'))

    run(data, "audit", folder)

    said = capsys.readouterr()
    assert "\x1b" not in said.out + said.err
    assert max(map(len, said.out.splitlines())) < 1_000


def test_another_villages_key_is_seen(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "account.zip"
    run(data, "account", "export", "--to", file)

    assert run(data, "audit", file, "--key", "A" * 43 + "=") == 1

    assert "the village's key" in capsys.readouterr().out


def test_a_file_that_is_there_is_left_as_it_is(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "account.zip"
    file.write_text("mine")

    assert run(data, "account", "export", "--to", file) == 1
    assert "is there already" in capsys.readouterr().err
    assert file.read_text() == "mine"
    assert run(data, "audit", file) == 1


def test_an_account_is_not_written_out_under_a_key_that_is_made_for_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(tmp_path / "elsewhere", "account", "export", "--to", tmp_path / "account.zip") == 1
    assert "--data-dir" in capsys.readouterr().err
    assert not (tmp_path / "elsewhere").exists()


def test_a_command_that_removes_a_home_leaves_its_account(data: Path, tmp_path: Path) -> None:
    copied = tmp_path / "data"
    shutil.copytree(data, copied)
    with closing(Store.open(copied / DATABASE)) as store:
        home = store.homes()[0].id
    now = month_grid(MAY).end.isoformat()
    clock = ["--speed", "1", "--wall-origin", now, "--village-origin", now]

    assert run(copied, "home", "remove", home, *clock) == 0

    with closing(Store.open(copied / DATABASE)) as store:
        assert sum(each.home_id is None for each in store.memberships()) == 1


def test_nothing_of_a_household_is_in_an_export(data: Path, tmp_path: Path) -> None:
    file = tmp_path / "account.zip"
    run(data, "account", "export", "--to", file)

    with closing(Store.open(data / DATABASE)) as store:
        secrets = [each.encode() for home in store.homes() for each in (home.id, home.name)]
    with zipfile.ZipFile(file) as archive:
        texts = b"".join(archive.read(name) for name in archive.namelist())
    assert not any(secret in texts for secret in secrets)
