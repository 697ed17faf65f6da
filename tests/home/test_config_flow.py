"""Joining a village and adding a battery, as a resident goes through it."""

from http import HTTPStatus
from typing import Any

import pytest
from homeassistant.components.modbus import async_get_unit
from homeassistant.config_entries import SOURCE_USER
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from modbus_connection import ModbusTlsParams
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.battery_commons.const import DOMAIN
from tests.home.conftest import BATTERY_DATA, SUBENTRY
from tests.home.coordinator import ADDRESS, TOKEN, FakeCoordinator
from tests.home.device import BatteryDevice
from tests.home.village import HOME, Village

WHERE = {"name": "Schuur", "host": "192.0.2.8", "port": 502, "unit_id": 1}


async def start(hass: HomeAssistant) -> str:
    hass.config.internal_url = "http://192.0.2.2:8123"
    result = await hass.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_USER})
    assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "user")
    return result["flow_id"]


async def give(hass: HomeAssistant, flow_id: str, answer: dict[str, Any]) -> Any:
    return await hass.config_entries.flow.async_configure(flow_id, answer)


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
    (joined,) = coordinator.bodies("POST", "/api/v1/join")
    assert (joined["consent"], joined["name"]) == (True, "Brinkweg 4")
    assert joined["webhook_urls"] == [f"http://192.0.2.2:8123/api/webhook/{data['webhook_id']}"]


async def test_nobody_joins_without_agreeing(hass: HomeAssistant, coordinator: FakeCoordinator) -> None:
    flow = await start(hass)
    await give(hass, flow, {"invitation": coordinator.invitation})

    asked_again = await give(hass, flow, {"name": "Brinkweg 4", "consent": False})

    assert asked_again["errors"] == {"consent": "consent_needed"}
    assert not coordinator.bodies("POST", "/api/v1/join")


async def test_a_home_that_does_not_know_its_own_address_is_told_what_to_do(
    hass: HomeAssistant, coordinator: FakeCoordinator
) -> None:
    flow = await start(hass)
    await give(hass, flow, {"invitation": coordinator.invitation})
    hass.config.internal_url = None
    hass.config.api = None

    result = await give(hass, flow, {"name": "Brinkweg 4", "consent": True})

    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "no_address")
    assert not coordinator.bodies("POST", "/api/v1/join")


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
    ],
)
async def test_a_text_that_is_no_invitation_is_said_to_be_none(
    hass: HomeAssistant, coordinator: FakeCoordinator, link: str
) -> None:
    result = await give(hass, await start(hass), {"invitation": link})

    assert result["errors"] == {"invitation": "invalid_invitation"}
    assert not coordinator.calls


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
    coordinator.unreachable = True

    result = await give(hass, await start(hass), {"invitation": coordinator.invitation})

    assert result["errors"] == {"base": "cannot_connect"}


async def test_somebody_else_at_the_villages_address_is_not_believed(
    hass: HomeAssistant, coordinator: FakeCoordinator, strangers: Village
) -> None:
    coordinator.signer = strangers

    result = await give(hass, await start(hass), {"invitation": coordinator.invitation})

    assert result["errors"] == {"base": "wrong_village"}


async def test_an_invitation_used_by_another_while_the_resident_was_reading(
    hass: HomeAssistant, coordinator: FakeCoordinator
) -> None:
    flow = await start(hass)
    await give(hass, flow, {"invitation": coordinator.invitation})
    coordinator.refusal = (HTTPStatus.CONFLICT, "invitation_used")

    result = await give(hass, flow, {"name": "Brinkweg 4", "consent": True})

    assert result["errors"] == {"base": "invitation_used"}


async def test_a_home_joins_a_village_once(
    hass: HomeAssistant, coordinator: FakeCoordinator, entry: MockConfigEntry
) -> None:
    result = await give(hass, await start(hass), {"invitation": coordinator.invitation})

    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "already_configured")


async def look_at_battery(hass: HomeAssistant, home: MockConfigEntry, where: dict[str, Any]) -> Any:
    result = await hass.config_entries.subentries.async_init(
        (home.entry_id, "battery"), context={"source": SOURCE_USER}
    )
    if result["type"] is not FlowResultType.FORM:
        return result
    return await hass.config_entries.subentries.async_configure(result["flow_id"], where)


