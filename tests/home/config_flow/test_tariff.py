"""A resident tells the village what the home pays for energy."""

from http import HTTPStatus
from typing import Any

import pytest
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, InvalidData
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.home.coordinator import FakeCoordinator

pytestmark = pytest.mark.usefixtures("noon")
PATH = "/api/v1/home/tariff"
FIXED: dict[str, Any] = {
    "first_day": "2026-06-01",
    "tariff_kind": "fixed",
    "energy": 0.14,
    "energy_tax": 0.123,
    "feed_in": 0.05,
    "feed_in_costs": 0.02,
    "net_metering": False,
}


async def tell(hass: HomeAssistant, home: MockConfigEntry, **told: Any) -> Any:
    flow = await hass.config_entries.options.async_init(home.entry_id)
    result = await hass.config_entries.options.async_configure(flow["flow_id"], FIXED | told)
    await hass.async_block_till_done()
    return result


@pytest.mark.parametrize(
    "wrong", [{"energy": 14}, {"energy_tax": -0.1}, {"tariff_kind": "cheap"}, {"first_day": "soon"}]
)
async def test_what_no_contract_says_is_refused_here(
    hass: HomeAssistant, home: MockConfigEntry, coordinator: FakeCoordinator, wrong: dict[str, Any]
) -> None:
    with pytest.raises(InvalidData):
        await tell(hass, home, **wrong)

    assert coordinator.bodies("PUT", PATH) == []


async def test_two_prices_need_a_low_one(
    hass: HomeAssistant, home: MockConfigEntry, coordinator: FakeCoordinator
) -> None:
    result = await tell(hass, home, tariff_kind="two_tariff")

    assert result["errors"] == {"energy_low": "low_price_missing"}
    assert coordinator.bodies("PUT", PATH) == []


@pytest.mark.parametrize(
    ("refusal", "error"),
    [
        ((HTTPStatus.NOT_FOUND, "not_found"), "no_account_yet"),
        ((HTTPStatus.BAD_REQUEST, "malformed"), "tariff_refused"),
        ((HTTPStatus.SERVICE_UNAVAILABLE, "unavailable"), "village_silent"),
    ],
)
async def test_a_village_that_does_not_take_it_says_why_and_nothing_is_kept(
    hass: HomeAssistant,
    home: MockConfigEntry,
    coordinator: FakeCoordinator,
    refusal: tuple[HTTPStatus, str],
    error: str,
) -> None:
    coordinator.refusals[PATH] = refusal

    result = await tell(hass, home)

    assert result["errors"] == {"base": error}
    assert not home.options


async def test_the_village_is_told_and_the_form_is_filled_in_the_next_time(
    hass: HomeAssistant, home: MockConfigEntry, coordinator: FakeCoordinator
) -> None:
    result = await tell(hass, home, energy_low=0.1)

    assert result["type"] is FlowResultType.CREATE_ENTRY
    (body,) = coordinator.bodies("PUT", PATH)
    assert (body["kind"], body["energy"], body["energy_low"]) == ("fixed", 0.14, None)
    flow = await hass.config_entries.options.async_init(home.entry_id)
    assert flow["data_schema"] is not None
    suggested = {
        str(key): (key.description or {}).get("suggested_value") for key in flow["data_schema"].schema
    }
    assert suggested["energy"] == 0.14
    assert home.state is ConfigEntryState.LOADED


async def test_a_home_that_is_not_running_says_so(hass: HomeAssistant, home: MockConfigEntry) -> None:
    await hass.config_entries.async_unload(home.entry_id)

    result = await hass.config_entries.options.async_init(home.entry_id)

    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "not_running")
