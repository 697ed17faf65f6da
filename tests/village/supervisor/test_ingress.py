"""The pages behind ingress: who gets in, who is asking, and that every link stays behind it."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from http import HTTPStatus
from urllib.parse import parse_qsl, urldefrag, urlencode, urljoin, urlsplit

import pytest
from aiohttp import FormData, web
from aiohttp.test_utils import TestClient, TestServer

from battery_commons.store import Store
from battery_commons.store.audit import Act
from battery_commons.web.access import ingress
from battery_commons.web.access.ingress import Administrator, administrator
from battery_commons.web.pages.app import pages_app
from battery_commons.web.server import VillageServer
from tests.village.supervisor import fake
from tests.village.web import conftest as a_village

store, village, current = a_village.store, a_village.village, a_village.current

type Client = TestClient[web.Request, web.Application]

HERE = "127.0.0.5"
"""Stands in for the Supervisor's address, which no machine but a Home Assistant has."""
WIM = {"X-Remote-User-Id": "3f2a", "X-Remote-User-Name": "wim", "X-Remote-User-Display-Name": "Wim Bakker"}
_LINK = re.compile(r"""(href|src|action|data-source)="([^"]*)\"""")


@pytest.fixture(autouse=True)
def supervisor_is_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ingress, "SUPERVISOR", HERE)


@pytest.fixture
async def asked() -> list[Administrator | None]:
    """Return who has asked."""
    return []


@pytest.fixture
async def app_port(village: VillageServer, asked: list[Administrator | None]) -> AsyncIterator[int]:
    async def who(request: web.Request) -> web.Response:
        asked.append(administrator(request))
        return web.Response()

    app = pages_app(village, ingress=True)
    app.router.add_get("/who", who)
    async with TestServer(app) as server:
        assert server.port is not None
        yield server.port


@pytest.fixture
async def browser(app_port: int) -> AsyncIterator[Client]:
    """Return a browser that is logged in to Home Assistant as Wim."""
    async with TestClient(TestServer(fake.ingress(app_port, HERE, WIM))) as client:
        yield client


async def test_a_logged_in_browser_sees_the_page(browser: Client) -> None:
    answer = await browser.get(fake.INGRESS + "/")
    assert answer.status == HTTPStatus.OK
    assert "<h1>Ansen</h1>" in await answer.text()


@pytest.mark.parametrize("path", ["", "api/state", "static/page.css", "no-such-page"])
async def test_nobody_but_the_supervisor_gets_in(app_port: int, path: str) -> None:
    async with TestClient(TestServer(fake.ingress(app_port, "127.0.0.6", WIM))) as stranger:
        answer = await stranger.get(f"{fake.INGRESS}/{path}")
    assert answer.status == HTTPStatus.FORBIDDEN


async def test_who_is_asking_is_known(browser: Client, asked: list[Administrator | None]) -> None:
    await browser.get(fake.INGRESS + "/who")
    assert asked == [Administrator("3f2a", "Wim Bakker")]


async def test_a_user_without_a_name_of_his_own_goes_by_the_login(
    app_port: int, asked: list[Administrator | None]
) -> None:
    login = {"X-Remote-User-Id": "3f2a", "X-Remote-User-Name": "wim"}
    async with TestClient(TestServer(fake.ingress(app_port, HERE, login))) as browser:
        await browser.get(fake.INGRESS + "/who")
    assert asked == [Administrator("3f2a", "wim")]


async def test_the_headers_count_for_nothing_on_a_listener_that_is_not_behind_ingress() -> None:
    seen = []

    async def who(request: web.Request) -> web.Response:
        seen.append(administrator(request))
        return web.Response()

    app = web.Application()
    app.router.add_get("/who", who)
    async with TestClient(TestServer(app)) as client:
        await client.get("/who", headers=WIM)
    assert seen == [None]


async def test_a_request_that_does_not_say_who_is_asking_is_from_nobody(
    app_port: int, asked: list[Administrator | None]
) -> None:
    async with TestClient(TestServer(fake.ingress(app_port, HERE))) as browser:
        await browser.get(fake.INGRESS + "/who")
    assert asked == [None]


def _page_of(path: str) -> str:
    """Return an address with any moment or day that it shows as another's: pages of the past have no end."""
    address = urlsplit(path)
    asked = [
        (name, re.sub(r"\d", "0", value) if name in {"at", "period"} else value)
        for name, value in parse_qsl(address.query)
    ]
    return address._replace(query=urlencode(asked)).geturl()


async def test_every_link_of_every_page_stays_behind_ingress(browser: Client, store: Store) -> None:
    seen, to_see = set(), [fake.INGRESS + "/"]
    while to_see:
        if (page := _page_of(path := to_see.pop())) in seen:
            continue
        seen.add(page)
        answer = await browser.get(path)
        assert answer.status == HTTPStatus.OK, path
        if answer.content_type == "text/html":
            for kind, link in _LINK.findall(await answer.text()):
                target = urldefrag(urljoin(path, link.replace("&amp;", "&"))).url
                assert target.startswith(fake.INGRESS + "/"), f"{path} links to {link}"
                if kind != "action":  # A form is sent with what was filled in.
                    to_see.append(target)

    assert {fake.INGRESS + "/static/page.css", fake.INGRESS + "/fragment?lang=nl"} <= seen


async def test_a_file_comes_in_and_its_bringer_is_known(browser: Client, store: Store) -> None:
    page = await (await browser.get(f"{fake.INGRESS}/transformers/meter?id=t1")).text()
    form = FormData({"token": page.partition('name="token" value="')[2].partition('"')[0], "zone": "utc"})
    hour = f"{a_village.WALL_NOW - timedelta(hours=3):%Y-%m-%dT%H}"
    form.add_field("file", f"start,power_kw\n{hour}:00,1\n{hour}:15,2\n".encode(), filename="meter.csv")
    origin = {"Origin": str(browser.make_url("")).rstrip("/")}

    answer = await browser.post(f"{fake.INGRESS}/transformers/meter/file?id=t1", data=form, headers=origin)

    assert answer.status == HTTPStatus.OK
    [entry] = store.audit()
    assert (entry.administrator, entry.act, entry.detail) == ("Wim Bakker", Act.METER_FILE_TAKEN_IN, "2")