@pytest.mark.parametrize(
    ("injecting_w", "step"),
    [(-1200, "confirm_charging"), (1200, "confirm_discharging"), (0, "confirm_idle")],
)
async def test_a_resident_confirms_what_was_found_with_its_direction_in_words(
    hass: HomeAssistant, home: MockConfigEntry, device: BatteryDevice, injecting_w: float, step: str
) -> None:
    device.stand(state_of_charge=0.42, injecting_w=injecting_w)

    shown = await look_at_battery(hass, home, WHERE)

    assert shown["step_id"] == step
    assert shown["description_placeholders"] == {
        "device": "Example Wall 10",
        "capacity_kwh": "10.0",
        "charge_kw": "5.0",
        "discharge_kw": "5.0",
        "state_of_charge": "42",
        "power_kw": f"{abs(injecting_w) / 1000:.2f}",
    }
    done = await hass.config_entries.subentries.async_configure(shown["flow_id"], {})
    await hass.async_block_till_done()
    assert done["type"] is FlowResultType.CREATE_ENTRY
    added = next(s for s in home.subentries.values() if s.title == "Schuur")
    assert added.data == BATTERY_DATA | WHERE


async def test_the_village_hears_of_a_battery_that_was_added(
    hass: HomeAssistant, home: MockConfigEntry, coordinator: FakeCoordinator
) -> None:
    shown = await look_at_battery(hass, home, WHERE)
    await hass.config_entries.subentries.async_configure(shown["flow_id"], {})
    await hass.async_block_till_done()

    described = coordinator.bodies("PUT", "/api/v1/home")[-1]["batteries"]
    assert [battery["name"] for battery in described] == ["Garage", "Schuur"]


async def test_a_battery_that_does_not_answer_is_not_added(
    hass: HomeAssistant, home: MockConfigEntry, device: BatteryDevice
) -> None:
    device.lose_link()
    result = await look_at_battery(hass, home, WHERE)
    assert result["errors"] == {"base": "no_battery"}

    device.restore_link()
    result = await hass.config_entries.subentries.async_configure(result["flow_id"], WHERE)
    assert result["step_id"] == "confirm_idle"


async def test_a_device_that_is_in_use_with_other_link_settings_is_not_added(
    hass: HomeAssistant, home: MockConfigEntry
) -> None:
    async_get_unit(hass, home, ModbusTlsParams(host="192.0.2.8", port=502), 9)

    result = await look_at_battery(hass, home, WHERE)

    assert result["errors"] == {"base": "link_settings_in_use"}


async def test_a_battery_takes_part_once(hass: HomeAssistant, home: MockConfigEntry) -> None:
    same = {part: BATTERY_DATA[part] for part in ("host", "port", "unit_id")} | {"name": "Again"}

    result = await look_at_battery(hass, home, same)

    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "already_configured")


async def test_a_battery_that_has_moved_is_found_again_and_keeps_its_identity(
    hass: HomeAssistant, home: MockConfigEntry
) -> None:
    result: Any = await home.start_subentry_reconfigure_flow(hass, SUBENTRY)
    assert result["step_id"] == "reconfigure"
    moved = {part: BATTERY_DATA[part] for part in ("name", "port", "unit_id")} | {"host": "192.0.2.99"}
    shown = await hass.config_entries.subentries.async_configure(result["flow_id"], moved)
    assert shown["step_id"] == "confirm_idle"

    done = await hass.config_entries.subentries.async_configure(shown["flow_id"], {})
    await hass.async_block_till_done()

    assert done["reason"] == "reconfigure_successful"
    assert home.subentries[SUBENTRY].data == BATTERY_DATA | moved


async def test_a_battery_may_be_renamed_where_it_is(hass: HomeAssistant, home: MockConfigEntry) -> None:
    result: Any = await home.start_subentry_reconfigure_flow(hass, SUBENTRY)
    renamed = {part: BATTERY_DATA[part] for part in ("host", "port", "unit_id")} | {"name": "Cellar"}

    shown = await hass.config_entries.subentries.async_configure(result["flow_id"], renamed)
    await hass.config_entries.subentries.async_configure(shown["flow_id"], {})
    await hass.async_block_till_done()

    assert home.subentries[SUBENTRY].title == "Cellar"


async def test_no_battery_is_added_while_the_village_is_not_set_up(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    result = await look_at_battery(hass, entry, WHERE)

    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "entry_not_loaded")
