"""A running home explains its own batteries."""

import pytest
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.battery_commons.explanation.home import (
    explain_battery,
    explain_next_action,
    explain_planned,
)
from tests.home.conftest import SUBENTRY
from tests.home.doorstep import Doorstep
from tests.home.village import NOW


@pytest.mark.usefixtures("noon")
async def test_a_home_explains_its_batteries_in_its_own_language_and_time(
    hass: HomeAssistant, home: MockConfigEntry, doorstep: Doorstep
) -> None:
    await hass.config.async_set_time_zone("Europe/Amsterdam")
    battery = home.runtime_data.batteries[SUBENTRY]
    assert explain_next_action(battery, NOW) is None

    await doorstep.post(doorstep.signed_plan())
    await hass.async_block_till_done()

    assert explain_battery(battery, NOW) == (
        "Discharges with 2.0 kW: transformer Dorpsstraat is busy with demand until 14:15."
    )
    assert explain_next_action(battery, NOW) == (
        "Charges from 14:15 with 3.0 kW: transformer Dorpsstraat is busy with solar power until 14:30."
    )
    hass.config.language = "nl"
    assert explain_battery(battery, NOW) == (
        "Ontlaadt met 2,0 kW: transformator Dorpsstraat heeft het tot 14:15 druk met de vraag naar stroom."
    )
    assert explain_planned(battery, battery.plan.slots[2]) == (
        "Is voor je eigen huis: het dorp heeft hem tot 14:45 niet nodig."
    )
