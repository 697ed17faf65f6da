"""The menu: groups of pages, and where in it one is."""

from collections.abc import AsyncIterator
from html.parser import HTMLParser
from typing import override

import pytest
from aiohttp.test_utils import TestClient, TestServer

from battery_commons.web.pages.app import pages_app
from battery_commons.web.pages.navigation import menu
from battery_commons.web.server import VillageServer
from tests.village.web.conftest import Client
from tests.village.web.page_reader import opened


class _Menu(HTMLParser):
    """Finds the links of the menu, each with what it says of where one is."""

    def __init__(self) -> None:
        super().__init__()
        self.links: dict[str, str | None] = {}
        self._is_inside = False

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "nav":
            self._is_inside = True
        elif tag == "a" and self._is_inside:
            # A group's own link comes before that of the page where it leads.
            self.links[given["href"] or ""] = given.get("aria-current")

    @override
    def handle_endtag(self, tag: str) -> None:
        self._is_inside = self._is_inside and tag != "nav"


def links(text: str) -> dict[str, str | None]:
    parser = _Menu()
    parser.feed(text)
    return parser.links


@pytest.fixture
async def pages(village: VillageServer) -> AsyncIterator[Client]:
    async with TestClient(TestServer(pages_app(village))) as client:
        yield client


def test_a_part_is_in_one_group_and_a_group_leads_to_its_first_part() -> None:
    parts = [link.part for group in menu("none") for link in group.links]

    assert len(parts) == len(set(parts))
    assert not any(group.is_here for group in menu("none"))
    [here] = [group for group in menu("bylaws") if group.is_here]
    assert here.links[0].path == "community"


def test_what_is_of_no_use_is_left_out_unless_somebody_looks_at_it() -> None:
    without = {"below", "administrators"}

    assert without.isdisjoint(link.part for group in menu("", without=without) for link in group.links)
    assert any(link.is_here for group in menu("below", without=without) for link in group.links)


async def test_every_link_of_the_menu_opens_a_page_that_says_it_is_there(pages: Client) -> None:
    for address in links((await opened(pages, "/")).text):
        page = await opened(pages, f"/{address.removeprefix('./')}")

        assert page.status == 200, address
        assert links(page.text)[address] == "page"


async def test_a_page_within_another_keeps_its_place_in_the_menu(pages: Client) -> None:
    page = await opened(pages, "/account/ledger")

    assert links(page.text)["../account"] == "page"
    assert page.text.count('aria-current="true"') == 1
