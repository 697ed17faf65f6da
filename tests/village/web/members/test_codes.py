"""Homes hear of code red and code green, and answer."""

from datetime import datetime, timedelta
from typing import Any

from battery_commons.domain.flash_mob import (
    VILLAGE,
    Baseline,
    Change,
    CodeBaseline,
    Deed,
    MeasuredResponse,
    of_home,
)
from battery_commons.domain.grid import CongestionSignal
from battery_commons.store import Store
from tests.village.web.conftest import VILLAGE_NOW, WALL_NOW, Client, Member, joined

HOUR = timedelta(hours=1)


def announced(store: Store, hours: float = 1) -> str:
    start = VILLAGE_NOW + hours * HOUR
    return store.announce_code(
        CongestionSignal.RED,
        start,
        start + 2 * HOUR,
        VILLAGE_NOW,
        reason="Everyone cooks at once",
        expected_effect_w=-20_000.0,
    )


async def codes(member: Member) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = (await member.send())["village"]["codes"]
    return listed


async def answered(member: Member, code_id: str, **body: object) -> tuple[int, str | None]:
    answer = await member.call("POST", f"/api/v1/codes/{code_id}/answer", {"version": 1, **body})
    return answer.status, (await answer.json())["error"] if answer.status >= 400 else None


async def test_a_home_hears_of_a_code_in_wall_time(member: Member, store: Store) -> None:
    code_id = announced(store)

    [code] = await codes(member)

    start, end = (datetime.fromisoformat(code.pop(key)) for key in ("start", "end"))
    assert (start, end) == (WALL_NOW + HOUR / 60, WALL_NOW + 3 * HOUR / 60)
    assert code == {
        "id": code_id,
        "code": "red",
        "reason": "Everyone cooks at once",
        "expected_effect_w": -20_000,
        "joins": None,
        "did": [],
        "result": None,
    }


async def test_a_home_answers_and_may_change_its_mind(member: Member, members: Client, store: Store) -> None:
    other = await joined(members, store, "welcome-2", "De Beuk")
    code_id = announced(store)
    for joins in (True, False):
        assert await answered(member, code_id, joins=joins) == (204, None)
        assert [code["joins"] for code in await codes(member)] == [joins]
    assert [code["joins"] for code in await codes(other)] == [None]


async def test_what_is_not_offered_cannot_be_answered(member: Member, store: Store) -> None:
    withdrawn, over = announced(store), announced(store, hours=-3)
    store.withdraw_code(withdrawn, VILLAGE_NOW)

    for code_id in (withdrawn, over, "made-up", "a%2Fb", "%00"):
        assert await answered(member, code_id, joins=True) == (404, "not_offered")
    assert [code["id"] for code in await codes(member)] == [over]


def measured(store: Store, code_id: str, member: Member) -> None:
    store.fix_baselines(code_id, {}, 1, VILLAGE_NOW)
    store.answer_code(code_id, member.home_id, VILLAGE_NOW - 4 * HOUR, joins=True)
    village = MeasuredResponse(Change(-14_000.4, -20_000, -8_000, 3_000), None, ())
    own = MeasuredResponse(Change(-400, -700, -100, 150), None, ())
    store.keep_responses(code_id, {VILLAGE: village, of_home(member.home_id): own}, VILLAGE_NOW, closed=False)


async def test_a_home_is_told_what_a_code_came_to_of_all_and_of_itself(
    member: Member, members: Client, store: Store
) -> None:
    other = await joined(members, store, "welcome-2", "De Beuk")
    code_id = announced(store, hours=-3)
    measured(store, code_id, member)

    [result] = [code["result"] for code in await codes(member)]

    assert result == {
        "state": "measured",
        "village": {"change_w": -14_000, "low_w": -20_000, "high_w": -8_000},
        "own": {"change_w": -400, "low_w": -700, "high_w": -100},
        "joined": 1,
        "en": "Together 14 kW less between 11:00 and 13:00 (between 8 and 20 kW). "
        "You 0.4 kW less (between 0.1 and 0.7 kW).",
        "nl": "Samen 14 kW minder tussen 11:00 en 13:00 (tussen 8 en 20 kW). "
        "Jij 0,4 kW minder (tussen 0,1 en 0,7 kW).",
    }
    [others] = [code["result"] for code in await codes(other)]
    assert (others["village"], others["own"]) == (result["village"], None)


async def test_what_is_not_measured_yet_comes_later_and_a_code_that_runs_has_no_result(
    member: Member, store: Store
) -> None:
    for hours in (-3, -0.5):
        announced(store, hours)

    over, running = [code["result"] for code in await codes(member)]

    assert (over["state"], over["village"]) == ("waiting", None)
    assert "not known yet" in over["en"]
    assert running is None


async def test_a_home_says_what_it_did_and_may_take_it_back(member: Member, store: Store) -> None:
    code_id, later = announced(store, hours=-3), announced(store)

    async def says(code: str, *did: str) -> int:
        answer = await member.call("POST", f"/api/v1/codes/{code}/did", {"version": 1, "did": list(did)})
        return answer.status

    assert await says(code_id, "washing", "car") == 204
    assert [code["did"] for code in await codes(member)] == [["washing", "car"], []]
    assert await says(code_id) == 204
    assert [code["did"] for code in await codes(member)] == [[], []]
    assert await says(later, "washing") == 404
    assert await says(code_id, "sleeping") == 400
    assert await says(code_id, *["car"] * 9) == 400


async def test_what_is_kept_of_codes_is_in_a_homes_own_data(member: Member, store: Store) -> None:
    code_id = announced(store, hours=-3)
    part = Baseline((1.0,), 0.5, 10.0, 20.5, 30, (VILLAGE_NOW.date(),))
    own = of_home(member.home_id)
    store.fix_baselines(code_id, {own: CodeBaseline(part, None)}, 1, VILLAGE_NOW)
    store.say_deeds(code_id, member.home_id, [Deed.CAR], VILLAGE_NOW)

    data = await (await member.call("GET", "/api/v1/home/data")).json()

    assert data["code_deeds"] == [{"code_id": code_id, "did": ["car"]}]
    [response] = data["code_responses"]
    assert (response["response"], response["baseline"]["window"]["days"]) == (None, ["2016-06-21"])


async def test_an_answer_is_yes_or_no(member: Member, store: Store) -> None:
    code_id = announced(store)

    assert await answered(member, code_id) == (400, "malformed")
    assert await answered(member, code_id, joins="perhaps") == (400, "malformed")
