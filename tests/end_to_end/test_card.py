"""The card alone, in a real browser: in every state, width and colour scheme, with a home that is made up.

Set BATTERY_COMMONS_PICTURES to a folder to keep the pictures.
"""

import json
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from aiohttp import web
from playwright.async_api import Locator, Page, expect

from demo.process import free_port
from tests.end_to_end.browser import CHROMIUM, browser_page

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine")

ROOT = Path(__file__).parents[2]
TEXT, SHAPE = 4.5, 3.0
"""The contrasts that WCAG 2.2 asks of text and of what carries a meaning in a drawing."""
TEXTS = {
    "h2",
    ".mode",
    ".small",
    ".rows span",
    "button",
    ".mark",
    "svg text.title",
    ".flag.red",
    ".flag.green",
}
"""Texts, and what has a text on it in the colour of the card."""

CONTRASTS = """() => {
  const root = document.querySelector("battery-commons-card").shadowRoot;
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const numbers = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const light = (colour) => {
    const [r, g, b] = numbers(colour).map((value) => {
      const part = value / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const paper = light(getComputedStyle(root.querySelector("ha-card")).backgroundColor);
  const contrast = (colour) => {
    const ink = light(colour);
    return (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05);
  };
  const found = {};
  for (const [selector, property] of [
    ["h2", "color"], [".mode", "color"], [".small", "color"], [".rows span", "color"], ["button", "color"],
    [".mark", "fill"], ["svg text.title", "fill"],
    [".bar.charge", "fill"], [".ink-discharge", "fill"], [".ink-own", "fill"], [".line.soc", "stroke"],
    [".line.price", "stroke"], [".line.load", "stroke"], [".limit", "stroke"], [".now line", "stroke"],
    [".flag.red", "fill"], [".flag.green", "fill"], [".ink-over", "fill"],
  ]) found[selector] = contrast(getComputedStyle(root.querySelector(selector))[property]);
  return found;
}"""


@pytest.fixture(scope="module")
async def address() -> AsyncIterator[str]:
    """Serve the repository's own files."""
    app = web.Application()
    app.router.add_static("/", ROOT)
    runner = web.AppRunner(app)
    await runner.setup()
    port = free_port()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    yield f"http://127.0.0.1:{port}/tests/frontend/card.html"
    await runner.cleanup()


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    return Path(os.environ.get("BATTERY_COMMONS_PICTURES", tmp_path))


@pytest.fixture
async def page() -> AsyncIterator[Page]:
    async with browser_page() as page:
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        yield page
        assert errors == []


async def show(
    page: Page, address: str, width: int = 640, *, home: Any = None, scheme: str = "light"
) -> Locator:
    """Show the card, and return it."""
    await page.set_viewport_size({"width": width, "height": 1200})
    await page.goto(f"{address}?{urlencode({'home': json.dumps(home or {}), scheme: ''})}")
    card = page.locator("battery-commons-card")
    await expect(card.locator("h2")).to_be_attached()
    return card


async def change(page: Page, **home: Any) -> None:
    """Let Home Assistant tell another state of the home."""
    await page.evaluate("(home) => { window.show(home); }", home)


@pytest.mark.parametrize("width", [320, 390, 640, 1100])
async def test_the_card_fits_every_width(page: Page, address: str, width: int) -> None:
    card = await show(page, address, width)
    await expect(card.get_by_role("option")).to_have_count(92)
    assert await page.evaluate("document.documentElement.scrollWidth") <= width
    drawing = await card.locator(".drawing > svg").bounding_box()
    around = await card.locator("ha-card").bounding_box()
    assert drawing is not None
    assert around is not None
    assert drawing["width"] > 0.8 * around["width"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_everything_stands_out_from_the_card(page: Page, address: str, scheme: str) -> None:
    await show(page, address, scheme=scheme)
    for selector, contrast in (await page.evaluate(CONTRASTS)).items():
        assert contrast >= (TEXT if selector in TEXTS else SHAPE), selector


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"garage.plan": "unavailable"}, "There is no plan from the village now"),
        ({"garage.plan": None}, "There is no plan from the village now"),
        ({"village.coordinator": "off"}, "The village does not answer. Its last plan counts until 2:45"),
        (
            {"village.coordinator": "off", "garage.plan": "unavailable"},
            "The village does not answer. There is no plan",
        ),
        ({"garage.plan": "unavailable", "garage.mode": "unavailable"}, "Battery Commons is not running"),
    ],
)
async def test_what_is_missing_is_said_in_words(
    page: Page, address: str, changes: dict[str, str | None], says: str
) -> None:
    card = await show(page, address, home={"changes": changes})
    await expect(card.get_by_role("status")).to_contain_text(says)
    if "garage.plan" in changes:
        await expect(card.get_by_role("option")).to_have_count(0)


