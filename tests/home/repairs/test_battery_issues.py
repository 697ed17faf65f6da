"""What is wrong with a battery is told by its name."""

from dataclasses import replace
from datetime import timedelta

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.battery_commons.battery.controller import Outcome
from custom_components.battery_commons.battery.follower import UNREACHABLE, Decision, Mode, Reason
from custom_components.battery_commons.battery.watch import Finding
from custom_components.battery_commons.const import DOMAIN
from custom_components.battery_commons.issues import FIXABLE, IssueWatch
from tests.home.conftest import SUBENTRY
from tests.home.living import battery_of
from tests.home.repairs.page import find, issue
from tests.home.village import NOW

pytestmark = pytest.mark.usefixtures("noon")


@pytest.mark.parametrize(
    ("finding", "key"),
    [
        (Finding.NOT_FOLLOWING, "battery_not_following"),
        (Finding.FROZEN_READINGS, "stale_data"),
        (Finding.SECOND_CONTROLLER, "second_controller"),
        (Finding.SIGN_REVERSED, "sign_reversed"),
    ],
)
async def test_what_is_found_with_a_battery_is_told_by_its_name_until_it_is_over(
    hass: HomeAssistant, home: MockConfigEntry, watch: IssueWatch, finding: Finding, key: str
) -> None:
    find(home, finding)
    watch.async_look(NOW)
    raised = issue(hass, key, SUBENTRY)
    assert raised is not None
    assert raised.translation_placeholders == {"battery": "Garage"}
    assert raised.is_fixable is (key in FIXABLE)
    assert raised.learn_more_url is not None

    find(home)
    watch.async_look(NOW)
    assert issue(hass, key, SUBENTRY) is None


async def test_what_was_found_with_a_battery_is_still_told_while_it_does_not_answer(
    hass: HomeAssistant, home: MockConfigEntry, watch: IssueWatch
) -> None:
    find(home, Finding.SIGN_REVERSED)
    watch.async_look(NOW)

    battery_of(home).data = Outcome(None, UNREACHABLE, "no route")
    watch.async_look(NOW)

    assert issue(hass, "sign_reversed", SUBENTRY) is not None


async def test_readings_that_are_old_are_told_only_once_they_have_been_for_five_minutes(
    hass: HomeAssistant, home: MockConfigEntry, watch: IssueWatch
) -> None:
    battery = battery_of(home)
    stale = replace(battery.data, decision=Decision(Mode.UNREACHABLE, Reason.STALE_READING))
    battery.data = stale
    watch.async_look(NOW)
    watch.async_look(NOW + timedelta(minutes=4))
    assert issue(hass, "stale_data", SUBENTRY) is None

    watch.async_look(NOW + timedelta(minutes=5))
    assert issue(hass, "stale_data", SUBENTRY) is not None

    battery.data = replace(stale, decision=Decision(Mode.SELF_CONSUMPTION, Reason.NO_PLAN))
    watch.async_look(NOW + timedelta(minutes=5))
    battery.data = stale
    watch.async_look(NOW + timedelta(minutes=6))
    assert issue(hass, "stale_data", SUBENTRY) is None


async def test_an_issue_that_the_resident_ignores_stays_ignored_and_goes_with_its_home(
    hass: HomeAssistant, home: MockConfigEntry, watch: IssueWatch
) -> None:
    find(home, Finding.NOT_FOLLOWING)
    watch.async_look(NOW)
    ir.async_ignore_issue(hass, DOMAIN, f"battery_not_following_{SUBENTRY}", ignore=True)

    watch.async_look(NOW)
    still = issue(hass, "battery_not_following", SUBENTRY)
    assert still is not None
    assert still.dismissed_version is not None

    await hass.config_entries.async_remove(home.entry_id)
    assert issue(hass, "battery_not_following", SUBENTRY) is None
