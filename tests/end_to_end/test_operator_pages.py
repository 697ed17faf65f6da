"""A volunteer looks at what a grid operator asked and got, after the day in the life, with a browser.

Set BATTERY_COMMONS_PICTURES to a folder to keep the pictures, as docs/images has them, with fewer colours.
"""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp.test_utils import BaseTestServer, TestServer
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from playwright.async_api import Page, expect

from battery_commons.web.pages.app import pages_app
from battery_commons.web.server import VillageServer
from tests.end_to_end.browser import CHROMIUM, browser_page
from tests.village.openadr.village_day import Day, lived

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine")


@pytest.fixture
async def page() -> AsyncIterator[Page]:
    async with browser_page() as page:
        yield page


async def test_a_volunteer_sees_what_was_asked_agreed_and_proven(
    page: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")  # the client's own guard; this is loopback
    pictures = Path(os.environ.get("BATTERY_COMMONS_PICTURES", tmp_path))

    async def look(day: Day) -> None:
        day.store.rename_village("Ansen")
        village = VillageServer(
            store=day.store,
            key=Ed25519PrivateKey.generate(),
            clock=day.clock,
            control_model=lambda: day.service.model,
            current_plan=lambda: day.service.plan,
            forecast_scores=dict,
            readings_taken=lambda _readings: None,
            peaks_shaved_w=dict,
        )
        async with TestServer(pages_app(village, operators=day.lines)) as server:
            await _look_around(page, server, pictures, day.story.event_ids["call"])

    await lived(tmp_path, look)


async def _look_around(page: Page, server: BaseTestServer, pictures: Path, call: str) -> None:
    await page.goto(str(server.make_url("/operator")))
    await page.get_by_role("region", name="Enexis", exact=True).get_by_text("Withdrawn").wait_for()
    await page.screenshot(path=pictures / "pages-operator.png")

    await page.goto(str(server.make_url("/operator/contracts/new?kind=g_cbc")))
    await page.get_by_label("Grid operator").fill("Enexis")
    await page.get_by_label("Balance responsible parties").fill("Eneco, Vattenfall")
    await page.get_by_role("button", name="See what it comes to").click()
    await expect(page.get_by_text("different balance responsible parties: Eneco, Vattenfall")).to_be_visible()
    await page.screenshot(path=pictures / "pages-contract.png")

    await page.goto(str(server.make_url(f"/activations/one?event={call}&subject=t1")))
    await expect(page.get_by_text(call)).to_be_visible()
    await page.screenshot(path=pictures / "pages-activation.png", full_page=True)
    proof = page.get_by_role("region", name="Proof of delivery").first
    await expect(proof).to_contain_text("8")
    await proof.screenshot(path=pictures / "pages-proof.png")
