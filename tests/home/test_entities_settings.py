"""What a resident decides: it counts at once, is told to the village and survives a restart."""

from datetime import timedelta
from typing import Any

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.home.coordinator import FakeCoordinator
from tests.home.device import BatteryDevice
from tests.home.doorstep import Doorstep
from tests.home.living import BATTERY_LOOK, act, pass_time, restart, state

pytestmark = pytest.mark.usefixtures("noon", "home")
PARTICIPATION = "switch.garage_takes_part"
SHADOW = "switch.garage_shadow_mode"
RESERVE = "number.garage_reserve"
MAX_POWER = "number.garage_maximum_power_for_the_village"
PREFERENCE = "select.garage_preference"
OWN_HOUSE = "button.garage_own_house_for_15_minutes"


def described(coordinator: FakeCoordinator) -> dict[str, Any]:
    battery: dict[str, Any] = coordinator.bodies("PUT", "/api/v1/home")[-1]["batteries"][0]
    return battery


async def test_a_battery_that_no_longer_takes_part_is_released_at_once_and_follows_again_when_it_does(
    hass: HomeAssistant, doorstep: Doorstep, device: BatteryDevice
) -> None:
    await doorstep.post(doorstep.signed_plan())
    assert state(hass, PARTICIPATION) == "on"

    await act(hass, "turn_off", PARTICIPATION)
    assert device.order_w is None
    assert (state(hass, "sensor.garage_mode"), state(hass, "sensor.garage_reason")) == ("paused", "paused")
    assert state(hass, PARTICIPATION) == "off"

    await act(hass, "turn_on", PARTICIPATION)
    assert device.order_w == 2000


async def test_a_battery_that_is_taken_back_for_a_moment_takes_part_again_by_itself(
    hass: HomeAssistant, noon: FrozenDateTimeFactory, doorstep: Doorstep, device: BatteryDevice
) -> None:
    await doorstep.post(doorstep.signed_plan(power_w=[-2000.0] * 4))

    await act(hass, "press", OWN_HOUSE)
    assert state(hass, PARTICIPATION) == "off"

    await pass_time(hass, noon, timedelta(minutes=14, seconds=55))
    assert device.order_w is None
    await pass_time(hass, noon, timedelta(seconds=10))
    assert device.order_w == 2000
    assert state(hass, PARTICIPATION) == "on"


async def test_taking_a_battery_back_for_a_moment_does_not_cut_a_longer_pause_short(
    hass: HomeAssistant, noon: FrozenDateTimeFactory
) -> None:
    await act(hass, "turn_off", PARTICIPATION)

    await act(hass, "press", OWN_HOUSE)
    await pass_time(hass, noon, timedelta(hours=1))

    assert state(hass, PARTICIPATION) == "off"


async def test_in_shadow_mode_the_plan_is_shown_and_the_battery_not_touched(
    hass: HomeAssistant, doorstep: Doorstep, device: BatteryDevice
) -> None:
    await doorstep.post(doorstep.signed_plan())

    await act(hass, "turn_on", SHADOW)
    assert device.order_w is None
    assert state(hass, "sensor.garage_mode") == "shadow"
    assert float(state(hass, "sensor.garage_plan")) == 2000

    await act(hass, "turn_off", SHADOW)
    assert device.order_w == 2000


async def test_a_reserve_keeps_the_village_from_discharging_and_is_told_to_it(
    hass: HomeAssistant,
    noon: FrozenDateTimeFactory,
    doorstep: Doorstep,
    device: BatteryDevice,
    coordinator: FakeCoordinator,
) -> None:
    await doorstep.post(doorstep.signed_plan())

    await act(hass, "set_value", RESERVE, value=60)
    await pass_time(hass, noon, 2 * BATTERY_LOOK)

    assert device.order_w == 0
    assert state(hass, "sensor.garage_reason") == "reserve_reached"
    assert described(coordinator)["reserve"] == 0.6


async def test_a_maximum_power_limits_the_village_and_is_told_to_it(
    hass: HomeAssistant,
    noon: FrozenDateTimeFactory,
    doorstep: Doorstep,
    device: BatteryDevice,
    coordinator: FakeCoordinator,
) -> None:
    await doorstep.post(doorstep.signed_plan())
    assert float(state(hass, MAX_POWER)) == 5000

    await act(hass, "set_value", MAX_POWER, value=800)
    await pass_time(hass, noon, 2 * BATTERY_LOOK)

    assert (device.order_w, state(hass, "sensor.garage_reason")) == (800, "limited_by_resident")
    assert (described(coordinator)["max_charge_w"], described(coordinator)["max_discharge_w"]) == (800, 800)


async def test_the_most_that_a_battery_can_is_no_limit(hass: HomeAssistant, home: MockConfigEntry) -> None:
    await act(hass, "set_value", MAX_POWER, value=800)
    await act(hass, "set_value", MAX_POWER, value=5000)

    (battery,) = home.runtime_data.batteries.values()
    assert battery.settings.max_power_w is None


async def test_more_than_a_battery_can_is_refused(hass: HomeAssistant) -> None:
    with pytest.raises(ServiceValidationError):
        await act(hass, "set_value", MAX_POWER, value=5001)


async def test_a_preference_moves_what_is_kept_for_the_own_house_and_is_told_to_the_village(
    hass: HomeAssistant, noon: FrozenDateTimeFactory, coordinator: FakeCoordinator
) -> None:
    assert state(hass, PREFERENCE) == "balanced"

    await act(hass, "select_option", PREFERENCE, option="comfort")
    await pass_time(hass, noon, 2 * BATTERY_LOOK)

    assert state(hass, PREFERENCE) == "comfort"
    assert described(coordinator)["reserve"] == 0.55


async def test_what_the_resident_decided_survives_a_restart(
    hass: HomeAssistant, noon: FrozenDateTimeFactory, home: MockConfigEntry, device: BatteryDevice
) -> None:
    await act(hass, "turn_off", PARTICIPATION)
    await act(hass, "turn_on", SHADOW)
    await act(hass, "set_value", RESERVE, value=35)
    await act(hass, "set_value", MAX_POWER, value=1200)
    await act(hass, "select_option", PREFERENCE, option="village_first")

    await restart(hass, home, device, noon, timedelta(minutes=1))

    assert state(hass, PARTICIPATION) == "off"
    assert state(hass, SHADOW) == "on"
    assert float(state(hass, RESERVE)) == 35
    assert float(state(hass, MAX_POWER)) == 1200
    assert state(hass, PREFERENCE) == "village_first"


async def test_a_resident_decides_also_while_the_battery_is_away(
    hass: HomeAssistant, noon: FrozenDateTimeFactory, device: BatteryDevice
) -> None:
    device.lose_link()
    await pass_time(hass, noon, BATTERY_LOOK)

    await act(hass, "turn_off", PARTICIPATION)

    assert state(hass, PARTICIPATION) == "off"
    for setting in (SHADOW, RESERVE, MAX_POWER, PREFERENCE, OWN_HOUSE):
        assert state(hass, setting) != "unavailable"
