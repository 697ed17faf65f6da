"""A home that keeps its connection from being overloaded, at once and for good."""

from datetime import timedelta
from types import MappingProxyType
from typing import Any

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed

from custom_components.battery_commons.battery.house import GUARD_MARGIN_W
from custom_components.battery_commons.battery.settings import Settings
from tests.home.conftest import SUBENTRY
from tests.home.device import BatteryDevice
from tests.home.doorstep import Doorstep
from tests.home.living import BATTERY_LOOK, battery_of, pass_time, restart, state
from tests.home.village import NOW

FUSE_W = 25 * 230.0
REASON = "sensor.garage_reason"


@pytest.fixture
async def entry(hass: HomeAssistant, entry: MockConfigEntry) -> MockConfigEntry:
    """Return a home with a meter and a fuse of 25 A."""
    data = {"grid_power": "sensor.grid", "inverted": False, "fuse_a": 25, "phases": 1}
    meters = ConfigSubentry(
        data=MappingProxyType(data), subentry_type="meters", title="Meters", unique_id=None
    )
    hass.config_entries.async_add_subentry(entry, meters)
    show(hass, 500)
    return entry


def show(hass: HomeAssistant, watts: float) -> None:
    hass.states.async_set("sensor.grid", f"{watts}", {"unit_of_measurement": "W"})


async def charge(hass: HomeAssistant, doorstep: Doorstep, device: BatteryDevice, **changes: Any) -> None:
    await doorstep.post(doorstep.signed_plan(power_w=[4_000.0] * 4, **changes))
    await hass.async_block_till_done()
    if device.order_w is not None:
        device.stand(state_of_charge=0.5, injecting_w=device.order_w)


@pytest.mark.usefixtures("noon", "home")
async def test_a_meter_that_shows_too_much_is_answered_at_once(
    hass: HomeAssistant, doorstep: Doorstep, device: BatteryDevice
) -> None:
    await charge(hass, doorstep, device)
    assert device.order_w == -4_000

    show(hass, 4_000 + 2_500)
    await hass.async_block_till_done()

    assert device.order_w == -(FUSE_W - 2_500 - GUARD_MARGIN_W)


async def test_a_meter_that_shows_too_much_again_and_again_is_answered_about_once_a_second(
    hass: HomeAssistant,
    noon: FrozenDateTimeFactory,
    home: MockConfigEntry,
    doorstep: Doorstep,
    device: BatteryDevice,
) -> None:
    await charge(hass, doorstep, device)
    looks: list[None] = []
    home.async_on_unload(battery_of(home).async_add_listener(lambda: looks.append(None)))

    for excess_w in range(100):
        show(hass, 6_000 + excess_w)
        await hass.async_block_till_done()
    assert len(looks) == 1

    noon.tick(timedelta(seconds=1))
    async_fire_time_changed(hass)
    await hass.async_block_till_done()
    assert len(looks) == 2


@pytest.mark.usefixtures("noon")
async def test_a_meter_that_shows_a_power_that_is_allowed_makes_nobody_look(
    hass: HomeAssistant, home: MockConfigEntry
) -> None:
    looks: list[None] = []
    home.async_on_unload(battery_of(home).async_add_listener(lambda: looks.append(None)))

    for watts in ("5700", "-5700", "unavailable", "nan"):
        hass.states.async_set("sensor.grid", watts, {"unit_of_measurement": "W"})
    await hass.async_block_till_done()

    assert looks == []


@pytest.mark.usefixtures("noon")
async def test_a_home_that_is_unloaded_no_longer_listens_to_its_meter(
    hass: HomeAssistant, home: MockConfigEntry, doorstep: Doorstep, device: BatteryDevice
) -> None:
    await charge(hass, doorstep, device)
    show(hass, 9_000)
    show(hass, 9_001)
    assert await hass.config_entries.async_unload(home.entry_id)

    show(hass, 9_100)
    await hass.async_block_till_done()

    assert device.order_w is None