async def test_a_battery_that_is_gone_is_said_to_be_gone(page: Page, address: str) -> None:
    card = await show(page, address)
    await page.evaluate("() => { window.card.setConfig({ device: 'gone' }); }")
    await expect(card.get_by_role("status")).to_contain_text("This battery is not there")


async def test_a_plan_that_leaves_the_battery_to_its_house_now_is_a_plan(page: Page, address: str) -> None:
    card = await show(page, address, home={"changes": {"garage.plan": "unknown"}})
    await expect(card.get_by_role("option")).to_have_count(92)
    await expect(card.get_by_role("status")).to_be_hidden()


async def test_what_nobody_knows_is_a_gap_and_what_nobody_tells_is_named(page: Page, address: str) -> None:
    card = await show(page, address)
    await expect(card.locator(".line.soc")).to_have_count(
        2
    )  # Nobody knows it while the house has the battery.
    await expect(card.locator(".small")).not_to_contain_text("does not tell")
    await page.evaluate("""async () => {
      const { sunnyDay } = await import("/tests/frontend/home.mjs");
      const nothing = { price_per_kwh: null, transformer_load_w: null };
      window.show({ slots: sunnyDay().map((slot) => ({ ...slot, ...nothing })) });
    }""")
    await expect(card.locator(".line.price")).to_have_count(0)
    await expect(card.locator(".small")).to_contain_text(
        "The village does not tell for these hours: the price, the transformer's load."
    )


async def test_news_disturbs_neither_the_focus_nor_the_choice(page: Page, address: str) -> None:
    card = await show(page, address)
    await card.get_by_role("option").first.focus()
    for _ in range(3):
        await page.keyboard.press("ArrowRight")
    said = await card.locator(".live").inner_text()
    await change(page, changes={"garage.state_of_charge": "47"})
    await expect(card.locator(".state b")).to_contain_text("47")
    await expect(card.get_by_role("option").nth(3)).to_be_focused()
    assert await card.locator(".live").inner_text() == said


async def test_a_button_that_has_not_changed_is_the_same_one(page: Page, address: str) -> None:
    """A press is not lost when a reading comes in between its beginning and its end."""
    card = await show(page, address)
    handle = await card.get_by_role("button", name="Pause").element_handle()
    assert handle is not None
    await change(page, changes={"garage.power": "-1200"})
    await expect(card.locator(".power")).to_contain_text("1.2 kW")
    assert await handle.evaluate("(button) => button.isConnected")


async def test_the_card_asks_for_the_right_actions(page: Page, address: str) -> None:
    card = await show(page, address)
    await card.locator("li.red").get_by_role("button", name="I join", exact=True).click()
    await card.locator("li.green").get_by_role("button", name="I don't join").click()
    await card.get_by_role("button", name="Pause").click()
    assert await page.evaluate("window.hass.calls") == [
        {
            "domain": "battery_commons",
            "service": "respond_to_code",
            "data": {"code_id": "red-1", "joins": True, "config_entry": "entry"},
            "target": None,
        },
        {
            "domain": "battery_commons",
            "service": "respond_to_code",
            "data": {"code_id": "green-1", "joins": False, "config_entry": "entry"},
            "target": None,
        },
        {
            "domain": "battery_commons",
            "service": "pause",
            "data": {},
            "target": {"device_id": "garage"},
        },
    ]


async def test_a_refusal_is_said(page: Page, address: str) -> None:
    card = await show(page, address)
    await page.evaluate(
        "() => { window.hass.callService = () => Promise.reject(new Error('The village does not answer')); }"
    )
    await card.get_by_role("button", name="Pause").click()
    await expect(card.get_by_role("alert")).to_have_text("That did not work: The village does not answer")


