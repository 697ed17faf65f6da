"""A home whose battery is another integration's follows the village's plan, and lets go."""

import re

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.battery_commons.battery.driver import BatteryError
from custom_components.battery_commons.battery.follower import Mode
from custom_components.battery_commons.battery_coordinator import BATTERY_INTERVAL
from custom_components.battery_commons.connect import BatteryLink, async_borrowed_battery
from tests.home.battery.entities.simulated import MAX_CHARGE_W, MODE, SETPOINT, Accu, battery_data
from tests.home.conftest import SUBENTRY
from tests.home.doorstep import Doorstep
from tests.home.village import Village

MODES = {"own_house": "zero", "charge": "to_full", "standby": "standby"}


class Home:
    """A home that has joined with one battery behind entities."""

    def __init__(
        self, hass: HomeAssistant, entry: MockConfigEntry, accu: Accu, freezer: FrozenDateTimeFactory
    ) -> None:
        self.hass = hass
        self.entry = entry
        self.accu = accu
        self.freezer = freezer

    async def start(self, **data: object) -> None:
        """Set the home up with the battery of `data`."""
        (subentry,) = self.entry.subentries.values()
        self.hass.config_entries.async_update_subentry(self.entry, subentry, data=data)
        assert await self.hass.config_entries.async_setup(self.entry.entry_id)
        await self.hass.async_block_till_done()

    async def look(self) -> None:
        """Let the home look at its battery once more."""
        self.freezer.tick(BATTERY_INTERVAL)
        async_fire_time_changed(self.hass)
        await self.hass.async_block_till_done(wait_background_tasks=True)

    def is_in(self, mode: Mode) -> bool:
        battery = self.entry.runtime_data.batteries[SUBENTRY]
        return bool(battery.data.decision.mode is mode)


@pytest.fixture
def house(hass: HomeAssistant, entry: MockConfigEntry, accu: Accu, noon: FrozenDateTimeFactory) -> Home:
    return Home(hass, entry, accu, noon)


async def test_a_plan_becomes_a_mode_and_the_lease_ends_it(
    house: Home, village: Village, hass_client_no_auth: ClientSessionGenerator
) -> None:
    await house.start(**battery_data("homewizard", {"mode": MODE}, options=MODES))
    door = Doorstep(await hass_client_no_auth(), house.entry.data["webhook_id"], village, SUBENTRY)
    plan = door.plan(power_w=[2_400.0, 0.0, None, None])

    await door.post(village.seal(plan))
    await house.look()
    assert house.accu.state(MODE) == "to_full"
    assert house.is_in(Mode.VILLAGE)

    house.accu.live(3600, MAX_CHARGE_W)
    await house.look()
    assert house.accu.state(MODE) == "zero"
    assert house.is_in(Mode.SELF_CONSUMPTION)


async def test_a_plan_becomes_a_setpoint_and_unloading_takes_it_back(
    house: Home, village: Village, hass_client_no_auth: ClientSessionGenerator
) -> None:
    data = battery_data("generic_watts", {"setpoint": SETPOINT}, setpoint_inverted=True)
    await house.start(**data)
    door = Doorstep(await hass_client_no_auth(), house.entry.data["webhook_id"], village, SUBENTRY)
    await door.post(village.seal(door.plan(power_w=[-1_500.0, 0.0, None, None])))
    await house.look()
    assert house.accu.number(SETPOINT) == -1_500

    await house.hass.config_entries.async_unload(house.entry.entry_id)

    assert house.accu.number(SETPOINT) == 0


async def test_an_order_that_a_stopped_home_left_behind_is_ended_at_the_first_look(house: Home) -> None:
    await house.hass.services.async_call(
        "input_select", "select_option", {"entity_id": MODE, "option": "to_full"}, blocking=True
    )

    await house.start(**battery_data("homewizard", {"mode": MODE}, options=MODES))

    assert house.accu.state(MODE) == "zero"


async def test_a_battery_whose_integration_is_late_takes_part_once_it_is_there(house: Home) -> None:
    house.hass.states.async_set("sensor.accu_power", "unavailable")
    await house.start(**battery_data("homewizard", {"mode": MODE}, options=MODES))
    assert house.entry.state is ConfigEntryState.LOADED
    assert house.is_in(Mode.UNREACHABLE)

    house.accu.show()
    await house.look()

    assert house.is_in(Mode.SELF_CONSUMPTION)


async def test_readings_that_do_not_move_on_are_not_steered_on(house: Home) -> None:
    await house.start(**battery_data("homewizard", {"mode": MODE}, options=MODES))

    house.freezer.tick(120)
    await house.look()

    assert house.is_in(Mode.UNREACHABLE)


async def test_a_battery_that_is_not_configured_yet_can_be_borrowed(accu: Accu, hass: HomeAssistant) -> None:
    data = battery_data("homewizard", {"mode": MODE}, options=MODES)

    async with async_borrowed_battery(hass, data) as battery:
        assert (await battery.read()).state_of_charge == 0.5


async def test_a_battery_of_a_kind_from_the_future_says_so(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    with pytest.raises(BatteryError, match=re.escape("no batteries of the kind cloud")):
        await BatteryLink(hass, entry, {"kind": "cloud"}).async_open()
