"""The container of the village: built, started, looked at and stopped. In the order of this file."""

import asyncio
import http.client
import ssl
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest

from battery_commons.container import USER
from tests.container import container
from tests.container.conftest import created
from tests.container.container import Container, until
from tests.container.homes import Homes
from tests.container.network import inside
from tests.village.supervisor.fake import ADDRESS, FakeSupervisor

MOST_MB, MOST_IDLE_MB, MOST_IDLE_SHARE = 420, 150, 0.02
"""Of the image over its base; of memory, and of a core, with ten homes."""
HOMES = 10
INVITE = f"""
from battery_commons.container import USER, become
become(USER)
from battery_commons.cli import main
for _ in range({HOMES - 1}):
    main(["invite", "--transformer", "t1", "--url", "https://127.0.0.1:8477"])
"""
LOAD_EVERYTHING = """
import importlib, pkgutil, battery_commons as all
from battery_commons.container import USER, become
become(USER)
for each in pkgutil.walk_packages(all.__path__, "battery_commons."):
    # Studies need an extra, and migrations run inside Alembic only.
    if "study" not in each.name and ".migrations." not in each.name:
        importlib.import_module(each.name)
"""


def asked(path: str, *, port: int, source: str = "127.0.0.1", tls: bool = False) -> tuple[int, str]:
    """Return how a listener answers somebody who calls from `source`, in the containers' network."""

    def ask() -> tuple[int, str]:
        anybody = ssl.create_default_context()
        anybody.check_hostname, anybody.verify_mode = False, ssl.CERT_NONE
        kind: Any = http.client.HTTPSConnection if tls else http.client.HTTPConnection
        more = {"context": anybody} if tls else {}
        connection = kind("127.0.0.1", port, timeout=10, source_address=(source, 0), **more)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    return inside(ask)


def test_the_image_starts_as_an_app_and_knows_its_health(image: str) -> None:
    config: dict[str, Any] = container.image()["config"]  # type: ignore[assignment]
    assert (config["Entrypoint"], config["Cmd"]) == (["battery-commons"], ["app"])
    assert config["Healthcheck"]["Test"] == ["CMD", "battery-commons", "health"]
    assert config["Labels"]["io.hass.type"] == "app"
    assert config["Labels"]["io.hass.version"]
    assert {port.removesuffix("/tcp") for port in config["ExposedPorts"]} == {"8477", "8478"}


def test_the_image_is_small(image: str) -> None:
    size_mb = container.size_mb(image) - container.size_mb(container.BASE)
    print(f"\nthe image adds {size_mb:.0f} MB to its base")  # noqa: T201 - what was measured
    assert size_mb < MOST_MB


def test_the_app_is_well(app: Container) -> None:
    assert app.run("battery-commons", "health") == "The coordinator is well.\n"
    assert asked("/health", port=8477, tls=True)[0] == HTTPStatus.OK


def test_the_program_has_no_rights(app: Container) -> None:
    assert app.status("Uid") == app.status("Gid") == [str(USER)] * 4
    assert app.status("Groups") == []
    assert {int(app.status(f"Cap{kind}")[0], 16) for kind in ("Eff", "Prm", "Amb")} == {0}


def test_what_it_keeps_is_its_own_and_nobody_elses_to_read(app: Container) -> None:
    kept = {path.name: path.stat() for path in app.data.iterdir()}
    assert {"village.db", "village-key.pem", "options.json"} <= set(kept)
    for name, stat in kept.items():
        assert stat.st_uid == USER, name
        assert stat.st_mode & 0o077 == 0, name


def test_the_pages_are_for_ingress_alone(app: Container) -> None:
    status, page = asked("/", port=8478, source=ADDRESS)
    assert (status, "Battery Commons" in page) == (HTTPStatus.OK, True)
    assert asked("/static/page.css", port=8478, source=ADDRESS)[0] == HTTPStatus.OK
    assert asked("/", port=8478)[0] == HTTPStatus.FORBIDDEN


