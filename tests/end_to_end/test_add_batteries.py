"""A resident adds each kind of battery in the browser, and it follows the village within two minutes.

Set BATTERY_COMMONS_PICTURES to a folder to keep the pictures, as docs/images keeps those of the guides.
"""

import asyncio
import math
import os
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, suppress
from pathlib import Path

import pytest
from aiohttp import ClientSession
from playwright.async_api import Page, expect
from playwright.async_api import TimeoutError as NotInTimeError

from battery_commons.domain.battery import Battery
from battery_commons.simulation.battery import PhysicalBattery
from demo.battery_simulator import BatterySimulator
from demo.entity_battery import ControlledBy, EntityBattery
from demo.home_assistant import HomeAssistant
from demo.process import free_port
from demo.village import RunningVillage
from tests.end_to_end.browser import CHROMIUM, browser_page, log_in
from tests.end_to_end.test_browser import invitation

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine")

LONGEST_S = 120.0
"""From the first click to a battery that follows, self-test included."""
PICKS, PICKED_WITHIN_MS = 3, 5_000
FOLLOWED_W = 100.0
CAPACITY_WH, POWER_W, HOUSE_W = 10_000.0, 3_000.0, 400.0


def physical(name: str) -> PhysicalBattery:
    return PhysicalBattery(Battery(f"newcomer/{name}", "t1", CAPACITY_WH, POWER_W, POWER_W), CAPACITY_WH / 2)


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    return Path(os.environ.get("BATTERY_COMMONS_PICTURES", tmp_path))


@pytest.fixture(scope="module")
async def shed() -> EntityBattery:
    return EntityBattery("shed", physical("shed"), ControlledBy.WATTS, lambda _: HOUSE_W)


@pytest.fixture(scope="module")
async def attic() -> EntityBattery:
    return EntityBattery("attic", physical("attic"), ControlledBy.MODE, lambda _: HOUSE_W)


