"""The pages of activations, over a real server: from receipt on, in figures, and nothing of a single home."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
from aiohttp.test_utils import TestClient, TestServer

from battery_commons.domain.activation import Activation, ActivationSlot, Ask, Asked
from battery_commons.domain.grid import FEEDER_ID
from battery_commons.domain.reading import BatteryReading, MeterReading
from battery_commons.domain.time import SLOT
from battery_commons.store import Store
from battery_commons.web.pages.app import pages_app
from battery_commons.web.server import VillageServer
from tests.village.web.conftest import VILLAGE_NOW, Client, Member

START = VILLAGE_NOW - 4 * SLOT
LIMIT = Ask("event <1>", "t1", Asked.LIMIT, START, START + 8 * SLOT)
ONE = "/activations/one?lang=en&event=event+%3C1%3E&subject=t1"
DONE = Activation(
    LIMIT,
    received_at=START - timedelta(minutes=5),
    planned_at=START - timedelta(minutes=5) + timedelta(seconds=1),
    sent_at=START - timedelta(minutes=5) + timedelta(seconds=1.5),
    accepted_at=START - timedelta(minutes=5) + timedelta(seconds=3.2),
    homes_asked=12,
    homes_accepted=9,
    homes_refused=1,
)


def slots(**asked: float) -> list[ActivationSlot]:
    nothing: dict[str, float | None] = {"highest_w": None, "lowest_w": None, "ceiling_w": None}
    figures = nothing | asked
    return [
        ActivationSlot(START + n * SLOT, base_w=60_000, batteries_w=-20_000.0 - n, **figures)
        for n in range(8)
    ]


@pytest.fixture
async def pages(village: VillageServer) -> AsyncIterator[Client]:
    async with TestClient(TestServer(pages_app(village))) as client:
        yield client


async def text_of(pages: Client, path: str) -> str:
    answer = await pages.get(path)
    assert answer.status == 200
    return await answer.text()


async def test_without_any_the_list_says_so(pages: Client) -> None:
    assert "No operator has asked anything yet." in await text_of(pages, "/activations?lang=en")
    assert "Nog geen netbeheerder" in await text_of(pages, "/activations?lang=nl")


async def test_the_list_leads_to_each(pages: Client, store: Store) -> None:
    store.keep_activation(DONE, slots(highest_w=45_000))
    store.keep_activation(
        Activation(replace(LIMIT, event_id="b", subject=FEEDER_ID, kind=Asked.CALL, end=None), START)
    )

    page = await text_of(pages, "/activations?lang=en")

    for said in (
        "event=event+%3C1%3E&amp;subject=t1",
        "Transformer Dorpsstraat",
        "The whole village",
        "until further notice",
        "3.2 s",
        "the plan keeps it",
        "not planned yet",
    ):
        assert said in page, said


async def test_one_is_told_from_receipt_on(pages: Client, store: Store) -> None:
    store.keep_activation(DONE, slots(highest_w=45_000))

    page = await text_of(pages, ONE)

    told = [
        page.index(said)
        for said in (
            "received from the operator",
            "setpoints on their way to all homes",
            "accepted by the last home that accepted",
            "begins",
            "ends",
            "still to come",
        )
    ]
    assert told == sorted(told)
    for said in ("3.2 s", "<dd>12</dd>", "<dd>9</dd>", "<dd>1</dd>", "<dd>2</dd>", "event &lt;1&gt;"):
        assert said in page, said


async def test_what_was_measured_stands_beside_what_was_asked_and_planned(
    pages: Client, store: Store
) -> None:
    store.keep_activation(DONE, slots(highest_w=45_000))
    readings = [MeterReading(START + n * SLOT + timedelta(minutes=2), 44_000.0 + 3_000 * n) for n in range(3)]
    store.add_meter_readings("t1", readings)

    page = await text_of(pages, ONE)

    assert "it was missed by 5.0 kW at worst" in page
    assert "at most 45 kW drawn" in page
    assert page.count("missed by") == 3  # In sum, and in two quarter hours.
    assert 'class="measured" d="M' in page


async def test_a_call_on_batteries_is_held_against_what_they_did(
    pages: Client, store: Store, member: Member
) -> None:
    await member.describe("b1")
    ask = replace(LIMIT, kind=Asked.CALL)
    store.keep_activation(replace(DONE, ask=ask), slots(ceiling_w=-2_000))
    battery = f"{member.home_id}/b1"
    store.add_battery_readings(
        member.home_id,
        [
            BatteryReading(
                battery, START + timedelta(minutes=n), 0.5, -2_500.0, None, "village", "hold", None
            )
            for n in range(1, 14)
        ],
    )

    page = await text_of(pages, ONE)

    assert "at least 2.0 kW discharging together" in page
    assert "discharging 2.5 kW" in page
    assert "In what was measured so far it was kept." in page
    assert member.home_id not in page


async def test_what_cannot_be_kept_is_told_plainly(pages: Client, store: Store) -> None:
    store.keep_activation(replace(DONE, overload_w=12_300.0), slots(highest_w=0, lowest_w=0))

    assert "missed by 12 kW at worst, with all that the batteries can do" in await text_of(pages, ONE)


async def test_one_that_was_withdrawn_says_when(pages: Client, store: Store) -> None:
    store.keep_activation(replace(DONE, withdrawn_at=START), slots(highest_w=45_000))

    page = await text_of(pages, ONE.replace("lang=en", "lang=nl"))

    assert page.count("ingetrokken door de netbeheerder") == 2
    assert "eindigt" not in page


@pytest.mark.parametrize("path", ["/activations/one", "/activations/one?event=x&subject=y"])
async def test_one_that_is_not_there_leads_back_to_the_list(pages: Client, path: str) -> None:
    assert "That activation is not known." in await text_of(pages, path)


async def test_a_window_is_in_the_plan_and_has_nothing_to_miss(pages: Client, store: Store) -> None:
    ask = replace(LIMIT, kind=Asked.WINDOW)
    store.keep_activation(replace(DONE, ask=ask), slots())
    store.add_meter_readings("t1", [MeterReading(START + timedelta(minutes=2), 44_000.0)])

    page = await text_of(pages, ONE)

    assert "in the plan" in page
    assert "so far" not in page


async def test_one_that_lasts_for_days_is_drawn_around_now(pages: Client, store: Store) -> None:
    first = VILLAGE_NOW - timedelta(days=5)
    many = [ActivationSlot(first + n * SLOT, 9_000, None, None, 5_000, 0) for n in range(700)]
    store.keep_activation(replace(DONE, ask=replace(LIMIT, start=first, end=None)), many)

    page = await text_of(pages, ONE)

    assert page.count('<th scope="row">') == 192


async def test_what_is_asked_no_more_is_forgotten_from_then_on(store: Store) -> None:
    store.keep_activation(DONE, slots(highest_w=45_000))

    store.keep_activation(DONE, slots(highest_w=30_000)[4:6])

    kept = store.activation_slots(LIMIT.event_id, "t1")
    assert [slot.highest_w for slot in kept] == [45_000] * 4 + [30_000] * 2
    assert store.activation(LIMIT.event_id, "t1") == DONE
