"""Staying in a village that no longer knows the home, or that has moved."""

from http import HTTPStatus
from typing import Any

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.home.config_flow.flows import ELSEWHERE, code_of, give
from tests.home.conftest import SUBENTRY
from tests.home.coordinator import ADDRESS, FakeCoordinator
from tests.home.doorstep import Doorstep
from tests.home.village import Village

CONTRACT = {
    "first_day": "2026-03-01",
    "tariff_kind": "fixed",
    "energy": 0.14,
    "energy_tax": 0.1108,
    "feed_in": 0.05,
    "feed_in_costs": 0.02,
    "net_metering": False,
}

# --- Joining again --------------------------------------------------------------------------------


async def ask_again(hass: HomeAssistant, entry: MockConfigEntry) -> str:
    asked: Any = await entry.start_reauth_flow(hass)
    assert asked["step_id"] == "reauth_confirm"
    assert asked["description_placeholders"]["village"] == "Ansen"
    return str(asked["flow_id"])


async def test_a_home_that_joins_again_keeps_its_batteries_and_has_a_new_token(
    hass: HomeAssistant, home: MockConfigEntry, moved: FakeCoordinator, strangers: Village
) -> None:
    moved.village = moved.signer = strangers  # The village has started anew, with another key.
    moved.home_id, moved.token = "home-2", "another-token"

    done = await give(hass, await ask_again(hass, home), {"invitation": moved.invitation})
    await hass.async_block_till_done()

    assert (done["type"], done["reason"]) == (FlowResultType.ABORT, "reauth_successful")
    assert home.data["url"] == ELSEWHERE
    assert home.data["key"] == strangers.public_key_text
    assert (home.data["home_id"], home.data["token"]) == ("home-2", "another-token")
    assert SUBENTRY in home.subentries
    (described,) = moved.bodies("PUT", "/api/v1/home")
    assert [battery["name"] for battery in described["batteries"]] == ["Garage"]
    assert described["webhook_urls"][0].endswith(home.data["webhook_id"])


async def test_the_code_alone_is_enough_where_the_village_has_not_moved(
    hass: HomeAssistant, home: MockConfigEntry, coordinator: FakeCoordinator
) -> None:
    code = code_of(coordinator)

    done = await give(hass, await ask_again(hass, home), {"invitation": code})

    assert done["reason"] == "reauth_successful"
    (joined,) = coordinator.bodies("POST", "/api/v1/join")
    assert joined["name"] == hass.config.location_name  # This home joined before names were kept.


async def test_a_home_joins_again_under_its_own_name(
    hass: HomeAssistant, home: MockConfigEntry, coordinator: FakeCoordinator
) -> None:
    hass.config_entries.async_update_entry(home, data={**home.data, "name": "Brinkweg 4"})

    await give(hass, await ask_again(hass, home), {"invitation": coordinator.invitation})

    (joined,) = coordinator.bodies("POST", "/api/v1/join")
    assert joined["name"] == "Brinkweg 4"


@pytest.mark.usefixtures("noon")
async def test_the_first_plan_after_joining_again_counts_although_its_number_is_low(
    hass: HomeAssistant, home: MockConfigEntry, coordinator: FakeCoordinator, doorstep: Doorstep
) -> None:
    assert (await doorstep.post(doorstep.signed_plan(sequence=7)))["accepted"]
    coordinator.home_id = "home-2"

    await give(hass, await ask_again(hass, home), {"invitation": coordinator.invitation})
    await hass.async_block_till_done()

    assert not (await doorstep.post(doorstep.signed_plan(sequence=8)))["accepted"]
    assert (await doorstep.post(doorstep.signed_plan(sequence=1, home_id="home-2")))["accepted"]


async def test_a_home_that_is_not_set_up_can_join_again_too(
    hass: HomeAssistant, entry: MockConfigEntry, coordinator: FakeCoordinator
) -> None:
    coordinator.token = "another-token"

    done = await give(hass, await ask_again(hass, entry), {"invitation": coordinator.invitation})
    await hass.async_block_till_done()

    assert done["reason"] == "reauth_successful"
    assert entry.data["token"] == "another-token"
    assert coordinator.bodies("POST", "/api/v1/telemetry")


@pytest.mark.usefixtures("noon")
@pytest.mark.parametrize(
    ("told", "again"), [("2026-03-01", "2026-06-21"), ("2027-01-01", "2027-01-01")], ids=["current", "coming"]
)
async def test_a_home_that_joins_again_tells_its_contract_again(
    hass: HomeAssistant, home: MockConfigEntry, coordinator: FakeCoordinator, told: str, again: str
) -> None:
    """To the village it is another home, whose account would be reckoned with a contract of nobody's."""
    hass.config_entries.async_update_entry(home, options=CONTRACT | {"first_day": told})
    coordinator.home_id, coordinator.token = "home-2", "another-token"

    await give(hass, await ask_again(hass, home), {"invitation": coordinator.invitation})
    await hass.async_block_till_done()

    (tariff,) = coordinator.bodies("PUT", "/api/v1/home/tariff")
    assert (tariff["first_day"], tariff["kind"], tariff["energy"]) == (again, "fixed", 0.14)


async def test_a_contract_that_the_village_does_not_take_keeps_no_home_from_coming_back(
    hass: HomeAssistant,
    home: MockConfigEntry,
    coordinator: FakeCoordinator,
    caplog: pytest.LogCaptureFixture,
) -> None:
    hass.config_entries.async_update_entry(home, options=CONTRACT)
    coordinator.refusals["/api/v1/home/tariff"] = (HTTPStatus.NOT_FOUND, "not_found")

    done = await give(hass, await ask_again(hass, home), {"invitation": coordinator.invitation})

    assert done["reason"] == "reauth_successful"
    assert "was not told again what this home pays for energy" in caplog.text


