"""The community's pages, and the report of its year."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from html import unescape

import pytest
from aiohttp import CookieJar
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import update

from battery_commons.domain.plan import ControlModel
from battery_commons.store import schema
from battery_commons.store.tokens import fingerprint, new_token
from battery_commons.web.members.app import members_app
from battery_commons.web.members.status import Standing
from battery_commons.web.pages.app import pages_app
from battery_commons.web.server import VillageServer
from tests.village.account_store import KEY, Kept
from tests.village.community.conftest import END
from tests.village.web.conftest import Client, unhurried


@pytest.fixture
def village(lived: Kept) -> VillageServer:
    return VillageServer(
        store=lived.store,
        key=KEY,
        clock=lived.clock,
        control_model=lambda: ControlModel.M4,
        current_plan=lambda: None,
        forecast_scores=dict,
        readings_taken=lambda _readings: None,
        peaks_shaved_w=dict,
    )


@pytest.fixture
async def pages(village: VillageServer) -> AsyncIterator[Client]:
    async with TestClient(TestServer(pages_app(village))) as client:
        yield client


@pytest.fixture
async def members(village: VillageServer) -> AsyncIterator[Client]:
    server = TestServer(members_app(village, unhurried()))
    async with TestClient(server, cookie_jar=CookieJar(unsafe=True)) as client:
        yield client


async def read(client: Client, path: str) -> str:
    answer = await client.get(path)
    assert answer.status == 200
    return unescape(await answer.text())


async def test_the_page_tells_a_month_in_sentences_with_what_is_not_sure(pages: Client) -> None:
    page = await read(pages, "/community?period=2026-05&lang=en")

    for told in (
        "May 2026",
        "The highest use was",
        "Of what homes had left over",
        "Code red (2): together 2.3 kW less on average (between 3.1 kW less and 1.5 kW less)",
        "An estimate: the batteries saved between",
        "too few votes, so nothing changed. 0 of 6 votes",
        "Of 31 days that are over, 31 are kept.",
        "No home has asked to be named.",
    ):
        assert told in page


async def test_the_page_says_the_same_in_dutch(pages: Client) -> None:
    page = await read(pages, "/community?period=2026&lang=nl")

    assert "Gemeenschap" in page
    assert "Onze eigen zon" in page
    assert "?period=2025&lang=nl" in page, "the language stays when another period is chosen"


async def test_what_is_no_period_is_said_and_this_month_is_shown(pages: Client) -> None:
    for period in ("2026-13", "x", "9999", "<b>", "2026-02-30", "١٢٣٤"):
        answer = await pages.get("/community", params={"period": period})

        assert answer.status == 200
        page = await answer.text()
        assert "Give a year, a month or a day" in page
        assert "June 2026" in page


async def test_a_day_is_told_too_but_for_its_co2(pages: Client) -> None:
    page = await read(pages, "/community?period=2026-05-05&lang=en")

    assert "Tue 05-05-2026" in page
    assert "Code red (1)" in page
    assert "Not told of a single day" in page


async def test_of_a_time_of_which_nothing_is_kept_the_page_says_so(pages: Client) -> None:
    assert "Nothing is kept of this time." in await read(pages, "/community?period=2024")


@pytest.mark.parametrize(("language", "name"), [("en", "report-2026"), ("nl", "verslag-2026")])
async def test_the_report_is_one_page_that_needs_nothing_else(
    pages: Client, language: str, name: str
) -> None:
    answer = await pages.get(f"/community/report/2026.html?lang={language}")

    page = unescape(await answer.text())
    assert f'filename="{name}.html"' in answer.headers["Content-Disposition"]
    assert not any(outside in page for outside in ("src=", "href=", "url(", "<script"))
    assert ("Ansen in 2026" in page, "2,3 kW minder" in page) == (True, language == "nl")


async def test_the_report_is_also_on_paper_and_is_shown_while_it_is_drawn(pages: Client) -> None:
    asked = await pages.get("/community/report/2026.pdf?lang=nl")
    page = await asked.text()
    assert (asked.url.path, asked.url.query["lang"]) == ("/community/report/2026", "nl")
    assert "<progress" in page

    async with asyncio.timeout(120):
        while "Het document is klaar." not in (page := await read(pages, "/community/report/2026?lang=nl")):
            await asyncio.sleep(0.2)

    assert "community/report/2026.pdf" in page
    drawn = await pages.get("/community/report/2026.pdf?lang=nl")
    assert (await drawn.read()).startswith(b"%PDF")
    assert 'filename="verslag-2026.pdf"' in drawn.headers["Content-Disposition"]
    # What is not asked for in the same language is another report.
    assert "<progress" in await read(pages, "/community/report/2026?lang=en")


async def test_there_is_no_report_of_what_is_not_kept(pages: Client) -> None:
    for path in ("2024.pdf", "2026.exe", "26.pdf", "9999.html"):
        assert (await pages.get(f"/community/report/{path}")).status == 404


# --- Homes ------------------------------------------------------------------------------------


@pytest.fixture
def token(lived: Kept) -> str:
    """Return what the first home calls with."""
    token = new_token()
    with lived.store._write() as connection:
        of_home = schema.home.c.id == lived.store.homes()[0].id
        connection.execute(update(schema.home).where(of_home).values(token_sha256=fingerprint(token)))
    return token


async def say(members: Client, token: str, body: object) -> int:
    headers = {"Authorization": f"Bearer {token}"}
    return (await members.put("/api/v1/home/shown", json=body, headers=headers)).status


async def entered(members: Client, token: str) -> str:
    """Open the home's own page in this browser, and return what the village says of the community."""
    headers = {"Authorization": f"Bearer {token}"}
    link = await members.post("/api/v1/home/page-link", headers=headers)
    await members.post((await link.json())["path"], headers={"Sec-Fetch-Site": "same-origin"})
    return await read(members, "/page/community?period=2026-05&lang=en")


