"""Somebody who looks for what is to be solved, and the page that shows it."""

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.battery_commons.issues import IssueWatch
from tests.home.repairs.page import RepairsPage


@pytest.fixture
def watch(hass: HomeAssistant, home: MockConfigEntry) -> IssueWatch:
    return IssueWatch(hass, home)


@pytest.fixture
async def repairs(
    hass: HomeAssistant, home: MockConfigEntry, hass_client: ClientSessionGenerator
) -> RepairsPage:
    assert await async_setup_component(hass, "repairs", {})
    await hass.async_block_till_done()
    return RepairsPage(await hass_client())
