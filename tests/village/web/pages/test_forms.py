"""Only the pages' own forms are obeyed."""

from collections.abc import AsyncIterator

import pytest
from aiohttp.test_utils import TestClient, TestServer

from battery_commons.store import Store
from battery_commons.web.pages.app import pages_app
from battery_commons.web.pages.shelf import READABLE_FOR_S, Shelf
from battery_commons.web.server import VillageServer
from tests.village.web.conftest import Client, Member
from tests.village.web.page_reader import opened


@pytest.fixture
async def pages(village: VillageServer) -> AsyncIterator[Client]:
    async with TestClient(TestServer(pages_app(village))) as client:
        yield client


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"X-Forwarded-Host": "elsewhere.example", "Origin": "https://elsewhere.example"},
        {},
    ],
)
async def test_a_form_from_elsewhere_is_refused_whatever_it_carries(
    pages: Client, member: Member, store: Store, headers: dict[str, str]
) -> None:
    page = await opened(pages, f"/homes/{member.home_id}/remove")
    answer = await page.post("/remove", {}, headers)

    assert answer.status == 403
    assert "This form was not accepted" in await answer.text()
    assert len(store.homes()) == 1


@pytest.mark.parametrize("token", ["", "guess", "é"])
async def test_a_form_without_the_token_is_refused_wherever_it_comes_from(
    pages: Client, member: Member, store: Store, token: str
) -> None:
    page = await opened(pages, f"/homes/{member.home_id}/remove")
    answer = await page.post("/remove", {"token": token}, {"Sec-Fetch-Site": "same-origin"})

    assert answer.status == 403
    assert len(store.homes()) == 1


async def test_a_form_of_before_a_restart_is_refused(
    village: VillageServer, pages: Client, member: Member, store: Store
) -> None:
    page = await opened(pages, f"/homes/{member.home_id}/remove")
    async with TestClient(TestServer(pages_app(village))) as restarted:
        host = f"http://{restarted.host}:{restarted.port}"
        old = type(page)(restarted, page.path, page.status, page.text)
        answer = await old.post("/remove", {}, {"Origin": host})
    assert answer.status == 403
    assert len(store.homes()) == 1


async def test_a_page_may_send_forms_to_its_own_address_only(pages: Client) -> None:
    answer = await pages.get("/homes")
    assert "form-action 'self'" in answer.headers["Content-Security-Policy"]
    # With no-referrer, browsers would hide from where a form comes.
    assert answer.headers["Referrer-Policy"] == "same-origin"


async def test_a_form_is_never_large(pages: Client, member: Member) -> None:
    page = await opened(pages, f"/homes/{member.home_id}/remove")
    answer = await page.post("/remove", {"more": "x" * 20_000}, {"Sec-Fetch-Site": "same-origin"})
    assert answer.status == 413


def test_what_is_told_once_can_be_read_for_ten_minutes() -> None:
    now = [0.0]
    shelf = Shelf[str](lambda: now[0])
    name = shelf.put("a link")
    now[0] = READABLE_FOR_S - 1
    assert shelf.get(name) == "a link"
    now[0] = READABLE_FOR_S
    assert shelf.get(name) is None
    assert shelf.get("a guess") is None
