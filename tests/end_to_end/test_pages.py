"""A volunteer administers a home on the pages of a real coordinator, with a browser that runs no scripts.

Set BATTERY_COMMONS_PICTURES to a folder to keep the pictures, as docs/images keeps some of them.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, suppress
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import ClientSession
from playwright.async_api import Page, Request, expect

from battery_commons.domain.battery import Battery
from battery_commons.domain.plan import ControlModel
from battery_commons.domain.time import SLOT
from battery_commons.simulation.battery import PhysicalBattery
from battery_commons.simulation.demo_day import demo_day
from battery_commons.simulation.village import load_village
from custom_components.battery_commons.battery.follower import Mode
from demo.battery_simulator import UNIT_ID, BatterySimulator
from demo.light_household import LightHousehold
from demo.process import free_port
from demo.village import Options, RunningVillage, running_village
from tests.end_to_end.browser import CHROMIUM, HEIGHT, WIDTH, browser_page

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine")

SPEED = 60.0
NAME = "Zandpad 2"
PHONE = (390, 844)
WITHIN_S = 60.0


@pytest.fixture(scope="module")
async def lit() -> AsyncIterator[RunningVillage]:
    """Start a village of light households on a sunny forenoon."""
    village = load_village()
    options = Options(
        speed=SPEED,
        real_homes=0,
        model=ControlModel.M4,
        port_base=29_477,
        begins_at=demo_day(village) + timedelta(hours=9),
    )
    async with running_village(village, options, print) as started:
        yield started


@pytest.fixture
async def newcomer(lit: RunningVillage) -> AsyncIterator[LightHousehold]:
    """Build a household that has joined nothing, with a battery on its wall."""
    battery = Battery("newcomer/battery", "t1", 10_000, 5_000, 5_000)
    simulator = BatterySimulator(
        battery=PhysicalBattery(battery, 5_000),
        serial="BC-newcomer",
        house_w=lambda _moment: 400.0,
        clock=lit.clock,
    )
    port = free_port()
    await simulator.listen("127.0.0.1", port)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(simulator.drop_link)
        session = await stack.enter_async_context(ClientSession())
        household = LightHousehold(
            session, name=NAME, webhook_port=free_port(), battery_port=port, unit_id=UNIT_ID
        )
        yield await stack.enter_async_context(household)


@pytest.fixture
async def page() -> AsyncIterator[Page]:
    """Open a browser that runs no scripts."""
    async with browser_page() as scripted:
        browser = scripted.context.browser
        assert browser is not None
        context = await browser.new_context(
            java_script_enabled=False, viewport={"width": WIDTH, "height": HEIGHT}, locale="en-GB"
        )
        yield await context.new_page()
        await context.close()


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    return Path(os.environ.get("BATTERY_COMMONS_PICTURES", tmp_path))


def is_steered(household: LightHousehold) -> bool:
    return household.outcome is not None and household.outcome.decision.mode is Mode.VILLAGE


async def until(what: Callable[[], bool], within_s: float = WITHIN_S) -> None:
    async with asyncio.timeout(within_s):
        while not what():
            await asyncio.sleep(0.1)


async def test_a_home_is_invited_joins_is_suspended_taken_back_and_removed(
    lit: RunningVillage, newcomer: LightHousehold, page: Page, pictures: Path
) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(_address(request)))

    await page.goto(lit.pages_url)
    await page.get_by_role("link", name="Homes and meters").click()
    await page.get_by_role("link", name="Invitations").click()
    assert await page.get_by_label("Address at which homes").input_value() == lit.members_url
    await page.get_by_label("Transformer").select_option("t1")
    await page.get_by_role("button", name="Make an invitation").click()
    await expect(page.get_by_role("heading", name="Invitation for one home")).to_be_visible()
    link = await page.get_by_label("Link").first.input_value()
    await _picture(page, pictures / "pages-invitation.png")

    await newcomer.join(link)
    running = asyncio.create_task(newcomer.run())
    try:
        await until(lambda: is_steered(newcomer))

        await page.get_by_role("link", name="Homes", exact=True).click()
        await expect(page.get_by_role("row", name=NAME)).to_contain_text("Zandpad 2")
        await page.get_by_role("link", name=NAME).click()
        await page.get_by_role("link", name="Suspend").click()
        await page.get_by_role("button", name="Suspend this home").click()
        await expect(page.get_by_text("The home is suspended.")).to_be_visible()
        # Sooner than its lease would end.
        await until(lambda: not is_steered(newcomer), 2 * lit.clock.wall_seconds(SLOT))

        await page.get_by_role("button", name="Undo").click()
        await expect(page.get_by_text("The home takes part again.")).to_be_visible()
        await until(lambda: is_steered(newcomer))

        await page.get_by_role("link", name="Remove").click()
        await page.get_by_role("button", name="Remove this home and its data").click()
        await expect(page.get_by_text("has been removed and its data erased")).to_be_visible()
        await expect(page.get_by_role("row", name=NAME)).to_have_count(0)
        await until(lambda: not is_steered(newcomer))
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running

    await page.get_by_role("link", name="Administration").click()
    await page.get_by_role("link", name="Audit log").click()
    rows = page.locator("tbody tr")
    for number, did in enumerate(
        ("removed a home", "let a home take part again", "suspended a home", "made an invitation")
    ):
        await expect(rows.nth(number)).to_contain_text(did)
    assert set(asked) == {lit.pages_url}


async def test_who_goes_through_the_page_by_keyboard_keeps_their_place_when_it_is_brought_up_to_date(
    lit: RunningVillage,
) -> None:
    async with browser_page() as scripted:
        await scripted.goto(lit.pages_url)
        link = scripted.locator("#live a[href]").last
        await link.focus()
        await scripted.locator("#live > header").evaluate("header => header.dataset.former = 'yes'")

        await expect(scripted.locator("#live > header[data-former]")).to_have_count(0)

        await expect(scripted.locator("#live a[href]").last).to_be_focused()


async def test_every_page_is_readable_in_the_light_in_the_dark_and_on_a_phone(
    lit: RunningVillage, page: Page, pictures: Path
) -> None:
    # Long enough for each home to have a past to show.
    await asyncio.sleep(3 * lit.clock.wall_seconds(SLOT))
    await page.goto(f"{lit.pages_url}/homes")
    home = page.locator("tbody a").first
    address = await home.get_attribute("href")
    assert address is not None
    paths = {
        "homes": "homes",
        "home": address.removeprefix("./"),
        "invitations": "invitations",
        "transformers": "transformers",
        "audit": "audit",
        "codes": "codes",
        "community": "community",
        "experiment": "experiment",
        "overview": "",
    }
    for size, name in ((WIDTH, HEIGHT), "desktop"), (PHONE, "phone"):
        await page.set_viewport_size({"width": size[0], "height": size[1]})
        for scheme in ("light", "dark"):
            await page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
            for part, path in paths.items():
                await page.goto(f"{lit.pages_url}/{path}")
                width = await page.locator("html").evaluate("element => element.scrollWidth")
                assert width <= size[0], f"{part} is wider than a {name}"
                await _picture(page, pictures / f"pages-{part}-{scheme}-{name}.png")


def _address(request: Request) -> str:
    return "/".join(request.url.split("/")[:3])


async def _picture(page: Page, path: Path) -> None:
    await page.screenshot(path=path)
