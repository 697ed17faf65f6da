"""A resident names the meters of the house in the browser, and a battery serves the house by them.

Set BATTERY_COMMONS_PICTURES to a folder to keep the pictures, as docs/images keeps those of the guides.
"""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from aiohttp import ClientSession
from playwright.async_api import Page, expect

from battery_commons.domain.battery import Battery
from battery_commons.simulation.battery import PhysicalBattery
from demo.entity_battery import ControlledBy, EntityBattery
from demo.home_assistant import HomeAssistant
from demo.process import DemoError, free_port
from demo.village import RunningVillage
from tests.end_to_end.browser import CHROMIUM, browser_page, log_in
from tests.end_to_end.test_add_batteries import begin, fill_in_ratings, pick_entities
from tests.end_to_end.test_browser import invitation

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine")

INTEGRATION = "/config/integrations/integration/battery_commons"
CAPACITY_WH, POWER_W = 10_000.0, 3_000.0
HOUSE_W, ROOF_W = 900.0, 350.0
SERVED_W = 100.0
"""A battery is regulated in steps: this near to zero the meter counts as standing still."""


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    return Path(os.environ.get("BATTERY_COMMONS_PICTURES", tmp_path))


@pytest.fixture(scope="module")
async def shed() -> EntityBattery:
    """Give a battery that stands still when it is released: it has no regulator of its own."""
    battery = Battery("newcomer/shed", "t1", CAPACITY_WH, POWER_W, POWER_W)
    physical = PhysicalBattery(battery, CAPACITY_WH / 2)
    return EntityBattery("shed", physical, ControlledBy.WATTS, lambda _: HOUSE_W)


@pytest.fixture(scope="module")
async def member(
    running: RunningVillage, shed: EntityBattery, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[HomeAssistant]:
    """Start a Home Assistant that has joined, with a battery, a meter, panels and an energy dashboard."""
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(ClientSession())
        assistant = await stack.enter_async_context(
            HomeAssistant(
                session,
                tmp_path_factory.mktemp("member"),
                free_port(),
                "Zandpad 6",
                extra_configuration=shed.configuration,
            )
        )
        living = [asyncio.create_task(life) for life in (shed.live_in(assistant), measure(assistant, shed))]
        await assistant.join(await invitation(running))
        await fill_in_energy_dashboard(assistant)
        yield assistant
        for task in living:
            task.cancel()
        await asyncio.gather(*living, return_exceptions=True)


async def measure(home: HomeAssistant, battery: EntityBattery) -> None:
    """Tell `home` every second what its main meter and its panels measure, until cancelled."""
    while True:
        for key, power_w in (("p1", HOUSE_W + battery.power_w), ("roof", ROOF_W)):
            await home.put_state(
                f"sensor.{key}_power",
                f"{power_w:.0f}",
                device_class="power",
                unit_of_measurement="W",
                friendly_name=f"{key.capitalize()} power",
            )
        await asyncio.sleep(1)


async def fill_in_energy_dashboard(home: HomeAssistant) -> None:
    grid = {"type": "grid", "stat_rate": "sensor.p1_power", "cost_adjustment_day": 0}
    solar = {"type": "solar", "stat_energy_from": "sensor.roof_energy", "stat_rate": "sensor.roof_power"}
    await home.command("energy/save_prefs", energy_sources=[grid, solar])


async def add_paused(page: Page, member: HomeAssistant, pictures: Path) -> None:
    """Add the battery without trying it out, and keep it to its own house."""
    await begin(page, member, pictures, "Through an integration that is here already")
    await page.get_by_role("button", name="Submit").click()
    await page.locator("input[name=name]").fill("Shed")
    entities = {
        "State of charge": "Shed state of charge",
        "Power": "Shed power",
        "Power setpoint": "Shed setpoint",
    }
    await pick_entities(page, entities)
    await fill_in_ratings(page)
    await page.get_by_role("button", name="Submit").click()
    await expect(page.get_by_text("Is this right?")).to_be_visible()
    await page.get_by_role("switch").click(force=True)
    await page.get_by_role("button", name="Next").click()
    await expect(page.get_by_text("How does it start?")).to_be_visible()
    await page.screenshot(path=pictures / "add-start.png")
    await page.get_by_role("button", name="Submit").click()
    await page.get_by_role("button", name="Finish").click()

    async def is_paused() -> bool:
        try:
            await member.call_service("switch", "turn_off", entity_id="switch.shed_takes_part")
            return await member.state("sensor.shed_mode") == "paused"
        except DemoError:  # Its entities are on their way.
            return False

    await member.process.wait_until("the battery is paused", is_paused, 60)


async def open_form(page: Page) -> None:
    """Open the form of the meters, from the integration's page."""
    await page.get_by_role("button", name="Add meters").click()
    await expect(page.get_by_text("Meters of your home")).to_be_visible()


async def name_the_meters(page: Page) -> None:
    """Take the sensors that are proposed, and say what the main fuse is."""
    await open_form(page)
    await page.locator("ha-selector-select").click()
    await page.get_by_text("3 x 25 A", exact=True).last.click()
    await page.get_by_role("button", name="Submit").click()


async def test_what_the_energy_dashboard_knows_is_filled_in(member: HomeAssistant, pictures: Path) -> None:
    async with browser_page() as page:
        await log_in(page, f"{member.url}{INTEGRATION}")
        await open_form(page)

        for label, sensor in (("Power from the grid", "P1 power"), ("Solar power", "Roof power")):
            field = page.locator("ha-selector-entity", has=page.get_by_text(label, exact=True))
            await expect(field.locator("ha-entity-picker").get_by_text(sensor)).to_be_visible()
        await page.screenshot(path=pictures / "add-meters.png")


async def test_a_meter_that_counts_the_other_way_round_is_turned_and_shown_once_more(
    member: HomeAssistant, pictures: Path
) -> None:
    async with browser_page() as page:
        await log_in(page, f"{member.url}{INTEGRATION}")
        await name_the_meters(page)
        await expect(page.get_by_text("draws 0.90 kW from the grid")).to_be_visible()
        await page.screenshot(path=pictures / "add-meters-seen.png")
        await page.get_by_role("switch").click(force=True)
        await page.get_by_role("button", name="Submit").click()

        await expect(page.get_by_text("feeds 0.90 kW into the grid")).to_be_visible()


async def test_a_battery_without_a_regulator_of_its_own_serves_the_house_once_its_meter_is_named(
    member: HomeAssistant, shed: EntityBattery, pictures: Path
) -> None:
    async def is_left_to_the_grid() -> bool:
        return await member.power_w("sensor.p1_power") == HOUSE_W

    async def is_served() -> bool:
        return abs(await member.power_w("sensor.p1_power")) < SERVED_W

    async with browser_page() as page:
        await add_paused(page, member, pictures)
        await member.process.wait_until("the battery stands still", is_left_to_the_grid, 30)

        await name_the_meters(page)
        await expect(page.get_by_text("Is this right?")).to_be_visible()
        await page.get_by_role("button", name="Submit").click()
        await page.get_by_role("button", name="Finish").click()
        await member.process.wait_until("the battery serves the house", is_served, 60)

    assert -shed.power_w > HOUSE_W - SERVED_W
