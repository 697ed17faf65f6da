"""What a home makes of answers that are none."""

import json
from http import HTTPStatus
from typing import Any

import pytest
from aiohttp import ClientConnectionError
from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from pytest_homeassistant_custom_component.test_util.aiohttp import AiohttpClientMocker

from custom_components.battery_commons.community.client import (
    CommunityClient,
    CommunityError,
    NotOfferedError,
    TooManyCallsError,
    UnauthorizedError,
    VillageIdentity,
    VillageRefusesError,
    WrongVillageError,
)
from custom_components.battery_commons.community.vote_calls import VoteCalls
from tests.home.community.test_golden import golden
from tests.home.coordinator import ADDRESS, FakeCoordinator
from tests.home.village import HOME, NOW, Village

TELEMETRY = f"{ADDRESS}/api/v1/telemetry"


@pytest.fixture
async def client(
    hass: HomeAssistant, aioclient_mock: AiohttpClientMocker, village: Village
) -> CommunityClient:
    """Return a client whose calls `aioclient_mock` answers."""
    return CommunityClient(async_get_clientsession(hass), ADDRESS, village.public_key, "a-token")


def spoiled(*path: str, value: object) -> Any:
    """Return the golden receipt with one field spoiled."""
    receipt = golden("telemetry_receipt")
    part = receipt
    for name in path[:-1]:
        part = part[name]
    part[path[-1]] = value
    return receipt


@pytest.mark.parametrize(
    "receipt",
    [
        {},
        [],
        None,
        spoiled("village", value=[]),
        spoiled("village", "at", value="noon"),
        spoiled("village", "at", value="2026-06-21T12:00:00"),
        spoiled("village", "at", value="0001-01-01T00:00:00+10:00"),
        spoiled("village", "control_model", value=""),
        spoiled("village", "transformer", "limit_w", value=None),
        spoiled("village", "transformer", "limit_w", value=10**400),
        spoiled("village", "transformer", "load_w", value=float("nan")),
        spoiled("village", "transformer", "load_w", value=True),
        spoiled("village", "transformer", "load_w", value=2e6),
        spoiled("village", "transformer", "signal", value="purple"),
    ],
)
async def test_a_receipt_that_is_wrong_in_one_way_is_no_answer(
    client: CommunityClient, aioclient_mock: AiohttpClientMocker, receipt: object
) -> None:
    aioclient_mock.post(TELEMETRY, text=json.dumps(receipt))

    with pytest.raises(CommunityError):
        await client.send_telemetry(NOW, [])


@pytest.mark.parametrize(
    "answer",
    [
        {"exc": ClientConnectionError()},
        {"exc": TimeoutError()},
        {"text": "<html>a router's page</html>"},
        {"status": HTTPStatus.BAD_GATEWAY, "text": "down"},
        {"status": HTTPStatus.FOUND, "json": {}, "headers": {"Location": "http://elsewhere.example"}},
        {"status": HTTPStatus.INTERNAL_SERVER_ERROR, "json": {"error": 500}},
        {"status": 599, "json": {"error": "a status that no standard knows"}},
    ],
)
async def test_a_village_that_answers_with_anything_else_does_not_answer(
    client: CommunityClient, aioclient_mock: AiohttpClientMocker, answer: dict[str, Any]
) -> None:
    aioclient_mock.post(TELEMETRY, **answer)

    with pytest.raises(CommunityError) as raised:
        await client.send_telemetry(NOW, [])

    assert raised.value.code == "cannot_connect"


async def test_a_village_that_does_not_take_what_is_said_is_told_from_one_that_is_away(
    client: CommunityClient, aioclient_mock: AiohttpClientMocker
) -> None:
    refusal = {"version": 1, "error": "malformed", "message": "batteries: too many"}
    aioclient_mock.post(TELEMETRY, status=HTTPStatus.UNPROCESSABLE_ENTITY, json=refusal)

    with pytest.raises(VillageRefusesError, match="batteries: too many"):
        await client.send_telemetry(NOW, [])


@pytest.mark.parametrize(
    ("asked", "waits_s"),
    [("7", 7), ("86400", 900), ("0", 30), ("-5", 30), ("soon", 30), ("9" * 400, 900), (None, 30)],
)
async def test_a_home_that_calls_too_often_waits_as_long_as_it_is_asked_to_within_reason(
    client: CommunityClient, aioclient_mock: AiohttpClientMocker, asked: str | None, waits_s: float
) -> None:
    headers = {} if asked is None else {"Retry-After": asked}
    aioclient_mock.post(TELEMETRY, status=HTTPStatus.TOO_MANY_REQUESTS, text="busy", headers=headers)

    with pytest.raises(TooManyCallsError) as raised:
        await client.send_telemetry(NOW, [])

    assert raised.value.retry_after_s == waits_s


