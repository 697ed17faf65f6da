"""A subscriber is asked whether it is there, before its subscription is taken."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from battery_commons.domain.vtn import Role
from tests.village.openadr.vtn.conftest import Caller, Calling


@dataclass
class Place:
    """A server at a callback's address."""

    url: str = ""
    status: int = 200
    says: str | None = None
    """None gives back what was asked."""
    asked: list[str] = field(default_factory=list)

    async def echo(self, request: web.Request) -> web.Response:
        self.asked.append(request.query["echo"])
        said = self.asked[-1] if self.says is None else self.says
        return web.Response(text=said, status=self.status)


@pytest.fixture
async def place() -> AsyncIterator[Place]:
    place = Place()
    app = web.Application()
    app.router.add_get("/hook/echo", place.echo)
    async with TestServer(app) as server:
        place.url = str(server.make_url("/hook"))
        yield place


@pytest.fixture
async def village(calling: Calling) -> Caller:
    caller: Caller = await calling("Brinkdorp", Role.VEN)
    return caller


async def subscribe(village: Caller, url: str) -> tuple[int, str]:
    wanted = {"objects": ["EVENT"], "operations": ["CREATE"], "callbackUrl": url}
    status, told = await village(
        "POST", "/subscriptions", {"clientName": "Brinkdorp", "objectOperations": [wanted]}
    )
    return status, str(told.get("detail"))


async def test_who_gives_back_the_echo_is_told(village: Caller, place: Place) -> None:
    assert (await subscribe(village, place.url))[0] == 201
    assert len(place.asked) == 1


async def test_somebody_elses_server_is_not_told_anything(village: Caller, place: Place) -> None:
    place.says = "Welcome to the intranet"
    status, detail = await subscribe(village, place.url)
    assert status == 400
    assert "does not give back an echo" in detail
    assert (await village("GET", "/subscriptions"))[1] == []


@pytest.mark.parametrize("status", [404, 405, 302, 500])
async def test_who_knows_of_no_echo_is_told_all_the_same(village: Caller, place: Place, status: int) -> None:
    place.status, place.says = status, ""
    assert (await subscribe(village, place.url))[0] == 201


async def test_who_is_not_there_yet_is_told_once_it_is(village: Caller) -> None:
    assert (await subscribe(village, "http://127.0.0.1:9/hook"))[0] == 201


async def test_another_address_is_asked_too(village: Caller, place: Place) -> None:
    assert (await subscribe(village, "http://127.0.0.1:9/hook"))[0] == 201
    [kept] = (await village("GET", "/subscriptions"))[1]
    place.says = "Welcome to the intranet"
    kept["objectOperations"][0]["callbackUrl"] = place.url
    assert (await village("PUT", f"/subscriptions/{kept['id']}", kept))[0] == 400
