"""A resident joins through Home Assistant's own pages, and everybody sees what the village does.

Set BATTERY_COMMONS_PICTURES to a folder to keep the pictures, as docs/images keeps those of the README.
"""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import ClientSession
from playwright.async_api import expect

from battery_commons.domain.battery import Battery
from battery_commons.simulation.battery import PhysicalBattery
from demo.battery_simulator import BatterySimulator
from demo.home_assistant import HomeAssistant
from demo.process import free_port, run_to_end
from demo.village import COMMAND, RunningVillage
from tests.end_to_end.browser import CHROMIUM, browser_page, log_in

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine")

NAME = "Zandpad 2"


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    return Path(os.environ.get("BATTERY_COMMONS_PICTURES", tmp_path))


@pytest.fixture
async def newcomer(tmp_path: Path) -> AsyncIterator[HomeAssistant]:
    """Start a Home Assistant that has joined nothing."""
    async with ClientSession() as session, HomeAssistant(session, tmp_path, free_port(), NAME) as assistant:
        yield assistant


@pytest.fixture
async def battery_port(running: RunningVillage) -> AsyncIterator[int]:
    """Hang a battery on the newcomer's wall, and give the port of its Modbus server."""
    battery = Battery("newcomer/battery", "t1", 10_000, 5_000, 5_000)
    simulator = BatterySimulator(
        battery=PhysicalBattery(battery, 5_000),
        serial="BC-newcomer",
        house_w=lambda _moment: 400.0,
        clock=running.clock,
    )
    port = free_port()
    await simulator.listen("127.0.0.1", port)
    yield port
    await simulator.drop_link()


async def invitation(running: RunningVillage) -> str:
    clock = running.clock
    command: list[str | Path] = [COMMAND, "--data-dir", running.data_dir, "invite"]
    command += ["--transformer", "t1", "--url", running.members_url, "--speed", str(clock.speed)]
    command += ["--wall-origin", clock.wall_origin.isoformat()]
    command += ["--village-origin", clock.village_origin.isoformat()]
    said = await run_to_end(command)
    return said.split()[-1]


async def test_a_resident_joins_and_adds_a_battery_in_the_browser(
    running: RunningVillage, newcomer: HomeAssistant, battery_port: int, pictures: Path
) -> None:
    async with browser_page() as page:
        await log_in(page, f"{newcomer.url}/config/integrations/dashboard/add?domain=battery_commons")
        await page.get_by_role("button", name="OK").click()

        await page.locator("input[name=invitation]").fill(await invitation(running))
        await page.get_by_role("button", name="Submit").click()
        await expect(page.get_by_text("What the village will see")).to_be_visible()
        await page.screenshot(path=pictures / "join.png")
        # Home Assistant draws its own switch over the one that a keyboard reaches.
        await page.get_by_role("switch").click(force=True)
        await page.get_by_role("button", name="Submit").click()
        await page.get_by_role("button", name="Finish").click()

        await page.goto(f"{newcomer.url}/config/integrations/integration/battery_commons")
        await page.get_by_role("button", name="Add battery").click()
        await page.get_by_text("Directly, over your own network").click()
        await page.get_by_text("SunSpec, newer").click()
        await page.get_by_role("button", name="Submit").click()
        await page.locator("input[name=name]").fill("Garage")
        await page.locator("input[name=host]").fill("127.0.0.1")
        await page.locator("input[type=number]").first.fill(str(battery_port))
        await page.get_by_role("button", name="Submit").click()
        await expect(page.get_by_text("Is this right?")).to_be_visible()
        await page.get_by_role("button", name="Next").click()
        await expect(page.get_by_text("Your battery does as it is told")).to_be_visible(timeout=180_000)
        await page.get_by_role("button", name="Submit").click()
        await page.get_by_role("button", name="Finish").click()

    async def is_steered() -> bool:
        states = await newcomer.states()
        return any(key.endswith("_mode") and state["state"] == "village" for key, state in states.items())

    await newcomer.process.wait_until("the village steers the new battery", is_steered, 60)


async def test_a_resident_sees_on_the_dashboard_what_the_battery_does_and_why(
    running: RunningVillage,
) -> None:
    assert running.dashboard_url is not None
    async with browser_page() as page:
        await log_in(page, running.dashboard_url)

        await expect(page.get_by_text("Steered by the village").first).to_be_visible()


async def test_the_volunteer_sees_load_limit_plans_and_ages(running: RunningVillage, pictures: Path) -> None:
    async with browser_page() as page:
        await page.goto(running.pages_url)

        await expect(page.get_by_role("heading", name="Brinkdorp")).to_be_visible()
        for home in running.homes:
            await expect(page.get_by_text(home.connection.name).first).to_be_visible()
        assert await page.locator("svg[role=img]").count() >= len(running.village.transformers)
        await page.screenshot(path=pictures / "coordinator.png")
