"""The battery behind entities that the tests share."""

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant

from tests.home.battery.entities.simulated import Accu


@pytest.fixture
async def accu(hass: HomeAssistant, noon: FrozenDateTimeFactory) -> Accu:
    accu = Accu(hass, noon)
    await accu.install()
    return accu
