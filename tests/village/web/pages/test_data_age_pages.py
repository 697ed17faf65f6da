"""The page about the age of data, and the reckoning that is started from it."""

import asyncio
import csv
import io
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient, TestServer
from pydantic import TypeAdapter

from battery_commons.domain.plan import ControlModel
from battery_commons.domain.reading import MeterReading
from battery_commons.domain.tariff import AFTER_NET_METERING, Price
from battery_commons.domain.time import SLOT, SLOTS_PER_DAY
from battery_commons.own_past.data_age import RESULT, About, OwnDataAges, Result
from battery_commons.own_past.turns import OwnPast
from battery_commons.simulation.builtin import record_builtin
from battery_commons.simulation.outcome import Mode
from battery_commons.simulation.what_if import with_batteries
from battery_commons.store import Store
from battery_commons.web.pages import looking
from battery_commons.web.pages.app import pages_app
from battery_commons.web.server import VillageServer
from tests.village.web.conftest import VILLAGE_NOW, Client
from tests.village.web.held import held
from tests.village.web.page_reader import Shown, opened

from .data_ages import result
from .test_model_pages import ABOUT as ABOUT_BACKTEST
from .test_model_pages import PATIENCE_S
from .test_model_pages import request as backtest_request

ABOUT = About(VILLAGE_NOW, is_example=True, tariff="after-net-metering")
LEAST_SLOTS = 6 * SLOTS_PER_DAY + 4
"""Of a record: six days, and the hour that the oldest data are then old."""