@pytest.fixture(scope="module")
async def member(
    running: RunningVillage,
    shed: EntityBattery,
    attic: EntityBattery,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[HomeAssistant]:
    """Start a Home Assistant with two batteries of other integrations, and join the village with it."""
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(ClientSession())
        assistant = await stack.enter_async_context(
            HomeAssistant(
                session,
                tmp_path_factory.mktemp("member"),
                free_port(),
                "Zandpad 4",
                extra_configuration=shed.configuration + attic.configuration,
            )
        )
        living = [asyncio.create_task(battery.live_in(assistant)) for battery in (shed, attic)]
        await assistant.join(await invitation(running))
        yield assistant
        for task in living:
            task.cancel()
        await asyncio.gather(*living, return_exceptions=True)


async def begin(page: Page, member: HomeAssistant, pictures: Path, way: str) -> None:
    await log_in(page, f"{member.url}/config/integrations/integration/battery_commons")
    await page.get_by_role("button", name="Add battery").click()
    await expect(page.get_by_text(way)).to_be_visible()
    await page.screenshot(path=pictures / "add-battery.png")
    await page.get_by_text(way).click()


async def pick(page: Page, field: str, label: str, name: str) -> None:
    """Pick in the field with a label what is called `name`, as somebody does who searches for it."""
    selector = page.locator(f"ha-selector-{field}", has=page.get_by_text(label, exact=True))
    picked = selector.get_by_text(name).first
    for _ in range(PICKS):
        await selector.locator("ha-entity-picker" if field == "entity" else "ha-generic-picker").click()
        # Typed before the search is open, the letters would be shortcuts of Home Assistant's.
        await page.locator("ha-picker-combo-box input:visible").last.fill(name)
        await page.locator("ha-picker-combo-box ha-combo-box-item:visible", has_text=name).first.click()
        # A picker hands over what was picked only as it closes, and with it the rest of the form as it was.
        await expect(page.locator("ha-picker-combo-box:visible")).to_have_count(0)
        # While it searches, a click may hit an entry that is just drawn anew: it then closes without one.
        with suppress(NotInTimeError):
            await picked.wait_for(timeout=PICKED_WITHIN_MS)
            return
    raise AssertionError(f"{name} was not picked as {label}")


async def pick_entities(page: Page, names: Mapping[str, str]) -> None:
    """Pick entities in the fields with these labels, and see in the end that all still stand there."""
    for label, name in names.items():
        await pick(page, "entity", label, name)
    # A picker hands the rest of the form over as it was before: what was picked meanwhile may be gone again.
    for label, name in names.items():
        selector = page.locator("ha-selector-entity", has=page.get_by_text(label, exact=True))
        if not await selector.get_by_text(name).first.is_visible():
            await pick(page, "entity", label, name)


async def fill_in_ratings(page: Page) -> None:
    ratings = {"Capacity": "10", "Charges with at most": "3", "Discharges with at most": "3"}
    boxes = {
        page.get_by_role("spinbutton", name=f"{label}*", exact=True): ratings[label] for label in ratings
    }
    for box, value in boxes.items():
        await box.fill(value)
    for box, value in boxes.items():
        await expect(box).to_have_value(value)


async def try_it_out(page: Page, pictures: Path, name: str) -> None:
    await expect(page.get_by_text("Is this right?")).to_be_visible()
    await page.screenshot(path=pictures / f"add-{name}-found.png")
    await page.get_by_role("button", name="Next").click()
    await page.wait_for_timeout(2_000)
    await page.screenshot(path=pictures / f"add-{name}-trying.png")
    await expect(page.get_by_text("Your battery does as it is told")).to_be_visible(timeout=120_000)
    await page.screenshot(path=pictures / f"add-{name}-tried.png")
    await page.get_by_role("button", name="Submit").click()
    await page.get_by_role("button", name="Finish").click()


async def follows(member: HomeAssistant, name: str, power_w: Callable[[], float]) -> None:
    """Wait until the battery called `name` is steered and truly has the power that it was ordered."""

    async def is_followed() -> bool:
        prefix = f"sensor.{name}"
        if await member.state(f"{prefix}_mode") != "village":
            return False
        setpoint_w = await member.power_w(f"{prefix}_setpoint")
        # A mode may let the battery serve its own house: then there is no power to hold it to.
        return math.isnan(setpoint_w) or abs(setpoint_w + power_w()) < FOLLOWED_W

    await member.process.wait_until(f"{name} follows the village", is_followed, 60)


async def test_a_modbus_battery_follows_within_two_minutes(
    running: RunningVillage, member: HomeAssistant, pictures: Path
) -> None:
    simulator = BatterySimulator(
        battery=physical("garage"),
        serial="BC-garage",
        house_w=lambda _moment: HOUSE_W,
        clock=running.clock,
    )
    port = free_port()
    await simulator.listen("127.0.0.1", port)
    async with browser_page() as page:
        began = time.monotonic()
        await begin(page, member, pictures, "Directly, over your own network")
        await page.get_by_text("SunSpec, newer").click()
        await page.screenshot(path=pictures / "add-modbus-kind.png")
        await page.get_by_role("button", name="Submit").click()
        await page.locator("input[name=name]").fill("Garage")
        await page.locator("input[name=host]").fill("127.0.0.1")
        await page.locator("input[type=number]").first.fill(str(port))
        await page.screenshot(path=pictures / "add-modbus-where.png")
        await page.get_by_role("button", name="Submit").click()
        await try_it_out(page, pictures, "modbus")
        await follows(member, "garage", lambda: simulator.power_w)
        took_s = time.monotonic() - began

    assert took_s < LONGEST_S


async def test_a_battery_whose_power_another_integration_sets_follows_within_two_minutes(
    member: HomeAssistant, shed: EntityBattery, pictures: Path
) -> None:
    async with browser_page() as page:
        began = time.monotonic()
        await begin(page, member, pictures, "Through an integration that is here already")
        await expect(page.get_by_text("Which battery is it?")).to_be_visible()
        await page.screenshot(path=pictures / "add-entities-kind.png")
        await page.get_by_role("button", name="Submit").click()
        await page.locator("input[name=name]").fill("Shed")
        entities = {
            "State of charge": "Shed state of charge",
            "Power": "Shed power",
            "Power setpoint": "Shed setpoint",
        }
        await pick_entities(page, entities)
        await page.screenshot(path=pictures / "add-watts-entities.png")
        await fill_in_ratings(page)
        await page.get_by_role("button", name="Submit").click()
        await try_it_out(page, pictures, "watts")
        await follows(member, "shed", lambda: shed.power_w)
        took_s = time.monotonic() - began

    assert took_s < LONGEST_S


async def test_a_battery_with_modes_follows_within_two_minutes(
    member: HomeAssistant, attic: EntityBattery, pictures: Path
) -> None:
    async with browser_page() as page:
        began = time.monotonic()
        await begin(page, member, pictures, "Through an integration that is here already")
        await page.locator("ha-selector-select").click()
        await page.get_by_text("Any battery with a choice of modes").last.click()
        await page.get_by_role("button", name="Submit").click()
        await page.locator("input[name=name]").fill("Attic")
        entities = {
            "State of charge": "Attic state of charge",
            "Power": "Attic power",
            "What it does": "Attic mode",
        }
        await pick_entities(page, entities)
        await pick(page, "select", "Option for the own house", "zero")
        await pick(page, "select", "Option for charging", "to_full")
        await pick(page, "select", "Option for standing still", "standby")
        await page.screenshot(path=pictures / "add-mode-entities.png")
        await fill_in_ratings(page)
        await page.get_by_role("button", name="Submit").click()
        await try_it_out(page, pictures, "mode")
        await follows(member, "attic", lambda: attic.power_w)
        took_s = time.monotonic() - began

    assert took_s < LONGEST_S
