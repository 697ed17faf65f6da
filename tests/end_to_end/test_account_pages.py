"""A treasurer keeps the account in a browser: begins it, closes a month, hands out statements, and pays.

Set BATTERY_COMMONS_PICTURES to a folder to keep the pictures.
"""

import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp.test_utils import TestServer
from playwright.async_api import Page, expect

from battery_commons.account.period import month_grid
from battery_commons.domain.plan import ControlModel
from battery_commons.store import Store
from battery_commons.web.pages.app import pages_app
from battery_commons.web.server import VillageServer
from tests.end_to_end.browser import CHROMIUM, browser_page
from tests.village.account_store import KEY, Clock, with_month

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine")

MAY = "2026-05"
END = month_grid(MAY).end
IBAN, OWN_IBAN = "NL91ABNA0417164300", "NL20INGB0001234567"


@pytest.fixture
async def page() -> AsyncIterator[Page]:
    async with browser_page() as page:
        yield page


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store.open(tmp_path / "village.db")
    store.rename_village("Ansen")
    yield store
    store.close()


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    return Path(os.environ.get("BATTERY_COMMONS_PICTURES", tmp_path))


@asynccontextmanager
async def served(store: Store) -> AsyncIterator[str]:
    """Serve the pages a week after the end of May, and give their address."""
    village = VillageServer(
        store=store,
        key=KEY,
        clock=Clock(END + timedelta(days=7)),
        control_model=lambda: ControlModel.M4,
        current_plan=lambda: None,
        forecast_scores=dict,
        readings_taken=lambda _readings: None,
        peaks_shaved_w=dict,
    )
    async with TestServer(pages_app(village)) as server:
        yield str(server.make_url("/")).rstrip("/")


async def test_the_account_begins_once_a_volunteer_says_that_members_know(page: Page, store: Store) -> None:
    async with served(store) as url:
        await page.goto(url)
        await page.get_by_role("link", name="Together").click()
        await page.get_by_role("link", name="Account").click()
        begin = page.get_by_role("button", name="Begin")

        await begin.click()
        assert store.account_months() == {}, "the browser itself asks for the box"
        await page.get_by_role("checkbox").check()
        await begin.click()

        await expect(page.get_by_text("The account has begun, with today.")).to_be_visible()
        await expect(page.get_by_role("row", name="June 2026")).to_contain_text("running")


async def test_a_month_is_closed_told_to_each_home_and_paid(page: Page, store: Store, pictures: Path) -> None:
    with_month(store, MAY, "De Eik", "De Linde")
    home_id = store.homes()[0].id
    async with served(store) as url:
        await page.goto(f"{url}/account")
        await page.get_by_role("link", name="May 2026").click()
        await page.get_by_label("EUR").fill("123,45")
        await page.get_by_label("Where it can be looked up").fill("invoice 7")
        await page.get_by_role("button", name="Add").dblclick()  # It is sent once.
        await expect(page.get_by_text("The amount is kept.")).to_be_visible()
        await page.get_by_role("button", name="Close this month").click()
        await expect(page.get_by_text("The month is closed.")).to_be_visible()
        await page.screenshot(path=pictures / "pages-account-month.png", full_page=True)

        row = page.get_by_role("row", name="De Eik")
        async with page.expect_download() as started:
            await row.get_by_role("link", name="CSV").click()
        assert (await (await started.value).path()).read_bytes().startswith(b"Month,")
        await row.get_by_role("link", name="PDF").click()
        # It is drawn beside the coordinator meanwhile.
        ready = page.get_by_role("link", name="Statement (PDF)")
        await expect(ready).to_be_visible(timeout=120_000)
        await page.screenshot(path=pictures / "pages-statement-paper.png", full_page=True)
        async with page.expect_download() as started:
            await ready.click()
        file = await started.value
        assert file.suggested_filename.endswith(".pdf")
        assert (await file.path()).read_bytes().startswith(b"%PDF")
        await page.get_by_role("link", name="Back").click()
        await expect(row).to_be_visible()

        await page.goto(f"{url}/homes/{home_id}/money")
        await _bank(page, "J. de Vries", IBAN)
        await page.goto(f"{url}/account/payments")
        await _bank(page, "Coöperatie Ansen", OWN_IBAN)
        await page.screenshot(path=pictures / "pages-payments.png", full_page=True)
        async with page.expect_download() as started:
            await page.get_by_role("link", name="For the bank").click()
        listed = (await (await started.value).path()).read_text()
        assert IBAN in listed
        assert OWN_IBAN in listed
        await page.get_by_role("button", name="Say that it was paid").click()
        await expect(page.get_by_text("The payments are booked.")).to_be_visible()
        await expect(page.get_by_role("cell", name=IBAN)).to_have_count(0)


async def _bank(page: Page, holder: str, iban: str) -> None:
    await page.get_by_label("In the name of").fill(holder)
    await page.get_by_label("IBAN").fill(iban)
    await page.get_by_role("button", name="Keep", exact=True).click()
    await expect(page.get_by_text("The bank account is kept.")).to_be_visible()
