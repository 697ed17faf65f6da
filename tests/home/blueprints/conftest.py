"""What the blueprints find in a home: a village, and ways to reach its residents."""

from collections.abc import AsyncIterator
from unittest.mock import PropertyMock, patch

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.blueprint.models import DomainBlueprints
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_mock_service

from tests.home.blueprints.automations import EVENT, FOLDER, NOW, SIGNAL


@pytest.fixture(autouse=True)
async def _blueprints(hass: HomeAssistant) -> AsyncIterator[None]:
    """Let Home Assistant find the blueprints where we keep them, and stop what was made of them."""
    with patch.object(DomainBlueprints, "blueprint_folder", PropertyMock(return_value=FOLDER)):
        yield
    if hass.services.has_service("automation", "turn_off"):
        await hass.services.async_call(
            "automation", "turn_off", {"entity_id": "automation.ours"}, blocking=True
        )


@pytest.fixture
async def village(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> str:
    """Return the entry of a village that has an event and a signal, on a winter's afternoon in Drenthe."""
    freezer.move_to(NOW)
    await hass.config.async_set_time_zone("Europe/Amsterdam")
    entry = MockConfigEntry(domain="battery_commons", title="Ansen")
    entry.add_to_hass(hass)
    device = dr.async_get(hass).async_get_or_create(
        config_entry_id=entry.entry_id, identifiers={("battery_commons", "village")}
    )
    for entity_id in (EVENT, SIGNAL):
        domain, object_id = entity_id.split(".")
        er.async_get(hass).async_get_or_create(
            domain,
            "battery_commons",
            object_id,
            suggested_object_id=object_id,
            config_entry=entry,
            device_id=device.id,
        )
    hass.states.async_set(EVENT, "unknown")
    hass.states.async_set(SIGNAL, "neutral", {"codes": []})
    return str(entry.entry_id)


@pytest.fixture
def messages(hass: HomeAssistant) -> list[ServiceCall]:
    calls: list[ServiceCall] = async_mock_service(hass, "notify", "send_message")
    return calls


@pytest.fixture
def phone(hass: HomeAssistant, village: str) -> tuple[str, list[ServiceCall]]:
    """Return a phone with the app: its device, and what it gets."""
    entry = MockConfigEntry(domain="mobile_app")
    entry.add_to_hass(hass)
    device = dr.async_get(hass).async_get_or_create(
        config_entry_id=entry.entry_id, identifiers={("mobile_app", "anna")}, name="Anna's phone"
    )
    dr.async_get(hass).async_update_device(device.id, name_by_user="Renamed")
    return device.id, async_mock_service(hass, "notify", "mobile_app_anna_s_phone")
