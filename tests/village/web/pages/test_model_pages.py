"""The page of the control models, and the backtest that is started from it."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient, TestServer

from battery_commons.domain.plan import ControlModel, Plan
from battery_commons.domain.tariff import AFTER_NET_METERING
from battery_commons.domain.time import TimeGrid
from battery_commons.own_past.backtest import RESULT, About, OwnBacktests
from battery_commons.simulation.backtest import BacktestRequest
from battery_commons.simulation.builtin import record_builtin
from battery_commons.simulation.outcome import Mode
from battery_commons.simulation.what_if import with_batteries
from battery_commons.store import Store
from battery_commons.store.audit import Act
from battery_commons.web.pages import looking
from battery_commons.web.pages.app import pages_app
from battery_commons.web.server import VillageServer
from tests.village.web.conftest import VILLAGE_NOW, Client, Current
from tests.village.web.page_reader import opened

DAY = 96
PATIENCE_S = 240.0
"""What runs beside everything else has the lowest priority: on a busy machine it takes its time."""


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have pages wait for what they look up, however slow the machine is."""
    monkeypatch.setattr(looking, "PATIENCE_S", 60.0)


@pytest.fixture
def backtests(tmp_path: Path) -> Iterator[OwnBacktests]:
    tests = OwnBacktests(tmp_path)
    yield tests
    tests.cancel()


@pytest.fixture
async def pages(village: VillageServer, backtests: OwnBacktests) -> AsyncIterator[Client]:
    async with TestClient(TestServer(pages_app(village, backtests=backtests))) as client:
        yield client


def request(slots: int, mode: Mode = Mode.PERFECT) -> BacktestRequest:
    village = with_batteries(record_builtin(), 2).part(170 * DAY, slots)
    return BacktestRequest(village, AFTER_NET_METERING, (ControlModel.M1, ControlModel.M4), mode)


ABOUT = About(VILLAGE_NOW, VILLAGE_NOW - timedelta(days=2), 2, is_example=True, tariff="after-net-metering")


async def ended(backtests: OwnBacktests) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while backtests.share_done is not None:
            await asyncio.sleep(0.1)


async def test_m5_can_be_chosen_where_an_operator_tells_of_a_feeder_without_a_meter(
    pages: Client, store: Store, current: Current
) -> None:
    store.put_feeder("Zuid", 5_000_000, ["t1"])
    assert 'value="M5"' not in (await opened(pages, "/model")).text

    current.plan = Plan(ControlModel.M4, TimeGrid(VILLAGE_NOW, 96), [], {}, feeder_base_w=[1.0] * 96)

    assert 'value="M5"' in (await opened(pages, "/model")).text


async def test_a_model_is_chosen_and_audited(pages: Client, store: Store) -> None:
    page = await opened(pages, "/model")
    token = page.text.partition('name="token" value="')[2].partition('"')[0]
    origin = str(pages.make_url("")).rstrip("/")

    await pages.post("/model", data={"token": token, "model": "M2"}, headers={"Origin": origin})

    assert store.settings().control_model is ControlModel.M2
    assert store.audit()[0].act is Act.SETTING_CHANGED


@pytest.mark.parametrize("model", ["M5", "M9", ""])
async def test_a_model_that_cannot_steer_is_refused(pages: Client, store: Store, model: str) -> None:
    page = await opened(pages, "/model")
    token = page.text.partition('name="token" value="')[2].partition('"')[0]
    origin = str(pages.make_url("")).rstrip("/")

    answer = await pages.post("/model", data={"token": token, "model": model}, headers={"Origin": origin})

    assert answer.status == 422
    assert store.settings().control_model is ControlModel.M4


async def test_a_village_without_a_past_is_offered_the_example(pages: Client) -> None:
    page = await opened(pages, "/model")
    assert "There is too little of this village" in page.text
    assert 'value="example"' in page.text
    assert 'value="own"' not in page.text


async def test_a_result_is_kept_and_shown_labelled_as_an_example(
    pages: Client, backtests: OwnBacktests, tmp_path: Path
) -> None:
    assert backtests.start(request(2 * DAY), ABOUT)
    await ended(backtests)

    assert (tmp_path / RESULT).exists()
    page = await opened(pages, "/model")
    assert "built-in example, not this village" in page.text
    result = OwnBacktests(tmp_path).result()
    assert result is not None
    assert [each.model for each in result.models] == [ControlModel.M1, ControlModel.M4]


async def test_one_runs_at_a_time_and_can_be_cancelled(pages: Client, backtests: OwnBacktests) -> None:
    running = await (await opened(pages, "/model")).send("/model/backtest")
    assert "The backtest has started." in running.text
    assert "<progress" in running.text
    assert not backtests.start(request(DAY), ABOUT)

    cancelled = await running.send("backtest/cancel")

    assert "The backtest has been cancelled." in cancelled.text
    assert backtests.share_done is None
    assert not backtests.failed


def test_a_result_that_cannot_be_read_is_none(tmp_path: Path) -> None:
    (tmp_path / RESULT).write_text('{"about": {}')
    assert OwnBacktests(tmp_path).result() is None
