"""One image, one app under a fake Supervisor, and the network that both are in."""

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from aiohttp import web

from tests.container import container
from tests.container.container import Container, until
from tests.container.network import inside, own_network
from tests.village.supervisor.fake import ADDRESS, TOKEN, FakeSupervisor

OPTIONS = {"model": "M4", "tariff": "by-date"}


@pytest.fixture(scope="session")
def image(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the image's name, once it is built."""
    if lacking := container.missing():
        pytest.skip(lacking)
    container.build(tmp_path_factory.mktemp("build"))
    return container.IMAGE


@pytest.fixture(scope="session")
def network(image: str) -> Iterator[None]:
    with own_network():
        yield


@contextmanager
def created(image: str, data: Path, environment: dict[str, str]) -> Iterator[Container]:
    """Have a container while the block runs, not started yet."""
    name = container.buildah("from", "--add-host", f"supervisor:{ADDRESS}", image)
    made = Container(name, data, environment)
    try:
        yield made
    finally:
        made.end()
        container.buildah("rm", name)


@contextmanager
def serving(fake: FakeSupervisor) -> Iterator[None]:
    """Have a Supervisor at its address, in the network of the containers, while the block runs."""
    ready, done = threading.Event(), threading.Event()

    async def serve() -> None:
        runner = web.AppRunner(fake.app(), access_log=None)
        await runner.setup()
        await web.TCPSite(runner, ADDRESS, 80).start()
        ready.set()
        await asyncio.to_thread(done.wait)
        await runner.cleanup()

    thread = threading.Thread(target=lambda: inside(lambda: asyncio.run(serve())))
    thread.start()
    assert ready.wait(10)
    try:
        yield
    finally:
        done.set()
        thread.join()


@contextmanager
def started_app(image: str, folder: Path) -> Iterator[Container]:
    """Have the app as the Supervisor starts it: /data is root's, with the options in it."""
    (data := folder / "data").mkdir(mode=0o755)
    (options := data / "options.json").write_text(json.dumps(OPTIONS))
    options.chmod(0o600)
    with created(image, data, {"SUPERVISOR_TOKEN": TOKEN}) as started:
        started.start("app")
        until(lambda: "coordinator started" in started.log or None, 60, "start")
        yield started


@pytest.fixture(scope="module")
def supervisor(network: None) -> Iterator[FakeSupervisor]:
    with serving(fake := FakeSupervisor()):
        yield fake


@pytest.fixture(scope="module")
def app(
    image: str, supervisor: FakeSupervisor, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Container]:
    with started_app(image, tmp_path_factory.mktemp("app")) as started:
        yield started
