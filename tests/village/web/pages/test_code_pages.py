"""The pages on which a volunteer announces code red and code green."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from aiohttp.test_utils import TestClient, TestServer

from battery_commons.domain.grid import CongestionSignal
from battery_commons.store import Store
from battery_commons.store.audit import Act
from battery_commons.web.pages.app import pages_app
from battery_commons.web.server import VillageServer
from tests.village.web.conftest import VILLAGE_NOW, Client, Member
from tests.village.web.page_reader import opened

EVENING = {
    "code": "red",
    "start": "2016-06-21T17:00",
    "end": "2016-06-21T19:00",
    "reason": "Everyone  cooks",
    "effect_kw": "-20,5",
}


@pytest.fixture
async def pages(village: VillageServer) -> AsyncIterator[Client]:
    async with TestClient(TestServer(pages_app(village))) as client:
        yield client


async def test_what_residents_will_see_is_shown_before_anything_is_sent(
    pages: Client, store: Store, member: Member
) -> None:
    seen = await (await opened(pages, "/codes")).send("/codes", **EVENING)

    for shown in ("Code red: use less", "17:00", "19:00", "Everyone cooks", "20 kW less", "1 homes"):
        assert shown in seen.text
    assert store.announced_codes(VILLAGE_NOW) == []

    done = await seen.send("codes/announce")

    assert "The code is announced." in done.text
    [announced] = store.announced_codes(VILLAGE_NOW)
    window = announced.window
    assert (window.code, window.reason, window.expected_effect_w) == (
        CongestionSignal.RED,
        "Everyone cooks",
        -20_500,
    )
    assert window.start == VILLAGE_NOW + timedelta(hours=3)
    assert store.audit()[0].act is Act.CODE_ANNOUNCED


async def test_answers_are_shown_as_sums_and_a_code_can_be_withdrawn(
    pages: Client, store: Store, member: Member
) -> None:
    start = VILLAGE_NOW + timedelta(hours=1)
    code = store.announce_code(CongestionSignal.GREEN, start, start + timedelta(hours=1), VILLAGE_NOW)
    store.answer_code(code, member.home_id, VILLAGE_NOW, joins=True)
    page = await opened(pages, "/codes")
    assert "1 join, 0 do not" in page.text
    assert "De Eik" not in page.text

    done = await page.send("/withdraw")

    assert "The code is withdrawn." in done.text
    assert store.announced_codes(VILLAGE_NOW)[0].withdrawn_at is not None
    assert store.audit()[0].act is Act.CODE_WITHDRAWN


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"code": "blue"}, "code"),
        ({"start": "2016-06-21T13:59"}, "start"),
        ({"start": "2016-07-21T17:00", "end": "2016-07-21T18:00"}, "start"),
        ({"start": "soon"}, "start"),
        ({"start": "0001-01-01T00:00"}, "start"),
        ({"start": "2016-06-21T17:00+02:00"}, "start"),
        ({"end": "2016-06-21T16:00"}, "end"),
        ({"end": "2016-06-21T17:05"}, "end"),
        ({"end": "2016-06-21T22:00"}, "end"),
        ({"reason": "x" * 1000}, "reason"),
        ({"effect_kw": "20"}, "effect_kw"),
        ({"effect_kw": "nan"}, "effect_kw"),
        ({"effect_kw": "-1e9"}, "effect_kw"),
    ],
)
async def test_what_is_wrong_is_said_beside_it(pages: Client, changed: dict[str, str], field: str) -> None:
    again = await (await opened(pages, "/codes")).send("/codes", **(EVENING | changed))
    assert again.status == 422
    assert f'id="{field}-wrong"' in again.text


async def test_two_codes_cannot_overlap(pages: Client, store: Store) -> None:
    start = VILLAGE_NOW + timedelta(hours=4)
    store.announce_code(CongestionSignal.RED, start, start + timedelta(hours=1), VILLAGE_NOW)

    seen = await (await opened(pages, "/codes")).send("/codes", **EVENING)
    again = await seen.send("codes/announce")

    assert "Another code is announced" in again.text
    assert len(store.announced_codes(VILLAGE_NOW)) == 1


async def test_a_code_that_is_not_there_cannot_be_withdrawn(pages: Client) -> None:
    page = await opened(pages, "/settings")
    token = page.text.partition('name="token" value="')[2].partition('"')[0]
    origin = str(pages.make_url("")).rstrip("/")
    gone = await pages.post("/codes/none/withdraw", data={"token": token}, headers={"Origin": origin})
    assert gone.status == 404
