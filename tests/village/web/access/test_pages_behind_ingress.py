"""Administering through Home Assistant: who acts is known, and addresses are those that the browser shows."""

from collections.abc import AsyncIterator

import pytest
from aiohttp.test_utils import TestClient, TestServer

from battery_commons.store import Store
from battery_commons.store.audit import Act
from battery_commons.web.access import ingress
from battery_commons.web.pages.app import pages_app
from battery_commons.web.server import VillageServer
from tests.village.web.conftest import Client, Member
from tests.village.web.page_reader import opened

WIM = {
    "X-Remote-User-Id": "3f2a",
    "X-Remote-User-Display-Name": "Wim Bakker",
    "X-Forwarded-Host": "home.example:8123",
}
ORIGIN = {"Origin": "http://home.example:8123"}


@pytest.fixture
async def pages(village: VillageServer, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Client]:
    """Return what the Supervisor calls for Wim."""
    monkeypatch.setattr(ingress, "SUPERVISOR", "127.0.0.1")
    app = pages_app(village, ingress=True, members_url="https://172.30.33.4:8477")
    async with TestClient(TestServer(app), headers=WIM) as client:
        yield client


async def test_the_log_names_the_user_of_home_assistant(pages: Client, member: Member, store: Store) -> None:
    page = await opened(pages, f"/homes/{member.home_id}/suspend")
    answer = await page.post("/suspend", {}, ORIGIN)

    assert answer.status == 200
    assert [(entry.administrator, entry.act) for entry in store.audit()] == [
        ("Wim Bakker", Act.HOME_SUSPENDED)
    ]


async def test_a_form_from_another_address_than_the_browser_shows_is_refused(
    pages: Client, member: Member
) -> None:
    page = await opened(pages, f"/homes/{member.home_id}/suspend")
    here = {"Origin": f"http://{pages.host}:{pages.port}"}
    assert (await page.post("/suspend", {}, here)).status == 403


async def test_a_form_that_was_made_for_another_user_is_refused(pages: Client, member: Member) -> None:
    page = await opened(pages, f"/homes/{member.home_id}/suspend")
    assert (await page.post("/suspend", {}, ORIGIN | {"X-Remote-User-Id": "77aa"})).status == 403


async def test_homes_are_invited_to_where_home_assistant_is_found(pages: Client) -> None:
    assert 'value="https://home.example:8477"' in (await opened(pages, "/invitations")).text


async def test_the_menu_has_no_administrators_where_home_assistant_says_who_they_are(pages: Client) -> None:
    menu = (await opened(pages, "/settings")).text.partition("</nav>")[0]
    assert 'href="./backups"' in menu
    assert "administrators" not in menu
