"""What a home has done for its village: counted at home, kept over restarts and over midnight."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import EVENT_HOMEASSISTANT_FINAL_WRITE
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.home.conftest import ENTRY, SUBENTRY
from tests.home.coordinator import FakeCoordinator
from tests.home.device import BatteryDevice
from tests.home.doorstep import Doorstep
from tests.home.living import pass_time, restart, state
from tests.home.village import NOW

pytestmark = pytest.mark.usefixtures("noon", "home")
STORED = f"battery_commons.{ENTRY}.account"
CHARGED, DISCHARGED = "sensor.garage_charged_for_the_village", "sensor.garage_discharged_for_the_village"
TODAY, MONTH = "sensor.ansen_contribution_today", "sensor.ansen_contribution_this_month"


async def discharge(
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    doorstep: Doorstep,
    device: BatteryDevice,
    *,
    power_w: float = 3600,
    begin: datetime = NOW,
) -> None:
    """Let the village discharge the battery for ten minutes."""
    await doorstep.post(doorstep.signed_plan(begin, power_w=[-power_w] * 4, sequence=int(begin.timestamp())))
    device.stand(state_of_charge=0.6, injecting_w=power_w)
    for _ in range(61):
        await pass_time(hass, clock, timedelta(seconds=10))


def kwh(hass: HomeAssistant, *entity_ids: str) -> list[float]:
    return [float(state(hass, entity_id)) for entity_id in entity_ids]


async def test_what_a_battery_discharges_for_the_village_is_counted(
    hass: HomeAssistant, noon: FrozenDateTimeFactory, doorstep: Doorstep, device: BatteryDevice
) -> None:
    await discharge(hass, noon, doorstep, device)

    assert kwh(hass, DISCHARGED, CHARGED, TODAY, MONTH) == pytest.approx([0.6, 0, 0.6, 0.6], abs=0.01)
    assert state(hass, "sensor.garage_setpoint_followed_today") == "100"


async def test_what_a_battery_does_for_its_own_house_is_not_counted_for_the_village(
    hass: HomeAssistant, noon: FrozenDateTimeFactory, device: BatteryDevice
) -> None:
    device.stand(state_of_charge=0.6, injecting_w=3600)
    for _ in range(61):
        await pass_time(hass, noon, timedelta(seconds=10))

    assert kwh(hass, DISCHARGED, CHARGED, TODAY, MONTH) == [0, 0, 0, 0]
    assert state(hass, "sensor.garage_setpoint_followed_today") == "unavailable"


async def test_the_contribution_begins_anew_at_midnight_on_the_clock_of_the_home(
    hass: HomeAssistant, noon: FrozenDateTimeFactory, doorstep: Doorstep, device: BatteryDevice
) -> None:
    await hass.config.async_set_time_zone("Europe/Amsterdam")
    evening = datetime(2026, 6, 21, 21, 45, tzinfo=UTC)
    noon.move_to(evening)
    await discharge(hass, noon, doorstep, device, begin=evening)
    before = kwh(hass, DISCHARGED)
    device.stand(state_of_charge=0.6, injecting_w=0)

    noon.move_to(datetime(2026, 6, 21, 22, 0, 5, tzinfo=UTC))
    await pass_time(hass, noon, timedelta(seconds=5))

    assert kwh(hass, TODAY) == [0]
    assert kwh(hass, DISCHARGED) == before == pytest.approx([0.6], abs=0.01)
    assert kwh(hass, MONTH) == [0.6]


async def test_the_contribution_is_told_also_while_the_village_is_silent(
    hass: HomeAssistant,
    noon: FrozenDateTimeFactory,
    doorstep: Doorstep,
    device: BatteryDevice,
    coordinator: FakeCoordinator,
) -> None:
    coordinator.unreachable = True

    await discharge(hass, noon, doorstep, device)

    assert kwh(hass, TODAY, MONTH) == pytest.approx([0.6, 0.6], abs=0.01)


async def test_the_account_survives_a_restart(
    hass: HomeAssistant,
    noon: FrozenDateTimeFactory,
    home: MockConfigEntry,
    doorstep: Doorstep,
    device: BatteryDevice,
) -> None:
    await discharge(hass, noon, doorstep, device)
    before = kwh(hass, DISCHARGED, TODAY, MONTH)

    device.stand(state_of_charge=0.6, injecting_w=0)
    await restart(hass, home, device, noon, timedelta(minutes=20))

    assert kwh(hass, DISCHARGED, TODAY, MONTH) == before


async def test_what_a_battery_gave_stays_given_when_it_is_removed(
    hass: HomeAssistant,
    noon: FrozenDateTimeFactory,
    home: MockConfigEntry,
    doorstep: Doorstep,
    device: BatteryDevice,
) -> None:
    await discharge(hass, noon, doorstep, device)
    before = kwh(hass, TODAY, MONTH)
    assert min(before) > 0

    hass.config_entries.async_remove_subentry(home, SUBENTRY)
    await hass.async_block_till_done()

    assert kwh(hass, TODAY, MONTH) == before
    contribution: Any = await hass.services.async_call(
        "battery_commons", "get_contribution", blocking=True, return_response=True
    )
    assert contribution["today_kwh"] == contribution["month_kwh"] == pytest.approx(0.6, abs=0.01)
    assert contribution["batteries"] == []


async def test_a_crash_costs_a_quarter_of_an_hour_of_the_account_at_most(
    hass: HomeAssistant,
    noon: FrozenDateTimeFactory,
    doorstep: Doorstep,
    device: BatteryDevice,
    hass_storage: dict[str, Any],
) -> None:
    assert STORED not in hass_storage
    await discharge(hass, noon, doorstep, device)
    await pass_time(hass, noon, timedelta(minutes=5))
    await discharge(hass, noon, doorstep, device, begin=NOW + timedelta(minutes=15))

    (kept,) = hass_storage[STORED]["data"]["accounts"].values()
    assert kept["discharged_for_village_wh"] > 500


async def test_the_account_is_written_when_home_assistant_stops(
    hass: HomeAssistant,
    noon: FrozenDateTimeFactory,
    doorstep: Doorstep,
    device: BatteryDevice,
    hass_storage: dict[str, Any],
) -> None:
    await discharge(hass, noon, doorstep, device)

    hass.bus.async_fire(EVENT_HOMEASSISTANT_FINAL_WRITE)
    await hass.async_block_till_done()

    kept = hass_storage[STORED]["data"]["accounts"][SUBENTRY]
    assert kept["discharged_for_village_wh"] == pytest.approx(600, abs=10)
