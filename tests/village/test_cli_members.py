"""Administering members on the command line."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from battery_commons.cli import main
from battery_commons.domain.grid import Transformer
from battery_commons.store import Store
from battery_commons.store.members import invitation_id
from battery_commons.store.place import DATABASE

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _still(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let it be half past ten in the morning in the village."""
    monkeypatch.setattr("battery_commons.domain.time.WallClock.now", lambda _: NOW)


@contextmanager
def opened(tmp_path: Path) -> Iterator[Store]:
    store = Store.open(tmp_path / DATABASE)
    yield store
    store.close()


@pytest.fixture
def home_id(tmp_path: Path) -> str:
    with opened(tmp_path) as store:
        store.put_transformer(Transformer("t1", "Brink", 250_000))
        store.put_transformer(Transformer("t2", "Es", 250_000))
        store.add_invitation("t1", "welcome-1", NOW + timedelta(days=7))
        return store.join("welcome-1", "De Eik", [], NOW).home_id


def run(tmp_path: Path, *arguments: str) -> int:
    return main(["--data-dir", str(tmp_path), *arguments])


def test_homes_are_listed_with_how_they_stand(
    tmp_path: Path, home_id: str, capsys: pytest.CaptureFixture[str]
) -> None:
    run(tmp_path, "home", "suspend", home_id)
    capsys.readouterr()

    assert run(tmp_path, "home", "list") == 0
    assert capsys.readouterr().out == (
        f"{home_id}  De Eik  transformer t1  batteries: 0  has not reported"
        "  suspended since 2026-11-24 10:30\n"
    )


def test_a_home_is_suspended_resumed_moved_and_removed(
    tmp_path: Path, home_id: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(tmp_path, "home", "suspend", home_id) == 0
    with opened(tmp_path) as store:
        assert store.homes()[0].suspended_at == NOW
    assert run(tmp_path, "home", "resume", home_id) == 0
    assert run(tmp_path, "home", "move", home_id, "--transformer", "t2") == 0
    with opened(tmp_path) as store:
        [home] = store.homes()
    assert (home.suspended_at, home.transformer_id) == (None, "t2")
    assert run(tmp_path, "home", "remove", home_id) == 0
    capsys.readouterr()

    assert run(tmp_path, "audit") == 0
    assert capsys.readouterr().out == (
        f"2026-11-24 10:30  command line  home removed  {home_id}\n"
        f"2026-11-24 10:30  command line  home moved  {home_id}  (t1 > t2)\n"
        f"2026-11-24 10:30  command line  home resumed  {home_id}\n"
        f"2026-11-24 10:30  command line  home suspended  {home_id}\n"
    )
    run(tmp_path, "home", "list")
    assert capsys.readouterr().out == "No home has joined.\n"


def test_an_invitation_is_listed_and_revoked(
    tmp_path: Path, home_id: str, capsys: pytest.CaptureFixture[str]
) -> None:
    run(tmp_path, "invite", "--transformer", "t2", "--url", "http://village.example:8477")
    code = capsys.readouterr().out.split("#")[1].split(".")[0]
    used, made = invitation_id("welcome-1"), invitation_id(code)

    run(tmp_path, "invitation", "list")
    listed = capsys.readouterr().out.splitlines()
    assert sorted(listed) == sorted(
        [
            f"{used}  transformer t1  used 2026-11-24 10:30",
            f"{made}  transformer t2  open, expires 2026-12-01 10:30",
        ]
    )
    assert run(tmp_path, "invitation", "revoke", made) == 0
    run(tmp_path, "invitation", "list")
    assert f"{made}  transformer t2  revoked 2026-11-24 10:30" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["home", "suspend", "nobody"], "no home nobody"),
        (["home", "remove", "nobody"], "no home nobody"),
        (["home", "move", "nobody", "--transformer", "t1"], "no home nobody"),
        (["invitation", "revoke", "0123"], "no invitation 0123"),
    ],
)
def test_what_cannot_be_done_is_said_in_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], problem: str
) -> None:
    assert run(tmp_path, *arguments) == 1
    assert problem in capsys.readouterr().err