async def test_a_token_that_was_revoked_is_said_to_be(
    client: CommunityClient, aioclient_mock: AiohttpClientMocker
) -> None:
    refusal = {"version": 1, "error": "unauthorized", "message": "join again"}
    aioclient_mock.post(TELEMETRY, status=HTTPStatus.UNAUTHORIZED, json=refusal)

    with pytest.raises(UnauthorizedError, match="join again"):
        await client.send_telemetry(NOW, [])


@pytest.mark.parametrize("kind", ["invitation", "membership", "village"])
async def test_a_signed_answer_that_lacks_what_it_should_say_is_no_answer(
    client: CommunityClient,
    aioclient_mock: AiohttpClientMocker,
    village: Village,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
) -> None:
    monkeypatch.setattr("secrets.token_urlsafe", lambda _: "a-nonce")
    envelope = village.seal({"version": 1, "type": kind, "nonce": "a-nonce", "home_id": HOME})
    for path in ("invitations/read", "join", "village/read"):
        aioclient_mock.post(f"{ADDRESS}/api/v1/{path}", json=envelope)
    ask = {
        "invitation": lambda: client.read_invitation("code"),
        "membership": lambda: client.join("code", "name", []),
        "village": client.identify,
    }[kind]

    with pytest.raises(CommunityError) as raised:
        await ask()

    assert raised.value.code == "cannot_connect"


async def test_a_village_says_who_it_is_and_nobody_else_can_say_so_for_it(
    hass: HomeAssistant,
    client: CommunityClient,
    aioclient_mock: AiohttpClientMocker,
    village: Village,
    strangers: Village,
) -> None:
    coordinator = FakeCoordinator(village, aioclient_mock)
    assert await client.identify() == VillageIdentity("village-1", "Ansen")

    coordinator.signer = strangers
    with pytest.raises(WrongVillageError):
        await client.identify()


async def test_an_answer_to_another_question_is_not_believed(
    client: CommunityClient, aioclient_mock: AiohttpClientMocker, village: Village
) -> None:
    recorded = village.seal(
        {"version": 1, "type": "village", "nonce": "an-old-nonce", "village": {"id": "v", "name": "Ansen"}}
    )
    aioclient_mock.post(f"{ADDRESS}/api/v1/village/read", json=recorded)

    with pytest.raises(WrongVillageError):
        await client.identify()


async def test_an_answer_to_a_code_goes_to_that_code_whatever_its_id_looks_like(
    client: CommunityClient, aioclient_mock: AiohttpClientMocker
) -> None:
    aioclient_mock.post(f"{ADDRESS}/api/v1/codes/..%2Fhome/answer", status=HTTPStatus.NO_CONTENT)

    await client.answer_code("../home", joins=True)

    ((method, url, body, _),) = aioclient_mock.mock_calls
    assert (method.lower(), url.raw_path, body) == (
        "post",
        "/api/v1/codes/..%2Fhome/answer",
        {"version": 1, "joins": True},
    )


@pytest.mark.parametrize("error", ["not_offered", "not_found"])
async def test_votes_in_a_village_that_is_too_old_for_them_are_not_offered(
    client: CommunityClient, aioclient_mock: AiohttpClientMocker, error: str
) -> None:
    refusal = {"version": 1, "error": error, "message": "no such call"}
    aioclient_mock.get(f"{ADDRESS}/api/v1/votes", status=HTTPStatus.NOT_FOUND, json=refusal)

    with pytest.raises(NotOfferedError):
        await VoteCalls(client).votes()


async def test_everything_that_is_kept_about_a_home_is_handed_over(
    client: CommunityClient, aioclient_mock: AiohttpClientMocker
) -> None:
    kept = {"version": 1, "home": {"id": HOME, "ean": "871687120052345672"}, "readings": []}
    aioclient_mock.get(f"{ADDRESS}/api/v1/home/data", json=kept)

    assert await client.read_own_data() == kept
    ((_, _, _, headers),) = aioclient_mock.mock_calls
    assert headers["Authorization"] == "Bearer a-token"
