"""A vote in a real browser, from the volunteer's form to the plan that shows its result.

The servers, the ticks and the keeper of votes are real; the clock is moved by hand, so that a week passes at
once. Set BATTERY_COMMONS_PICTURES to a folder to keep the pictures.
"""

import asyncio
import json
import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from playwright.async_api import Page, Request, ViewportSize, expect

from battery_commons.dispatch.dispatcher import Dispatcher
from battery_commons.domain.grid import Transformer
from battery_commons.domain.plan import ControlModel
from battery_commons.domain.time import WallClock
from battery_commons.store import Store
from battery_commons.store.audit import Author
from battery_commons.store.tokens import new_token
from battery_commons.tick.service import VillageService
from battery_commons.voting.keeping.keeper import VoteKeeper
from battery_commons.voting.motion import Motion, Subject
from battery_commons.web.members.app import members_app
from battery_commons.web.pages.app import pages_app
from battery_commons.web.server import VillageServer, listening
from tests.end_to_end.browser import CHROMIUM, browser_page

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine")

BEGIN = datetime(2026, 6, 15, 10, 1, tzinfo=UTC)
DAY = timedelta(days=1)
PHONE: ViewportSize = {"width": 390, "height": 844}
WITHIN_S = 60.0


class MovedClock(WallClock):
    """A clock on which time passes when it is moved, and waiting takes no time worth mentioning."""

    def __init__(self) -> None:
        self.at = BEGIN

    def now(self) -> datetime:
        return self.at

    def to_wall(self, village: datetime) -> datetime:
        return village

    def wall_seconds(self, village: timedelta) -> float:
        return min(max(village.total_seconds(), 0.0), 0.5)


@dataclass
class Running:
    """A village that runs."""

    store: Store
    clock: MovedClock
    service: VillageService
    keeper: VoteKeeper
    session: ClientSession
    members_url: str
    pages_url: str
    tokens: dict[str, str] = field(default_factory=dict)

    async def join(self, name: str) -> None:
        """Let a home with a battery join."""
        code = new_token()
        self.store.add_invitation("t1", code, self.clock.now() + DAY)
        asked = {"version": 1, "code": code, "nonce": "0123456789abcdef", "consent": True}
        answer = await self.call("POST", "/api/v1/join", asked | {"name": name, "webhook_urls": []})
        self.tokens[name] = json.loads(answer["payload"])["token"]
        battery = {"battery_id": "b1", "name": "Garage", "capacity_wh": 10_000, "max_charge_w": 5000}
        battery |= {"max_discharge_w": 5000, "reserve": 0.1}
        await self.call(
            "PUT", "/api/v1/home", {"version": 1, "webhook_urls": [], "batteries": [battery]}, name
        )

    async def report(self, name: str) -> None:
        """Have a home report its battery, so that it is planned for."""
        reading = {"battery_id": "b1", "at": self.clock.now().isoformat(), "state_of_charge": 0.5}
        reading |= {"power_w": 0.0, "mode": "village", "reason": "no_plan"}
        sent = {"version": 1, "sent_at": self.clock.now().isoformat(), "batteries": [reading]}
        receipt = await self.call("POST", "/api/v1/telemetry", sent, name)
        assert receipt["accepted"] == 1, receipt

    async def call(self, method: str, path: str, body: object = None, home: str | None = None) -> Any:
        """Call the members' API."""
        headers = {"Authorization": f"Bearer {self.tokens[home]}"} if home else {}
        async with self.session.request(
            method, f"{self.members_url}{path}", json=body, headers=headers
        ) as answer:
            assert answer.status < 300, await answer.text()
            return await answer.json() if answer.status != 204 else None

    async def move(self, to: datetime) -> None:
        """Let time pass until `to`."""
        self.clock.at = to
        self.keeper.changed()

    async def state(self, state: str, home: str) -> dict[str, Any]:
        """Wait until the one vote is so far, and return it as a home sees it."""
        async with asyncio.timeout(WITHIN_S):
            while True:
                [vote] = (await self.call("GET", "/api/v1/votes", home=home))["votes"]
                if vote["state"] == state:
                    found: dict[str, Any] = vote
                    return found
                await asyncio.sleep(0.2)

    async def plan_of(self, model: ControlModel) -> None:
        """Wait for a plan of a model."""
        async with asyncio.timeout(WITHIN_S):
            while self.service.plan is None or self.service.plan.model is not model:
                await asyncio.sleep(0.1)


