"""A village that is not where it was."""

import pytest
from pytest_homeassistant_custom_component.test_util.aiohttp import AiohttpClientMocker

from tests.home.config_flow.flows import ELSEWHERE
from tests.home.coordinator import FakeCoordinator
from tests.home.village import Village


@pytest.fixture
def moved(village: Village, aioclient_mock: AiohttpClientMocker) -> FakeCoordinator:
    """Return the same village at another address."""
    return FakeCoordinator(village, aioclient_mock, ELSEWHERE)
