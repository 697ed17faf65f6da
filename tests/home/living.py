"""A home that lives: time passes, a resident acts, and what it shows."""

from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant, State
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed

from custom_components.battery_commons.battery_coordinator import BatteryCoordinator
from tests.home.conftest import SUBENTRY
from tests.home.device import BatteryDevice

BATTERY_LOOK = timedelta(seconds=6)
"""Within this, every battery has been looked at."""
VILLAGE_LOOK = timedelta(seconds=11)
"""Within this, the village has been asked too."""


async def pass_time(hass: HomeAssistant, clock: FrozenDateTimeFactory, step: timedelta) -> None:
    clock.tick(step)
    async_fire_time_changed(hass)
    await hass.async_block_till_done()


async def restart(
    hass: HomeAssistant,
    home: MockConfigEntry,
    device: BatteryDevice,
    clock: FrozenDateTimeFactory,
    after: timedelta,
) -> None:
    """Stop a home as a crash does, which releases nothing, and start it again `after` that."""
    order = device.registers.get(704, "WSet"), device.registers.get(704, "WSetEna")
    assert await hass.config_entries.async_unload(home.entry_id)
    for name, value in zip(("WSet", "WSetEna"), order, strict=True):
        device.registers.put(704, name, value or 0)
    clock.tick(after)
    assert await hass.config_entries.async_setup(home.entry_id)
    await hass.async_block_till_done()


async def act(hass: HomeAssistant, service: str, entity_id: str, **data: Any) -> None:
    domain = entity_id.split(".", maxsplit=1)[0]
    await hass.services.async_call(domain, service, {"entity_id": entity_id, **data}, blocking=True)
    await hass.async_block_till_done()


def entity(hass: HomeAssistant, entity_id: str) -> State:
    found = hass.states.get(entity_id)
    assert found is not None
    return found


def state(hass: HomeAssistant, entity_id: str) -> str:
    return entity(hass, entity_id).state


def battery_of(home: MockConfigEntry) -> BatteryCoordinator:
    battery: BatteryCoordinator = home.runtime_data.batteries[SUBENTRY]
    return battery
