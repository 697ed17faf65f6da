"""A volunteer has a transformer's meter read from a sensor of a real Home Assistant.

Set BATTERY_COMMONS_PICTURES to a folder to keep the picture, as docs/images has it.
"""

import os
from pathlib import Path

import pytest
from playwright.async_api import expect

from demo.home_assistant import HomeAssistant
from demo.village import RunningVillage
from tests.end_to_end.browser import CHROMIUM, browser_page

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine")

SENSOR = "sensor.transformer_power"


async def test_a_sensor_is_tried_before_it_is_chosen(running: RunningVillage, tmp_path: Path) -> None:
    pictures = Path(os.environ.get("BATTERY_COMMONS_PICTURES", tmp_path))
    home = next(each.household for each in running.homes if isinstance(each.household, HomeAssistant))
    token = await home.command("auth/long_lived_access_token", client_name="village", lifespan=1)
    await home.put_state(SENSOR, "-12.5", unit_of_measurement="kW")

    async with browser_page() as page:
        await page.goto(running.pages_url)
        await page.get_by_role("link", name="Homes and meters").click()
        await page.get_by_role("link", name="Transformers").click()
        await page.get_by_role("link", name="Meter", exact=True).first.click()
        await page.get_by_role("link", name="Home Assistant").click()
        await page.get_by_label("Sensor").fill(SENSOR)
        await page.get_by_label("Address of Home Assistant").fill(home.url)
        await page.get_by_label("Long-lived access token").fill(token)
        await page.get_by_role("button", name="Try it now").click()

        await expect(page.get_by_text("It says 12.50 kW, fed into the grid.")).to_be_visible()
        assert token not in await page.content()
        await page.screenshot(path=pictures / "pages-meter.png", full_page=True)

        await home.put_state(SENSOR, "unavailable", unit_of_measurement="kW")
        await page.get_by_role("button", name="Try it now").click()
        await expect(page.get_by_text("does not know the power itself")).to_be_visible()
