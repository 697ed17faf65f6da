"""The members' pages: one link, one home, one hour; and nothing that another site could make a browser do."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from aiohttp import ClientSession, CookieJar
from aiohttp.test_utils import TestClient, TestServer

from battery_commons.store import Store
from battery_commons.voting.ballot import from_text, to_text
from battery_commons.web.members.app import members_app
from battery_commons.web.members.page.sessions import LINK_LASTS, SESSION_LASTS, PageSessions
from battery_commons.web.server import VillageServer
from tests.village.voting.voter import Voter
from tests.village.web.conftest import VILLAGE_NOW, WALL_NOW, Client, Member, joined, unhurried
from tests.village.web.members.test_votes import ANNA, KEY, cast, opened


@pytest.fixture
async def plain(village: VillageServer) -> AsyncIterator[Client]:
    """Return a client as a browser is: it keeps cookies, also of an address."""
    server = TestServer(members_app(village, unhurried()))
    async with TestClient(server, cookie_jar=CookieJar(unsafe=True)) as client:
        yield client


@pytest.fixture
async def visitor(plain: Client, store: Store) -> Member:
    return await joined(plain, store, "welcome-9", "De Linde")


async def link_of(member: Member) -> str:
    answer = await member.call("POST", "/api/v1/home/page-link")
    assert answer.status == 201
    path: str = (await answer.json())["path"]
    return path


OWN_PAGE = {"Sec-Fetch-Site": "same-origin"}


async def entered(member: Member) -> str:
    answer = await member.client.post(await link_of(member), headers=OWN_PAGE)
    assert answer.status == 200
    return await answer.text()


async def test_a_link_opens_a_homes_own_page_once(visitor: Member) -> None:
    path = await link_of(visitor)
    asked = await visitor.client.get(path)
    again = await visitor.client.get(path)
    page = await visitor.client.post(path, headers=OWN_PAGE)
    used = await visitor.client.post(path, headers=OWN_PAGE)

    assert (asked.status, again.status) == (200, 200), "only looking does not use it up"
    assert "De Linde" in await page.text()
    assert used.status == 410
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
    assert page.headers["Cache-Control"] == "no-store"


async def test_the_cookie_is_for_the_page_alone_and_for_no_script(visitor: Member) -> None:
    answer = await visitor.client.post(await link_of(visitor), headers=OWN_PAGE, allow_redirects=False)

    cookie = answer.headers["Set-Cookie"]
    assert all(part in cookie for part in ("HttpOnly", "SameSite=Strict", "Path=/page"))
    assert (await (await visitor.client.get("/page/")).text()).count("De Linde") == 1


async def test_without_a_link_there_is_no_page(plain: Client) -> None:
    for path in ("/page/", "/page/enter/made-up"):
        answer = await plain.get(path)
        assert answer.status in {401, 410}
        assert "Open it again from Home Assistant" in await answer.text()
    assert (await plain.post("/page/enter/made-up", headers=OWN_PAGE)).status == 410


async def test_another_site_cannot_have_a_browser_enter_a_page(visitor: Member, plain: Client) -> None:
    """A neighbour who sent a link of his own along would have his vote given by somebody else."""
    path = await link_of(visitor)

    elsewhere = await plain.post(path, headers={"Sec-Fetch-Site": "cross-site"})

    assert (elsewhere.status, elsewhere.cookies) == (403, {})
    assert (await plain.post(path, headers=OWN_PAGE)).status == 200


async def test_a_page_ends_with_its_home_and_when_it_is_left(visitor: Member, store: Store) -> None:
    await entered(visitor)
    store.remove(visitor.home_id, ANNA)
    assert (await visitor.client.get("/page/")).status == 401

    other = await joined(visitor.client, store, "welcome-10")
    await entered(other)
    await visitor.client.post("/page/leave")
    assert (await visitor.client.get("/page/")).status == 401


async def test_what_another_home_would_pay_is_not_on_the_page(visitor: Member, store: Store) -> None:
    opened(store, visitor)

    page = await entered(visitor)

    assert "How we steer" in page
    assert f'data-modulus="{to_text(KEY.public.modulus.to_bytes(256))}"' in page


async def test_the_page_has_its_ballot_signed_and_casts_it_without_saying_whose_it_is(
    visitor: Member, store: Store, plain: Client
) -> None:
    vote_id = opened(store, visitor)
    await entered(visitor)
    voter = Voter(vote_id, KEY.public, "b")
    asked = {"version": 1, "paper": 0, "blinded": to_text(voter.blinded)}

    answer = await plain.post(f"/page/votes/{vote_id}/sign", json=asked, headers=OWN_PAGE)

    ballot = voter.ballot(from_text((await answer.json())["blind_signature"]))
    async with ClientSession() as nobody:
        body = {"version": 1, "choice": "b", "number": ballot.number, "signature": to_text(ballot.signature)}
        url = plain.make_url(f"/api/v1/votes/{vote_id}/ballots")
        async with nobody.post(url, json=body) as taken:
            assert taken.status == 204
    assert await cast(plain, vote_id, ballot) == (409, "already_cast")


@pytest.mark.parametrize(
    "headers", [{}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://elsewhere.example"}]
)
async def test_another_site_has_nothing_signed(
    visitor: Member, store: Store, plain: Client, headers: dict[str, str]
) -> None:
    vote_id = opened(store, visitor)
    await entered(visitor)
    asked = {"version": 1, "blinded": to_text(Voter(vote_id, KEY.public, "a").blinded)}

    answer = await plain.post(f"/page/votes/{vote_id}/sign", json=asked, headers=headers)

    assert answer.status == 403
    assert store.turnout(vote_id) == (0, 0, 1)


async def test_without_a_session_nothing_is_signed_and_no_ballots_are_told(
    visitor: Member, store: Store, plain: Client
) -> None:
    vote_id = opened(store, visitor)
    assert (await plain.post(f"/page/votes/{vote_id}/sign", json={}, headers=OWN_PAGE)).status == 401
    assert (await plain.get(f"/page/votes/{vote_id}/ballots")).status == 401


async def test_the_scripts_and_the_style_are_served(plain: Client) -> None:
    for path in ("static/vote.js", "static/ballot.js", "shared/page.css", "shared/icon.svg"):
        assert (await plain.get(f"/page/{path}")).status == 200


def test_a_link_lasts_ten_minutes_and_a_visit_an_hour() -> None:
    now = [WALL_NOW]
    sessions = PageSessions(lambda: now[0])
    code, until = sessions.new_link("h1")
    late, _ = sessions.new_link("h1")
    session = sessions.enter(code)
    assert session is not None

    assert until == WALL_NOW + LINK_LASTS
    now[0] += LINK_LASTS
    assert not sessions.is_link(late)
    assert sessions.enter(late) is None
    assert sessions.home_of(session) == "h1"
    now[0] = WALL_NOW + SESSION_LASTS - timedelta(seconds=1)
    assert sessions.home_of(session) == "h1"
    now[0] += timedelta(seconds=1)
    assert sessions.home_of(session) is None


MOTION_FORM = {
    "title": "More for ourselves",
    "value1": "0",
    "value2": "20",
    "closes": "2016-06-30T20:00",
    "takes_effect": "2016-07-01T00:00",
}
PROPOSE = "/page/propose/minimum_reserve"


async def test_a_home_proposes_on_its_page_after_looking_at_it(
    visitor: Member, store: Store, plain: Client
) -> None:
    await entered(visitor)
    assert "What stays in every battery" in await (await plain.get(PROPOSE)).text()

    looked = await plain.post(PROPOSE, data=MOTION_FORM, headers=OWN_PAGE)
    assert "20 % of each battery" in await looked.text()
    assert store.votes(VILLAGE_NOW) == []
    done = await plain.post(PROPOSE, data=MOTION_FORM | {"action": "propose"}, headers=OWN_PAGE)

    assert "proposed by your home" in await done.text()
    [vote] = store.votes(VILLAGE_NOW)
    assert vote.proposed_by == visitor.home_id


async def test_what_cannot_be_proposed_is_said_on_the_page(
    visitor: Member, store: Store, plain: Client
) -> None:
    await entered(visitor)

    outside = await plain.post(PROPOSE, data=MOTION_FORM | {"value2": "90"}, headers=OWN_PAGE)
    elsewhere = await plain.post(PROPOSE, data=MOTION_FORM | {"action": "propose"})
    store.suspend(visitor.home_id, ANNA)
    suspended = await plain.post(PROPOSE, data=MOTION_FORM | {"action": "propose"}, headers=OWN_PAGE)
    unknown = await plain.get("/page/propose/the_weather")

    assert (outside.status, elsewhere.status, suspended.status, unknown.status) == (422, 403, 422, 404)
    assert "The bylaws do not allow one of these." in await outside.text()
    assert "Your home is suspended." in await suspended.text()
    assert store.votes(VILLAGE_NOW) == []
