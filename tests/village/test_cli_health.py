"""Whether the coordinator on this machine is well, as a container asks."""

import asyncio
import ssl
from http import HTTPStatus
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer, unused_port

from battery_commons.cli import main
from battery_commons.web.tls import MembersTls, make_certificate


def answering(status: HTTPStatus) -> TestServer:
    async def health(_request: web.Request) -> web.Response:
        return web.Response(status=status)

    app = web.Application()
    app.router.add_get("/health", health)
    return TestServer(app)


async def ask(port: int | None) -> int:
    return await asyncio.to_thread(main, ["health", "--members-port", str(port)])


async def test_a_coordinator_that_is_well_says_so() -> None:
    async with answering(HTTPStatus.OK) as server:
        assert await ask(server.port) == 0


async def test_it_is_asked_over_tls_too(tmp_path: Path) -> None:
    context: ssl.SSLContext = MembersTls(make_certificate(tmp_path)).context
    server = answering(HTTPStatus.OK)
    await server.start_server(ssl=context)
    assert await ask(server.port) == 0
    await server.close()


async def test_a_database_that_cannot_be_read_is_not_well(capsys: pytest.CaptureFixture[str]) -> None:
    async with answering(HTTPStatus.SERVICE_UNAVAILABLE) as server:
        assert await ask(server.port) == 1
    assert "not well: it answers 503" in capsys.readouterr().err


async def test_nobody_is_not_well() -> None:
    assert await ask(unused_port()) == 1
