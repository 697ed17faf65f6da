"""Homes hear of code red and code green, and answer."""

from datetime import datetime, timedelta
from typing import Any

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


async def test_an_answer_is_yes_or_no(member: Member, store: Store) -> None:
    code_id = announced(store)

    assert await answered(member, code_id) == (400, "malformed")
    assert await answered(member, code_id, joins="perhaps") == (400, "malformed")


async def test_a_village_without_ballots_offers_no_vote(member: Member) -> None:
    answer = await member.call("POST", "/api/v1/ballots/b1/vote", {"version": 1, "choice": "yes"})

    body = await answer.json()
    assert (answer.status, body["error"]) == (404, "not_offered")
    assert set(body) == {"version", "error", "message"}
