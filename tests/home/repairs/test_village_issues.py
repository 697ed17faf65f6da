"""A village that is silent, refuses or lives by another clock is told."""

from datetime import timedelta
from http import HTTPStatus

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.battery_commons.const import DOMAIN
from tests.home.coordinator import FakeCoordinator
from tests.home.doorstep import Doorstep
from tests.home.living import pass_time
from tests.home.repairs.page import HALF_A_MINUTE, issue
from tests.home.village import NOW

pytestmark = pytest.mark.usefixtures("noon")


async def test_a_home_where_all_is_well_has_nothing_to_solve(
    hass: HomeAssistant, noon: FrozenDateTimeFactory, doorstep: Doorstep
) -> None:
    await doorstep.post(doorstep.signed_plan())
    for _ in range(5):
        await pass_time(hass, noon, HALF_A_MINUTE)

    assert not [key for key in ir.async_get(hass).issues if key[0] == DOMAIN]


async def test_a_village_that_has_been_silent_for_a_quarter_of_an_hour_is_told_until_it_is_back(
    hass: HomeAssistant, noon: FrozenDateTimeFactory, home: MockConfigEntry, coordinator: FakeCoordinator
) -> None:
    coordinator.unreachable = True
    await pass_time(hass, noon, HALF_A_MINUTE)
    await pass_time(hass, noon, timedelta(minutes=14))
    assert issue(hass, "coordinator_unreachable", home.entry_id) is None

    await pass_time(hass, noon, timedelta(minutes=1))
    raised = issue(hass, "coordinator_unreachable", home.entry_id)
    assert raised is not None
    assert raised.is_fixable
    assert raised.severity is ir.IssueSeverity.ERROR
    assert raised.translation_placeholders == {"village": "Ansen"}

    coordinator.unreachable = False
    await pass_time(hass, noon, HALF_A_MINUTE)
    await pass_time(hass, noon, HALF_A_MINUTE)
    assert issue(hass, "coordinator_unreachable", home.entry_id) is None


async def test_a_village_that_answers_and_refuses_is_told_as_just_that(
    hass: HomeAssistant, noon: FrozenDateTimeFactory, home: MockConfigEntry, coordinator: FakeCoordinator
) -> None:
    coordinator.refusal = (HTTPStatus.UNPROCESSABLE_ENTITY, "malformed")
    await pass_time(hass, noon, HALF_A_MINUTE)
    await pass_time(hass, noon, timedelta(minutes=16))

    assert issue(hass, "village_refuses", home.entry_id) is not None
    assert issue(hass, "coordinator_unreachable", home.entry_id) is None


async def test_a_village_that_no_longer_knows_the_home_is_a_matter_of_joining_again(
    hass: HomeAssistant, noon: FrozenDateTimeFactory, home: MockConfigEntry, coordinator: FakeCoordinator
) -> None:
    coordinator.refusal = (HTTPStatus.UNAUTHORIZED, "unauthorized")
    await pass_time(hass, noon, HALF_A_MINUTE)
    await pass_time(hass, noon, timedelta(minutes=16))

    assert issue(hass, "coordinator_unreachable", home.entry_id) is None
    assert issue(hass, "village_refuses", home.entry_id) is None


async def test_a_clock_that_is_a_minute_from_the_villages_is_told_until_it_is_right(
    hass: HomeAssistant, noon: FrozenDateTimeFactory, home: MockConfigEntry, coordinator: FakeCoordinator
) -> None:
    for ahead in (timedelta(minutes=-2), timedelta(minutes=2)):
        coordinator.village_extra = {"at": (dt_util.utcnow() + ahead).isoformat()}
        await pass_time(hass, noon, timedelta(seconds=0))
        await home.runtime_data.village.async_refresh()
        await pass_time(hass, noon, HALF_A_MINUTE - timedelta(seconds=1))
        assert issue(hass, "clock_wrong", home.entry_id) is not None

        coordinator.village_extra = {}
        await pass_time(hass, noon, HALF_A_MINUTE)
        await pass_time(hass, noon, HALF_A_MINUTE)
        assert issue(hass, "clock_wrong", home.entry_id) is None


async def test_a_plan_from_the_future_is_told_as_a_wrong_clock_until_one_of_now_comes(
    hass: HomeAssistant, noon: FrozenDateTimeFactory, home: MockConfigEntry, doorstep: Doorstep
) -> None:
    await doorstep.post(doorstep.signed_plan(issued_at=(NOW + timedelta(minutes=2)).isoformat()))
    await pass_time(hass, noon, HALF_A_MINUTE)
    assert issue(hass, "clock_wrong", home.entry_id) is not None

    await doorstep.post(doorstep.signed_plan())
    await pass_time(hass, noon, HALF_A_MINUTE)
    assert issue(hass, "clock_wrong", home.entry_id) is None