async def test_a_home_says_whether_it_is_named_and_takes_it_back(
    pages: Client, members: Client, token: str, lived: Kept
) -> None:
    name = lived.store.homes()[0].name

    assert await say(members, token, {"version": 1, "shown": True}) == 204
    named = await read(pages, "/community?period=2026-05")
    assert await say(members, token, {"version": 1, "shown": False}) == 204
    not_named = await read(pages, "/community?period=2026-05")

    assert f"<strong>{name}</strong>: joined 3 of 3 codes" in named
    assert name not in not_named


async def test_anything_but_yes_or_no_is_refused(members: Client, token: str, lived: Kept) -> None:
    bodies: list[object] = [
        {},
        {"shown": "yes"},
        {"shown": 1},
        {"shown": None},
        {"version": 2, "shown": True},
        [],
        "x",
    ]
    for body in bodies:
        assert await say(members, token, body) == 400
    assert lived.store.shown_homes() == {}


async def test_nobody_speaks_for_another_home(members: Client, lived: Kept) -> None:
    assert await say(members, new_token(), {"version": 1, "shown": True}) == 401
    assert lived.store.shown_homes() == {}


async def test_members_read_the_same_page_and_choose_there_whether_they_are_named(
    members: Client, token: str, lived: Kept
) -> None:
    home = lived.store.homes()[0]
    page = await entered(members, token)
    assert "The highest use was" in page
    assert "Your home is not shown by name." in page

    own = {"Sec-Fetch-Site": "same-origin"}
    shown = await members.post("/page/shown?lang=en", data={"shown": "yes"}, headers=own)
    assert "Your home is shown by name." in await shown.text()
    assert list(lived.store.shown_homes()) == [home.id]
    report = await members.get("/page/report/2026.html?lang=en")
    assert f"{home.name}: joined 3 of 3 codes" in await report.text()

    await members.post("/page/shown", data={"shown": "no"}, headers=own)
    assert lived.store.shown_homes() == {}


async def test_members_see_how_far_their_report_on_paper_is(members: Client, token: str) -> None:
    assert (await members.get("/page/report/2026?lang=nl")).status == 401
    page = await entered(members, token)
    assert 'report/2026?lang=en"' in page

    asked = await members.get("/page/report/2026.pdf?lang=nl")

    assert (asked.url.path, asked.url.query["lang"]) == ("/page/report/2026", "nl")
    assert "<progress" in (text := await asked.text())
    assert 'content="2"' in text, "it is looked again after two seconds"


async def test_another_site_cannot_have_a_home_named(members: Client, token: str, lived: Kept) -> None:
    await entered(members, token)

    foreign = {"Sec-Fetch-Site": "cross-site"}
    answer = await members.post("/page/shown", data={"shown": "yes"}, headers=foreign)

    assert answer.status == 403
    assert lived.store.shown_homes() == {}


async def test_without_a_link_members_pages_tell_nothing(members: Client) -> None:
    for path in ("/page/community", "/page/report/2026.pdf"):
        assert (await members.get(path)).status == 401


async def test_homes_are_told_what_the_month_came_to(village: VillageServer, lived: Kept) -> None:
    home = lived.store.homes()[0]
    lived.clock.at = END - timedelta(hours=3)
    standing = Standing(village)

    status = await standing.for_home(home, lived.clock.at)

    assert status.co2_saved_kg is not None
    assert status.co2_saved_at_most_kg is not None
    assert status.co2_saved_kg <= status.co2_saved_at_most_kg
    assert (status.own_sun_share, status.own_sun_share_without) == (0.0, 0.0)
    assert status.hours_saved == 30 * 1.75
    assert status.shown_by_name is False