LONG_SLOTS = 60 * SLOTS_PER_DAY
"""A backtest of so much is not over before it is looked at."""


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have pages wait for what they look up, however slow the machine is."""
    monkeypatch.setattr(looking, "PATIENCE_S", 60.0)


@pytest.fixture
def past(tmp_path: Path) -> Iterator[OwnPast]:
    past = OwnPast(tmp_path)
    yield past
    past.cancel()


@pytest.fixture
async def pages(village: VillageServer, past: OwnPast) -> AsyncIterator[Client]:
    app = pages_app(village, backtests=past.backtests, data_ages=past.data_ages)
    async with TestClient(TestServer(app)) as client:
        yield client


def keep(folder: Path, kept: Result) -> None:
    (folder / RESULT).write_bytes(TypeAdapter(Result).dump_json(kept))


def plain(page: Shown) -> str:
    """Return what a page says, amounts with a space that may break."""
    return page.text.replace("\N{NO-BREAK SPACE}", " ")


def began(past: OwnPast) -> bool:
    village = with_batteries(record_builtin(), 1).part(140 * SLOTS_PER_DAY, LEAST_SLOTS)
    return past.data_ages.start(village, AFTER_NET_METERING, ABOUT)


async def test_it_tells_how_old_the_data_of_each_source_is_today(pages: Client, store: Store) -> None:
    store.put_feeder("Zuid", 5_000_000, ["t1"])
    store.add_meter_readings("t1", [MeterReading(VILLAGE_NOW - timedelta(hours=5), 20_000.0)])
    store.put_prices("market", [Price(VILLAGE_NOW + n * SLOT, 0.1) for n in range(48)])

    page = await opened(pages, "/data-age")

    assert "5 h ago" in page.text
    assert "Meter of Zuid" in page.text
    assert "known until Wed 22-06-2016 02:00" in page.text
    assert "No feeder is named" not in page.text


async def test_while_the_own_past_is_looked_up_the_page_says_so_and_then_how_much_there_is(
    pages: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looking, "PATIENCE_S", 0.0)

    with held(monkeypatch, "battery_commons.web.pages.data_age.own_record"):
        assert "Looking up how many days" in (await opened(pages, "/data-age")).text

    async with asyncio.timeout(60):
        while "Looking up" in (page := await opened(pages, "/data-age")).text:
            await asyncio.sleep(0.05)
    assert "There is too little of this village" in plain(page)


async def test_while_what_a_reckoning_needs_is_looked_up_it_is_shown_as_begun_and_can_be_cancelled(
    pages: Client, past: OwnPast, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = await opened(pages, "/data-age")
    monkeypatch.setattr(looking, "PATIENCE_S", 0.0)

    with held(monkeypatch, "battery_commons.web.pages.data_age._example"):
        begun = await page.send("/data-age", village="example")
        again = await page.send("/data-age", village="example")

    assert "The reckoning has started." in begun.text
    assert "<progress" in begun.text
    assert "This or a backtest runs already" in again.text
    cancelled = await begun.send("data-age/cancel")
    assert "The reckoning has been cancelled" in cancelled.text
    assert past.data_ages.share_done is None


async def test_a_start_that_goes_wrong_after_nobody_waits_for_it_is_told(
    pages: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> None:
        raise OSError("the disk is gone")

    page = await opened(pages, "/data-age")
    monkeypatch.setattr("battery_commons.web.pages.data_age._example", broken)
    monkeypatch.setattr(looking, "PATIENCE_S", 0.0)

    shown = await page.send("/data-age", village="example")

    async with asyncio.timeout(60):
        while "Looking up" in shown.text or "<progress" in shown.text:
            await asyncio.sleep(0.05)
            shown = await opened(pages, "/data-age")
    assert "The last reckoning ended without a result" in shown.text


async def test_without_a_feeder_it_says_that_the_region_is_not_known(pages: Client) -> None:
    assert "No feeder is named" in (await opened(pages, "/data-age")).text


async def test_a_village_without_a_past_is_offered_the_example_and_shown_the_pilot(pages: Client) -> None:
    page = await opened(pages, "/data-age")

    assert "There is too little of this village" in page.text
    assert 'value="own"' not in page.text
    assert "in the pilot (not in this village)" in page.text
    assert "4.2 % lower with fresh data" in page.text


async def test_a_form_for_the_villages_own_past_is_refused_where_there_is_too_little(pages: Client) -> None:
    page = await opened(pages, "/data-age")
    token = page.text.partition('name="token" value="')[2].partition('"')[0]
    origin = str(pages.make_url("")).rstrip("/")

    answer = await pages.post(
        "/data-age", data={"token": token, "village": "own"}, headers={"Origin": origin}
    )

    assert answer.status == 422


async def test_the_result_is_told_in_plain_sentences_with_when_it_was_made(
    pages: Client, tmp_path: Path
) -> None:
    keep(tmp_path, result())

    page = await opened(pages, "/data-age")

    assert "Reckoned on Mon 20-06-2016 11:00" in page.text
    assert "49 whole days, 7 whole weeks; model M4" in page.text
    assert (
        "With data 1 day old the daily peak of the transformers in Ansen would have been 2.6 % lower"
        in page.text
    )
    assert "2.4 percentage points more off that peak (1.9 to 2.9)" in page.text
    assert "Fresh data was worth € 90 a year to the village (€ 70 to € 110)" in plain(page)
    assert "With data 1 week old" in page.text


async def test_too_few_days_are_said_first_and_plainly(pages: Client, tmp_path: Path) -> None:
    keep(tmp_path, result(days=4))

    page = await opened(pages, "/data-age")

    assert "Only 4 whole days could be compared. That is too few to build on" in page.text
    assert "The record is too short for forecasts that are learned" in page.text


async def test_the_example_is_labelled_as_not_this_village(pages: Client, tmp_path: Path) -> None:
    keep(tmp_path, result(is_example=True, feeder=True))

    page = await opened(pages, "/data-age")

    assert "built-in example, not this village" in page.text
    assert "Prices are made up" in page.text
    assert "Skill, feeder" in page.text


async def test_it_speaks_dutch(pages: Client, tmp_path: Path) -> None:
    keep(tmp_path, result())

    page = await opened(pages, "/data-age?lang=nl")

    assert "Actuele gegevens waren het dorp € 90 per jaar waard (€ 70 tot € 110)." in plain(page)
    assert "2,6 % lager" in page.text


async def test_the_table_and_the_report_can_be_taken_along(pages: Client, tmp_path: Path) -> None:
    keep(tmp_path, result(feeder=True))

    table = await pages.get("/data-age/data-age.csv")
    assert "<progress" in (await opened(pages, "/data-age/data-age.pdf")).text
    async with asyncio.timeout(120):
        while "The document is ready." not in (await opened(pages, "/data-age/paper")).text:
            await asyncio.sleep(0.2)
    report = await pages.get("/data-age/data-age.pdf")

    assert len(list(csv.DictReader(io.StringIO(await table.text())))) == 7
    assert (await report.read()).startswith(b"%PDF")
    assert "data-age.pdf" in report.headers["Content-Disposition"]


async def test_where_nothing_was_reckoned_files_lead_back_to_the_page(pages: Client) -> None:
    answer = await pages.get("/data-age/data-age.csv", allow_redirects=False)

    assert answer.status == 303


async def test_data_quality_and_the_operators_page_lead_to_it(pages: Client) -> None:
    for path in ("/quality", "/operator"):
        assert "data-age" in (await opened(pages, path)).text


async def test_a_reckoning_is_kept_and_there_after_a_restart(
    pages: Client, past: OwnPast, tmp_path: Path
) -> None:
    assert began(past)
    assert "<progress" in (await opened(pages, "/data-age")).text
    async with asyncio.timeout(PATIENCE_S):
        while past.data_ages.share_done is not None:
            await asyncio.sleep(0.1)

    kept = OwnDataAges(tmp_path).result()

    assert kept is not None
    assert kept.about == ABOUT
    assert [each.age for each in kept.figures.ages] == [timedelta(0), timedelta(hours=1)]
    assert kept.figures.model is ControlModel.M5, "the example has a feeder"
    assert all(each.feeder is not None for each in kept.figures.ages)


async def test_a_backtest_and_a_reckoning_take_turns(pages: Client, past: OwnPast) -> None:
    assert past.backtests.start(backtest_request(LONG_SLOTS, Mode.ROLLING), ABOUT_BACKTEST)
    assert not began(past)

    refused = await (await opened(pages, "/data-age")).send("/data-age", village="example")

    assert "This or a backtest runs already" in refused.text
    assert past.data_ages.share_done is None
    assert not past.data_ages.failed


async def test_one_that_runs_can_be_cancelled_and_the_former_result_stays(
    pages: Client, past: OwnPast, tmp_path: Path
) -> None:
    keep(tmp_path, result())
    assert began(past)

    page = await (await opened(pages, "/data-age")).send("data-age/cancel")

    assert "The reckoning has been cancelled" in page.text
    assert past.data_ages.share_done is None
    assert not past.data_ages.failed
    assert past.data_ages.result() == result()


def test_a_result_that_cannot_be_read_is_none(tmp_path: Path) -> None:
    (tmp_path / RESULT).write_text('{"about": {}')
    assert OwnDataAges(tmp_path).result() is None
