"""Tables to work on elsewhere."""

import csv
import io
from collections.abc import AsyncIterator
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from aiohttp.test_utils import TestClient, TestServer
from hypothesis import given
from hypothesis import strategies as st

from battery_commons.domain.csv_rows import both_times, lines
from battery_commons.domain.reading import MeterReading
from battery_commons.domain.time import SLOT
from battery_commons.store import Store
from battery_commons.store.audit import Author
from battery_commons.store.records import StoredPrice
from battery_commons.web.pages.app import pages_app
from battery_commons.web.server import VillageServer
from tests.village.web.conftest import VILLAGE_NOW, Client, Member
from tests.village.web.pages.test_member_pages import accept_plan

DAY = timedelta(days=1)


@pytest.fixture
async def pages(village: VillageServer) -> AsyncIterator[Client]:
    async with TestClient(TestServer(pages_app(village))) as client:
        yield client


async def table(pages: Client, name: str) -> list[dict[str, str]]:
    answer = await pages.get(f"/tables/{name}.csv")
    assert answer.content_type == "text/csv"
    assert answer.headers["Content-Security-Policy"]
    return list(csv.DictReader(io.StringIO(await answer.text())))


async def test_homes_are_told_without_anything_that_they_measured(
    pages: Client, store: Store, member: Member
) -> None:
    store.suspend(member.home_id, Author("Anna", VILLAGE_NOW))
    assert await table(pages, "homes") == [
        {
            "home_id": member.home_id,
            "name": "De Eik",
            "transformer_id": "t1",
            "transformer": "Dorpsstraat",
            "batteries": "1",
            "capacity_kwh": "10",
            "suspended_utc": "2016-06-21T12:00:00Z",
            "suspended_local": "2016-06-21T14:00:00+02:00",
        }
    ]


async def test_loads_are_means_of_quarter_hours_over_all_that_is_kept(pages: Client, store: Store) -> None:
    for days in (0, 40):
        readings = [
            MeterReading(VILLAGE_NOW - days * DAY + part * SLOT / 2, power_w)
            for part, power_w in enumerate([-1000.0, 500.5])
        ]
        store.add_meter_readings("t1", readings)
    rows = await table(pages, "loads")
    assert [(row["start_utc"], row["transformer"], row["mean_load_w"]) for row in rows] == [
        ("2016-05-12T12:00:00Z", "Dorpsstraat", "-249.75"),
        ("2016-06-21T12:00:00Z", "Dorpsstraat", "-249.75"),
    ]


async def test_plans_are_summed_over_all_homes(
    pages: Client, store: Store, village: VillageServer, member: Member
) -> None:
    accept_plan(store, village, member.home_id, VILLAGE_NOW, 2000, "relieve_export")
    accept_plan(store, village, member.home_id, VILLAGE_NOW + SLOT / 3, -1000, "relieve_import")
    accept_plan(store, village, member.home_id, VILLAGE_NOW + 2 * DAY, None, "own_house")
    rows = await table(pages, "plans")
    assert [list(row.values())[2:] for row in rows] == [["2", "2", "0", "2", "1"], ["1", "1", "0", "0", "0"]]
    assert rows[0]["start_local"] == "2016-06-21T14:00:00+02:00"


async def test_prices_keep_their_decimals(pages: Client, store: Store) -> None:
    store.put_prices("market", [StoredPrice(VILLAGE_NOW, -0.01234, "market")])
    assert [row["eur_per_kwh"] for row in await table(pages, "prices")] == ["-0.01234"]


async def test_the_whole_audit_log_is_told(pages: Client, store: Store) -> None:
    for number in range(1100):
        store.rename_village(f"Ansen {number}", Author("=cmd()", VILLAGE_NOW))
    rows = await table(pages, "audit")
    assert [int(row["number"]) for row in rows] == list(range(1, 1101))
    assert rows[0]["administrator"] == "'=cmd()"


@pytest.mark.parametrize("name", ["homes", "loads", "plans", "prices", "audit"])
async def test_an_empty_table_has_its_heads(pages: Client, name: str) -> None:
    answer = await pages.get(f"/tables/{name}.csv")
    assert len((await answer.text()).splitlines()) == 1


async def test_each_page_leads_to_its_table(pages: Client, store: Store, member: Member) -> None:
    for page, names in {
        "/homes": ["homes"],
        "/transformers": ["loads", "plans", "prices"],
        "/audit": ["audit"],
    }.items():
        text = await (await pages.get(page)).text()
        assert all(f'href="./tables/{name}.csv"' in text for name in names)
    assert store.homes()


async def test_a_table_is_sent_in_the_night_in_which_the_clock_goes_back() -> None:
    first = VILLAGE_NOW.replace(month=10, day=30, hour=0, minute=30)
    zone = ZoneInfo("Europe/Amsterdam")
    assert [both_times(first + part * timedelta(hours=1), zone)[1] for part in (0, 1)] == [
        "2016-10-30T02:30:00+02:00",
        "2016-10-30T02:30:00+01:00",
    ]


@given(cell=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20))
def test_no_text_is_taken_for_a_formula_and_none_is_lost(cell: str) -> None:
    [[read]] = list(csv.reader(io.StringIO(lines([[cell]]), newline=""))) or [[""]]
    assert not read.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r"))
    assert read.removeprefix("'") == cell.removeprefix("'")


@given(number=st.floats(allow_nan=False, allow_infinity=False, min_value=-1e9, max_value=1e9))
def test_every_number_has_a_decimal_point_and_no_exponent(number: float) -> None:
    text = lines([[number]]).strip()
    assert "e" not in text
    assert float(text) == pytest.approx(number, abs=1e-5)
