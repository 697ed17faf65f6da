"""Who may sign in, said by who may use the coordinator's machine."""

import io
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from battery_commons.cli import main
from battery_commons.store import Store
from battery_commons.store.passwords import is_password
from battery_commons.store.place import DATABASE

PASSWORD = "korrekt paard batterij"
OTHER = "een ander lang wachtwoord"


def run(tmp_path: Path, *arguments: str) -> int:
    return main(["--data-dir", str(tmp_path), "administrator", *arguments])


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{PASSWORD}\n{OTHER}\n"))


@pytest.mark.usefixtures("typed")
def test_an_administrator_is_added_given_another_password_and_removed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(tmp_path, "add", "Anna") == 0
    assert run(tmp_path, "reset-password", "Anna") == 0
    assert run(tmp_path, "list") == 0
    assert "Anna  since" in capsys.readouterr().out
    with closing(Store.open(tmp_path / DATABASE)) as store:
        found = store.account("Anna")
        assert found is not None
        assert is_password(OTHER, found[1])
    assert run(tmp_path, "remove", "Anna") == 0
    assert "none left" in capsys.readouterr().out


def test_an_invitation_is_a_code_that_counts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path, "invite") == 0
    code = capsys.readouterr().out.split()[-1]
    now = datetime.now(UTC)
    with closing(Store.open(tmp_path / DATABASE)) as store:
        assert store.redeem_administrator_code(code, "Anna", "kept", now, now).name == "Anna"


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["add", "Anna"], "12 to 256 characters"),
        (["add", " "], "needs a name"),
        (["remove", "Nobody"], "no administrator Nobody"),
    ],
)
def test_what_cannot_be_done_is_said_in_words(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    problem: str,
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("short\n"))
    assert run(tmp_path, *arguments) == 1
    assert problem in capsys.readouterr().err


def test_the_pages_are_not_shown_in_the_clear_to_the_network(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # It would log to this test's own standard error for as long as the tests run.
    monkeypatch.setattr("battery_commons.cli.run.log_as_json", lambda: None)
    clear = ["run", "--pages-host", "192.0.2.1", "--pages-tls", "off", "--members-host", "127.0.0.1"]
    assert main(["--data-dir", str(tmp_path), *clear, "--members-port", "0"]) == 1
    assert "in the clear" in capsys.readouterr().err
