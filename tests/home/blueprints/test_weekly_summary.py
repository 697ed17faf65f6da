"""Once a week residents hear what their home and village have done."""

from datetime import timedelta

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant, ServiceCall

from tests.home.blueprints.automations import pass_time, start_again, use

FIGURES = {"contribution": "sensor.contribution", "peak_shaved": "sensor.peak", "co2_saved": "sensor.co2"}
WEEKLY = {"notify_entities": ["notify.street"], "day": "wed", "time": "19:00:00", **FIGURES}


@pytest.fixture
def _figures(hass: HomeAssistant, village: str) -> None:
    hass.states.async_set("sensor.contribution", "31.4", {"unit_of_measurement": "kWh"})
    hass.states.async_set("sensor.peak", "24", {"unit_of_measurement": "kW"})
    hass.states.async_set("sensor.co2", "unavailable")


@pytest.mark.usefixtures("_figures")
async def test_once_a_week_the_figures_that_the_village_tells_are_sent(
    hass: HomeAssistant, messages: list[ServiceCall], freezer: FrozenDateTimeFactory
) -> None:
    await use(hass, "weekly_summary", **WEEKLY)
    for _ in range(7):
        await pass_time(hass, freezer, timedelta(hours=3))
        await pass_time(hass, freezer, timedelta(hours=21))
    assert [call.data for call in messages] == [
        {
            "entity_id": ["notify.street"],
            "title": "Je dorp en jij",
            "message": "Dit huis bewoog deze maand 31,4 kWh voor het dorp. "
            "De batterijen samen verlaagden de piek van vandaag met 24 kW.",
        }
    ]


@pytest.mark.usefixtures("_figures")
async def test_a_phone_gets_the_week_as_well(
    hass: HomeAssistant, phone: tuple[str, list[ServiceCall]], freezer: FrozenDateTimeFactory
) -> None:
    device_id, received = phone
    await use(
        hass, "weekly_summary", **WEEKLY | {"phones": [device_id], "notify_entities": [], "language": "en"}
    )
    await pass_time(hass, freezer, timedelta(hours=3))
    assert received[0].data["message"].startswith("This home moved 31.4 kWh for the village this month.")


async def test_without_any_figure_nothing_is_sent(
    hass: HomeAssistant, village: str, messages: list[ServiceCall], freezer: FrozenDateTimeFactory
) -> None:
    for entity_id in FIGURES.values():
        hass.states.async_set(entity_id, "unavailable")
    await use(hass, "weekly_summary", **WEEKLY)
    await pass_time(hass, freezer, timedelta(hours=3))
    assert not messages


@pytest.mark.usefixtures("_figures")
async def test_a_restart_sends_no_week(hass: HomeAssistant, messages: list[ServiceCall]) -> None:
    await start_again(hass, "weekly_summary", **WEEKLY)
    assert not messages
