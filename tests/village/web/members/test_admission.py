"""Who calls too often is sent away for a while; nobody else is."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import ClientResponse
from aiohttp.test_utils import TestClient, TestServer

from battery_commons.coordinator.tending import tended
from battery_commons.domain.operator_line import OperatorLine
from battery_commons.openadr.ven import OperatorLines
from battery_commons.openadr.vtn.routes import PREFIX, Vtn
from battery_commons.store import Store
from battery_commons.web import rate
from battery_commons.web.door import Door, proxy_network
from battery_commons.web.members.admission import Admission
from battery_commons.web.members.app import members_app
from battery_commons.web.server import VillageServer
from tests.village.web.conftest import NONCE, Client, Member, invited, joined, joining, reading
from tests.village.web.test_rate import Clock

WRONG_CODES = int(rate.WRONG_CODES_FROM_ADDRESS.burst)
WITH_TOKEN = int(rate.CALLS_WITH_TOKEN.burst)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def members(village: VillageServer, clock: Clock) -> AsyncIterator[Client]:
    """Return a client of a village that counts, behind a proxy that it trusts."""
    admission = Admission(Door([proxy_network("127.0.0.1")]), clock)
    async with TestClient(TestServer(members_app(village, admission))) as client:
        yield client


async def guess(members: Client, number: int, address: str, call: str = "join") -> ClientResponse:
    path = {"join": "/api/v1/join", "read": "/api/v1/invitations/read"}[call]
    headers = {"X-Forwarded-For": address}
    return await members.post(path, json=joining(f"a-guess-{number}"), headers=headers)


async def is_sent_away(answer: ClientResponse) -> bool:
    body: dict[str, Any] = await answer.json() if answer.status >= 400 else {}
    if answer.status != 429:
        return False
    assert (body["error"], int(answer.headers["Retry-After"]) > 0) == ("too_many_calls", True)
    return True


@pytest.mark.parametrize("call", ["join", "read"])
async def test_who_guesses_invitations_is_sent_away_and_the_neighbours_join(
    members: Client, store: Store, call: str
) -> None:
    guesses = [await guess(members, number, "203.0.113.9", call) for number in range(WRONG_CODES)]
    assert {answer.status for answer in guesses} == {404}
    assert await is_sent_away(await guess(members, 99, "203.0.113.9", "join"))
    assert await is_sent_away(await guess(members, 99, "203.0.113.9", "read"))

    headers = {"X-Forwarded-For": "203.0.113.10"}
    answer = await members.post("/api/v1/join", json=joining(invited(store, "welcome-1")), headers=headers)
    assert answer.status == 201


async def test_a_right_code_is_not_found_by_who_has_been_sent_away(
    members: Client, store: Store, clock: Clock
) -> None:
    for number in range(WRONG_CODES):
        await guess(members, number, "203.0.113.9")
    body, headers = joining(invited(store, "welcome-1")), {"X-Forwarded-For": "203.0.113.9"}
    refused = await members.post("/api/v1/join", json=body, headers=headers)
    assert await is_sent_away(refused)

    clock.seconds += int(refused.headers["Retry-After"])
    assert (await members.post("/api/v1/join", json=body, headers=headers)).status == 201


async def test_a_whole_village_joins_from_one_address(members: Client, store: Store) -> None:
    headers = {"X-Forwarded-For": "203.0.113.9"}
    for number in range(2 * WRONG_CODES):
        body = joining(invited(store, f"welcome-{number}"))
        assert (await members.post("/api/v1/join", json=body, headers=headers)).status == 201


async def test_a_home_that_calls_without_end_is_sent_away_and_the_others_are_heard(
    members: Client, store: Store, clock: Clock
) -> None:
    hostile = await joined(members, store, "welcome-1", "De Eik")
    neighbour = await joined(members, store, "welcome-2", "De Linde")
    clock.seconds += 3600
    body = {"version": 1, "sent_at": reading()["at"], "batteries": []}

    answers = [await hostile.call("POST", "/api/v1/telemetry", body) for _ in range(WITH_TOKEN + 1)]

    assert {answer.status for answer in answers[:-1]} == {200}
    assert await is_sent_away(answers[-1])
    assert (await neighbour.call("POST", "/api/v1/telemetry", body)).status == 200
    clock.seconds += 1
    assert (await hostile.call("POST", "/api/v1/telemetry", body)).status == 200


async def test_an_operator_may_tell_of_more_events_at_once_than_a_home_may_call(
    village: VillageServer, store: Store, clock: Clock
) -> None:
    line = store.add_operator_line(OperatorLine("Enexis", "http://127.0.0.1:1", "id", "Ansen", "secret"))
    lines = OperatorLines(store, village.clock)
    app = members_app(village, Admission(Door(), clock))
    app.add_routes(lines.routes())
    async with TestClient(TestServer(app)) as client, tended("lines", lines.run):
        while not lines.clients():
            await asyncio.sleep(0.01)
        [kept] = store.operator_lines()
        headers = {"Authorization": f"Bearer {kept.webhook_token}"}
        path = f"/openadr/webhook/{kept.webhook_key}"
        answers = [await client.post(path, data=b"{}", headers=headers) for _ in range(WITH_TOKEN + 20)]
    assert kept.id == line
    assert {answer.status for answer in answers} == {400}


async def test_all_that_is_kept_is_told_less_often_than_how_the_village_stands(member: Member) -> None:
    times = int(rate.OWN_DATA_WITH_TOKEN.burst)
    answers = [await member.call("GET", "/api/v1/home/data?day=2016-06-21") for _ in range(times + 1)]

    assert {answer.status for answer in answers[:-1]} == {200}
    assert await is_sent_away(answers[-1])
    assert (
        await member.call(
            "POST", "/api/v1/telemetry", {"version": 1, "sent_at": reading()["at"], "batteries": []}
        )
    ).status == 200


async def test_an_address_that_calls_without_end_is_sent_away_whatever_it_says(
    village: VillageServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rate, "CALLS_FROM_ADDRESS", rate.Rate(burst=10, per_second=1))
    app = members_app(village, Admission(Door(), Clock()))
    async with TestClient(TestServer(app)) as client:
        answers = []
        for number in range(11):
            headers = {"X-Forwarded-For": f"203.0.113.{number}", "Authorization": f"Bearer {number}"}
            body = {"version": 1, "nonce": NONCE}
            answers.append(await client.post("/api/v1/village/read", json=body, headers=headers))

        assert {answer.status for answer in answers[:-1]} == {200}
        assert await is_sent_away(answers[-1])


async def test_who_calls_the_vtn_too_often_is_told_so_in_openadrs_own_form(
    village: VillageServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rate, "CALLS_FROM_ADDRESS", rate.Rate(burst=1, per_second=1))
    app = members_app(village, Admission(Door(), Clock()))
    app.add_routes(Vtn(village.store, village.clock.now).routes())
    async with TestClient(TestServer(app)) as client:
        answers = [await client.get(f"{PREFIX}/programs") for _ in range(2)]

        assert [answer.status for answer in answers] == [401, 429]
        assert answers[1].content_type == "application/problem+json"
        assert (await answers[1].json())["status"] == 429
        assert int(answers[1].headers["Retry-After"]) >= 1
