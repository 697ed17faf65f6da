"""The volunteer's page, over a real server."""

import asyncio
import re
from collections.abc import AsyncIterator

import pytest
from aiohttp.test_utils import TestClient, TestServer

from battery_commons.domain.plan import BatteryPlan, ControlModel, Plan, PlanReason
from battery_commons.domain.reading import MeterReading
from battery_commons.domain.time import TimeGrid
from battery_commons.store import Store, StoreError
from battery_commons.web.pages import pages_app
from battery_commons.web.server import VillageServer, listening
from tests.village.web.conftest import VILLAGE_NOW, Client, Current, Member, reading


@pytest.fixture
async def pages(village: VillageServer) -> AsyncIterator[Client]:
    async with TestClient(TestServer(pages_app(village))) as client:
        yield client


def planned(member: Member) -> Plan:
    battery = BatteryPlan(f"{member.home_id}/b1", [2300.0] * 96, [PlanReason.LOW_PRICE] * 96)
    return Plan(ControlModel.M4, TimeGrid(VILLAGE_NOW, 96), [battery], {"t1": [100_000.0] * 96})


async def test_an_empty_village_is_told_what_to_do(store: Store, pages: Client) -> None:
    page = await (await pages.get("/")).text()
    assert "battery-commons invite --transformer ID --url URL" in page
    assert "battery-commons import-prices FILE" in page
    assert "battery-commons transformer" not in page
    assert store.transformers()


async def test_the_page_tells_load_batteries_and_plan(
    pages: Client, member: Member, store: Store, current: Current
) -> None:
    store.add_meter_readings("t1", [MeterReading(VILLAGE_NOW, 143_000)])
    await member.send(reading())
    current.plan = planned(member)
    page = await (await pages.get("/?lang=en")).text()
    for said in (
        "Now 143 kW of 250 kW, 57 %.",
        "Highest expected: 102 kW at 14:00.",
        "De Eik",
        "50 %",
        "charging 1.5 kW",
        "Steered by the village",
        "Relieves the transformer: much is being fed in",
    ):
        assert said in page


async def test_the_page_speaks_the_language_of_its_reader(pages: Client) -> None:
    dutch = await (await pages.get("/", headers={"Accept-Language": "nl-NL,nl;q=0.9"})).text()
    assert '<html lang="nl">' in dutch
    assert "Nodig het eerste huis uit" in dutch
    assert "Invite the first home" in await (await pages.get("/?lang=en")).text()


async def test_the_fragment_is_the_live_part_of_the_page(pages: Client) -> None:
    fragment = await (await pages.get("/fragment?lang=en")).text()
    assert "<html" not in fragment
    assert "Dorpsstraat" in fragment


async def test_a_name_cannot_put_markup_on_the_page(pages: Client, store: Store, member: Member) -> None:
    store.rename_village("<script>alert(1)</script>")
    store.describe_home(member.home_id, [], [])
    page = await (await pages.get("/")).text()
    assert "<script>alert" not in page


async def test_the_page_loads_nothing_from_elsewhere(pages: Client) -> None:
    for path in ("/", "/fragment", "/api/state", "/static/page.css", "/static/page.js"):
        answer = await pages.get(path)
        assert answer.status == 200
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        text = await answer.text()
        assert not re.search(r"https?://", text)
        assert " style=" not in text  # the policy would ignore it


async def test_the_state_is_what_the_page_shows(
    pages: Client, member: Member, store: Store, current: Current
) -> None:
    await member.send(reading())
    sequence = store.next_sequence(member.home_id)
    store.record_dispatch(member.home_id, sequence, "{}", VILLAGE_NOW, VILLAGE_NOW.replace(hour=14))
    store.record_answer(member.home_id, sequence, VILLAGE_NOW, accepted=True, reason=None)
    current.plan = planned(member)
    state = await (await pages.get("/api/state")).json()
    assert (state["version"], state["village"], state["control_model"]) == (1, "Ansen", "M4")
    [battery] = state["batteries"]
    assert (battery["state_of_charge"], battery["setpoint_w"], battery["mode"]) == (0.5, 1500.0, "village")
    assert (battery["sent"]["sequence"], battery["sent"]["delivery"]) == (1, "accepted")
    assert battery["coming"][0] == {
        "start": VILLAGE_NOW.isoformat(),
        "power_w": 2300.0,
        "reason": "low_price",
    }


async def test_the_members_api_is_not_on_the_pages_listener(pages: Client) -> None:
    assert (await pages.post("/api/v1/join", json={})).status == 404


async def test_an_unusable_database_is_said_plainly(pages: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_: Store) -> None:
        raise StoreError("The database is locked by another program.")

    monkeypatch.setattr(Store, "village", fails)
    answer = await pages.get("/")
    assert (answer.status, await answer.text()) == (503, "The database is locked by another program.")


async def test_a_listener_that_is_closed_answers_no_more(village: VillageServer) -> None:
    async with listening(pages_app(village), "127.0.0.1", 0) as address:
        port = int(address.rpartition(":")[2])
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.close()
    with pytest.raises(OSError, match="Connect call failed"):
        await asyncio.open_connection("127.0.0.1", port)