async def test_an_invitation_to_another_village_does_not_bring_a_home_back(
    hass: HomeAssistant, home: MockConfigEntry, moved: FakeCoordinator
) -> None:
    moved.village_id = "village-2"
    before = {**home.data}

    result = await give(hass, await ask_again(hass, home), {"invitation": moved.invitation})

    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "wrong_village_account")
    assert home.data == before
    assert not moved.bodies("POST", "/api/v1/join")


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (HTTPStatus.NOT_FOUND, "invitation_unknown"),
        (HTTPStatus.CONFLICT, "invitation_used"),
        (HTTPStatus.GONE, "invitation_expired"),
    ],
)
async def test_an_invitation_that_does_not_bring_a_home_back_says_why(
    hass: HomeAssistant, home: MockConfigEntry, coordinator: FakeCoordinator, status: HTTPStatus, error: str
) -> None:
    flow = await ask_again(hass, home)
    coordinator.refusal = (status, error)
    refused = await give(hass, flow, {"invitation": coordinator.invitation})
    assert (refused["step_id"], refused["errors"]) == ("reauth_confirm", {"base": error})

    coordinator.refusal = None
    assert (await give(hass, flow, {"invitation": coordinator.invitation}))["reason"] == "reauth_successful"


async def test_a_text_that_is_no_invitation_does_not_bring_a_home_back(
    hass: HomeAssistant, home: MockConfigEntry
) -> None:
    refused = await give(hass, await ask_again(hass, home), {"invitation": "hello"})

    assert refused["errors"] == {"invitation": "invalid_invitation"}


async def test_an_invitation_that_is_used_up_at_the_last_moment_does_not_bring_a_home_back(
    hass: HomeAssistant, home: MockConfigEntry, coordinator: FakeCoordinator
) -> None:
    flow = await ask_again(hass, home)
    coordinator.refusals = {"/api/v1/join": (HTTPStatus.CONFLICT, "invitation_used")}
    refused = await give(hass, flow, {"invitation": coordinator.invitation})
    assert refused["errors"] == {"base": "invitation_used"}

    coordinator.refusals = {}
    assert (await give(hass, flow, {"invitation": coordinator.invitation}))["reason"] == "reauth_successful"


async def test_a_home_without_an_address_cannot_come_back_to_a_village_that_takes_none(
    hass: HomeAssistant, home: MockConfigEntry, coordinator: FakeCoordinator
) -> None:
    hass.config.internal_url = None
    hass.config.api = None
    coordinator.refusals = {"/api/v1/join": (HTTPStatus.BAD_REQUEST, "malformed")}

    result = await give(hass, await ask_again(hass, home), {"invitation": coordinator.invitation})

    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "no_address")


# --- Moving ---------------------------------------------------------------------------------------


async def ask_address(hass: HomeAssistant, entry: MockConfigEntry) -> str:
    asked: Any = await entry.start_reconfigure_flow(hass)
    assert asked["step_id"] == "reconfigure"
    assert asked["description_placeholders"] == {"village": "Ansen"}
    return str(asked["flow_id"])


@pytest.mark.parametrize("text", [ELSEWHERE, f" {ELSEWHERE}/ ", "the link"])
async def test_a_village_that_has_moved_is_found_at_its_new_address(
    hass: HomeAssistant, home: MockConfigEntry, moved: FakeCoordinator, text: str
) -> None:
    address = moved.invitation if text == "the link" else text
    before = {**home.data}

    done = await give(hass, await ask_address(hass, home), {"url": address})
    await hass.async_block_till_done()

    assert (done["type"], done["reason"]) == (FlowResultType.ABORT, "reconfigure_successful")
    assert home.data == before | {"url": ELSEWHERE}
    assert moved.bodies("POST", "/api/v1/telemetry")
    assert not moved.bodies("POST", "/api/v1/join")


@pytest.mark.parametrize("somebody", ["a stranger", "another village", "nobody"])
async def test_nobody_but_the_village_itself_is_believed_at_the_new_address(
    hass: HomeAssistant, home: MockConfigEntry, moved: FakeCoordinator, strangers: Village, somebody: str
) -> None:
    trouble: dict[str, dict[str, Any]] = {
        "a stranger": {"signer": strangers},
        "another village": {"village_id": "village-2"},
        "nobody": {"unreachable": True},
    }
    flow = await ask_address(hass, home)
    right = {name: getattr(moved, name) for name in trouble[somebody]}
    for name, value in trouble[somebody].items():
        setattr(moved, name, value)
    refused = await give(hass, flow, {"url": ELSEWHERE})
    expected = "cannot_connect" if somebody == "nobody" else "wrong_village"
    assert refused["errors"] == {"base": expected}
    assert home.data["url"] == ADDRESS

    for name, value in right.items():
        setattr(moved, name, value)
    assert (await give(hass, flow, {"url": ELSEWHERE}))["reason"] == "reconfigure_successful"


@pytest.mark.parametrize("text", ["", "next door", "ftp://village", "http://village/join#code.AAAA"])
async def test_a_text_that_is_no_address_is_said_to_be_none(
    hass: HomeAssistant, home: MockConfigEntry, moved: FakeCoordinator, text: str
) -> None:
    flow = await ask_address(hass, home)
    refused = await give(hass, flow, {"url": text})
    assert refused["errors"] == {"url": "invalid_address"}

    assert (await give(hass, flow, {"url": ELSEWHERE}))["reason"] == "reconfigure_successful"
