"""A region's volunteer adds a village below, sees it as one battery, and asks something of it, in a browser.

Set BATTERY_COMMONS_PICTURES to a folder to keep the pictures.
"""

import os
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp.test_utils import TestServer
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from playwright.async_api import Page, expect

from battery_commons.domain.plan import ControlModel
from battery_commons.domain.time import MARKET_ZONE, WallClock
from battery_commons.domain.vtn import Kind
from battery_commons.openadr.vtn.routes import Vtn
from battery_commons.store import Store
from battery_commons.web.pages.app import pages_app
from battery_commons.web.server import VillageServer
from tests.end_to_end.browser import CHROMIUM, browser_page

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine")


@pytest.fixture
async def page() -> AsyncIterator[Page]:
    async with browser_page() as page:
        yield page


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store.open(tmp_path / "region.db")
    store.rename_village("Westerkwartier")
    yield store
    store.close()


async def test_a_village_is_added_and_asked_for_power(page: Page, store: Store, tmp_path: Path) -> None:
    pictures = Path(os.environ.get("BATTERY_COMMONS_PICTURES", tmp_path))
    vtn = Vtn(store, lambda: datetime.now(UTC))
    region = VillageServer(
        store=store,
        key=Ed25519PrivateKey.generate(),
        clock=WallClock(),
        control_model=lambda: ControlModel.M4,
        current_plan=lambda: None,
        forecast_scores=dict,
        readings_taken=lambda _readings: None,
        peaks_shaved_w=dict,
    )
    errors: list[str] = []
    page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    async with TestServer(pages_app(region, below=vtn)) as server:
        await page.goto(str(server.make_url("/operator")))
        await page.get_by_role("link", name="Those below").click()
        await page.get_by_role("link", name="Add a village below").click()
        await page.get_by_label("Name").fill("Brinkdorp")
        await page.get_by_role("button", name="Add it").click()
        secret = await page.get_by_label("Client secret").input_value()
        client_id = await page.get_by_label("Client id").input_value()
        village = store.vtn_client(client_id, secret, datetime.now(UTC))
        assert village is not None
        vtn.objects.make(village, Kind.VEN, {"venName": "Brinkdorp"})

        await page.get_by_role("link", name="Back to those below").click()
        await page.get_by_role("link", name="Ask something").click()
        day = f"{datetime.now(MARKET_ZONE) + timedelta(days=1):%Y-%m-%d}"
        await page.locator("select[name=what]").select_option(label="The power of the batteries (kW)")
        await page.locator("input[name=value]").fill("-12.5")
        await page.locator("input[name=start]").fill(f"{day}T18:00")
        await page.locator("input[name=end]").fill(f"{day}T20:00")
        await page.locator("select[name=whom]").select_option(label="Brinkdorp")
        await page.get_by_role("button", name="See what it comes to").click()
        await page.get_by_text("Batteries deliver at least 12.5 kW").wait_for()
        assert not [each for each in store.vtn_objects(Kind.EVENT) if "12.5" in each.body]
        await page.get_by_role("button", name="Ask it").click()
        await page.get_by_text("0 of 1").first.wait_for()
        vtn.objects.listed(village, Kind.EVENT, {})
        await page.reload()
        await page.get_by_text("1 of 1").wait_for()
        await page.screenshot(path=pictures / "pages-below.png")
        await page.get_by_role("link", name="Withdraw").click()
        await page.get_by_role("button", name="Withdraw").click()
        await expect(page.get_by_text("It is asked no longer.")).to_be_visible()
    assert errors == []
