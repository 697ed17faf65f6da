"""The page about plans and reasons, over a real server, of a decision on record."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
import pytest
from aiohttp.test_utils import TestClient, TestServer

from battery_commons.control.bands import Extremes
from battery_commons.domain.grid import FEEDER_ID
from battery_commons.domain.operator import FlexCall, OperatorSignals, PowerLimit, ToldLoad
from battery_commons.domain.plan import ControlModel
from battery_commons.domain.reading import MeterReading
from battery_commons.domain.series import MeasuredSeries
from battery_commons.domain.situation import Situation
from battery_commons.domain.tariff import AFTER_NET_METERING
from battery_commons.domain.time import SLOT
from battery_commons.store import Store
from battery_commons.store.audit import Author
from battery_commons.store.decisions import Correction
from battery_commons.tick.decision_record import record_of
from battery_commons.tick.planner import VillagePlanner
from battery_commons.web.pages.app import pages_app
from battery_commons.web.pages.plans import local_moment
from battery_commons.web.server import VillageServer
from tests.village.web.conftest import VILLAGE_NOW, Client, Member


@pytest.fixture
async def pages(village: VillageServer) -> AsyncIterator[Client]:
    async with TestClient(TestServer(pages_app(village))) as client:
        yield client


@pytest.fixture
async def decided(member: Member, store: Store) -> Situation:
    """Have a decision of the present quarter hour on record: much is drawn now, and little later."""
    await member.describe("b1")
    day = np.where(np.arange(96) < 8, 240_000.0, 40_000.0)
    base = MeasuredSeries(VILLAGE_NOW - timedelta(days=7), np.tile(day, 7))
    situation = Situation(
        now=VILLAGE_NOW,
        transformers=store.transformers(),
        base_load={"t1": base},
        batteries=[each.battery for each in store.batteries()],
        stored_wh={f"{member.home_id}/b1": 6_000.0},
        prices={VILLAGE_NOW + n * SLOT: 0.1 for n in range(96)},
    )
    keep(store, situation)
    return situation


def keep(store: Store, situation: Situation) -> None:
    planner = VillagePlanner(ControlModel.M3, lambda _: AFTER_NET_METERING)
    decision = planner.decide(situation, Extremes.of_a_new_day(1))
    store.keep_decision(record_of(decision, situation))


@pytest.mark.usefixtures("decided")
async def test_the_page_tells_what_was_asked_and_why_with_figures(
    pages: Client, member: Member, store: Store
) -> None:
    store.keep_corrections([Correction(f"{member.home_id}/b1", VILLAGE_NOW, -2_000.0)])

    page = await (await pages.get("/plans?lang=en")).text()

    for said in (
        "Quarter hour from Tue 21-06-2016 14:00 to 14:15",
        "Expected of Dorpsstraat in this quarter hour: 240 kW without the batteries",
        "It may carry 250 kW.",
        "M3, a level load on the transformer",
        "Forecast: as on the last day measured.",
        "Relieves the transformer: much is being drawn",
        "Dorpsstraat was expected to carry 240 kW (240 kW to 240 kW) of its 250 kW",
        "At 14:00 the guard made that discharging 2.0 kW",
        'class="band"',
        "De Eik, ",
    ):
        assert said in page, said


@pytest.mark.parametrize(
    ("language", "told"),
    [
        (
            "en",
            [
                "The grid operator asked for it: no more than 230 kW drawn by Dorpsstraat, ",
                "at least 1.0 kW discharged by the batteries behind Dorpsstraat together, ",
                "and something of the village as a whole.",
            ],
        ),
        (
            "nl",
            [
                "De netbeheerder vroeg erom: hoogstens 230 kW afname van Dorpsstraat, ",
                "minstens 1,0 kW ontladen door de batterijen achter Dorpsstraat samen, ",
                "en iets van het dorp als geheel.",
            ],
        ),
    ],
)
async def test_what_an_operator_asked_is_told(
    pages: Client, store: Store, decided: Situation, language: str, told: list[str]
) -> None:
    end = VILLAGE_NOW + SLOT
    signals = OperatorSignals(
        limits=[
            PowerLimit("a", "t1", VILLAGE_NOW, end, 230_000, None),
            PowerLimit("b", FEEDER_ID, VILLAGE_NOW, end, 1e6, None),
        ],
        calls=[FlexCall("c", "t1", VILLAGE_NOW, [-1_000.0])],
    )
    keep(store, replace(decided, operator=signals))

    assert "".join(told) in await (await pages.get(f"/plans?lang={language}")).text()


async def test_a_load_that_an_operator_told_is_labelled_so(
    pages: Client, store: Store, decided: Situation
) -> None:
    told = ToldLoad("a", "t1", VILLAGE_NOW - timedelta(hours=2), VILLAGE_NOW, [100_000.0] * 96)
    unmetered = {"t1": MeasuredSeries(VILLAGE_NOW, np.zeros(0))}
    keep(store, replace(decided, base_load=unmetered, operator=OperatorSignals(told_loads=[told])))

    page = await (await pages.get("/plans?lang=en")).text()

    assert "Forecast: as the grid operator told it. It was issued 120 min before." in page


@pytest.mark.usefixtures("decided")
async def test_the_page_speaks_dutch(pages: Client) -> None:
    page = await (await pages.get("/plans?lang=nl")).text()

    assert "zou naar verwachting 240 kW dragen" in page
    assert "Plannen en redenen" in page


async def test_a_past_plan_is_found_by_dutch_time(pages: Client, store: Store, decided: Situation) -> None:
    earlier = replace(decided, now=VILLAGE_NOW - 4 * SLOT + timedelta(seconds=7))
    keep(store, earlier)

    page = await (await pages.get("/plans?lang=en&at=2016-06-21T13:05")).text()

    assert "Quarter hour from Tue 21-06-2016 13:00 to 13:15" in page
    assert "Plan of Tue 21-06-2016 13:00" in page
    assert "at=2016-06-21T12%3A45" in page


async def test_where_no_plan_was_made_in_time_that_is_said(
    pages: Client, store: Store, decided: Situation
) -> None:
    keep(store, replace(decided, now=VILLAGE_NOW - timedelta(hours=2)))

    page = await (await pages.get("/plans?lang=en&at=2016-06-21T13:00")).text()

    assert "homes were left alone after their lease" in page


@pytest.mark.parametrize(
    ("query", "status", "said"),
    [
        ("", 200, "No plan of that time is kept"),
        ("&at=2016-06-20T12:00", 200, "No plan of that time is kept"),
        ("&at=yesterday", 400, "That is no time"),
        ("&at=0001-01-01T00:00", 400, "That is no time"),
        ("&at=9999-12-31T23:59", 400, "That is no time"),
    ],
)
async def test_what_cannot_be_shown_is_said(pages: Client, query: str, status: int, said: str) -> None:
    answer = await pages.get(f"/plans?lang=en{query}")

    assert (answer.status, said in await answer.text()) == (status, True)


@pytest.mark.usefixtures("decided")
async def test_a_damaged_decision_is_said_to_be_unreadable(pages: Client, store: Store) -> None:
    with store._write() as connection:
        connection.exec_driver_sql("UPDATE decision SET content = x'00'")

    assert "cannot be read" in await (await pages.get("/plans?lang=en")).text()


@pytest.mark.usefixtures("decided")
async def test_a_home_that_left_is_not_shown(pages: Client, store: Store, member: Member) -> None:
    await asyncio.to_thread(store.leave, member.home_id)

    page = await (await pages.get("/plans?lang=en")).text()

    assert "De Eik" not in page
    assert "that have left the village are not shown" in page


def test_an_hour_that_the_clock_shows_twice_is_told_apart_by_its_offset() -> None:
    first, second = (local_moment(f"2026-10-25T02:30+0{hours}:00") for hours in (2, 1))

    assert second - first == timedelta(hours=1)
    assert first == datetime.fromisoformat("2026-10-25T00:30Z")


async def test_the_plans_ahead_of_a_load_that_was_measured_are_drawn_with_it(
    pages: Client, store: Store, decided: Situation
) -> None:
    store.add_meter_readings("t1", [MeterReading(VILLAGE_NOW - SLOT, 100_000.0)])

    page = await (await pages.get("/plans?lang=en")).text()

    assert decided.transformers
    assert '<path class="measured" d="M' in page


@pytest.mark.usefixtures("decided")
async def test_a_suspended_home_is_called_suspended(pages: Client, store: Store, member: Member) -> None:
    store.suspend(member.home_id, Author("Anna", VILLAGE_NOW - SLOT))

    page = await (await pages.get(f"/homes/{member.home_id}?lang=en")).text()
    assert "Suspended: left to its own house" in page
