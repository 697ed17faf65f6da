"""A whole village on PostgreSQL: its commands, a coordinator that runs, homes that join and get plans."""

import asyncio
import contextlib
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import pytest

from battery_commons.cli import main
from battery_commons.store import Store
from battery_commons.store.place import DATABASE, KEY, DatabaseUrl
from demo.process import Child, free_port
from tests.container import homes
from tests.village.postgresql import PASSWORD, USER, Cluster

URL = "BATTERY_COMMONS_DATABASE_URL"
COMMAND = Path(sys.executable).with_name("battery-commons")
SPEED = 60
"""A newcomer is given a minute to settle."""


def in_text(url: DatabaseUrl) -> str:
    """Return a URL as whoever keeps a village writes it, by the network, with the password."""
    return f"postgresql://{USER}:{quote(PASSWORD, safe='')}@127.0.0.1:{url.port}/{url.name}"


async def test_homes_join_and_get_plans_and_go_on_when_the_server_was_away(
    own_postgresql: Cluster,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    url = own_postgresql.database()
    monkeypatch.setenv(URL, in_text(url))
    monkeypatch.setattr(homes, "WEBHOOKS", free_port())
    monkeypatch.setattr(homes, "EVERY_S", 0.5)
    port, now = free_port(), datetime.now(UTC).isoformat()
    clock = ["--speed", str(SPEED), "--wall-origin", now, "--village-origin", now]
    addresses = ["--members-host", "127.0.0.1", "--members-port", str(port), "--pages-port", str(free_port())]
    command: list[str | Path] = [
        COMMAND,
        "--data-dir",
        tmp_path / "data",
        "run",
        *addresses,
        "--tls",
        "self",
        *clock,
    ]
    coordinator = Child("The coordinator", command, tmp_path / "log")
    assert run(tmp_path, "transformer", "t1", "--name", "Brink", "--limit-kw", "250") == 0
    await coordinator.start()
    with closing(Store.open(url)) as store:
        try:
            await until(lambda: "coordinator started" in coordinator.tail())
            links = [invited(tmp_path, port, clock, capsys) for _ in range(2)]
            village = replace(homes.Homes.of(links[0]), url=f"https://127.0.0.1:{port}")
            for link in links:
                await village.join(link)
            living = asyncio.create_task(village.live(60))
            await until(
                lambda: [sent.accepted for sent in store.latest_dispatches().values()] == [True, True]
            )
            assert len(village.plans) == 2
            living.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await living

            own_postgresql.stop()
            await asyncio.sleep(1)
            own_postgresql.start()
            heard = {id_: reading.at for id_, reading in store.latest_battery_readings().items()}
            living = asyncio.create_task(village.live(60))
            await until(
                lambda: all(
                    reading.at > heard[id_] for id_, reading in store.latest_battery_readings().items()
                )
            )
            living.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await living
        finally:
            await coordinator.stop()
    assert coordinator.returncode == 0
    assert not (tmp_path / "data" / DATABASE).exists()
    log = coordinator.log.read_text()
    assert PASSWORD not in log
    assert quote(PASSWORD, safe="") not in log


def invited(folder: Path, port: int, clock: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    address = f"https://127.0.0.1:{port}"
    assert run(folder, "invite", "--transformer", "t1", "--url", address, *clock) == 0
    return capsys.readouterr().out.split()[-1]


async def until(probe: Callable[[], bool], within_s: float = 40) -> None:
    async with asyncio.timeout(within_s):
        while not await asyncio.to_thread(probe):
            await asyncio.sleep(0.1)


# --- Commands ---------------------------------------------------------------------------------


def run(folder: Path, *arguments: str) -> int:
    return main(["--data-dir", str(folder / "data"), *arguments])


def test_a_village_moves_by_a_command_and_every_other_command_follows(
    postgresql: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(tmp_path, "village", "--name", "Ansen") == 0
    url = postgresql.database()

    monkeypatch.setenv(URL, in_text(url))
    assert run(tmp_path, "move-database") == 0

    said = capsys.readouterr().out
    assert f"The village is on {url.name} on 127.0.0.1:{url.port}" in said
    assert "each seen to be the same" in said
    assert run(tmp_path, "village", "--name", "Ruinen") == 0
    assert run(tmp_path, "audit") == 0
    with closing(Store.open(url)) as there, closing(Store.open(tmp_path / "data" / DATABASE)) as here:
        assert (there.village().name, here.village().name) == ("Ruinen", "Ansen")
        assert there.village().id == here.village().id


@pytest.mark.parametrize("command", [["backup", "copy.db"], ["restore", "copy.db"]])
def test_copies_are_left_to_the_servers_own_programs(
    postgresql: Cluster,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    command: list[str],
) -> None:
    monkeypatch.setenv(URL, in_text(postgresql.database()))

    assert run(tmp_path, *command) == 1

    said = capsys.readouterr().err
    assert "pg_dump" in said
    assert str(tmp_path / "data" / KEY) in said
    assert PASSWORD not in said


def test_the_doctor_looks_at_the_server(
    postgresql: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    url = postgresql.database()
    monkeypatch.setenv(URL, in_text(url))
    (tmp_path / "data").mkdir()

    run(tmp_path, "doctor")
    assert "There is no database yet" in capsys.readouterr().out
    assert run(tmp_path, "village", "--name", "Ansen") == 0
    run(tmp_path, "doctor")
    assert "The database is whole" in capsys.readouterr().out
    monkeypatch.setenv(URL, in_text(url).replace("een", "geen"))
    assert run(tmp_path, "doctor") == 1
    said = "".join(capsys.readouterr())
    assert "does not let this user in" in said
    assert PASSWORD not in said


@pytest.mark.parametrize("option", [["village", "--name", "Ansen"], ["move-database"]])
def test_a_password_on_a_command_line_is_refused_and_not_repeated(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], option: list[str]
) -> None:
    assert (
        main(["--data-dir", str(tmp_path), "--database-url", "postgresql://els:hush@db/ansen", *option]) == 1
    )
    said = capsys.readouterr().err
    assert "no place for a password" in said
    assert "hush" not in said


def test_the_password_may_be_where_every_client_looks_for_it(
    postgresql: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = postgresql.database()
    monkeypatch.setenv("PGPASSWORD", PASSWORD)
    given = f"postgresql://{USER}@127.0.0.1:{url.port}/{url.name}"
    assert main(["--data-dir", str(tmp_path), "--database-url", given, "village", "--name", "Ansen"]) == 0


def test_without_a_url_there_is_nowhere_to_move_to(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(tmp_path, "move-database") == 1
    assert f"--to, or in ${URL}" in capsys.readouterr().err
