"""The dashboard that arranges itself, in a real browser: seen, heard, moved through by key, and on a phone.

The village runs at the pace of the wall here, so that the plan's quarters of an hour are those of the clock.
Set BATTERY_COMMONS_PICTURES to a folder to keep the pictures, as docs/images keeps them.
"""

import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import ConsoleMessage, Locator, Page, expect

from battery_commons.domain.plan import ControlModel
from battery_commons.domain.time import ScaledClock
from battery_commons.simulation.demo_day import demo_day
from battery_commons.simulation.village import Village, load_village
from demo.home_assistant import DASHBOARD, HomeAssistant
from demo.process import run_to_end
from demo.village import COMMAND, Options, RunningVillage, running_village
from tests.end_to_end.browser import CHROMIUM, browser_page, log_in

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine")

NETHERLANDS = ZoneInfo("Europe/Amsterdam")
DESKTOP, PHONE = {"width": 1280, "height": 1500}, {"width": 390, "height": 844}
STRATEGY = {"strategy": {"type": "custom:battery-commons"}}


@dataclass(slots=True)
class Living:
    """A home of which the dashboard is looked at."""

    village: RunningVillage
    assistant: HomeAssistant
    battery_id: str

    @property
    def url(self) -> str:
        return f"{self.assistant.url}/{DASHBOARD}/home"


