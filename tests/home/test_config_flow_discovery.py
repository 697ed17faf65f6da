"""A village that is found: by the Supervisor, or by what somebody announces on the local network."""

from http import HTTPStatus
from ipaddress import ip_address
from typing import Any

import pytest
from homeassistant.config_entries import SOURCE_HASSIO, SOURCE_IGNORE, SOURCE_ZEROCONF
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers.service_info.hassio import HassioServiceInfo
from homeassistant.helpers.service_info.zeroconf import ZeroconfServiceInfo
from hypothesis import given
from hypothesis import strategies as st
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.test_util.aiohttp import AiohttpClientMocker

from custom_components.battery_commons.community.discovery import parse_name, parse_record
from custom_components.battery_commons.const import DOMAIN
from tests.home.coordinator import ADDRESS, FakeCoordinator
from tests.home.flows import discovered, give, start
from tests.home.village import Village

ELSEWHERE = "http://192.0.2.50:8477"
TXT = {"id": "village-1", "name": "Ansen", "url": ADDRESS, "api": "1"}
AGREED = {"name": "Brinkweg 4", "consent": True}


def announced(**changes: Any) -> ZeroconfServiceInfo:
    """Return what zeroconf hears, with `changes` to the TXT record; None leaves a field out."""
    record = TXT | changes
    return ZeroconfServiceInfo(
        ip_address=ip_address("192.0.2.50"),
        ip_addresses=[ip_address("192.0.2.50")],
        port=8477,
        hostname="ansen.local.",
        type="_battery-commons._tcp.local.",
        name="Ansen._battery-commons._tcp.local.",
        properties={field: value for field, value in record.items() if value is not None},
    )


def app(name: str = "Battery Commons", **config: Any) -> HassioServiceInfo:
    """Return what the Supervisor tells of the coordinator's app."""
    return HassioServiceInfo(
        config={"host": "192.0.2.50", "port": 8477} | config,
        name=name,
        slug="battery_commons",
        uuid="the-uuid-of-the-app",
    )


@pytest.fixture
def moved(village: Village, aioclient_mock: AiohttpClientMocker) -> FakeCoordinator:
    """Return the same village at another address."""
    return FakeCoordinator(village, aioclient_mock, ELSEWHERE)


def code_of(coordinator: FakeCoordinator) -> str:
    return coordinator.invitation.rpartition("#")[2]


# --- Announced on the local network ---------------------------------------------------------------


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


async def test_a_home_follows_its_village_to_another_address(
    hass: HomeAssistant, coordinator: FakeCoordinator, moved: FakeCoordinator, home: MockConfigEntry
) -> None:
    coordinator.unreachable = True

    result = await discovered(hass, SOURCE_ZEROCONF, announced(url=ELSEWHERE))
    await hass.async_block_till_done()

    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "already_configured")
    assert home.data["url"] == ELSEWHERE
    assert moved.bodies("POST", "/api/v1/telemetry")


async def test_a_home_that_could_not_start_does_so_once_its_village_is_found(
    hass: HomeAssistant, coordinator: FakeCoordinator, moved: FakeCoordinator, entry: MockConfigEntry
) -> None:
    coordinator.unreachable = True

    await discovered(hass, SOURCE_ZEROCONF, announced(url=ELSEWHERE))
    await hass.async_block_till_done()

    assert moved.bodies("POST", "/api/v1/telemetry")


async def test_a_village_that_answers_where_it_was_has_not_moved(
    hass: HomeAssistant, coordinator: FakeCoordinator, moved: FakeCoordinator, entry: MockConfigEntry
) -> None:
    """Anybody can hand on what a village has signed; only its absence shows that it has gone."""
    await discovered(hass, SOURCE_ZEROCONF, announced(url=ELSEWHERE))

    assert entry.data["url"] == ADDRESS
    assert not moved.calls


async def test_somebody_else_at_the_old_address_does_not_keep_a_village_from_moving(
    hass: HomeAssistant,
    coordinator: FakeCoordinator,
    moved: FakeCoordinator,
    entry: MockConfigEntry,
    strangers: Village,
) -> None:
    coordinator.signer = strangers

    await discovered(hass, SOURCE_ZEROCONF, announced(url=ELSEWHERE))
    await hass.async_block_till_done()

    assert entry.data["url"] == ELSEWHERE


@pytest.mark.parametrize("somebody", ["a stranger", "another village", "nobody"])
async def test_a_home_follows_nobody_but_its_village(
    hass: HomeAssistant,
    coordinator: FakeCoordinator,
    moved: FakeCoordinator,
    entry: MockConfigEntry,
    strangers: Village,
    somebody: str,
) -> None:
    coordinator.unreachable = True
    match somebody:
        case "a stranger":
            moved.signer = strangers
        case "another village":
            moved.village_id = "village-2"
        case _:
            moved.unreachable = True

    result = await discovered(hass, SOURCE_ZEROCONF, announced(url=ELSEWHERE))

    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "already_configured")
    assert entry.data["url"] == ADDRESS


async def test_what_was_encrypted_stays_encrypted(
    hass: HomeAssistant, moved: FakeCoordinator, entry: MockConfigEntry
) -> None:
    hass.config_entries.async_update_entry(entry, data={**entry.data, "url": "https://village.example"})

    await discovered(hass, SOURCE_ZEROCONF, announced(url=ELSEWHERE))

    assert entry.data["url"] == "https://village.example"
    assert not moved.calls


# --- The app beside this Home Assistant -----------------------------------------------------------


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
