"""A volunteer takes an empty village to its first plan, in a browser that runs no scripts.

Set BATTERY_COMMONS_PICTURES to a folder to keep the pictures, as docs/images keeps some of them.
"""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from aiohttp import ClientError, ClientSession
from playwright.async_api import Page, ViewportSize, expect

from battery_commons.domain.battery import Battery
from battery_commons.domain.time import ScaledClock
from battery_commons.simulation.battery import PhysicalBattery
from demo.battery_simulator import UNIT_ID, BatterySimulator
from demo.light_household import LightHousehold
from demo.process import Child, free_port
from demo.village import COMMAND
from tests.end_to_end.browser import CHROMIUM, HEIGHT, WIDTH, browser_page

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine")

SPEED = 240.0
PHONE = ViewportSize(width=390, height=844)


@pytest.fixture
def clock() -> ScaledClock:
    return ScaledClock(SPEED, datetime.now(UTC), datetime(2026, 6, 21, 9, tzinfo=UTC))


@pytest.fixture
async def address(clock: ScaledClock, tmp_path: Path) -> AsyncIterator[str]:
    """Start a coordinator that knows of nothing, and return where its pages are."""
    pages = free_port()
    address = f"http://127.0.0.1:{pages}"
    child = Child(
        "The coordinator",
        [
            *(COMMAND, "--data-dir", tmp_path / "village", "run", "--members-host", "127.0.0.1"),
            *("--members-port", str(free_port()), "--pages-port", str(pages), "--speed", str(SPEED)),
            *("--wall-origin", clock.wall_origin.isoformat()),
            *("--village-origin", clock.village_origin.isoformat()),
        ],
        tmp_path / "coordinator.log",
    )
    async with ClientSession() as session:

        async def serves() -> bool:
            with suppress(ClientError):
                async with session.get(address) as answer:
                    return answer.ok
            return False

        await child.start()
        try:
            await child.wait_until("its pages answer", serves, 30)
            yield address
        finally:
            await child.stop()


@pytest.fixture
async def household(clock: ScaledClock) -> AsyncIterator[LightHousehold]:
    """Build a household that has joined nothing, with a battery on its wall."""
    battery = PhysicalBattery(Battery("home/battery", "t1", 10_000, 5_000, 5_000), 5_000)
    simulator = BatterySimulator(
        battery=battery, serial="BC-home", house_w=lambda _moment: 400.0, clock=clock
    )
    port = free_port()
    await simulator.listen("127.0.0.1", port)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(simulator.drop_link)
        session = await stack.enter_async_context(ClientSession())
        yield await stack.enter_async_context(
            LightHousehold(
                session, name="Zandpad 2", webhook_port=free_port(), battery_port=port, unit_id=UNIT_ID
            )
        )


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


async def test_an_empty_village_is_led_to_its_first_plan(
    address: str, household: LightHousehold, page: Page, tmp_path: Path
) -> None:
    pictures = Path(os.environ.get("BATTERY_COMMONS_PICTURES", tmp_path))
    await page.goto(address)
    await page.get_by_role("link", name="Set the village up, step by step").click()
    await page.get_by_label("Name of the village").fill("Ansen")
    await page.get_by_role("button", name="Save and go on").click()
    await page.get_by_label("Latitude").fill("52.8")
    await page.get_by_label("Longitude").fill("6.3")
    await page.get_by_role("button", name="Save and go on").click()
    await page.get_by_role("textbox", name="As residents know it").fill("Kerkweg")
    await page.get_by_role("combobox", name="Rated power").select_option("250")
    await page.screenshot(path=pictures / "pages-setup-light-desktop.png")
    await page.get_by_role("button", name="Save and go on").click()
    await page.get_by_role("link", name="Skip this for now").click()
    await page.get_by_role("button", name="Make an invitation").click()
    link = await page.get_by_label("Link").first.input_value()
    await page.get_by_role("link", name="Continue setting up").click()

    await household.join(link)
    running = asyncio.create_task(household.run())
    try:
        await expect(page.get_by_text("A home with a battery is there.")).to_be_visible()
        await page.get_by_role("link", name="Next").click()
        await expect(page.get_by_text("The first plan is there.")).to_be_visible()
        await page.get_by_role("link", name="To the overview").click()
        await expect(page.get_by_role("heading", name="Ansen")).to_be_visible()
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

    await page.set_viewport_size(PHONE)
    await page.emulate_media(color_scheme="dark")
    for part in ("setup/transformer", "settings", "model", "codes", ""):
        await page.goto(f"{address}/{part}")
        width = await page.locator("html").evaluate("element => element.scrollWidth")
        assert width <= PHONE["width"], f"{part} is wider than a phone"
        name = part.partition("/")[0] or "ansen"
        await page.screenshot(path=pictures / f"pages-{name}-dark-phone.png")
    await page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
    await page.emulate_media(color_scheme="light")
    for part in ("settings", "model", "codes", ""):
        await page.goto(f"{address}/{part}")
        await page.screenshot(path=pictures / f"pages-{part or 'ansen'}-light-desktop.png")
