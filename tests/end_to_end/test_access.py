"""An administrator comes in, with a password and with a passkey, and puts a backup back, in a real browser.

Set BATTERY_COMMONS_PICTURES to a folder to keep the pictures.
"""

import asyncio
import os
import subprocess
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest
from aiohttp import ClientError, ClientSession
from playwright.async_api import Page, expect

from battery_commons.store import Store
from battery_commons.store.place import DATABASE
from demo.process import Child, free_port
from demo.village import COMMAND
from tests.end_to_end.browser import CHROMIUM, browser_page

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine")

NAME = "Anna"
PASSWORD = "korrekt paard batterij"


@pytest.fixture
async def pages_url(tmp_path: Path) -> AsyncIterator[str]:
    """Run a coordinator with one administrator, and return where its pages are."""
    command = [str(COMMAND), "--data-dir", str(tmp_path / "data")]
    (tmp_path / "data").mkdir()
    added = [*command, "administrator", "add", NAME]
    subprocess.run(added, input=PASSWORD, text=True, check=True, capture_output=True)  # noqa: ASYNC221, S603 - our own, before anything runs
    members, pages = free_port(), free_port()
    ports = ["--members-host", "127.0.0.1", "--members-port", str(members), "--pages-port", str(pages)]
    coordinator = Child("coordinator", [*command, "run", "--no-announce", *ports], tmp_path / "log")
    await coordinator.start()
    try:
        await _answering(f"http://127.0.0.1:{pages}/login")
        yield f"http://localhost:{pages}"
    finally:
        await coordinator.stop()


@pytest.fixture
async def page() -> AsyncIterator[Page]:
    """Open a browser on a machine with an authenticator, whose owner is always willing."""
    async with browser_page() as page:
        devtools = await page.context.new_cdp_session(page)
        await devtools.send("WebAuthn.enable")
        options = {
            "protocol": "ctap2",
            "transport": "internal",
            "hasResidentKey": True,
            "hasUserVerification": True,
            "isUserVerified": True,
            "automaticPresenceSimulation": True,
        }
        await devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
        yield page


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    return Path(os.environ.get("BATTERY_COMMONS_PICTURES", tmp_path))


async def test_an_administrator_signs_in_both_ways_and_puts_a_backup_back(
    pages_url: str, page: Page, tmp_path: Path, pictures: Path
) -> None:
    await page.goto(f"{pages_url}/homes")
    await page.screenshot(path=pictures / "pages-login.png")
    await page.get_by_label("Name").fill(NAME)
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in", exact=True).click()

    await page.get_by_role("link", name="Administration").click()
    await page.get_by_role("link", name="Administrators").click()
    await page.get_by_role("button", name="Add a passkey").click()
    await expect(page.get_by_text("The passkey is added.")).to_be_visible()
    await page.screenshot(path=pictures / "pages-administrators.png", full_page=True)
    await page.get_by_role("button", name="Sign out").click()
    await page.get_by_role("button", name="Sign in with a passkey").click()

    await page.get_by_role("link", name="Administration").click()
    await page.get_by_role("link", name="Backups").click()
    await page.get_by_role("button", name="Make a backup now").click()
    await expect(page.get_by_text("The backup is made.")).to_be_visible()
    with closing(Store.open(tmp_path / "data" / DATABASE)) as store:
        store.rename_village("Renamed since")
    await page.get_by_role("link", name="Put back").click()
    await page.get_by_role("button", name="Put it back").click()
    # The page goes on by itself once the coordinator has started again; the session still counts.
    await expect(page.get_by_text("What was here before is kept below")).to_be_visible()
    await expect(page.get_by_role("link", name="Go back to this")).to_be_visible()
    await page.screenshot(path=pictures / "pages-backups.png", full_page=True)

    with closing(Store.open(tmp_path / "data" / DATABASE)) as store:
        assert store.village().name != "Renamed since"
        assert [(each.administrator, each.act.value) for each in store.audit()[:1]] == [(NAME, "restored")]


async def _answering(url: str) -> None:
    async with ClientSession() as session, asyncio.timeout(60):
        while True:
            try:
                async with session.get(url):
                    return
            except ClientError:
                await asyncio.sleep(0.2)