async def test_a_paused_battery_can_be_resumed(page: Page, address: str) -> None:
    card = await show(page, address, home={"changes": {"garage.mode": "paused"}})
    await card.get_by_role("button", name="Resume").click()
    assert [call["service"] for call in await page.evaluate("window.hass.calls")] == ["resume"]


async def test_the_village_s_words_are_shown_and_never_run(page: Page, address: str) -> None:
    words = "<img src=x onerror='window.hacked = true'><b>bold</b>"
    card = await show(page, address)
    await page.evaluate(
        """async (words) => {
          const { CODES, sunnyDay } = await import("/tests/frontend/home.mjs");
          window.show({
            codes: CODES.map((code) => ({ ...code, reason: words })),
            slots: sunnyDay().map((slot) => ({ ...slot, explanation: words })),
          });
        }""",
        words,
    )
    await expect(card.locator("li.red")).to_contain_text(words)
    await card.get_by_role("button", name="Show as a table").click()
    await expect(card.get_by_role("row").nth(1)).to_contain_text(words)
    assert await page.evaluate("window.hacked") is None


async def test_nothing_moves_where_the_system_asks_for_rest(page: Page, address: str) -> None:
    await page.emulate_media(reduced_motion="reduce")
    card = await show(page, address)
    moves = "(cursor) => getComputedStyle(cursor).transitionDuration"
    assert await card.locator(".cursor rect").first.evaluate(moves) == "0s"


async def test_a_day_of_one_hundred_quarters_is_drawn_whole(page: Page, address: str) -> None:
    card = await show(page, address)
    await page.evaluate("""async () => {
      const { sunnyDay } = await import("/tests/frontend/home.mjs");
      Date.now = () => Date.parse("2026-10-24T22:00:00Z");
      window.show({ slots: sunnyDay(Date.now(), 100), codes: [] });
    }""")
    await expect(card.get_by_role("option")).to_have_count(100)
    twice = await card.get_by_role("option").evaluate_all(
        "(all) => all.filter((each) => /^2:00.AM$/.test(each.getAttribute('aria-label'))).length"
    )
    assert twice == 2


# --- The card of a vote -------------------------------------------------------------------------


async def vote_card(page: Page, address: str, asked: str = "") -> Locator:
    """Show the card of a vote on a phone, and return it."""
    await page.set_viewport_size({"width": 390, "height": 700})
    await page.goto(f"{address}?vote{asked}")
    card = page.locator("battery-commons-vote-card")
    await expect(card.get_by_role("heading")).to_have_text("Keep more for ourselves in winter?")
    assert await page.evaluate("document.documentElement.scrollWidth") <= 390
    return card


async def test_a_resident_reads_chooses_is_asked_again_and_votes(
    page: Page, address: str, pictures: Path
) -> None:
    card = await vote_card(page, address)
    await expect(card.get_by_text("your own bill: €41.50 a month")).to_be_visible()
    vote = card.get_by_role("button", name="Vote", exact=True)
    await expect(vote).to_be_disabled()

    await card.get_by_label("30 % of each battery").focus()
    await page.keyboard.press("Space")
    await page.screenshot(path=pictures / "vote-card.png")
    await vote.click()
    await expect(card.get_by_text("You vote for “30 % of each battery”.")).to_be_visible()
    await page.screenshot(path=pictures / "vote-card-sure.png")
    await card.get_by_role("button", name="Back").click()
    await vote.click()
    assert await page.evaluate("hass.calls") == []
    await card.get_by_role("button", name="Yes, this is my vote").click()

    [call] = await page.evaluate("hass.calls")
    assert call["service"] == "vote"
    assert call["data"] == {"vote_id": "vote-1", "choice": "b", "config_entry": "entry"}


async def test_the_way_to_the_own_page_is_only_made_when_it_is_asked_for(
    page: Page, address: str, pictures: Path
) -> None:
    card = await vote_card(page, address, "&dark&language=nl")
    assert await page.evaluate("hass.calls") == []

    await card.get_by_role("button", name="Mijn pagina bij het dorp").click()

    link = card.get_by_role("link")
    await expect(link).to_have_attribute("href", "http://village.example/page/enter/once")
    await page.screenshot(path=pictures / "vote-card-dark.png")
