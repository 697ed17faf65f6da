"""Joining a village by its invitation, as a resident goes through it."""

from http import HTTPStatus

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.home.config_flow.flows import give, start
from tests.home.coordinator import ADDRESS, TOKEN, FakeCoordinator
from tests.home.village import HOME, Village


async def test_a_resident_sees_what_is_shared_agrees_and_has_joined(
    hass: HomeAssistant, coordinator: FakeCoordinator
) -> None:
    flow = await start(hass)
    shown = await give(hass, flow, {"invitation": coordinator.invitation})
    assert shown["step_id"] == "confirm"
    assert shown["description_placeholders"] == {"village": "Ansen", "transformer": "Dorpsstraat"}
    assert not coordinator.bodies("POST", "/api/v1/join")

    done = await give(hass, flow, {"name": "Brinkweg 4", "consent": True})
    await hass.async_block_till_done()

    assert (done["type"], done["title"]) == (FlowResultType.CREATE_ENTRY, "Ansen")
    data = done["result"].data
    assert (data["url"], data["home_id"], data["token"]) == (ADDRESS, HOME, TOKEN)
    assert data["name"] == "Brinkweg 4"
    (joined,) = coordinator.bodies("POST", "/api/v1/join")
    assert (joined["consent"], joined["name"]) == (True, "Brinkweg 4")
    assert joined["webhook_urls"] == [f"http://192.0.2.2:8123/api/webhook/{data['webhook_id']}"]


async def test_nobody_joins_without_agreeing(hass: HomeAssistant, coordinator: FakeCoordinator) -> None:
    flow = await start(hass)
    await give(hass, flow, {"invitation": coordinator.invitation})

    asked_again = await give(hass, flow, {"name": "Brinkweg 4", "consent": False})

    assert asked_again["errors"] == {"consent": "consent_needed"}
    assert not coordinator.bodies("POST", "/api/v1/join")

    done = await give(hass, flow, {"name": "Brinkweg 4", "consent": True})
    assert done["type"] is FlowResultType.CREATE_ENTRY


async def test_a_home_that_does_not_know_its_own_address_joins_without_one(
    hass: HomeAssistant, coordinator: FakeCoordinator
) -> None:
    flow = await start(hass)
    await give(hass, flow, {"invitation": coordinator.invitation})
    hass.config.internal_url = None
    hass.config.api = None

    result = await give(hass, flow, {"name": "Brinkweg 4", "consent": True})

    assert result["type"] is FlowResultType.CREATE_ENTRY
    (asked,) = coordinator.bodies("POST", "/api/v1/join")
    assert asked["webhook_urls"] == []


async def test_where_a_village_takes_no_home_without_an_address_the_resident_is_told_what_to_do(
    hass: HomeAssistant, coordinator: FakeCoordinator
) -> None:
    flow = await start(hass)
    await give(hass, flow, {"invitation": coordinator.invitation})
    hass.config.internal_url = None
    hass.config.api = None
    coordinator.refusals = {"/api/v1/join": (HTTPStatus.BAD_REQUEST, "malformed")}

    result = await give(hass, flow, {"name": "Brinkweg 4", "consent": True})

    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "no_address")


async def test_a_home_with_an_address_that_a_village_refuses_can_try_again(
    hass: HomeAssistant, coordinator: FakeCoordinator
) -> None:
    flow = await start(hass)
    await give(hass, flow, {"invitation": coordinator.invitation})
    coordinator.refusals = {"/api/v1/join": (HTTPStatus.BAD_REQUEST, "malformed")}
    refused = await give(hass, flow, {"name": "Brinkweg 4", "consent": True})
    coordinator.refusals = {}

    result = await give(hass, flow, {"name": "Brinkweg 4", "consent": True})

    assert refused["errors"] == {"base": "village_refuses"}
    assert result["type"] is FlowResultType.CREATE_ENTRY


@pytest.mark.parametrize(
    "link",
    [
        "",
        "http://village/join#one-time-code.not*base64",
        "hello",
        "ftp://x/join#one-time-code.AAAA",
        "http://village/join",
        "http://v/join#code.AAAA",
        "http://[",
        "http://v:port/join#one-time-code.AAAA",
        "one-time-code.AAAA",
        "http://somebody@village/join#one-time-code.{key}",
        "http://village/jo in#one-time-code.{key}",
        "http://{long}/join#one-time-code.{key}",
        "http://village/join?a=b#one-time-code.{key}",
    ],
)
async def test_a_text_that_is_no_invitation_is_said_to_be_none(
    hass: HomeAssistant, coordinator: FakeCoordinator, link: str
) -> None:
    link = link.format(key=coordinator.village.public_key_text, long="v" * 250)

    flow = await start(hass)
    refused = await give(hass, flow, {"invitation": link})
    assert refused["errors"] == {"invitation": "invalid_invitation"}
    assert not coordinator.calls

    assert (await give(hass, flow, {"invitation": coordinator.invitation}))["step_id"] == "confirm"


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (HTTPStatus.NOT_FOUND, "invitation_unknown"),
        (HTTPStatus.CONFLICT, "invitation_used"),
        (HTTPStatus.GONE, "invitation_expired"),
    ],
)
async def test_an_invitation_that_lets_nobody_in_says_why_and_a_new_one_can_be_given(
    hass: HomeAssistant, coordinator: FakeCoordinator, status: HTTPStatus, error: str
) -> None:
    flow = await start(hass)
    coordinator.refusal = (status, error)
    refused = await give(hass, flow, {"invitation": coordinator.invitation})
    assert refused["errors"] == {"base": error}

    coordinator.refusal = None
    assert (await give(hass, flow, {"invitation": coordinator.invitation}))["step_id"] == "confirm"


async def test_a_village_that_does_not_answer_is_said_not_to(
    hass: HomeAssistant, coordinator: FakeCoordinator
) -> None:
    flow = await start(hass)
    coordinator.unreachable = True
    refused = await give(hass, flow, {"invitation": coordinator.invitation})
    assert refused["errors"] == {"base": "cannot_connect"}

    coordinator.unreachable = False
    assert (await give(hass, flow, {"invitation": coordinator.invitation}))["step_id"] == "confirm"


async def test_somebody_else_at_the_villages_address_is_not_believed(
    hass: HomeAssistant, coordinator: FakeCoordinator, strangers: Village
) -> None:
    flow = await start(hass)
    coordinator.signer = strangers
    refused = await give(hass, flow, {"invitation": coordinator.invitation})
    assert refused["errors"] == {"base": "wrong_village"}

    coordinator.signer = coordinator.village
    assert (await give(hass, flow, {"invitation": coordinator.invitation}))["step_id"] == "confirm"


async def test_an_invitation_used_by_another_while_the_resident_was_reading(
    hass: HomeAssistant, coordinator: FakeCoordinator
) -> None:
    flow = await start(hass)
    await give(hass, flow, {"invitation": coordinator.invitation})
    coordinator.refusal = (HTTPStatus.CONFLICT, "invitation_used")

    refused = await give(hass, flow, {"name": "Brinkweg 4", "consent": True})
    assert refused["errors"] == {"base": "invitation_used"}

    coordinator.refusal = None
    done = await give(hass, flow, {"name": "Brinkweg 4", "consent": True})
    assert done["type"] is FlowResultType.CREATE_ENTRY


async def test_a_home_joins_a_village_once(
    hass: HomeAssistant, coordinator: FakeCoordinator, entry: MockConfigEntry
) -> None:
    result = await give(hass, await start(hass), {"invitation": coordinator.invitation})

    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "already_configured")
