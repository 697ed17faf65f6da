"""A page on which something goes on is brought up to date in place, in a browser."""

from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp.test_utils import TestServer
from playwright.async_api import expect

from battery_commons.domain.grid import Transformer
from battery_commons.domain.plan import ControlModel
from battery_commons.store import Store
from battery_commons.store.audit import Author
from battery_commons.voting.motion import Motion, Subject
from battery_commons.web.pages.app import pages_app
from battery_commons.web.server import VillageServer
from tests.end_to_end.browser import CHROMIUM, browser_page
from tests.village.account_store import KEY, Clock

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine")

NOW = datetime(2026, 6, 12, 10, tzinfo=UTC)
ANNA = Author("Anna", NOW)
DAY = timedelta(days=1)


async def test_who_waits_for_a_vote_s_effects_keeps_their_place_in_the_page(tmp_path: Path) -> None:
    times = NOW + DAY, NOW + 9 * DAY, NOW + 10 * DAY
    with closing(Store.open(tmp_path / "village.db")) as store:
        store.put_transformer(Transformer("t1", "Dorpsstraat", 250_000))
        store.propose(Motion(Subject.MINIMUM_RESERVE, "More for ourselves", "", [0.0, 0.2], *times), ANNA)
        other = store.propose(Motion(Subject.FUND_SHARE, "A fund", "", [0.0, 0.1], *times), ANNA)
        village = VillageServer(
            store=store,
            key=KEY,
            clock=Clock(NOW),
            control_model=lambda: ControlModel.M4,
            current_plan=lambda: None,
            forecast_scores=dict,
            readings_taken=lambda _readings: None,
            peaks_shaved_w=dict,
        )
        async with TestServer(pages_app(village)) as server, browser_page() as page:
            await page.goto(str(server.make_url("/votes")))
            await page.evaluate("globalThis.isSamePage = true")
            withdraw = page.get_by_role("region", name="More for ourselves").get_by_role("button")
            await withdraw.focus()

            store.withdraw_vote(other, ANNA)

            await expect(page.get_by_role("region", name="A fund")).to_contain_text("withdrawn")
            await expect(withdraw).to_be_focused()
            assert await page.evaluate("globalThis.isSamePage")
