"""The volunteer's pages about where a meter is read, and files of its readings."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from aiohttp import FormData
from aiohttp.test_utils import TestClient, TestServer

from battery_commons.domain.meter_source import (
    SOURCES,
    HomeAssistantSource,
    ModbusSource,
    MqttSource,
    Number,
    PowerUnit,
    Registers,
)
from battery_commons.domain.reading import MeterReading
from battery_commons.domain.time import SLOT
from battery_commons.sense.meters.csv_file import FileProblem
from battery_commons.sense.meters.trouble import Trouble
from battery_commons.store import Store
from battery_commons.store.audit import Act
from battery_commons.web.pages.app import pages_app
from battery_commons.web.pages.words.words import TEXTS
from battery_commons.web.server import VillageServer
from tests.village.meter_peers import modbus_meter
from tests.village.web.conftest import WALL_NOW, Client
from tests.village.web.page_reader import Shown, opened

PAGE = "/transformers/meter?id=t1"
MQTT = MqttSource("mqtt://broker", "grid/t1", user="village", secret="very secret")


@pytest.fixture
async def pages(village: VillageServer) -> AsyncIterator[Client]:
    async with TestClient(TestServer(pages_app(village))) as client:
        yield client


async def brought(pages: Client, data: bytes, zone: str = "own", path: str = PAGE) -> Shown:
    """Send a file from the form on a meter's page."""
    page = await opened(pages, path)
    token = page.text.partition('name="token" value="')[2].partition('"')[0]
    form = FormData({"token": token, "zone": zone})
    form.add_field("file", BytesIO(data), filename="meter.csv", content_type="text/csv")
    headers = {"Origin": str(pages.make_url("")).rstrip("/"), "Accept-Language": "en"}
    answer = await pages.post("/transformers/meter/file?id=t1", data=form, headers=headers)
    return Shown(pages, PAGE, answer.status, await answer.text())


def rows(first: datetime, count: int) -> bytes:
    lines = [f"{first + i * SLOT:%Y-%m-%dT%H:%MZ},{i % 100}.5\n" for i in range(count)]
    return ("start,power_kw\n" + "".join(lines)).encode()


async def test_a_meter_that_is_given_no_source_reports_by_itself(pages: Client) -> None:
    page = await opened(pages, PAGE)
    assert page.status == 200
    assert "Reports by itself" in page.text
    assert "Reports by itself" in (await opened(pages, "/transformers")).text


async def test_a_source_is_tried_before_it_is_saved(pages: Client, store: Store) -> None:
    async with modbus_meter(0x0034, [0xC640, 0xE400]) as port:  # -12345 W
        form = await opened(pages, PAGE + "&kind=modbus&preset=sdm630")
        tried = await form.send("/meter", host="127.0.0.1", port=str(port), do="try")
    assert "It says 12.35 kW, fed into the grid." in tried.text
    assert store.meter_sources() == {}
    assert not store.audit()

    saved = await tried.send("/meter", do="save", is_reversed="yes")

    assert "The meter is read there from now on." in saved.text
    chosen = ModbusSource("127.0.0.1", 0x34, Registers.INPUT, Number.FLOAT32, port=port, is_reversed=True)
    assert store.meter_sources() == {"t1": chosen}
    [entry] = store.audit()
    assert (entry.act, entry.about, entry.detail) == (
        Act.METER_SOURCE_CHOSEN,
        "t1",
        f"modbus 127.0.0.1:{port}",
    )


async def test_what_cannot_be_read_is_said_in_words_and_may_be_saved_all_the_same(
    pages: Client, store: Store
) -> None:
    form = await opened(pages, PAGE + "&kind=modbus&preset=em24")
    tried = await form.send("/meter", host="127.0.0.1", port="1", do="try")
    assert "It cannot be reached." in tried.text
    await tried.send("/meter", do="save")
    assert "t1" in store.meter_sources()


@pytest.mark.parametrize(
    ("kind", "field", "value", "wrong"),
    [
        ("modbus", "host", "http://meter", "without http://"),
        ("modbus", "register", "-1", "from 0 to 65535"),
        ("modbus", "scale_w", "nan", "a number above 0"),
        ("modbus", "unit", "300", "from 0 to 255"),
        ("mqtt", "url", "mqtt://village:secret@broker", "nothing after it"),
        ("mqtt", "topic", "grid/#", "without + or #"),
        ("home_assistant", "entity_id", "power", "an entity id"),
        ("home_assistant", "secret", "", "Give a token"),
        ("home_assistant", "url", "", "the address of Home Assistant"),
    ],
)
async def test_what_is_wrong_is_said_beside_it_and_nothing_is_saved(
    pages: Client, store: Store, kind: str, field: str, value: str, wrong: str
) -> None:
    filled_in = {
        "modbus": {"host": "meter", "register": "52"},
        "mqtt": {"url": "mqtt://broker", "topic": "grid/t1"},
        "home_assistant": {"entity_id": "sensor.power", "url": "http://ha:8123", "secret": "token"},
    }[kind] | {field: value}
    again = await (await opened(pages, f"{PAGE}&kind={kind}")).send("/meter", do="save", **filled_in)

    assert again.status == 422
    assert wrong in again.text.partition(f'id="{field}-wrong"')[2]
    assert store.meter_sources() == {}


