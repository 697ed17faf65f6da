"""What a battery does is announced when it changes, and written down as a sentence."""

from datetime import timedelta

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import Event, HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.json import json_bytes
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_capture_events

from custom_components.battery_commons.announcement import Announcer
from custom_components.battery_commons.logbook import async_describe_events
from tests.home.conftest import SUBENTRY
from tests.home.device import BatteryDevice
from tests.home.doorstep import Doorstep
from tests.home.living import BATTERY_LOOK, pass_time

pytestmark = pytest.mark.usefixtures("noon")
DECISION = "battery_commons_decision"


@pytest.fixture
def announced(hass: HomeAssistant) -> list[Event]:
    events: list[Event] = async_capture_events(hass, DECISION)
    return events


def reasons(announced: list[Event]) -> list[str]:
    return [event.data["reason"] for event in announced]


async def test_each_other_decision_is_announced_once(
    hass: HomeAssistant,
    noon: FrozenDateTimeFactory,
    announced: list[Event],
    home: MockConfigEntry,
    doorstep: Doorstep,
) -> None:
    for _ in range(3):
        await pass_time(hass, noon, BATTERY_LOOK)
    assert reasons(announced) == ["no_plan"]

    await doorstep.post(doorstep.signed_plan())
    for _ in range(30):
        await pass_time(hass, noon, BATTERY_LOOK)

    assert reasons(announced) == ["no_plan", "relieve_import"]
    device = dr.async_get(hass).async_get_device_by_identifier(("battery_commons", SUBENTRY), home.entry_id)
    assert device is not None
    assert announced[-1].data == {
        "device_id": device.id,
        "name": "Garage",
        "mode": "village",
        "reason": "relieve_import",
        "explanation": "Discharges with 2.0 kW: transformer Dorpsstraat is busy with demand until 05:15.",
    }


async def test_a_reason_that_comes_and_goes_is_announced_at_most_every_minute(
    hass: HomeAssistant,
    noon: FrozenDateTimeFactory,
    announced: list[Event],
    doorstep: Doorstep,
    device: BatteryDevice,
) -> None:
    await doorstep.post(doorstep.signed_plan())
    for look in range(100):
        device.stand(state_of_charge=0.5 if look % 2 else 0.05, injecting_w=0)
        await pass_time(hass, noon, BATTERY_LOOK)

    assert 2 <= len(announced) <= 11


async def test_nothing_is_announced_for_a_home_that_was_unloaded(
    hass: HomeAssistant, noon: FrozenDateTimeFactory, announced: list[Event], home: MockConfigEntry
) -> None:
    await pass_time(hass, noon, BATTERY_LOOK)
    await hass.config_entries.async_unload(home.entry_id)
    await pass_time(hass, noon, timedelta(minutes=2))

    assert len(announced) == 1


async def test_a_battery_without_a_device_yet_is_announced_once_it_has_one(
    hass: HomeAssistant, announced: list[Event], home: MockConfigEntry
) -> None:
    """A plan may come in while the home is still setting up."""
    announcer = Announcer(home.runtime_data.batteries[SUBENTRY])
    registry = dr.async_get(hass)
    device = registry.async_get_device_by_identifier(("battery_commons", SUBENTRY), home.entry_id)
    assert device is not None
    registry.async_remove_device(device.id)
    announcer.async_announce()
    assert not announced

    registry.async_get_or_create(
        config_entry_id=home.entry_id,
        config_subentry_id=SUBENTRY,
        identifiers={("battery_commons", SUBENTRY)},
    )
    announcer.async_announce()
    assert reasons(announced) == ["no_plan"]


async def test_name_and_message_of_an_entry_are_together_a_sentence(
    hass: HomeAssistant, noon: FrozenDateTimeFactory, announced: list[Event], home: MockConfigEntry
) -> None:
    described = {}
    async_describe_events(
        hass, lambda _domain, event_type, describe: described.update({event_type: describe})
    )
    await pass_time(hass, noon, BATTERY_LOOK)

    assert described[DECISION](announced[0]) == {
        "name": "Garage",
        "message": "left to your own house: the village has sent no plan",
    }


@pytest.mark.usefixtures("home")
async def test_the_logbook_knows_how_to_write_decisions_down(hass: HomeAssistant) -> None:
    hass.config.components.add("recorder")
    assert await async_setup_component(hass, "logbook", {})
    await hass.async_block_till_done()

    assert DECISION in hass.data["logbook"].external_events


@pytest.mark.usefixtures("home")
async def test_an_announcement_costs_the_recorder_less_than_half_a_kilobyte(
    hass: HomeAssistant, noon: FrozenDateTimeFactory, announced: list[Event]
) -> None:
    await pass_time(hass, noon, BATTERY_LOOK)

    assert len(json_bytes(announced[0].data)) < 500