@pytest.fixture
async def running(tmp_path: Path) -> AsyncIterator[Running]:
    clock = MovedClock()
    async with AsyncExitStack() as stack:
        store = Store.open(tmp_path / "village.db")
        stack.callback(store.close)
        store.rename_village("Ansen")
        store.put_transformer(Transformer("t1", "Dorpsstraat", 250_000))
        session = await stack.enter_async_context(ClientSession())
        key = Ed25519PrivateKey.generate()
        dispatcher = Dispatcher(store, key, clock, session)
        stack.push_async_callback(dispatcher.close)
        service = VillageService(store, clock, dispatcher)
        keeper = VoteKeeper(store, clock, tmp_path, lambda: service.plan, service.settings_changed)
        village = VillageServer(
            store=store,
            key=key,
            clock=clock,
            control_model=lambda: service.model,
            current_plan=lambda: service.plan,
            forecast_scores=dict,
            readings_taken=service.readings_taken,
            members_changed=service.members_changed,
            settings_changed=service.settings_changed,
            peaks_shaved_w=lambda: service.peaks_shaved_w,
            votes_changed=keeper.changed,
            vote_reckoned=keeper.share_done,
            links=dispatcher.links,
        )
        members = await stack.enter_async_context(listening(members_app(village), "127.0.0.1", 0))
        pages = await stack.enter_async_context(listening(pages_app(village), "127.0.0.1", 0))
        for work in (service.run, keeper.run):
            task = asyncio.create_task(work())
            stack.push_async_callback(_ended, task)
        yield Running(store, clock, service, keeper, session, members, pages)


