"""The region's pages about those below, and what they do at the VTN."""

import json
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer

from battery_commons.domain.time import SLOT, slot_start
from battery_commons.domain.vtn import Kind, Role, VtnClient
from battery_commons.openadr.vtn.asking import PROGRAM
from battery_commons.openadr.vtn.question import StandingQuestion
from battery_commons.openadr.vtn.routes import Vtn
from battery_commons.store import Store
from battery_commons.store.audit import Act
from battery_commons.web.pages.app import pages_app
from battery_commons.web.pages.words.words import TEXTS
from battery_commons.web.server import VillageServer
from tests.village.web.conftest import WALL_NOW, Client
from tests.village.web.page_reader import Shown, opened

ASKED = {
    "what": "DISPATCH_SETPOINT",
    "value": "-12,5",
    "start": "2026-11-24T18:00",  # Dutch time; it is 10:30 there.
    "end": "2026-11-24T20:00",
    "whom": "",
}


@pytest.fixture
def vtn(store: Store) -> Vtn:
    return Vtn(store, lambda: WALL_NOW)


@pytest.fixture
async def pages(village: VillageServer, vtn: Vtn) -> AsyncIterator[Client]:
    async with TestClient(TestServer(pages_app(village, below=vtn))) as client:
        yield client


def below(vtn: Vtn, name: str) -> VtnClient:
    """Have a village below that has made itself known, and return who it is."""
    client_id, _ = vtn.objects.store.add_vtn_client(name, Role.VEN, WALL_NOW)
    client = VtnClient(client_id, name, Role.VEN, WALL_NOW, WALL_NOW)
    vtn.objects.make(client, Kind.VEN, {"venName": name})
    return client


def told(vtn: Vtn, client: VtnClient, name: str, *values: float, age: timedelta = timedelta(0)) -> None:
    """Have a village report on all of its batteries, for the quarter hours from now on."""
    vtn.question.ask()
    [question] = [
        each for each in vtn.objects.store.vtn_objects(Kind.EVENT) if each.client_id == "coordinator"
    ]
    start = slot_start(WALL_NOW - age)
    intervals: list[dict[str, Any]] = [
        {
            "id": k,
            "intervalPeriod": {"start": (start + k * SLOT).isoformat(), "duration": "PT15M"},
            "payloads": [{"type": name, "values": [value]}, {"type": "DATA_QUALITY", "values": ["OK"]}],
        }
        for k, value in enumerate(values)
    ]
    report = {
        "eventID": question.id,
        "clientName": client.name,
        "reportName": f"{name} 0 {start.isoformat()}",
        "payloadDescriptors": [{"payloadType": name}],
        "resources": [{"resourceName": "AGGREGATED_REPORT", "intervals": intervals}],
    }
    vtn.objects.make(client, Kind.REPORT, report)


def tell_all(vtn: Vtn, client: VtnClient, age: timedelta = timedelta(0)) -> None:
    for name, values in {
        "STORAGE_POWER": [-8.0],
        "STORAGE_CHARGE_LEVEL": [62.0],
        "STORAGE_USABLE_ENERGY": [48.0],
        "STORAGE_USABLE_CAPACITY": [90.0],
        "UP_REGULATION_AVAILABLE": [30.0] * 16,
        "DOWN_REGULATION_AVAILABLE": [25.0] * 16,
        "UP_REGULATION_PRICE": [0.06] * 16,
        "DOWN_REGULATION_PRICE": [0.02] * 16,
    }.items():
        told(vtn, client, name, *values, age=age)


async def test_a_village_below_is_one_battery_with_its_age(pages: Client, vtn: Vtn) -> None:
    tell_all(vtn, below(vtn, "Brinkdorp"))
    page = await opened(pages, "/below")
    for said in (
        "62 %",
        "discharging 8.0 kW",
        "48.0 / 90.0 kWh",
        "30 kW delivered to 25 kW drawn",
        "€ 0.060",
    ):
        assert said in page.text
    assert "fresh" in page.text


async def test_what_was_told_long_ago_is_not_shown_as_what_is(pages: Client, vtn: Vtn) -> None:
    tell_all(vtn, below(vtn, "Brinkdorp"), age=timedelta(hours=1))
    page = await opened(pages, "/below")
    assert "62 %" not in page.text
    assert "too old to say anything of now" in page.text
    assert '<span class="state old">' in page.text


async def test_what_is_shown_is_the_newest_and_answers_are_kept_for_two_days(
    pages: Client, vtn: Vtn, store: Store
) -> None:
    client = below(vtn, "Brinkdorp")
    told(vtn, client, "STORAGE_CHARGE_LEVEL", 80.0)
    told(vtn, client, "STORAGE_CHARGE_LEVEL", 62.0, age=SLOT)  # Which came late.
    assert "80 %" in (await opened(pages, "/below")).text
    later = StandingQuestion(store, vtn.objects, lambda: WALL_NOW + timedelta(days=2))
    later.ask()
    assert len(store.vtn_objects(Kind.REPORT)) == 2
    later.wall_now = lambda: WALL_NOW + timedelta(days=2, seconds=1)
    later.ask()
    assert store.vtn_objects(Kind.REPORT) == []


