"""A real browser on a real Home Assistant."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Page, async_playwright, expect

from demo.home_assistant import PASSWORD, USER

CHROMIUM = shutil.which("chromium")
_ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WIDTH, HEIGHT = 1280, 1000
PATIENCE_MS = 30_000
"""A machine that runs a whole village draws slowly."""


@asynccontextmanager
async def browser_page() -> AsyncIterator[Page]:
    """Open an empty page of a browser of its own."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=_ARGUMENTS)
        page = await browser.new_page(
            viewport={"width": WIDTH, "height": HEIGHT}, locale="en-GB", timezone_id="Europe/Amsterdam"
        )
        page.set_default_timeout(PATIENCE_MS)
        expect.set_options(timeout=PATIENCE_MS)
        yield page
        await browser.close()


async def log_in(page: Page, url: str) -> None:
    """Go to an address of a Home Assistant, logging in as its user."""
    await page.goto(url)
    await page.locator("input[name=username]").fill(USER)
    await page.locator("input[name=password]").fill(PASSWORD)
    await page.keyboard.press("Enter")
    await page.wait_for_url(lambda where: "/auth/" not in where)
