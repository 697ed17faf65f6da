"""What the page of system information says."""

from datetime import timedelta
from typing import Any

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.system_health import SystemHealthRegistration
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.battery_commons.system_health import async_register
from tests.home.coordinator import FakeCoordinator
from tests.home.doorstep import Doorstep
from tests.home.words import words

pytestmark = pytest.mark.usefixtures("noon")


async def health(hass: HomeAssistant) -> Any:
    registration = SystemHealthRegistration(hass, "battery_commons")
    async_register(hass, registration)
    assert registration.info_callback is not None
    return await registration.info_callback(hass)


async def test_a_home_tells_how_its_village_answers(
    hass: HomeAssistant, noon: FrozenDateTimeFactory, doorstep: Doorstep, coordinator: FakeCoordinator
) -> None:
    await doorstep.post(doorstep.signed_plan())
    noon.tick(timedelta(minutes=3))

    assert await health(hass) == {
        "homes": 1,
        "village_reachable": True,
        "latency": "0 ms",
        "last_plan": "3 min",
        "reached_by": "webhook",
        "batteries": 1,
        "protocol_version": 1,
    }


async def test_what_is_not_known_yet_is_not_invented(
    hass: HomeAssistant, entry: MockConfigEntry, coordinator: FakeCoordinator
) -> None:
    coordinator.unreachable = True
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()

    told = await health(hass)

    assert (told["village_reachable"], told["latency"], told["last_plan"]) == (False, "-", "-")


async def test_a_home_that_is_not_running_has_only_its_version_to_tell(hass: HomeAssistant) -> None:
    assert await health(hass) == {"homes": 0, "protocol_version": 1}


async def test_a_home_in_two_villages_tells_about_both(
    hass: HomeAssistant, home: MockConfigEntry, coordinator: FakeCoordinator
) -> None:
    another = MockConfigEntry(
        domain="battery_commons",
        title="Brink",
        unique_id="village-2",
        minor_version=2,
        data=dict(home.data) | {"webhook_id": "another-webhook"},
    )
    another.add_to_hass(hass)
    assert await hass.config_entries.async_setup(another.entry_id)
    await hass.async_block_till_done()

    told = await health(hass)

    assert (told["homes"], told["batteries"], told["village_reachable"]) == (2, "1, 0", "True, True")


@pytest.mark.parametrize("language", ["en", "nl"])
async def test_every_figure_has_its_words(hass: HomeAssistant, home: MockConfigEntry, language: str) -> None:
    assert (await health(hass)).keys() == words(language)["system_health"]["info"].keys()