async def test_the_villages_limits_hold_beyond_its_lease_and_a_restart(
    hass: HomeAssistant,
    noon: FrozenDateTimeFactory,
    home: MockConfigEntry,
    doorstep: Doorstep,
    device: BatteryDevice,
) -> None:
    """Its last plan asked for 3 kW at most: the next one, which says nothing of it, takes that back."""
    await charge(hass, doorstep, device, connection={"import_w": 3_000, "export_w": None})
    ordered_w = device.order_w

    await restart(hass, home, device, noon, timedelta(minutes=50))
    limits = home.runtime_data.batteries[SUBENTRY]._house(SUBENTRY).limits
    assert (ordered_w, limits.import_w, limits.export_w) == (-2_500, 3_000, FUSE_W)
    assert (state(hass, REASON), device.order_w) == ("lease_expired", None)

    show(hass, 500)
    device.stand(state_of_charge=0.5, injecting_w=0)
    later = NOW + timedelta(minutes=50)
    await doorstep.post(doorstep.signed_plan(later, sequence=8, power_w=[4_000.0] * 4))
    await hass.async_block_till_done()
    assert device.order_w == -4_000


async def test_a_home_whose_meter_is_lost_gives_no_orders(
    hass: HomeAssistant,
    noon: FrozenDateTimeFactory,
    home: MockConfigEntry,
    doorstep: Doorstep,
    device: BatteryDevice,
) -> None:
    await charge(hass, doorstep, device)
    hass.states.async_set("sensor.grid", "unavailable")
    await pass_time(hass, noon, BATTERY_LOOK)

    assert (state(hass, REASON), device.order_w) == ("meter_lost", None)


async def test_orders_are_counted_by_the_day_of_utc(
    hass: HomeAssistant,
    noon: FrozenDateTimeFactory,
    home: MockConfigEntry,
    doorstep: Doorstep,
    device: BatteryDevice,
) -> None:
    battery = battery_of(home)
    assert battery.orders_today == 0
    await charge(hass, doorstep, device)
    assert battery.orders_today == 1

    noon.move_to(NOW + timedelta(hours=13))
    assert battery.orders_today == 0
    await pass_time(hass, noon, BATTERY_LOOK)
    assert battery.orders_today == 1  # The lease is over: it is released.


async def test_a_battery_that_somebody_else_steered_is_steered_again_when_its_resident_says_so(
    hass: HomeAssistant,
    noon: FrozenDateTimeFactory,
    home: MockConfigEntry,
    doorstep: Doorstep,
    device: BatteryDevice,
) -> None:
    await charge(hass, doorstep, device)
    for _ in range(3):
        await pass_time(hass, noon, BATTERY_LOOK)
        device.registers.put(704, "WSet", 1_500)
        show(hass, 500)
        await pass_time(hass, noon, BATTERY_LOOK)
    assert state(hass, REASON) == "second_controller"

    await battery_of(home).async_trust_again()
    await hass.async_block_till_done()

    assert (battery_of(home).data.findings, device.order_w) == ({}, -4_000)


@pytest.mark.usefixtures("noon")
async def test_a_home_in_shadow_mode_that_is_unloaded_leaves_its_battery_alone(
    hass: HomeAssistant, home: MockConfigEntry, device: BatteryDevice
) -> None:
    await home.runtime_data.memory.async_put_settings(SUBENTRY, lambda _old: Settings(shadow=True))
    await hass.async_block_till_done()
    device.registers.put(704, "WSet", 1_500)
    device.registers.put(704, "WSetEna", 1)

    assert await hass.config_entries.async_unload(home.entry_id)

    assert device.order_w == 1_500


async def test_a_clock_that_is_set_back_does_not_prolong_an_order(
    hass: HomeAssistant,
    noon: FrozenDateTimeFactory,
    home: MockConfigEntry,
    doorstep: Doorstep,
    device: BatteryDevice,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Half an hour passes, and the clock on the wall says that it was a minute."""
    await charge(hass, doorstep, device)
    seconds = hass.loop.time()
    monkeypatch.setattr(battery_of(home)._lease_clock, "_monotonic", lambda: seconds + 44 * 60)
    noon.tick(timedelta(minutes=1))
    show(hass, 4_500)
    await battery_of(home).async_refresh()

    assert device.order_w == -4_000
    assert device.timer_s == pytest.approx(60, abs=2)
