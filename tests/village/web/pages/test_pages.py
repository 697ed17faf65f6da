"""The volunteer's page, over a real server."""

import asyncio
import re
from collections.abc import AsyncIterator

import pytest
from aiohttp.test_utils import TestClient, TestServer

from battery_commons.domain.grid import CongestionSignal
from battery_commons.domain.plan import BatteryPlan, ControlModel, Plan, PlanReason
from battery_commons.domain.reading import MeterReading
from battery_commons.domain.time import SLOT, TimeGrid
from battery_commons.store import Store, StoreError
from battery_commons.store.records import StoredPrice
from battery_commons.web.pages.app import pages_app
from battery_commons.web.server import VillageServer, listening
from tests.village.account_store import join
from tests.village.web.conftest import VILLAGE_NOW, Client, Current, Member, joined, reading


@pytest.fixture
async def pages(village: VillageServer) -> AsyncIterator[Client]:
    async with TestClient(TestServer(pages_app(village))) as client:
        yield client


def planned(member: Member) -> Plan:
    battery = BatteryPlan(f"{member.home_id}/b1", [2300.0] * 96, [PlanReason.LOW_PRICE] * 96)
    return Plan(ControlModel.M4, TimeGrid(VILLAGE_NOW, 96), [battery], {"t1": [100_000.0] * 96})


async def test_an_empty_village_is_told_what_to_do(store: Store, pages: Client) -> None:
    page = await (await pages.get("/")).text()
    assert 'Invite the first home <span class="state missing">to do' in page
    assert 'Bring in energy prices <span class="state missing">to do' in page
    assert 'the load it may carry <span class="state fresh">done' in page
    assert "This goes by itself" in page
    assert 'href="./setup"' in page
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


async def test_all_batteries_are_shown_as_one_without_those_of_which_nothing_new_is_known(
    pages: Client, members: Client, store: Store
) -> None:
    for number, seconds in ((10, 0), (2, 0), (1, -600)):  # Ten minutes here are ten hours of the village.
        home = await joined(members, store, f"welcome-{number}", f"Zandpad {number}")
        await home.send(reading(seconds, power_w=-2_000.0))

    page = await (await pages.get("/fragment?lang=en")).text()

    assert (
        "2 of 3 batteries tell how they are: together 10.0 kWh of 20.0 kWh stored, discharging 4.0 kW."
        in page
    )
    assert "2 of 3 up to date" in page
    assert re.findall(r"<h3>(.*?)<small>", page) == ["Zandpad 1", "Zandpad 2", "Zandpad 10"]
    assert "Each battery" not in page


async def test_of_many_batteries_each_is_shown_to_who_asks(pages: Client, store: Store) -> None:
    for number in range(25):
        join(store, f"Zandpad {number}", VILLAGE_NOW)

    page = await (await pages.get("/fragment?lang=en")).text()

    assert "0 of 25 up to date" in page
    assert page.index("<summary>Each battery</summary>") < page.index("<h3>Zandpad 0<")


async def test_getting_started_is_gone_once_all_is_done(pages: Client, member: Member, store: Store) -> None:
    assert "Getting started" in await (await pages.get("/")).text()
    store.put_prices("a file", [StoredPrice(VILLAGE_NOW - 96 * SLOT, 0.1, "a file")])
    assert "Getting started" not in await (await pages.get("/")).text()


async def test_the_page_tells_of_codes_with_how_many_join_and_draws_them(
    pages: Client, member: Member, store: Store
) -> None:
    end = VILLAGE_NOW + 8 * SLOT
    code = store.announce_code(CongestionSignal.RED, VILLAGE_NOW, end, VILLAGE_NOW, reason="<b>Dinner</b>")
    store.answer_code(code, member.home_id, VILLAGE_NOW, joins=True)
    page = await (await pages.get("/?lang=en")).text()
    for said in (
        "Tue 21-06-2016 14:00 to 16:00",
        "&lt;b&gt;Dinner&lt;/b&gt;",
        "1 of 1 homes join",
        '<rect class="window red"',
        'href="./codes?lang=en"',
    ):
        assert said in page


async def test_the_page_says_what_room_is_left_and_how_old_the_reading_is(
    pages: Client, store: Store
) -> None:
    store.add_meter_readings("t1", [MeterReading(VILLAGE_NOW - SLOT, 143_000)])
    page = await (await pages.get("/?lang=en")).text()
    assert "Room left now: 107 kW (import)." in page
    assert "15 min ago" in page


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
