"""From an empty machine to a village that follows its plans, on the pages that volunteer and resident see.

The container, real Home Assistants and a real browser, in a network of their own. Set
BATTERY_COMMONS_PICTURES to a folder to keep the pictures, as docs/images keeps some of them.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import ClientSession, Fingerprint, TCPConnector
from playwright.async_api import Page, expect

from battery_commons.domain.battery import Battery
from battery_commons.domain.time import WallClock
from battery_commons.simulation.battery import PhysicalBattery
from demo.battery_simulator import UNIT_ID, BatterySimulator
from demo.home_assistant import HomeAssistant
from demo.transformer_meter import TransformerMeter
from tests.container.conftest import serving, started_app
from tests.container.homes import Homes
from tests.container.house import COOKIE, ENVIRONMENT, INGRESS, HouseSupervisor
from tests.container.network import inside
from tests.end_to_end.browser import CHROMIUM, browser_page, log_in

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine")

CLOCK = WallClock()
STARTED = CLOCK.now()
MEMBERS_URL = "https://127.0.0.1:8477"
LIMIT_KW, BUSY_W, QUIET_W = 60, 59_500, 20_000
PLANS_WITHIN_S = 240.0
"""A newcomer is given a minute to settle, and the second comes after the first."""


def load_w(moment: datetime) -> float:
    """Return what the street draws: nearly all that its transformer carries, at this time of every day."""
    since = (moment - STARTED) % timedelta(days=1)
    return BUSY_W if since < timedelta(hours=1) or since > timedelta(hours=23) else QUIET_W


def test_a_volunteer_sets_up_a_village_and_two_homes_follow_its_plans(
    image: str, network: None, tmp_path: Path
) -> None:
    pictures = Path(os.environ.get("BATTERY_COMMONS_PICTURES", tmp_path))
    (folder := tmp_path / "app").mkdir()
    with serving(supervisor := HouseSupervisor()), started_app(image, folder):
        inside(lambda: asyncio.run(live(supervisor, tmp_path, pictures)))


async def live(supervisor: HouseSupervisor, folder: Path, pictures: Path) -> None:
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(ClientSession())
        own = HomeAssistant(session, folder / "own", 8123, "Brink 1", environment=ENVIRONMENT)
        other = HomeAssistant(session, folder / "other", 8124, "Brink 2")
        await asyncio.gather(*(stack.enter_async_context(each) for each in (own, other)))
        page = await stack.enter_async_context(browser_page())

        meter_token, link = await set_up(page, own, pictures)
        await until(lambda: bool(supervisor.uuids), 30)
        await own.post(f"/api/hassio_push/discovery/{supervisor.uuids[0]}", {})
        await join_discovered(page, own, pictures)
        await other.join(link)

        await stack.enter_async_context(metered(link, meter_token))
        batteries = [
            await stack.enter_async_context(battery(home, port))
            for home, port in ((own, 1502), (other, 1503))
        ]
        await until(lambda: all((each.setpoint_w or 0) < 0 for each in batteries), PLANS_WITHIN_S)
        await until(lambda: all(follows(each) for each in batteries), 30)
        for home in (own, other):
            states = await home.states()
            assert "village" in {s["state"] for key, s in states.items() if key.endswith("_mode")}
        await page.goto(f"{own.url}{INGRESS}setup/plan")
        await expect(page.get_by_text("The first plan is there.")).to_be_visible()
        await page.get_by_role("link", name="To the overview").click()
        await expect(page.get_by_role("heading", name="Ansen")).to_be_visible()
        await page.screenshot(path=pictures / "app-overview.png")


async def set_up(page: Page, own: HomeAssistant, pictures: Path) -> tuple[str, str]:
    """Set the village up on its pages, in Home Assistant; return the meter's token and an invitation."""
    logged_in = await own.command("supervisor/api", endpoint="/ingress/session", method="post")
    await page.context.add_cookies(
        [{"name": COOKIE, "value": logged_in["session"], "url": own.url + INGRESS}]
    )
    await page.goto(own.url + INGRESS)
    await page.get_by_role("link", name="Set the village up, step by step").click()
    await page.get_by_label("Name of the village").fill("Ansen")
    await page.screenshot(path=pictures / "app-setup.png")
    await page.get_by_role("button", name="Save and go on").click()
    await page.get_by_role("link", name="Skip this for now").click()
    await page.get_by_role("textbox", name="As residents know it").fill("Brink")
    await page.locator("input[name=limit_kw]").fill(str(LIMIT_KW))
    await page.get_by_role("button", name="Save and go on").click()
    await page.locator("a[href*=token]").click()
    await page.locator("main form button").click()
    meter_token = await page.locator("input[name=meter-token]").input_value()
    await page.get_by_role("link", name="Continue setting up").click()
    await page.get_by_role("link", name="Skip this for now").click()
    # Here the app has no network beyond its machine, so that it knows no address to propose.
    await page.get_by_label("Address at which homes").fill(MEMBERS_URL)
    await page.get_by_role("button", name="Make an invitation").click()
    await page.screenshot(path=pictures / "app-invitation.png")
    return meter_token, await page.get_by_label("Link").first.input_value()


async def join_discovered(page: Page, own: HomeAssistant, pictures: Path) -> None:
    """Join the village that this Home Assistant found by itself."""
    await log_in(page, f"{own.url}/config/integrations/dashboard")
    await page.get_by_role("button", name="Add").first.click()
    await expect(page.get_by_text("What the village will see")).to_be_visible()
    await page.screenshot(path=pictures / "app-discovered.png")
    # Home Assistant draws its own switch over the one that a keyboard reaches.
    await page.get_by_role("switch").click(force=True)
    await page.get_by_role("button", name="Submit").click()
    await page.get_by_role("button", name="Finish").click()
    await own.joined_in_browser()


@asynccontextmanager
async def metered(link: str, token: str) -> AsyncIterator[None]:
    """Have the transformer's meter report, its past two days first."""
    pinned = Homes.of(link)
    async with ClientSession(connector=TCPConnector(ssl=Fingerprint(pinned.pin))) as session:
        meter = TransformerMeter(
            session=session, url=pinned.url, transformer_id="t1", token=token, load_w=load_w, clock=CLOCK
        )
        await meter.back_fill()
        running = asyncio.create_task(meter.run())
        yield
        running.cancel()


@asynccontextmanager
async def battery(home: HomeAssistant, port: int) -> AsyncIterator[BatterySimulator]:
    """Have a battery on the wall of a home, which takes it into Home Assistant."""
    simulator = BatterySimulator(
        battery=PhysicalBattery(Battery(f"{port}/battery", "t1", 10_000, 5_000, 5_000), 8_000),
        serial=f"BC-{port}",
        house_w=lambda _moment: 400.0,
        clock=CLOCK,
    )
    await simulator.listen("127.0.0.1", port)
    await home.add_battery("Garage", "127.0.0.1", port, UNIT_ID)
    yield simulator
    await simulator.drop_link()


def follows(simulator: BatterySimulator) -> bool:
    """Return whether a battery truly does what it was asked."""
    [*_, last] = simulator.trajectory
    return last.setpoint_w is not None and abs(last.power_w - last.setpoint_w) < 50


async def until(what: Callable[[], bool], within_s: float) -> None:
    async with asyncio.timeout(within_s):
        while not what():
            await asyncio.sleep(0.2)
