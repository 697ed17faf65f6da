"""A home reads its invitation, joins, describes itself and leaves."""

import asyncio
import base64
import json
from datetime import timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

from battery_commons.store import Store
from battery_commons.web.server import VillageServer
from battery_commons.wire.envelope import SIGNING_CONTEXT, key_id
from tests.village.web.conftest import (
    NONCE,
    URL,
    VILLAGE_NOW,
    WALL_NOW,
    Client,
    Member,
    battery,
    invited,
    joined,
    joining,
    reading,
)


def opened(village: VillageServer, envelope: dict[str, Any]) -> dict[str, Any]:
    """Return what an envelope holds; fails when its signature is not the village's."""
    key = village.key.public_key()
    assert envelope["key_id"] == key_id(key)
    key.verify(base64.b64decode(envelope["signature"]), SIGNING_CONTEXT + envelope["payload"].encode())
    payload: dict[str, Any] = json.loads(envelope["payload"])
    return payload


async def test_an_invitation_tells_what_it_is_to_signed_and_in_wall_time(
    members: Client, store: Store, village: VillageServer
) -> None:
    query = {"version": 1, "code": invited(store, "welcome-1"), "nonce": NONCE}
    answer = await members.post("/api/v1/invitations/read", json=query)
    assert answer.status == 200
    details = opened(village, await answer.json())
    expires_at = WALL_NOW + timedelta(days=7) / 60
    assert details == {
        "version": 1,
        "type": "invitation",
        "nonce": NONCE,
        "village": {"id": store.village().id, "name": "Ansen"},
        "transformer": {"id": "t1", "name": "Dorpsstraat"},
        "expires_at": expires_at.isoformat().replace("+00:00", "Z"),
    }


async def test_anyone_may_ask_the_village_who_it_is(
    members: Client, store: Store, village: VillageServer
) -> None:
    answer = await members.post("/api/v1/village/read", json={"version": 1, "nonce": NONCE})
    assert answer.status == 200
    assert opened(village, await answer.json()) == {
        "version": 1,
        "type": "village",
        "nonce": NONCE,
        "village": {"id": store.village().id, "name": "Ansen"},
        "certificate": None,
    }


async def test_a_home_joins_with_its_invitation(
    members: Client, store: Store, village: VillageServer
) -> None:
    answer = await members.post("/api/v1/join", json=joining(invited(store, "welcome-1")))
    assert answer.status == 201
    membership = opened(village, await answer.json())
    assert (membership["type"], membership["nonce"]) == ("membership", NONCE)
    home = store.homes_of_tokens([membership["token"]]).get(membership["token"])
    assert home is not None
    assert (home.id, home.name, home.webhook_urls) == (membership["home_id"], "De Eik", (URL,))


@pytest.mark.parametrize("path", ["/api/v1/invitations/read", "/api/v1/join"])
@pytest.mark.parametrize(
    ("code", "status", "error"),
    [
        ("made-up-code", 404, "invitation_unknown"),
        ("used-before", 409, "invitation_used"),
        ("out-of-date", 410, "invitation_expired"),
    ],
)
async def test_an_invitation_that_does_not_count_says_why(
    members: Client, store: Store, *, path: str, code: str, status: int, error: str
) -> None:
    store.add_invitation("t1", "out-of-date", VILLAGE_NOW)
    await joined(members, store, "used-before")
    answer = await members.post(path, json=joining(code))
    assert answer.status == status
    body = await answer.json()
    assert (body["version"], body["error"]) == (1, error)
    assert body["message"]
    assert len(store.homes()) == 1


async def test_of_homes_that_join_at_once_one_gets_in(members: Client, store: Store) -> None:
    code = invited(store, "welcome-1")
    answers = await asyncio.gather(*[members.post("/api/v1/join", json=joining(code)) for _ in range(6)])
    assert sorted(answer.status for answer in answers) == [201, 409, 409, 409, 409, 409]
    assert len(store.homes()) == 1


async def test_without_consent_nobody_joins_and_the_invitation_still_counts(
    members: Client, store: Store
) -> None:
    refusing = joining(invited(store, "welcome-1")) | {"consent": False}
    answer = await members.post("/api/v1/join", json=refusing)
    assert (answer.status, (await answer.json())["error"]) == (400, "malformed")
    assert (await members.post("/api/v1/join", json=joining("welcome-1"))).status == 201


async def test_a_home_describes_its_batteries_anew(member: Member, store: Store) -> None:
    await member.describe("roof", "cellar")
    assert [each.battery.id for each in store.batteries()] == [
        f"{member.home_id}/cellar",
        f"{member.home_id}/roof",
    ]
    assert {each.battery.transformer_id for each in store.batteries()} == {"t1"}


async def test_two_batteries_of_one_name_change_nothing(member: Member, store: Store) -> None:
    twice = {"version": 1, "webhook_urls": [URL], "batteries": [battery("b2"), battery("b2")]}
    answer = await member.call("PUT", "/api/v1/home", twice)
    assert (answer.status, (await answer.json())["error"]) == (400, "malformed")
    assert [each.battery_id for each in store.batteries()] == ["b1"]


async def test_leaving_erases_the_home_and_revokes_its_token(member: Member, store: Store) -> None:
    await member.send(reading())
    assert (await member.call("DELETE", "/api/v1/home")).status == 204
    assert (store.homes(), store.batteries(), store.latest_battery_readings()) == ([], [], {})
    for method, path in [("POST", "telemetry"), ("PUT", "home"), ("DELETE", "home")]:
        answer = await member.call(method, f"/api/v1/{path}", {})
        assert (answer.status, (await answer.json())["error"]) == (401, "unauthorized")


@pytest.mark.parametrize(
    "header", [None, "", "Bearer", "Bearer ", "Bearer made-up", "Basic YTpi", "Bearer \xe9"]
)
async def test_a_call_without_a_good_token_is_refused(members: Client, header: str | None) -> None:
    headers = {} if header is None else {"Authorization": header}
    for method, path in [
        ("POST", "telemetry"),
        ("PUT", "home"),
        ("DELETE", "home"),
        ("POST", "meters/t1/readings"),
        ("GET", "home/data"),
        ("POST", "codes/any/answer"),
        ("GET", "votes"),
        ("POST", "votes"),
        ("POST", "votes/any/sign"),
        ("GET", "votes/any/ballots"),
    ]:
        answer = await members.request(method, f"/api/v1/{path}", json={}, headers=headers)
        assert (answer.status, (await answer.json())["error"]) == (401, "unauthorized")


async def test_logs_hold_no_household_data_and_no_secrets(members: Client, store: Store) -> None:
    with capture_logs() as logs:
        member = await joined(members, store, "welcome-1", name="Family De Eik")
        await member.send(reading(), reading(3600), reading(battery_id="other"))
        await member.call("DELETE", "/api/v1/home")
    assert {log["event"] for log in logs} >= {"home_joined", "readings_refused", "home_left"}
    written = repr(logs)
    for private in ("welcome-1", member.token, "Family De Eik", URL, "1500", "0.5"):
        assert private not in written
