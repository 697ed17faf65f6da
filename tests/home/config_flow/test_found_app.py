"""A village whose coordinator runs as an app beside this Home Assistant."""

from http import HTTPStatus
from typing import Any

import pytest
from homeassistant.config_entries import SOURCE_HASSIO
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.home.config_flow.flows import ELSEWHERE, code_of, discovered, give
from tests.home.config_flow.found import AGREED, app
from tests.home.coordinator import ADDRESS, FakeCoordinator
from tests.home.village import Village


async def test_the_app_on_the_same_machine_brings_the_invitation_along(
    hass: HomeAssistant, coordinator: FakeCoordinator, moved: FakeCoordinator
) -> None:
    agree = await discovered(hass, SOURCE_HASSIO, app(invitation=coordinator.invitation))
    assert (agree["step_id"], agree["description_placeholders"]["village"]) == ("confirm", "Ansen")
    assert not moved.bodies("POST", "/api/v1/join")

    done = await give(hass, agree["flow_id"], AGREED)

    assert done["type"] is FlowResultType.CREATE_ENTRY
    assert (done["result"].unique_id, done["result"].data["url"]) == ("village-1", ELSEWHERE)
    assert not coordinator.calls


async def test_the_app_without_an_invitation_has_the_resident_give_the_code(
    hass: HomeAssistant, moved: FakeCoordinator
) -> None:
    asked = await discovered(hass, SOURCE_HASSIO, app())
    assert asked["step_id"] == "code"
    assert asked["description_placeholders"] == {"name": "Battery Commons", "address": ELSEWHERE}

    await give(hass, asked["flow_id"], {"invitation": code_of(moved)})
    done = await give(hass, asked["flow_id"], AGREED)

    assert done["result"].data["url"] == ELSEWHERE


@pytest.mark.parametrize("status", [HTTPStatus.CONFLICT, HTTPStatus.GONE])
async def test_an_invitation_of_the_app_that_no_longer_counts_is_replaced_by_another(
    hass: HomeAssistant, moved: FakeCoordinator, status: HTTPStatus
) -> None:
    error = {HTTPStatus.CONFLICT: "invitation_used", HTTPStatus.GONE: "invitation_expired"}[status]
    moved.refusal = (status, error)
    asked = await discovered(hass, SOURCE_HASSIO, app(invitation=moved.invitation))
    assert (asked["step_id"], asked["errors"]) == ("code", {"base": error})

    moved.refusal = None
    assert (await give(hass, asked["flow_id"], {"invitation": code_of(moved)}))["step_id"] == "confirm"


async def test_an_app_at_an_ipv6_address_is_found_too(hass: HomeAssistant) -> None:
    asked = await discovered(hass, SOURCE_HASSIO, app(host="2001:db8::50"))

    assert asked["description_placeholders"]["address"] == "http://[2001:db8::50]:8477"


@pytest.mark.parametrize(
    "changes",
    [
        {"host": None},
        {"host": ""},
        {"host": 7},
        {"host": "a b"},
        {"host": "village.example/path"},
        {"port": None},
        {"port": "soon"},
        {"port": 99_999},
        {"name": "[a](b)"},
    ],
)
async def test_an_app_that_is_told_of_wrongly_is_none(hass: HomeAssistant, changes: dict[str, Any]) -> None:
    result = await discovered(hass, SOURCE_HASSIO, app(**changes))

    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "invalid_discovery_info")


async def test_an_app_of_the_village_that_was_joined_is_not_offered_again(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    hass.config_entries.async_update_entry(entry, data={**entry.data, "url": ELSEWHERE})

    result = await discovered(hass, SOURCE_HASSIO, app())

    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "already_configured")


async def test_a_home_follows_its_village_to_the_app(
    hass: HomeAssistant, coordinator: FakeCoordinator, moved: FakeCoordinator, home: MockConfigEntry
) -> None:
    result = await discovered(hass, SOURCE_HASSIO, app())
    await hass.async_block_till_done()

    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "already_configured")
    assert home.data["url"] == ELSEWHERE
    assert moved.bodies("POST", "/api/v1/telemetry")


async def test_the_app_of_another_village_can_be_joined_beside_the_first(
    hass: HomeAssistant, entry: MockConfigEntry, moved: FakeCoordinator, strangers: Village
) -> None:
    moved.village = moved.signer = strangers
    moved.village_id = "village-2"

    agree = await discovered(hass, SOURCE_HASSIO, app(invitation=moved.invitation))

    assert agree["step_id"] == "confirm"
    assert entry.data["url"] == ADDRESS


async def test_an_app_that_does_not_answer_yet_changes_nothing(
    hass: HomeAssistant, entry: MockConfigEntry, moved: FakeCoordinator
) -> None:
    moved.unreachable = True

    result = await discovered(hass, SOURCE_HASSIO, app())

    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "cannot_connect")
    assert entry.data["url"] == ADDRESS