def test_the_supervisor_is_told_once_there_is_a_village_to_join(
    app: Container, supervisor: FakeSupervisor
) -> None:
    assert not supervisor.messages
    app.run("battery-commons", "transformer", "t1", "--name", "Dorpsstraat", "--limit-kw", "250")

    config = until(lambda: supervisor.messages or None, 30, "message")[0]["config"]
    assert (config["host"], config["port"], config["ssl"]) == ("local-battery-commons", 8477, True)
    assert config["invitation"].startswith("https://local-battery-commons:8477/join#")


def test_what_a_command_made_as_root_is_the_programs_too(app: Container) -> None:
    app.run("battery-commons", "village", "--name", "Ansen")
    assert {path.stat().st_uid for path in app.data.iterdir()} == {USER}
    assert "Ansen" in asked("/", port=8478, source=ADDRESS)[1]


@pytest.fixture(scope="module")
def homes(app: Container, supervisor: FakeSupervisor) -> Homes:
    """Return ten homes: the Home Assistant beside the app, and nine that were invited."""
    discovered = until(lambda: supervisor.messages or None, 30, "message")[0]["config"]["invitation"]
    said = app.run("/opt/battery-commons/bin/python", "-I", "-c", INVITE)
    links = [discovered, *(line for line in said.splitlines() if line.startswith("https://"))]
    homes = Homes.of(discovered)

    async def join() -> None:
        for link in links:
            await homes.join(link)

    inside(lambda: asyncio.run(join()))
    return homes


def test_ten_homes_cost_little(app: Container, homes: Homes) -> None:
    assert len(homes.tokens) == HOMES
    inside(lambda: asyncio.run(homes.live(12)))  # What is loaded once, is loaded.
    before, seconds = app.processor_seconds(), 20
    inside(lambda: asyncio.run(homes.live(seconds)))
    share = (app.processor_seconds() - before) / seconds
    memory_mb = int(app.status("VmRSS")[0]) / 1024
    print(f"\nwith {HOMES} homes: {memory_mb:.0f} MB, {share:.1%} of a core")  # noqa: T201 - what was measured
    assert homes.receipts >= 3 * HOMES
    assert memory_mb < MOST_IDLE_MB
    assert share < MOST_IDLE_SHARE


def test_it_stops_in_time_and_leaves_one_whole_database(app: Container) -> None:
    app.stop()
    assert "coordinator stopped" in app.log
    assert not {"village.db-wal", "village.db-shm"} & {path.name for path in app.data.iterdir()}


def test_the_log_names_nobody_and_gives_nothing_away(app: Container, homes: Homes) -> None:
    for secret in ("Home 3", "the-token-of-this-app", "/api/webhook/", *homes.tokens):
        assert secret not in app.log


def test_everything_that_it_ships_can_be_loaded_and_works(app: Container) -> None:
    app.run("/opt/battery-commons/bin/python", "-I", "-c", LOAD_EVERYTHING)
    table = app.run(
        "battery-commons", "backtest", "--models", "M4", "--days", "1", "--output", "/data/report"
    )
    assert "M4" in table


def test_the_same_image_runs_without_a_supervisor(image: str, network: None, tmp_path: Path) -> None:
    (data := tmp_path / "data").mkdir()
    chosen = {"MEMBERS_PORT": "18477", "PAGES_PORT": "18478", "PAGES_HOST": "0.0.0.0", "ANNOUNCE": "no"}
    environment = {f"BATTERY_COMMONS_{option}": text for option, text in chosen.items()}
    with created(image, data, environment) as alone:
        alone.start("run")
        until(lambda: "coordinator started" in alone.log or None, 60, "start")
        assert alone.status("Uid") == [str(USER)] * 4
        status, page = asked("/first", port=18478, tls=True)
        assert (status, "Become administrator" in page) == (HTTPStatus.OK, True)
        assert "give this code" in alone.log
        assert asked("/", port=18478, tls=True)[0] == HTTPStatus.SEE_OTHER
        assert alone.run("battery-commons", "health") == "The coordinator is well.\n"
        alone.stop()
