"""The commands about who is served over OpenADR."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from battery_commons.cli import main
from battery_commons.domain.vtn import Role
from battery_commons.store import Store
from battery_commons.store.audit import Act
from battery_commons.store.place import DATABASE

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)


def run(tmp_path: Path, *arguments: str) -> int:
    return main(["--data-dir", str(tmp_path), "below", *arguments])


@contextmanager
def opened(tmp_path: Path) -> Iterator[Store]:
    store = Store.open(tmp_path / DATABASE)
    yield store
    store.close()


def told(said: str, what: str) -> str:
    found = re.search(rf"client {what}\s+(\S+)", said)
    assert found is not None
    return found[1]


def test_a_client_is_told_what_to_sign_in_with(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path, "add", "Brinkdorp") == 0

    said = capsys.readouterr().out
    with opened(tmp_path) as store:
        client = store.vtn_client(told(said, "id"), told(said, "secret"), NOW)
        assert client is not None
        assert (client.name, client.role) == ("Brinkdorp", Role.VEN)
        assert [entry.act for entry in store.audit()] == [Act.VTN_CLIENT_ADDED]


def test_business_logic_is_a_role_of_its_own(tmp_path: Path) -> None:
    run(tmp_path, "add", "Region", "--role", "bl")

    with opened(tmp_path) as store:
        assert [client.role for client in store.vtn_clients()] == [Role.BL]


def test_clients_are_listed_without_their_secrets(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(tmp_path, "add", "Brinkdorp")
    secret = told(capsys.readouterr().out, "secret")

    run(tmp_path, "list")

    said = capsys.readouterr().out
    assert "Brinkdorp" in said
    assert "never" in said
    assert secret not in said


def test_a_removed_client_is_served_no_longer(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(tmp_path, "add", "Brinkdorp")
    client_id = told(capsys.readouterr().out, "id")

    assert run(tmp_path, "remove", client_id) == 0

    run(tmp_path, "list")
    assert "Nobody is served" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [("add", ""), ("add", "x" * 81), ("remove", "nobody")])
def test_what_makes_no_sense_is_refused(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    assert run(tmp_path, *arguments) != 0

    with opened(tmp_path) as store:
        assert store.vtn_clients() == []


def test_a_name_is_given_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(tmp_path, "add", "Brinkdorp")

    assert run(tmp_path, "add", "Brinkdorp") != 0
    assert "choose another name" in capsys.readouterr().err
