"""The page about what readings are worth."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta

import pytest
from aiohttp.test_utils import TestClient, TestServer

from battery_commons.domain.quality import Finding, FindingKind, Quality, Source, SourceKind
from battery_commons.domain.reading import MeterReading
from battery_commons.domain.situation import EstimatedLoad
from battery_commons.domain.time import SLOT
from battery_commons.sense.finding_words import SENTENCES, finding_sentence
from battery_commons.store import Store
from battery_commons.web.pages.app import pages_app
from battery_commons.web.pages.data_quality import day_of_reports, home_sources, quality_view
from battery_commons.web.server import VillageServer
from tests.village.web.conftest import VILLAGE_NOW, Client, Current, Member, reading

METER = Source(SourceKind.METER, "t1")
STUCK = Finding(METER, FindingKind.STUCK, Quality.WRONG, VILLAGE_NOW, None, {"power_w": 80_100.0, "hours": 3})


@pytest.fixture
async def pages(village: VillageServer) -> AsyncIterator[Client]:
    async with TestClient(TestServer(pages_app(village))) as client:
        yield client


async def test_what_is_wrong_stands_on_top_with_what_to_do(pages: Client, store: Store) -> None:
    store.keep_findings([STUCK], [])

    english = await (await pages.get("/quality?lang=en")).text()
    dutch = await (await pages.get("/quality?lang=nl")).text()

    assert "It tells exactly 80.1 kW hour after hour." in english
    assert "wrong: not used" in english
    assert "Hij meldt uur na uur precies 80,1 kW." in dutch


async def test_a_village_in_which_all_is_well_says_so(pages: Client) -> None:
    assert "Nothing was found wrong" in await (await pages.get("/quality?lang=en")).text()


async def test_an_estimated_load_is_labelled_on_both_pages(pages: Client, current: Current) -> None:
    current.estimated = {"t1": EstimatedLoad(VILLAGE_NOW - SLOT, 61_000, 9_000, 7, may_be_told=True)}

    quality = await (await pages.get("/quality?lang=en")).text()
    overview = await (await pages.get("/?lang=en")).text()

    assert "Estimated from the meters of 7 homes: 61 kW" in quality
    assert "an estimate, four times out of five no further off than 9.0 kW" in overview


async def test_a_home_has_a_page_of_its_own(pages: Client, member: Member) -> None:
    await member.send(reading())

    page = await (await pages.get(f"/quality/{member.home_id}?lang=en")).text()

    assert "Battery Garage" in page
    assert (await pages.get("/quality/nobody")).status == 404


def test_shares_count_quarter_hours_of_the_last_day_week_and_month(store: Store) -> None:
    for n in range(96):
        store.add_meter_readings("t1", [MeterReading(VILLAGE_NOW - n * SLOT - SLOT, 1000 + n)])

    [meter] = quality_view(store, {}, VILLAGE_NOW).meters

    assert meter.shares == {
        "day": 1.0,
        "week": pytest.approx(1 / 7),
        "month": pytest.approx(1 / 30),
    }
    assert len(meter.days) == 30


@pytest.mark.parametrize(("day", "slots"), [(date(2026, 3, 29), 92), (date(2026, 10, 25), 100)])
def test_a_day_on_which_the_clock_is_changed_can_be_whole(day: date, slots: int) -> None:
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=1 if slots == 92 else 2)
    reported = [midnight + n * SLOT for n in range(slots)]

    assert day_of_reports(reported, day, midnight + timedelta(days=3)).share == 1
    half = day_of_reports(reported[: slots // 2], day, midnight + timedelta(days=3))
    assert half.share == pytest.approx(0.5)


def test_of_a_home_only_its_own_sources_and_findings_are_shown(store: Store, member: Member) -> None:
    own = Finding(Source(SourceKind.HOUSE, member.home_id), FindingKind.CLOCK, Quality.DOUBTFUL, VILLAGE_NOW)
    store.keep_findings([STUCK, own], [])

    name, _, findings = home_sources(store, member.home_id, VILLAGE_NOW)

    assert name is not None
    assert [each.finding for each in findings] == [own]


@pytest.mark.parametrize("kind", FindingKind)
@pytest.mark.parametrize("source", SourceKind)
@pytest.mark.parametrize("language", SENTENCES)
def test_every_finding_can_be_said(kind: FindingKind, source: SourceKind, language: str) -> None:
    figures = dict.fromkeys(("power_w", "bound_w", "moved_wh", "stored_wh", "change", "ahead_s"), -1234.5)
    finding = Finding(Source(source, "x"), kind, Quality.WRONG, VILLAGE_NOW, None, figures)

    sentence = finding_sentence(finding, language)

    assert sentence.endswith(".")
    assert "{" not in sentence
