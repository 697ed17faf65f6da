"""A meter that is lost is told until it is back."""

from datetime import timedelta

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigSubentryData
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.battery_commons.const import DOMAIN
from custom_components.battery_commons.issues import IssueWatch
from custom_components.battery_commons.meter import HouseMeter
from tests.home.repairs.page import issue
from tests.home.village import NOW

pytestmark = pytest.mark.usefixtures("noon")
METER = "sensor.meter"


async def test_a_meter_that_has_been_lost_for_five_minutes_is_told_until_it_is_back(
    hass: HomeAssistant, noon: FrozenDateTimeFactory, entry: MockConfigEntry
) -> None:
    meters = ConfigSubentryData(
        data={"grid_power": METER}, subentry_type="meters", title="Meters", unique_id="meters"
    )
    home = MockConfigEntry(
        domain=DOMAIN,
        title="Brink",
        unique_id="village-2",
        minor_version=2,
        data=dict(entry.data) | {"webhook_id": "another-webhook"},
        subentries_data=[meters],
    )
    home.add_to_hass(hass)
    power = {"unit_of_measurement": "W"}
    hass.states.async_set(METER, "400", power)
    assert await hass.config_entries.async_setup(home.entry_id)
    await hass.async_block_till_done()
    watch = IssueWatch(hass, home)

    hass.states.async_set(METER, "unavailable")
    watch.async_look(dt_util.utcnow())
    noon.tick(timedelta(minutes=5))
    watch.async_look(dt_util.utcnow())
    raised = issue(hass, "meter_lost", home.entry_id)
    assert raised is not None
    assert raised.translation_placeholders == {"meters": METER}

    hass.states.async_set(METER, "410", power)
    watch.async_look(dt_util.utcnow())
    assert issue(hass, "meter_lost", home.entry_id) is None


async def test_a_meter_that_repeats_nothing_for_a_minute_is_as_good_as_lost(
    hass: HomeAssistant, home: MockConfigEntry, watch: IssueWatch
) -> None:
    home.runtime_data.meter = HouseMeter(hass, {"grid_power": METER})
    hass.states.async_set(METER, "400", {"unit_of_measurement": "W"})
    watch.async_look(NOW + timedelta(minutes=2))
    watch.async_look(NOW + timedelta(minutes=7))

    assert issue(hass, "meter_lost", home.entry_id) is not None