async def test_who_never_called_is_told_so_and_nobody_below_is_too(pages: Client, store: Store) -> None:
    assert "Nobody is below this village" in (await opened(pages, "/below")).text
    store.add_vtn_client("Brinkdorp", Role.VEN, WALL_NOW)
    assert "has not made itself known yet" in (await opened(pages, "/below")).text


async def test_it_is_in_the_navigation_only_when_somebody_is_below(pages: Client) -> None:
    assert 'href="./below"' not in (await opened(pages, "/")).text
    assert 'href="./below"' in (await opened(pages, "/operator")).text
    await (await opened(pages, "/below/add")).send("below/add", name="Brinkdorp")
    assert 'href="./below"' in (await opened(pages, "/")).text


async def test_somebody_is_added_renamed_and_removed_and_each_is_in_the_audit_log(
    pages: Client, store: Store
) -> None:
    shown = await (await opened(pages, "/below/add")).send("below/add", name="Brinkdorp")
    [client] = store.vtn_clients()
    secret = shown.text.partition('name="client_secret" value="')[2].partition('"')[0]
    assert store.vtn_client(client.client_id, secret, WALL_NOW) is not None
    assert secret not in (await opened(pages, f"/below/village?id={client.client_id}")).text

    village = await opened(pages, f"/below/village?id={client.client_id}")
    assert "The name is changed" in (await village.send("below/rename", name="Brink")).text
    removed = await (await opened(pages, f"/below/remove?id={client.client_id}")).send("below/remove")
    assert "It can call no longer." in removed.text
    assert store.vtn_clients() == []
    assert [(each.act, each.detail) for each in store.audit()] == [
        (Act.VTN_CLIENT_REMOVED, ""),
        (Act.VTN_CLIENT_RENAMED, "Brink"),
        (Act.VTN_CLIENT_ADDED, "Brinkdorp, ven"),
    ]


async def test_a_name_that_is_no_name_or_another_ones_is_refused(
    pages: Client, vtn: Vtn, store: Store
) -> None:
    below(vtn, "Brinkdorp")
    for name in ("", "x" * 81, "Brinkdorp", "a\x07b"):
        assert (await (await opened(pages, "/below/add")).send("below/add", name=name)).status == 422
    other = below(vtn, "Ansen")
    page = await opened(pages, f"/below/village?id={other.client_id}")
    again = await page.send("below/rename", name="Brinkdorp")
    assert "another of that name" in again.text
    assert {each.name for each in store.vtn_clients()} == {"Ansen", "Brinkdorp"}


async def preview(pages: Client, **changes: str) -> Shown:
    return await (await opened(pages, "/below/event")).send("below/event", do="preview", **ASKED | changes)


async def test_something_is_asked_once_it_was_seen_in_words_received_and_withdrawn(
    pages: Client, vtn: Vtn, store: Store
) -> None:
    brinkdorp, zandveen = below(vtn, "Brinkdorp"), below(vtn, "Zandveen")
    seen = await preview(pages, whom=brinkdorp.client_id)
    assert "Batteries deliver at least 12.5 kW" in seen.text
    assert "Brinkdorp" in seen.text
    assert store.vtn_objects(Kind.EVENT) == []
    actions = {"do": "publish", **ASKED, "whom": brinkdorp.client_id}
    origin = {"Origin": str(pages.make_url("")).rstrip("/")}
    token = seen.text.partition('name="token" value="')[2].partition('"')[0]
    answer = await pages.post("/below/event", data=actions | {"token": token}, headers=origin)
    assert "0 of 1" in await answer.text()
    again = await pages.post("/below/event", data=actions | {"token": token}, headers=origin)
    assert "Just this is asked already." in await again.text()

    [event] = store.vtn_objects(Kind.EVENT)
    said = json.loads(event.body)
    assert said["intervals"][0]["payloads"] == [{"type": "DISPATCH_SETPOINT", "values": [-12.5]}]
    assert said["intervalPeriod"] == {"start": "2026-11-24T17:00:00Z", "duration": "PT2H"}
    assert vtn.objects.listed(zandveen, Kind.EVENT, {}) == []
    [got] = vtn.objects.listed(brinkdorp, Kind.EVENT, {})
    assert got["id"] == event.id
    assert "1 of 1" in (await opened(pages, "/below")).text

    asked = await opened(pages, f"/below/withdraw?id={event.id}")
    assert "It is asked no longer." in (await asked.send("below/withdraw")).text
    assert store.vtn_objects(Kind.EVENT) == []
    acts = [(each.act, each.detail) for each in store.audit()]
    assert acts == [(Act.VTN_EVENT_WITHDRAWN, ""), (Act.VTN_EVENT_PUBLISHED, "DISPATCH_SETPOINT -12.5")]


