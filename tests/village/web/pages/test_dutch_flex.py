"""The volunteer's page about taking part in Dutch grid operators' flexibility."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from aiohttp.test_utils import TestClient, TestServer

from battery_commons.domain.battery import Battery
from battery_commons.domain.dutch_flex import (
    CongestionPoint,
    DutchParticipation,
    FlexGroup,
    MaxDuration,
)
from battery_commons.domain.operator_line import OperatorLine
from battery_commons.store import Store
from battery_commons.store.audit import Act
from battery_commons.store.records import HomeBattery
from battery_commons.web.pages.app import pages_app
from battery_commons.web.server import VillageServer
from tests.village.web.conftest import URL, VILLAGE_NOW, Client
from tests.village.web.page_reader import opened

PATH = "/operator/flexibility"
PROVIDER, ENEXIS, EAN = "8712345678906", "8712423014022", "871687120052345672"
POINT = CongestionPoint("MSR-1234", MaxDuration.FOUR_HOURS)
FORM = {"provider": PROVIDER, "operator": ENEXIS, "point-t1": "MSR-1234", "duration-t1": "PT4H"}


@pytest.fixture
async def pages(village: VillageServer) -> AsyncIterator[Client]:
    async with TestClient(TestServer(pages_app(village))) as client:
        yield client


@pytest.fixture
def home_id(store: Store) -> str:
    store.add_invitation("t1", "code", VILLAGE_NOW + timedelta(days=7))
    joined = store.join("code", "Zandpad 2", [URL], VILLAGE_NOW).home_id
    battery = Battery(f"{joined}/b1", "t1", 10_000, 5000, 5000)
    store.describe_home(joined, [URL], [HomeBattery(joined, "b1", "Garage", battery)])
    return joined


async def test_what_was_agreed_is_filled_in_and_kept(pages: Client, store: Store) -> None:
    form = await opened(pages, PATH)
    done = await form.send("/flexibility", **FORM)

    assert "This is how the village takes part from now on." in done.text
    assert "No line to a grid operator calls the village 8712345678906 yet" in done.text
    assert store.dutch_participation() == DutchParticipation(PROVIDER, ENEXIS, {"t1": POINT})
    assert [entry.act for entry in store.audit()] == [Act.DUTCH_FLEX_CHANGED]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"provider": "8712345678900"}, "This is no EAN of 13 digits"),
        ({"operator": PROVIDER}, "Choose one of these grid operators."),
        ({"duration-t1": "PT3H"}, "choose how long can be called"),
        ({"point-t1": "x" * 129}, "Give at most 128 characters"),
        ({"point-feeder": "MS-1", "duration-feeder": "PT2H"}, "A battery can be in one group only"),
    ],
)
async def test_what_makes_no_sense_is_said_and_changes_nothing(
    pages: Client, store: Store, changed: dict[str, str], said: str
) -> None:
    store.put_feeder("Zuid", 5e6, ["t1"])
    wrong = await (await opened(pages, PATH)).send("/flexibility", **(FORM | changed))

    assert wrong.status == 422
    assert said in wrong.text
    assert store.dutch_participation() is None


async def test_nothing_is_registered_until_every_home_gave_its_ean(
    pages: Client, store: Store, home_id: str
) -> None:
    page = await (await opened(pages, PATH)).send("/flexibility", **FORM)
    assert "1 of 1 homes with a battery have given no EAN." in page.text

    page = await page.send("/connection", ean="8716 8712 0052 3456 72")

    assert "without names: 1." in page.text
    assert EAN in page.text
    kept = store.dutch_participation()
    assert kept is not None
    assert kept.connections == {home_id: EAN}


async def test_an_ean_with_a_wrong_digit_is_not_kept(pages: Client, store: Store, home_id: str) -> None:
    store.take_part_in_dutch_flex(PROVIDER, ENEXIS, {"t1": POINT})
    wrong = await (await opened(pages, PATH)).send("/connection", ean="871687120052345673")

    assert wrong.status == 422
    assert "This is no EAN of 18 digits" in wrong.text
    assert "871687120052345673" in wrong.text
    kept = store.dutch_participation()
    assert kept is not None
    assert kept.connections == {}


async def test_an_ean_is_withdrawn_by_leaving_it_empty(pages: Client, store: Store, home_id: str) -> None:
    store.take_part_in_dutch_flex(PROVIDER, ENEXIS, {"t1": POINT})
    store.give_connection(home_id, EAN)
    done = await (await opened(pages, PATH)).send("/connection", ean="")

    assert "The EAN is erased." in done.text
    assert EAN not in done.text
    assert Act.CONNECTION_WITHDRAWN in [entry.act for entry in store.audit()]


async def test_the_operators_group_is_shown(pages: Client, store: Store, home_id: str) -> None:
    store.take_part_in_dutch_flex(PROVIDER, ENEXIS, {"t1": POINT})
    line_id = store.add_operator_line(
        OperatorLine("Enexis", "https://vtn.example", "village", PROVIDER, "secret")
    )
    store.keep_dutch_groups(line_id, [FlexGroup("1", "group-1", ENEXIS, PROVIDER, POINT, ["r1"])])
    page = await opened(pages, PATH)

    assert "The grid operator calls this group group-1. Batteries in it: 1." in page.text
    assert "No line to a grid operator" not in page.text


async def test_taking_part_ends_after_a_question_and_eans_with_it(
    pages: Client, store: Store, home_id: str
) -> None:
    store.take_part_in_dutch_flex(PROVIDER, ENEXIS, {"t1": POINT})
    store.give_connection(home_id, EAN)
    done = await (await opened(pages, f"{PATH}/end")).send("/end")

    assert "The village takes part no longer." in done.text
    assert store.dutch_participation() is None


async def test_no_other_page_shows_an_ean(pages: Client, store: Store, home_id: str) -> None:
    store.take_part_in_dutch_flex(PROVIDER, ENEXIS, {"t1": POINT})
    store.give_connection(home_id, EAN)
    for path in ("/", "/homes", f"/homes/{home_id}", "/audit", "/operator", "/api/state"):
        assert EAN not in (await opened(pages, path)).text


@pytest.mark.parametrize(
    ("language", "reason", "said"),
    [
        ("en", "WRONG_EAN", "Zandpad 2, Garage: it does not know this EAN."),
        ("nl", "WRONG_CONGESTION_AREA", "Zandpad 2, Garage: volgens zijn boeken"),
        ("en", "GROUP_FLEXIBILITY_EXCEEDED", "more flexibility than was agreed"),
        ("en", "NEW_REASON", "Zandpad 2, Garage: NEW REASON"),
    ],
)
async def test_why_the_operator_rejects_a_battery_is_said(
    village: VillageServer, store: Store, home_id: str, language: str, reason: str, said: str
) -> None:
    store.take_part_in_dutch_flex(PROVIDER, ENEXIS, {"t1": POINT})
    rejected = {f"{home_id}/b1": reason, "gone/b1": "OTHER"}
    async with TestClient(TestServer(pages_app(village, rejected=lambda: rejected))) as pages:
        text = await (await pages.get(PATH, headers={"Accept-Language": language})).text()

    assert said in text
    assert "gone/b1" not in text
