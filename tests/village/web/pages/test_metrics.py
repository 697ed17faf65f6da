"""Metrics, as Prometheus reads them."""

from collections.abc import AsyncIterator
from dataclasses import replace
from http import HTTPStatus

import pytest
from aiohttp.test_utils import TestClient, TestServer
from prometheus_client.parser import text_string_to_metric_families

from battery_commons.domain.reading import MeterReading
from battery_commons.store import Store
from battery_commons.tick.steps import Step, StepRecord, TickFigures
from battery_commons.web.access.reach import Reach
from battery_commons.web.pages.app import pages_app
from battery_commons.web.pages.metrics import metrics_token
from battery_commons.web.server import VillageServer
from tests.village.web.conftest import VILLAGE_NOW, Client, Member, reading


@pytest.fixture
async def pages(village: VillageServer) -> AsyncIterator[Client]:
    async with TestClient(TestServer(pages_app(village))) as client:
        yield client


def samples(text: str) -> dict[tuple[str, ...], float]:
    """Return each figure by its name and the values of its labels."""
    return {
        (sample.name.removeprefix("battery_commons_"), *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


async def test_metrics_tell_how_the_coordinator_runs(
    village: VillageServer, store: Store, member: Member
) -> None:
    store.add_meter_readings("t1", [MeterReading(VILLAGE_NOW, 143_000)])
    await member.send(reading())
    village.links.plans.update(sent=3, accepted=2)
    busy = replace(
        village,
        tick_figures=lambda: TickFigures(5, 1, {Step.DECIDE: StepRecord(done=4, failed=1, seconds=2.5)}),
        leases=lambda: 2,
        forecast_scores=lambda: {"t1": {"first hours": {"skill": 0.25}}},
    )
    async with TestClient(TestServer(pages_app(busy))) as pages:
        told = samples(await (await pages.get("/metrics")).text())

    for name, value in {
        ("ticks_total",): 5,
        ("ticks_failed_total",): 1,
        ("step_seconds_count", "decide"): 5,
        ("step_seconds_sum", "decide"): 2.5,
        ("step_failures_total", "decide"): 1,
        ("plans_total", "sent"): 3,
        ("plans_total", "accepted"): 2,
        ("plans_total", "refused"): 0,
        ("homes",): 1,
        ("leases",): 2,
        ("readings_total", "accepted"): 1,
        ("meter_age_seconds", "t1"): 0,
        ("forecast_skill", "first hours", "t1"): 0.25,
    }.items():
        assert told[name] == value, name
    assert told["store_bytes",] > 0


async def test_nothing_of_a_household_is_in_them(pages: Client, member: Member) -> None:
    await member.describe("b1")
    await member.send(reading())

    text = await (await pages.get("/metrics")).text()

    for secret in (member.home_id, member.token, "De Eik", "b1", "webhook/"):
        assert secret not in text


async def test_who_is_not_signed_in_needs_the_token(village: VillageServer) -> None:
    open_to_all = pages_app(village, reach=Reach(only_here=False))
    token = metrics_token(village.key)
    async with TestClient(TestServer(open_to_all)) as pages:
        for shown, let_in in ((None, False), ("wrong", False), (token, True)):
            headers = {"Accept": "*/*"} | ({"Authorization": f"Bearer {shown}"} if shown else {})
            answer = await pages.get("/metrics", headers=headers, allow_redirects=False)
            assert (answer.status == HTTPStatus.OK) is let_in, shown
        # It opens nothing else.
        answer = await pages.get(
            "/api/state", headers={"Accept": "*/*", "Authorization": f"Bearer {token}"}, allow_redirects=False
        )
        assert answer.status != HTTPStatus.OK
