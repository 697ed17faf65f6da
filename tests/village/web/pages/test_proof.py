"""The proof on an activation's page, and what can be downloaded there."""

from collections.abc import AsyncIterator

import pytest
from aiohttp.test_utils import TestClient, TestServer

from battery_commons.domain.reading import BatteryReading, MeterReading
from battery_commons.domain.time import SLOT
from battery_commons.store import Store
from battery_commons.web.pages.app import pages_app
from battery_commons.web.server import VillageServer
from tests.village.web.conftest import Client, Member
from tests.village.web.page_reader import drawn
from tests.village.web.pages.test_activations import DONE, ONE, START, slots

QUERY = ONE.partition("?")[2]


@pytest.fixture
async def pages(village: VillageServer, store: Store) -> AsyncIterator[Client]:
    store.keep_activation(DONE, slots(highest_w=45_000))
    async with TestClient(TestServer(pages_app(village))) as client:
        yield client


def measure(store: Store, member: Member, quarter_hours: int) -> None:
    stamps = [START + n * SLOT for n in range(quarter_hours)]
    store.add_meter_readings("t1", [MeterReading(at, 44_000.0) for at in stamps])
    store.add_battery_readings(
        member.home_id,
        [BatteryReading(f"{member.home_id}/b1", at, 0.5, -4_000.0, None, "village", "", 1) for at in stamps],
    )


async def text_of(pages: Client, path: str) -> str:
    answer = await pages.get(path)
    assert answer.status == 200
    return await answer.text()


async def test_the_proof_is_told_with_its_gaps_and_leads_to_its_files(
    pages: Client, store: Store, member: Member
) -> None:
    measure(store, member, 3)

    page = await text_of(pages, ONE)

    for said in (
        "So far: it is still going on",
        "Quarter hours: 3 kept, 0 missed, 1 unknown.",
        "The meter without the batteries",
        "3.0 kWh less drawn (give or take 0.0 kWh)",
        "activations/proof/pdf?lang=en&amp;event=event+%3C1%3E&amp;subject=t1",
    ):
        assert said in page, said
    assert "3 gehaald, 0 niet gehaald, 1 onbekend" in await text_of(pages, ONE.replace("lang=en", "lang=nl"))


async def test_what_was_not_measured_is_said_to_be_unknown(pages: Client) -> None:
    page = await text_of(pages, ONE)

    assert "0 kept, 0 missed, 4 unknown" in page
    assert "What was delivered cannot be told" in page


async def test_the_files_can_be_checked_with_the_villages_key(
    pages: Client, store: Store, member: Member, village: VillageServer
) -> None:
    measure(store, member, 4)
    files = {}
    for part in ("csv", "csv.sig", "pdf", "pem"):
        answer = await drawn(pages, f"/activations/proof/{part}?{QUERY}")
        assert answer.status == 200
        assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
        files[part] = await answer.read()

    village.key.public_key().verify(files["csv.sig"], files["csv"])
    assert files["csv"].count(b"\r\n") == 5
    assert files["pdf"].startswith(b"%PDF-")
    assert files["pem"].startswith(b"-----BEGIN PUBLIC KEY-----")
    assert member.home_id.encode() not in files["csv"] + files["pdf"]


async def test_of_an_unknown_activation_there_is_nothing(pages: Client) -> None:
    answer = await pages.get("/activations/proof/csv?event=x&subject=t1", allow_redirects=False)

    assert answer.status == 303
    assert (await pages.get("/activations/proof/exe?event=x&subject=t1")).status == 404
