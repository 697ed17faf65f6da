"""A village that somebody announces on the local network is joined with the code alone."""

from typing import Any

import pytest
from homeassistant.config_entries import SOURCE_IGNORE, SOURCE_ZEROCONF
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from hypothesis import given
from hypothesis import strategies as st
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.battery_commons.community.discovery import parse_name, parse_record
from custom_components.battery_commons.const import DOMAIN
from tests.home.config_flow.flows import ELSEWHERE, code_of, discovered, give, start
from tests.home.config_flow.found import AGREED, announced
from tests.home.coordinator import ADDRESS, FakeCoordinator
from tests.home.village import Village


async def test_a_village_that_announces_itself_is_joined_with_the_code_alone(
    hass: HomeAssistant, coordinator: FakeCoordinator
) -> None:
    asked = await discovered(hass, SOURCE_ZEROCONF, announced())
    assert asked["step_id"] == "code"
    assert asked["description_placeholders"] == {"name": "Ansen", "address": ADDRESS}
    (shown,) = hass.config_entries.flow.async_progress()
    assert shown["context"]["title_placeholders"] == {"name": "Ansen"}
    assert not coordinator.calls

    agree = await give(hass, asked["flow_id"], {"invitation": code_of(coordinator)})
    assert agree["step_id"] == "confirm"
    done = await give(hass, asked["flow_id"], AGREED)

    assert done["type"] is FlowResultType.CREATE_ENTRY
    assert (done["result"].unique_id, done["result"].data["url"]) == ("village-1", ADDRESS)


async def test_the_whole_link_is_as_good_as_the_code_and_its_address_counts(
    hass: HomeAssistant, coordinator: FakeCoordinator
) -> None:
    asked = await discovered(hass, SOURCE_ZEROCONF, announced(url=ELSEWHERE))

    await give(hass, asked["flow_id"], {"invitation": coordinator.invitation})
    done = await give(hass, asked["flow_id"], AGREED)

    assert done["result"].data["url"] == ADDRESS


async def test_somebody_who_announces_a_village_without_its_key_is_found_out(
    hass: HomeAssistant, coordinator: FakeCoordinator, strangers: Village
) -> None:
    asked = await discovered(hass, SOURCE_ZEROCONF, announced())
    coordinator.signer = strangers
    refused = await give(hass, asked["flow_id"], {"invitation": code_of(coordinator)})
    assert (refused["step_id"], refused["errors"]) == ("code", {"base": "wrong_village"})

    coordinator.signer = coordinator.village
    assert (await give(hass, asked["flow_id"], {"invitation": code_of(coordinator)}))["step_id"] == "confirm"


async def test_a_code_with_a_slip_of_the_pen_can_be_given_again(
    hass: HomeAssistant, coordinator: FakeCoordinator
) -> None:
    asked = await discovered(hass, SOURCE_ZEROCONF, announced())

    refused = await give(hass, asked["flow_id"], {"invitation": code_of(coordinator)[:-1]})

    assert refused["errors"] == {"invitation": "invalid_invitation"}
    assert (await give(hass, asked["flow_id"], {"invitation": code_of(coordinator)}))["step_id"] == "confirm"


async def test_a_resident_with_the_invitation_in_hand_need_not_wait_for_what_was_discovered(
    hass: HomeAssistant, coordinator: FakeCoordinator
) -> None:
    await discovered(hass, SOURCE_ZEROCONF, announced())
    by_hand = await start(hass)

    await give(hass, by_hand, {"invitation": coordinator.invitation})
    done = await give(hass, by_hand, AGREED)
    await hass.async_block_till_done()

    assert done["type"] is FlowResultType.CREATE_ENTRY
    assert not hass.config_entries.flow.async_progress()


@pytest.mark.parametrize(
    "changes",
    [
        {"id": None},
        {"id": ""},
        {"id": "x" * 65},
        {"id": "../../config"},
        {"id": 7},
        {"id": b"village-1"},
        {"name": None},
        {"name": ""},
        {"name": "Ansen" * 20},
        {"name": "[Free money](http://evil.example)"},
        {"name": "www.evil.example"},
        {"name": "evil.example"},
        {"name": "<img src=x>"},
        {"name": "**Ansen**"},
        {"name": "Ansen\nSend your code to 0612345678"},
        {"url": None},
        {"url": ""},
        {"url": "village.example:8477"},
        {"url": "javascript:alert(1)"},
        {"url": "file:///etc/passwd"},
        {"url": "http://"},
        {"url": "http://[::1"},
        {"url": "http://village.example:99999"},
        {"url": "http://somebody:secret@village.example"},
        {"url": "http://village.example/?action=restart"},
        {"url": "http://village.example/#join"},
        {"url": "http://village.example/`"},
        {"url": "http://village .example"},
        {"url": "http://village.example/" + "a" * 250},
        {"url": "http://village.example/\u202e"},
        {"api": None},
        {"api": 1},
    ],
)
async def test_what_is_announced_wrongly_is_no_village(
    hass: HomeAssistant, coordinator: FakeCoordinator, changes: dict[str, Any]
) -> None:
    result = await discovered(hass, SOURCE_ZEROCONF, announced(**changes))

    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "invalid_discovery_info")
    assert not coordinator.calls


@pytest.mark.parametrize("name", ["Ansen", "St. Anna", "Den Ham & 't Veld", "Bad Nieuweschans", "Ee", "Ên 2"])
def test_a_village_is_called_as_villages_are(name: str) -> None:
    assert parse_name(f" {name} ") == name


@given(st.dictionaries(st.sampled_from(["id", "name", "url", "api"]), st.text() | st.none() | st.binary()))
def test_nothing_that_is_announced_breaks_the_home(record: dict[str, Any]) -> None:
    try:
        village = parse_record({"api": "1"} | record)
    except ValueError:
        return
    assert village.url.startswith(("http://", "https://"))


async def test_a_village_of_another_version_says_so(hass: HomeAssistant) -> None:
    result = await discovered(hass, SOURCE_ZEROCONF, announced(api="2"))

    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "other_version")


async def test_a_village_that_was_joined_is_not_offered_again(
    hass: HomeAssistant, coordinator: FakeCoordinator, entry: MockConfigEntry
) -> None:
    result = await discovered(hass, SOURCE_ZEROCONF, announced())

    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "already_configured")
    assert not coordinator.calls


async def test_a_village_that_is_ignored_stays_so(hass: HomeAssistant, coordinator: FakeCoordinator) -> None:
    MockConfigEntry(domain=DOMAIN, unique_id="village-1", source=SOURCE_IGNORE).add_to_hass(hass)

    result = await discovered(hass, SOURCE_ZEROCONF, announced(url=ELSEWHERE))

    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "already_configured")
    assert not coordinator.calls