async def _ended(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


@pytest.fixture
async def page() -> AsyncIterator[Page]:
    async with browser_page() as made:
        yield made


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    return Path(os.environ.get("BATTERY_COMMONS_PICTURES", tmp_path))


async def vote_on_a_phone(running: Running, page: Page, home: str, option: str, pictures: Path) -> str:
    """Vote on a home's own page, and return the ballot's number."""
    assert page.context.browser is not None
    context = await page.context.browser.new_context(viewport=PHONE, locale="en-GB")
    phone = await context.new_page()
    sent: list[tuple[str, str | None]] = []

    async def note(request: Request) -> None:
        sent.append((request.url, (await request.all_headers()).get("cookie")))

    phone.on("request", note)
    link = await running.call("POST", "/api/v1/home/page-link", home=home)
    await phone.goto(running.members_url + link["path"])
    await phone.get_by_role("button", name="Open my page").click()
    await expect(phone.get_by_text(f"For {home}.")).to_be_visible()
    await phone.screenshot(path=pictures / "vote-page.png", full_page=True)
    await phone.get_by_label(option).check()
    await phone.get_by_role("button", name="Vote", exact=True).click()
    await expect(phone.get_by_text("Your vote is in the box.")).to_be_visible()
    await expect(phone.get_by_role("button", name="Vote", exact=True)).to_be_hidden()
    number = await phone.locator(".receipts code").inner_text()
    await phone.screenshot(path=pictures / "vote-receipt.png", full_page=True)
    await phone.reload()
    await expect(phone.get_by_text("Your vote is in the box.")).to_be_visible()
    [cast] = [cookie for url, cookie in sent if url.endswith("/ballots") and "/api/" in url]
    assert cast is None, "the ballot says whose it is"
    await running.move(BEGIN + 9 * DAY)
    await running.state("decided", home)
    await phone.reload()
    await expect(phone.get_by_text("Your ballot is among those that were counted: M2")).to_be_visible()
    await phone.screenshot(path=pictures / "vote-counted.png", full_page=True)
    # Another home's page in the same browser, as on a helper's tablet, knows nothing of this ballot.
    link = await running.call("POST", "/api/v1/home/page-link", home="De Linde")
    await phone.goto(running.members_url + link["path"])
    await phone.get_by_role("button", name="Open my page").click()
    await expect(phone.get_by_text("For De Linde.")).to_be_visible()
    await expect(phone.locator(".receipts code")).to_have_count(0)
    await context.close()
    return number


async def test_a_vote_changes_the_active_model_at_its_time_and_the_next_plan_shows_it(
    running: Running, page: Page, pictures: Path
) -> None:
    for name in ("De Eik", "De Linde"):
        await running.join(name)
    await running.plan_of(ControlModel.M4)

    await page.goto(f"{running.pages_url}/votes")
    await page.get_by_role("link", name="How the batteries are steered").click()
    await page.get_by_label("Question").fill("Shall the neighbourhood be as one?")
    await page.get_by_label("Option 2").select_option("M2")
    await page.get_by_label("Closes").fill("2026-06-23T12:00")
    await page.get_by_label("Takes effect").fill("2026-06-25T00:00")
    await page.screenshot(path=pictures / "vote-form.png", full_page=True)
    await page.get_by_role("button", name="Look at it first").click()
    await page.get_by_role("button", name="Put it to the vote").click()
    await expect(page.get_by_text("It is put to the vote.")).to_be_visible()

    vote = await running.state("open", "De Eik")
    assert vote["effects"]["state"] == "example"
    number = await vote_on_a_phone(running, page, "De Eik", "M2: the neighbourhood as one", pictures)

    await page.goto(f"{running.pages_url}/votes")
    await expect(page.get_by_text("1 of 2 votes; ballots that were signed: 1.")).to_be_visible()
    await page.screenshot(path=pictures / "votes.png", full_page=True)
    await page.get_by_role("main").get_by_role("link", name="Bylaws").click()
    await expect(page.get_by_label("Quorum (%)")).to_have_value("30")
    await page.screenshot(path=pictures / "bylaws.png", full_page=True)
    [ballot] = running.store.ballots(vote["vote_id"])[0]
    assert (ballot.number, ballot.choice) == (number, "b")

    # Decided, and yet not in force: the next plans are as before.
    assert running.service.plan is not None
    assert running.service.plan.model is ControlModel.M4
    await running.move(datetime(2026, 6, 24, 22, 0, 1, tzinfo=UTC))
    await running.state("in_force", "De Eik")
    await running.report("De Eik")
    await running.plan_of(ControlModel.M2)
    await page.goto(f"{running.pages_url}/model")
    await expect(page.get_by_text("chosen", exact=True)).to_be_visible()
    assert running.store.settings().control_model is ControlModel.M2


async def a_vote_on_sharing(running: Running) -> str:
    """Open a vote for one home, and return its id."""
    await running.join("De Eik")
    week = BEGIN + 7 * DAY
    motion = Motion(Subject.SHARING, "Fair shares", "", ["equal", "contribution"], BEGIN, week, week)
    vote_id = running.store.propose(motion, Author("Anna", BEGIN))
    running.keeper.changed()
    await running.state("open", "De Eik")
    return vote_id


async def enter(running: Running, page: Page) -> None:
    """Open the home's own page."""
    link = await running.call("POST", "/api/v1/home/page-link", home="De Eik")
    await page.goto(running.members_url + link["path"])
    await page.get_by_role("button", name="Open my page").click()
    await expect(page.get_by_text("For De Eik.")).to_be_visible()


async def test_a_ballot_that_got_stuck_is_cast_when_the_page_is_opened_again(
    running: Running, page: Page
) -> None:
    vote_id = await a_vote_on_sharing(running)
    await enter(running, page)
    await page.route("**/api/v1/votes/*/ballots", lambda route: route.abort())
    await page.get_by_label("By what each home did").check()
    await page.get_by_role("button", name="Vote", exact=True).click()
    await expect(page.get_by_text("Your ballot is kept in this browser")).to_be_visible()
    await expect(page.get_by_label("By what each home did")).to_be_checked()
    await expect(page.get_by_label("The same to every home")).to_be_disabled()
    assert running.store.turnout(vote_id) == (1, 0, 1)

    await page.unroute("**/api/v1/votes/*/ballots")
    await page.reload()
    await expect(page.get_by_text("Your vote is in the box.")).to_be_visible()
    assert running.store.turnout(vote_id) == (1, 1, 1)


SLOW_HASH = """
const digest = crypto.subtle.digest.bind(crypto.subtle);
crypto.subtle.digest = async (...asked) => {
  await new Promise((resolve) => setTimeout(resolve, 100));
  return digest(...asked);
};
"""


async def test_two_tabs_that_vote_at_once_give_one_vote_and_lose_none(running: Running, page: Page) -> None:
    vote_id = await a_vote_on_sharing(running)
    assert page.context.browser is not None
    browser = await page.context.browser.new_context(locale="en-GB")
    await browser.add_init_script(SLOW_HASH)
    tabs = [await browser.new_page() for _ in range(2)]
    await enter(running, tabs[0])
    await tabs[1].goto(tabs[0].url)

    for tab, option in zip(tabs, ("By what each home did", "The same to every home"), strict=True):
        await tab.get_by_label(option).check()
    for tab in tabs:
        await tab.get_by_role("button", name="Vote", exact=True).click()

    for tab in tabs:
        await expect(tab.get_by_text("Your vote is in the box.")).to_be_visible()
    assert running.store.turnout(vote_id) == (1, 1, 1)
    await browser.close()
