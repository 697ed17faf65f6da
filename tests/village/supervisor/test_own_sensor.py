"""As an app, the village reads a sensor of its own Home Assistant, and asks that for nothing else."""

from contextlib import aclosing
from datetime import UTC, datetime

import pytest
from aiohttp.test_utils import TestServer

from battery_commons.coordinator.settings import own_home_assistant
from battery_commons.domain.meter_source import HomeAssistantSource
from battery_commons.domain.reading import MeterReading
from battery_commons.sense.meters.home_assistant import read_home_assistant
from battery_commons.sense.meters.trouble import MeterSourceError, Trouble
from battery_commons.supervisor.api import SupervisorAccess
from tests.village.supervisor.fake import TOKEN, FakeSupervisor
from tests.village.supervisor.test_app import CONFIG

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
SENSOR = "sensor.transformer_power"
STATE: dict[str, object] = {
    "entity_id": SENSOR,
    "state": "1.5",
    "attributes": {"unit_of_measurement": "kW"},
    "last_reported": NOW.isoformat(),
}


async def read_as_app(supervisor: FakeSupervisor) -> MeterReading:
    async with TestServer(supervisor.app()) as server:
        access = SupervisorAccess(TOKEN, str(server.make_url("")).rstrip("/"))
        source = HomeAssistantSource(SENSOR)
        async with aclosing(
            read_home_assistant(source, own_home_assistant(access), lambda: NOW, 60.0)
        ) as readings:
            return await anext(readings)


async def test_a_sensor_is_read_through_the_supervisor() -> None:
    supervisor = FakeSupervisor(homeassistant_api=CONFIG["homeassistant_api"], states={SENSOR: STATE})
    assert await read_as_app(supervisor) == MeterReading(NOW, 1500.0)
    assert supervisor.asked == [f"GET /core/api/states/{SENSOR}"]


async def test_without_the_right_to_it_that_is_said() -> None:
    with pytest.raises(MeterSourceError) as error:
        await read_as_app(FakeSupervisor(homeassistant_api=False, states={SENSOR: STATE}))
    assert error.value.trouble is Trouble.REFUSED


def test_a_village_that_is_no_app_has_no_home_assistant_of_its_own() -> None:
    assert own_home_assistant(None) is None
