"""The pages on which a volunteer announces code red and code green."""

from collections.abc import AsyncIterator
from datetime import time, timedelta

import pytest
from aiohttp.test_utils import TestClient, TestServer

from battery_commons.domain.bylaws import CodeRules
from battery_commons.domain.flash_mob import (
    VILLAGE,
    Baseline,
    Because,
    Change,
    CodeBaseline,
    Deed,
    MeasuredResponse,
    Need,
    Proposal,
)
from battery_commons.domain.grid import CongestionSignal
from battery_commons.domain.time import SLOT
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


def proposed(store: Store) -> Proposal:
    start = VILLAGE_NOW + timedelta(hours=6)
    made = Proposal(
        "2016-06-21-red",
        CongestionSignal.RED,
        start,
        start + timedelta(hours=2),
        Because(Need.LIMIT, "Brink", 0.94),
        Change(-14_000.0, -20_000.0, -8_000.0, 3_000.0),
    )
    store.propose_codes([made], VILLAGE_NOW)
    return made


async def test_a_proposal_is_shown_with_reason_and_effect_and_announced_by_one_click(
    pages: Client, store: Store
) -> None:
    proposed(store)
    assert "not announced yet: 1" in (await opened(pages, "/")).text
    page = await opened(pages, "/codes")
    for shown in ("is expected at 94 % of its limit", "About 14 kW less", "20:00"):
        assert shown in page.text

    done = await page.send("proposals/2016-06-21-red/announce")

    assert "The code is announced." in done.text
    [announced] = store.announced_codes(VILLAGE_NOW)
    assert announced.window.expected_effect_w == -14_000
    assert "94 % van zijn grens" in announced.window.reason
    assert store.proposals(VILLAGE_NOW) == []
    assert store.audit()[0].act is Act.CODE_ANNOUNCED


async def test_a_proposal_can_be_changed_before_it_is_announced(pages: Client, store: Store) -> None:
    proposed(store)

    changed = await (await opened(pages, "/codes")).send("proposals/2016-06-21-red/change")

    for filled_in in ('value="2016-06-21T20:00"', 'value="2016-06-21T22:00"', 'value="-14.0"'):
        assert filled_in in changed.text
    seen = await changed.send("codes", start="2016-06-21T20:30")
    assert "20:30" in seen.text
    assert store.announced_codes(VILLAGE_NOW) == []


async def test_a_proposal_can_be_dismissed_and_is_gone(pages: Client, store: Store) -> None:
    proposed(store)
    page = await opened(pages, "/codes")

    done = await page.send("proposals/2016-06-21-red/dismiss")
    assert "The proposal is dismissed." in done.text
    assert store.audit()[0].act is Act.CODE_DISMISSED

    assert "no such proposal" in (await page.send("proposals/2016-06-21-red/dismiss")).text
    assert "no such proposal" in (await page.send("proposals/2016-06-21-red/announce")).text


async def test_a_proposal_whose_time_was_taken_meanwhile_is_put_in_the_form(
    pages: Client, store: Store
) -> None:
    made = proposed(store)
    page = await opened(pages, "/codes")
    store.announce_code(CongestionSignal.GREEN, made.start, made.end, VILLAGE_NOW)

    again = await page.send("proposals/2016-06-21-red/announce")

    assert "Another code is announced" in again.text


async def test_what_a_code_came_to_is_shown_with_its_picture(
    pages: Client, store: Store, member: Member
) -> None:
    for hours in (-9, -5):
        start = VILLAGE_NOW + timedelta(hours=hours)
        code = store.announce_code(CongestionSignal.RED, start, start + 2 * SLOT, start - timedelta(hours=4))
        part = Baseline((10_000.0, 11_000.0), 500.0, 400.0, 20.5, 30, (VILLAGE_NOW.date(),))
        store.fix_baselines(code, {VILLAGE: CodeBaseline(part, part)}, 3, start)
        change = Change(-2_000.0, -2_800.0, -1_200.0, 400.0)
        response = MeasuredResponse(change, change, (8_000.0, 9_000.0, 10_000.0))
        store.keep_responses(code, {VILLAGE: response}, VILLAGE_NOW, closed=True)
        store.say_deeds(code, member.home_id, [Deed.CAR], start)

    listed = await opened(pages, "/codes")
    for shown in ("Together 2.0 kW less", "0 of 3", "charging the car (1)", "Measured response over time"):
        assert shown in listed.text

    one = await opened(pages, f"/codes/{code}")
    for shown in ("without a code", "95 % band", "Homes measured", "09:30"):
        assert shown in one.text
    dutch = await opened(pages, f"/codes/{code}?lang=nl")
    assert "Samen 2,0 kW minder" in dutch.text
    assert "There is no such code that is over." in (await opened(pages, "/codes/nothing")).text


RULES = {
    "most_per_week": "3",
    "quiet_from": "21:30",
    "quiet_until": "07:00",
    "hours_ahead": "6",
    "by_itself": "yes",
}


async def test_the_rules_are_written_down(pages: Client, store: Store) -> None:
    done = await (await opened(pages, "/codes")).send("codes/rules", **RULES)

    assert "The rules have been changed." in done.text
    assert store.settings().codes == CodeRules(3, time(21, 30), time(7), 6, by_itself=True)
    assert store.audit()[0].act is Act.SETTING_CHANGED


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("most_per_week", "15"),
        ("most_per_week", "-1"),
        ("most_per_week", "two"),
        ("most_per_week", "9" * 400),
        ("quiet_from", "25:00"),
        ("quiet_until", ""),
        ("hours_ahead", "25"),
        ("hours_ahead", "1.5"),
        ("by_itself", "perhaps"),
    ],
)
async def test_a_rule_that_makes_no_sense_is_said_beside_it(
    pages: Client, store: Store, name: str, value: str
) -> None:
    again = await (await opened(pages, "/codes")).send("codes/rules", **RULES | {name: value})

    assert again.status == 422
    assert f'id="{name}-wrong"' in again.text
    assert store.settings().codes == CodeRules()