@dataclass
class Trouble:
    """What a page should not do."""

    errors: list[str] = field(default_factory=list)
    abroad: list[str] = field(default_factory=list)
    """What it asked for outside of this machine."""

    def watch(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", self._hear)
        page.on("request", lambda asked: self._look_at(asked.url))

    def _hear(self, said: ConsoleMessage) -> None:
        if said.type == "error":
            self.errors.append(said.text)

    def _look_at(self, url: str) -> None:
        if not url.startswith(("http://127.0.0.1:", "ws://127.0.0.1:", "data:", "blob:")):
            self.abroad.append(url)


@pytest.fixture(scope="module")
async def living() -> AsyncIterator[Living]:
    """Start a sunny day with the clock of the wall, and announce a code of each colour."""
    village = with_one_battery(load_village())
    options = Options(
        speed=1.0, real_homes=1, model=ControlModel.M4, port_base=29_477, begins_at=demo_day(village)
    )
    # How long everything takes to start is only known when it has: the clock is set by the wall then.
    async with AsyncExitStack() as stack:
        with patch("demo.village.ScaledClock", clock_by_the_wall):
            running = await stack.enter_async_context(running_village(village, options, print))
        await announce(running, "red", timedelta(hours=2), "The transformer is expected to be busy.")
        await announce(running, "green", timedelta(hours=9), "There is solar power to spare.")
        assistant = running.homes[0].household
        assert isinstance(assistant, HomeAssistant)
        await assistant.command("lovelace/config/save", url_path=DASHBOARD, config=STRATEGY)
        home = Living(running, assistant, running.homes[0].battery_id)
        await home.assistant.process.wait_until("a plan and the codes are there", partial(is_told, home), 90)
        yield home


def clock_by_the_wall(speed: float, wall: datetime, day: datetime) -> ScaledClock:
    """Return a clock that shows the time of the wall, on the day of the village that is given."""
    time = wall.astimezone(NETHERLANDS).time()
    return ScaledClock(speed, wall, datetime.combine(day.date(), time, NETHERLANDS).astimezone(UTC))


def with_one_battery(village: Village) -> Village:
    """Return the village with the battery of its first home only: nobody looks at the others here."""
    first, *others = village.battery_connections
    left = tuple(replace(each, battery=None) if each in others else each for each in village.connections)
    assert first in left
    return replace(village, connections=left)


async def announce(running: RunningVillage, kind: str, ahead: timedelta, reason: str) -> None:
    clock = running.clock
    start = (clock.now() + ahead).astimezone(NETHERLANDS).replace(minute=0, second=0, microsecond=0)
    command: list[str | Path] = [COMMAND, "--data-dir", running.data_dir, "code", "announce", kind]
    command += ["--from", f"{start:%Y-%m-%dT%H:%M}", "--to", f"{start + timedelta(hours=2):%Y-%m-%dT%H:%M}"]
    command += ["--reason", reason, "--speed", str(clock.speed)]
    command += ["--wall-origin", clock.wall_origin.isoformat()]
    await run_to_end([*command, "--village-origin", clock.village_origin.isoformat()])


async def is_told(home: Living) -> bool:
    states = await home.assistant.states()
    plan = states.get(f"{home.battery_id}_plan", {}).get("attributes", {})
    signal = states.get(f"{home.assistant.entry_id}_congestion_signal", {}).get("attributes", {})
    return bool(plan.get("slots")) and len(signal.get("codes", [])) == 2


async def shown(home: Living, key: str) -> Any:
    return (await home.assistant.states())[f"{home.battery_id}_{key}"]["state"]


@asynccontextmanager
async def dashboard(
    home: Living, viewport: dict[str, int], scheme: str = "light"
) -> AsyncIterator[tuple[Page, Trouble]]:
    """Open the dashboard, and hold afterwards that nothing went wrong in it."""
    trouble = Trouble()
    async with browser_page() as page:
        await page.set_viewport_size({"width": viewport["width"], "height": viewport["height"]})
        await page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        trouble.watch(page)
        await log_in(page, home.url)
        late = page.get_by_text("Timeout waiting for strategy element")
        await expect(slots(page).first.or_(late)).to_be_attached()
        if await late.count():
            # Home Assistant waits five seconds for a strategy; a busy machine may need more.
            trouble.errors.clear()
            await page.reload()
        await expect(slots(page).first).to_be_attached()
        yield page, trouble
    assert trouble.errors == []
    assert trouble.abroad == []


def card(page: Page) -> Locator:
    return page.locator("battery-commons-card")


def slots(page: Page) -> Locator:
    return card(page).get_by_role("option")


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    return Path(os.environ.get("BATTERY_COMMONS_PICTURES", tmp_path))


async def eventually(page: Page, what: str, holds: Callable[[], Awaitable[bool]]) -> None:
    for _ in range(60):
        if await holds():
            return
        await page.wait_for_timeout(250)
    pytest.fail(what)


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_the_dashboard_arranges_itself_and_draws_the_plan(
    living: Living, pictures: Path, scheme: str
) -> None:
    async with dashboard(living, DESKTOP, scheme) as (page, _):
        assert await slots(page).count() > 40
        await expect(card(page).get_by_role("heading")).to_have_text(living.assistant.name)
        await expect(card(page).locator(".why")).not_to_be_empty()
        await expect(card(page).get_by_text("Code red: use less")).to_be_visible()
        await expect(page.locator("hui-gauge-card")).to_be_visible()
        await expect(page.get_by_text("What you contribute")).to_be_visible()
        await page.wait_for_timeout(3_000)  # The histories are drawn after the words.
        await page.screenshot(path=pictures / f"dashboard-{scheme}.png")


async def test_the_dashboard_fits_a_phone(living: Living, pictures: Path) -> None:
    async with dashboard(living, PHONE) as (page, _):
        wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert await page.evaluate(wide) <= 0
        box = await card(page).bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= PHONE["width"]
        await page.wait_for_timeout(1_000)
        await page.screenshot(path=pictures / "dashboard-phone.png")


async def test_the_plan_can_be_walked_through_by_key_and_is_read_out(living: Living) -> None:
    async with dashboard(living, DESKTOP) as (page, _):
        live = card(page).locator(".live")
        assert await card(page).locator("[role=option][tabindex='0']").count() == 1
        await slots(page).first.focus()
        await page.keyboard.press("ArrowRight")
        await expect(slots(page).nth(1)).to_be_focused()
        second = await live.inner_text()
        assert "State of charge" in second
        await page.keyboard.press("ArrowRight")
        await expect(slots(page).nth(2)).to_be_focused()
        await expect(live).not_to_have_text(second)
        await page.keyboard.press("End")
        await expect(slots(page).last).to_be_focused()
        await page.keyboard.press("Home")
        await expect(slots(page).first).to_be_focused()
        assert await card(page).locator("[role=option][tabindex='0']").count() == 1


async def test_the_plan_can_be_read_as_a_table(living: Living) -> None:
    async with dashboard(living, DESKTOP) as (page, _):
        await card(page).get_by_role("button", name="Show as a table").click()
        table = card(page).get_by_role("table")
        await expect(table).to_be_visible()
        assert await table.get_by_role("row").count() == await slots(page).count() + 1
        await expect(table.get_by_role("columnheader", name="Price")).to_be_visible()


async def test_a_code_is_joined_with_one_press(living: Living) -> None:
    async with dashboard(living, DESKTOP) as (page, _):
        row = card(page).locator("li.red")
        button = row.get_by_role("button", name="I join", exact=True)
        await button.focus()
        await page.keyboard.press("Enter")
        await expect(row.get_by_text("You join.")).to_be_visible()
        await expect(button).to_have_attribute("aria-pressed", "true")


async def test_the_battery_is_paused_and_resumed_from_the_card(living: Living) -> None:
    async with dashboard(living, DESKTOP) as (page, _):

        async def mode_is(mode: str) -> bool:
            return bool(await shown(living, "mode") == mode)

        await card(page).get_by_role("button", name="Pause").click()
        await eventually(page, "it is paused", partial(mode_is, "paused"))
        await card(page).get_by_role("button", name="Resume").click()
        await eventually(page, "the village steers again", partial(mode_is, "village"))


async def test_the_dashboard_can_be_chosen_where_dashboards_are_made(living: Living) -> None:
    async with dashboard(living, DESKTOP) as (page, _):
        offered = await page.evaluate("window.customStrategies.map((each) => [each.type, each.strategyType])")
        assert offered == [["battery-commons", "dashboard"]]
        await page.goto(f"{living.assistant.url}/config/lovelace/dashboards")
        await page.get_by_text("Add dashboard").click()
        await expect(page.get_by_text("Your batteries and your village on one page")).to_be_visible()


async def test_the_card_speaks_dutch_in_a_dutch_home(living: Living) -> None:
    await living.assistant.set_language("nl")
    try:
        async with dashboard(living, PHONE) as (page, _):
            await expect(card(page).get_by_text("Code rood: gebruik minder")).to_be_visible()
            await expect(card(page).get_by_role("button", name="Pauzeren")).to_be_visible()
            await expect(page.get_by_text("Wat je bijdraagt")).to_be_attached()
    finally:
        await living.assistant.set_language("en")