async def test_a_secret_is_kept_without_being_shown_and_goes_to_no_other_address(
    pages: Client, store: Store
) -> None:
    store.choose_meter_source("t1", MQTT)
    form = await opened(pages, PAGE + "&kind=mqtt")

    shown = [form, await form.send("/meter", do="save", unit="kW")]
    kept = store.meter_sources()["t1"]
    shown.append(await form.send("/meter", do="save", url="mqtt://elsewhere"))
    moved = store.meter_sources()["t1"]

    assert isinstance(kept, MqttSource)
    assert isinstance(moved, MqttSource)
    assert (kept.unit, kept.secret) == (PowerUnit.KW, "very secret")
    assert (moved.url, moved.secret) == ("mqtt://elsewhere", "")
    shown += [await opened(pages, path) for path in ("/transformers", "/audit", PAGE)]
    assert not any("very secret" in page.text for page in shown)
    assert "very secret" not in repr(kept)
    assert not any("very secret" in entry.detail for entry in store.audit())


async def test_a_meter_is_no_longer_read_when_that_is_said(pages: Client, store: Store) -> None:
    store.choose_meter_source("t1", HomeAssistantSource("sensor.power", "http://ha:8123", "token"))
    done = await (await opened(pages, PAGE)).send("/meter/drop")
    assert "The meter is no longer read." in done.text
    assert store.meter_sources() == {}
    assert [entry.act for entry in store.audit()] == [Act.METER_SOURCE_DROPPED]


async def test_the_feeders_meter_is_read_in_the_same_ways(pages: Client, store: Store) -> None:
    store.put_feeder("Noord", 1e6, ["t1"])
    form = await opened(pages, "/transformers/meter?id=feeder&kind=mqtt")
    await form.send("/meter", do="save", url="mqtt://broker", topic="grid/feeder")
    assert store.meter_sources() == {"feeder": MqttSource("mqtt://broker", "grid/feeder")}


async def test_a_meter_that_is_not_there_is_said_not_to_be(pages: Client) -> None:
    assert (await opened(pages, "/transformers/meter?id=t9")).status == 404


async def test_a_file_is_taken_in_once(pages: Client, village: VillageServer, store: Store) -> None:
    # The village's clock runs 60 times as fast: a day of the wall's time is two months of its own.
    first = WALL_NOW - timedelta(days=6)
    data = rows(first, 400)

    taken = await brought(pages, data)
    again = await brought(pages, data)

    assert taken.status == 200
    assert "<td>400</td>" in taken.text.partition("New readings")[2][:60]
    assert "<td>400</td>" in again.text.partition("known already")[2][:90]
    assert store.latest_meter_reading("t1") == MeterReading(
        village.clock.to_village(first + 399 * SLOT), 99_500.0
    )
    assert [(entry.act, entry.detail) for entry in store.audit()] == [
        (Act.METER_FILE_TAKEN_IN, "0"),
        (Act.METER_FILE_TAKEN_IN, "400"),
    ]


async def test_nothing_of_a_file_that_is_not_sound_is_taken_in(pages: Client, store: Store) -> None:
    data = rows(WALL_NOW - timedelta(days=1), 10).replace(b"8.5", b"<i>", 1)
    refused = await brought(pages, data)
    assert refused.status == 422
    assert "Line 10" in refused.text
    assert "this is no power." in refused.text
    assert "Nothing has been taken in." in refused.text
    assert "<i>" not in refused.text
    assert store.latest_meter_reading("t1") is None
    assert store.audit() == []


async def test_gaps_are_told(pages: Client) -> None:
    first = WALL_NOW.replace(minute=0) - timedelta(days=1)
    data = rows(first, 4) + rows(first + 6 * SLOT, 4).partition(b"\n")[2]
    told = (await brought(pages, data)).text.partition("Gaps")[2]
    assert "23-11-2026 11:00" in told
    assert "23-11-2026 11:30" in told


async def test_a_file_that_is_too_large_is_refused(pages: Client, store: Store) -> None:
    refused = await brought(pages, b"x" * (4 * 1024 * 1024 + 1))
    assert refused.status == 413
    assert "At most 4096 kB" in refused.text
    assert store.latest_meter_reading("t1") is None


async def test_a_file_from_another_site_is_refused(pages: Client, store: Store) -> None:
    form = FormData({"token": "guessed", "zone": "own"})
    form.add_field("file", rows(datetime(2026, 11, 23, tzinfo=UTC), 4), filename="meter.csv")
    answer = await pages.post("/transformers/meter/file?id=t1", data=form)
    assert answer.status == 403
    assert store.latest_meter_reading("t1") is None


@pytest.mark.parametrize("texts", TEXTS.values(), ids=list(TEXTS))
def test_whatever_can_be_wrong_has_words(texts: Mapping[str, str]) -> None:
    assert all(f"meter_trouble_{trouble}" in texts for trouble in Trouble)
    assert all(f"file_{problem}" in texts for problem in FileProblem)
    assert all(
        f"wrong_{name.name}" in texts
        for source in SOURCES.values()
        for name in fields(source)
        if name.name != "is_reversed"
    )
