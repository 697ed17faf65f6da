"""A resident tells the village what the home pays for energy."""

from http import HTTPStatus
from typing import Any

import probatio as vol
import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, InvalidData
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.home.config_flow.flows import suggested_by
from tests.home.conftest import SUBENTRY
from tests.home.coordinator import FakeCoordinator
from tests.home.device import BatteryDevice
from tests.home.doorstep import Doorstep

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


async def form(hass: HomeAssistant, home: MockConfigEntry) -> vol.Schema:
    flow = await hass.config_entries.options.async_init(home.entry_id)
    assert flow["data_schema"] is not None
    return flow["data_schema"]


def field(schema: vol.Schema, name: str) -> Any:
    return next(each for each in schema.schema if str(each) == name)


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


async def test_no_price_is_filled_in_that_nobody_has_told(
    hass: HomeAssistant, home: MockConfigEntry, coordinator: FakeCoordinator
) -> None:
    """A form fills in the lowest number of a required field: -2 euro was told by who overlooked it."""
    price = field(await form(hass, home), "energy")
    assert isinstance(price, vol.Optional)
    assert price.default is vol.UNDEFINED

    flow = await hass.config_entries.options.async_init(home.entry_id)
    told = {key: value for key, value in FIXED.items() if key != "energy"}
    result = await hass.config_entries.options.async_configure(flow["flow_id"], told)

    assert result["errors"] == {"energy": "price_missing"}
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
    assert suggested_by(await form(hass, home))["energy"] == 0.14
    assert home.state is ConfigEntryState.LOADED


async def test_telling_it_leaves_the_battery_to_what_it_does(
    hass: HomeAssistant, home: MockConfigEntry, device: BatteryDevice, doorstep: Doorstep
) -> None:
    """A contract is told to the village alone: nothing at home starts anew for it."""
    await doorstep.post(doorstep.signed_plan())
    await hass.async_block_till_done()
    assert device.order_w == 2000
    running, orders = home.runtime_data, home.runtime_data.batteries[SUBENTRY].orders_today

    await tell(hass, home)

    assert home.runtime_data is running
    assert (device.order_w, home.runtime_data.batteries[SUBENTRY].orders_today) == (2000, orders)


@pytest.mark.parametrize("first_day", ["2026-05-20", "2027-06-23"])
async def test_a_first_day_that_no_village_takes_is_refused_in_the_residents_language(
    hass: HomeAssistant, home: MockConfigEntry, coordinator: FakeCoordinator, first_day: str
) -> None:
    result = await tell(hass, home, first_day=first_day)

    assert result["errors"] == {"first_day": "first_day_too_far"}
    assert coordinator.bodies("PUT", PATH) == []


async def test_another_contract_begins_this_month_and_not_when_the_one_before_did(
    hass: HomeAssistant, home: MockConfigEntry, noon: FrozenDateTimeFactory
) -> None:
    await tell(hass, home)
    assert suggested_by(await form(hass, home))["first_day"] == "2026-06-01"

    noon.move_to("2026-09-10T12:00:00Z")

    later = await form(hass, home)
    assert suggested_by(later) == {key: value for key, value in FIXED.items() if key != "first_day"}
    assert field(later, "first_day").default() == "2026-09-01"


async def test_a_home_that_is_not_running_says_so(hass: HomeAssistant, home: MockConfigEntry) -> None:
    await hass.config_entries.async_unload(home.entry_id)

    result = await hass.config_entries.options.async_init(home.entry_id)

    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "not_running")
