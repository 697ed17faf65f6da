"""A resident stays in a village that has moved, and comes back into one that no longer knows the home.

Set BATTERY_COMMONS_PICTURES to a folder to keep the pictures, as docs/images keeps those of the guides.
"""

import json
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import ClientSession
from playwright.async_api import expect

from demo.home_assistant import HomeAssistant
from demo.process import free_port
from demo.village import RunningVillage
from tests.end_to_end.browser import CHROMIUM, browser_page, log_in
from tests.end_to_end.test_browser import invitation

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine")

INTEGRATION = "/config/integrations/integration/battery_commons"


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    return Path(os.environ.get("BATTERY_COMMONS_PICTURES", tmp_path))


@pytest.fixture(scope="module")
async def member(
    running: RunningVillage, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[HomeAssistant]:
    """Start a Home Assistant that has joined the village."""
    directory = tmp_path_factory.mktemp("member")
    async with (
        ClientSession() as session,
        HomeAssistant(session, directory, free_port(), "Zandpad 8") as home,
    ):
        await home.join(await invitation(running))
        yield home


async def is_connected(member: HomeAssistant) -> bool:
    return bool((await member.states())[f"{member.entry_id}_coordinator"]["state"] == "on")


async def test_a_village_that_has_moved_is_found_at_its_new_address(
    running: RunningVillage, member: HomeAssistant, pictures: Path
) -> None:
    moved_to = running.members_url.replace("127.0.0.1", "localhost")
    async with browser_page() as page:
        await log_in(page, f"{member.url}{INTEGRATION}")
        await page.locator("ha-config-entry-row ha-dropdown").first.locator("ha-icon-button").first.click()
        await expect(page.get_by_role("menuitem", name="Delete")).to_be_visible()
        await page.wait_for_timeout(500)
        await page.screenshot(path=pictures / "village-menu.png")
        await page.get_by_role("menuitem", name="Reconfigure").click()
        await expect(page.get_by_text("Brinkdorp has moved")).to_be_visible()
        await page.screenshot(path=pictures / "village-moved.png")
        await page.locator("input[name=url]").fill(moved_to)
        await page.get_by_role("button", name="Submit").click()
        await expect(page.get_by_text("successful").first).to_be_visible()

    async def is_there() -> bool:
        return kept(member)["url"] == moved_to

    await member.process.wait_until("the new address is kept", is_there, 30)
    await member.process.wait_until("the village answers", lambda: is_connected(member), 60)


async def test_a_home_that_the_village_no_longer_knows_comes_back_with_a_new_invitation(
    running: RunningVillage, member: HomeAssistant, pictures: Path
) -> None:
    forgotten = kept(member)
    own = {"Authorization": f"Bearer {forgotten['token']}"}
    async with ClientSession() as session:
        await session.delete(f"{running.members_url}/api/v1/home", headers=own, raise_for_status=True)

    async with browser_page() as page:
        await log_in(page, f"{member.url}{INTEGRATION}")
        await page.get_by_role("button", name="Reconfigure").click()
        await expect(page.get_by_text("no longer knows this home")).to_be_visible()
        await page.screenshot(path=pictures / "join-again.png")
        await page.locator("input[name=invitation]").fill(await invitation(running))
        await page.get_by_role("button", name="Submit").click()
        await expect(page.get_by_text("successful").first).to_be_visible()

    async def is_another() -> bool:
        return kept(member)["home_id"] != forgotten["home_id"]

    await member.process.wait_until("the new membership is kept", is_another, 30)
    await member.process.wait_until("the village answers", lambda: is_connected(member), 60)


def kept(member: HomeAssistant) -> dict[str, str]:
    """Return what Home Assistant keeps of the membership."""
    stored = json.loads((member.directory / ".storage" / "core.config_entries").read_text())
    (entry,) = (entry for entry in stored["data"]["entries"] if entry["domain"] == "battery_commons")
    data: dict[str, str] = entry["data"]
    return data