async def test_after_a_restart_who_reported_on_an_event_has_received_it(
    village: VillageServer, vtn: Vtn, store: Store
) -> None:
    client_id, _ = store.add_vtn_client("Operator", Role.BL, WALL_NOW)
    operator = VtnClient(client_id, "Operator", Role.BL, WALL_NOW, WALL_NOW)
    program = vtn.objects.make(operator, Kind.PROGRAM, {"programName": "Limits"})
    limit = [{"id": 0, "payloads": [{"type": "IMPORT_CAPACITY_LIMIT", "values": [100]}]}]
    event = vtn.objects.make(operator, Kind.EVENT, {"programID": program["id"], "intervals": limit})
    brinkdorp = below(vtn, "Brinkdorp")
    below(vtn, "Zandveen")
    resources = [{"resourceName": "t1", "intervals": limit}]
    report = {"eventID": event["id"], "clientName": "Brinkdorp", "resources": resources}
    vtn.objects.make(brinkdorp, Kind.REPORT, report)

    restarted = Vtn(store, lambda: WALL_NOW)
    async with TestClient(TestServer(pages_app(village, below=restarted))) as pages:
        page = await opened(pages, "/below")
        own = await opened(pages, f"/below/village?id={brinkdorp.client_id}")

    assert re.findall(r"\d of \d", page.text) == ["1 of 2", "1 of 2"]  # Received, and reported on.
    assert "not yet" not in own.text


async def test_what_cannot_be_asked_since_the_programs_names_are_taken_is_said(
    pages: Client, vtn: Vtn, store: Store
) -> None:
    brinkdorp = below(vtn, "Brinkdorp")
    client_id, secret = store.add_vtn_client("Operator", Role.BL, WALL_NOW)
    operator = store.vtn_client(client_id, secret, WALL_NOW)
    assert operator is not None
    for name in (PROGRAM, f"{PROGRAM} ({store.own_vtn_client(WALL_NOW).name})"):
        vtn.objects.make(operator, Kind.PROGRAM, {"programName": name})
    seen = await preview(pages, whom=brinkdorp.client_id)
    token = seen.text.partition('name="token" value="')[2].partition('"')[0]
    form = {"do": "publish", **ASKED, "whom": brinkdorp.client_id, "token": token}

    answer = await pages.post(
        "/below/event", data=form, headers={"Origin": str(pages.make_url("")).rstrip("/")}
    )

    assert (answer.status, "names are taken" in await answer.text()) == (422, True)
    assert store.vtn_objects(Kind.EVENT) == []


@pytest.mark.parametrize(
    ("changes", "field", "wrong"),
    [
        ({"value": "nan"}, "value", "value"),
        ({"value": "much"}, "value", "value"),
        ({"value": "2000000"}, "value", "value"),
        ({"value": "6", "what": "PRICE"}, "value", "value"),
        ({"value": "-1", "what": "IMPORT_CAPACITY_LIMIT"}, "value", "sign"),
        ({"what": "SIMPLE"}, "what", "what"),
        ({"end": "2026-11-24T17:00"}, "end", "ends_first"),
        ({"end": "2026-12-24T17:00"}, "end", "length"),
        ({"start": "2026-11-24T08:00", "end": "2026-11-24T09:00"}, "end", "over"),
        ({"start": "2026-11-24T18:10"}, "start", "quarters"),
        ({"start": "2027-02-01T18:00", "end": "2027-02-01T19:00"}, "start", "far_ahead"),
        ({"start": "tomorrow"}, "start", "time"),
        ({"whom": "nobody"}, "whom", "whom"),
    ],
)
async def test_what_makes_no_sense_is_said_beside_it_and_not_asked(
    pages: Client, vtn: Vtn, store: Store, changes: dict[str, str], field: str, wrong: str
) -> None:
    below(vtn, "Brinkdorp")
    again = await preview(pages, **changes)
    assert again.status == 422
    assert f'id="{field}-wrong"' in again.text
    assert TEXTS["en"][f"below_wrong_{wrong}"] in again.text
    assert store.vtn_objects(Kind.EVENT) == []


async def test_a_villages_page_tells_its_reports_and_what_it_did(pages: Client, vtn: Vtn) -> None:
    client = below(vtn, "Brinkdorp")
    tell_all(vtn, client)
    page = await opened(pages, f"/below/village?id={client.client_id}")
    assert "STORAGE_CHARGE_LEVEL" in page.text
    assert "62.0, OK" in page.text
    assert (await opened(pages, "/below/village?id=nobody")).status == 404
