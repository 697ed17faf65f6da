"""A filled machine waits for code green, and not for ever."""

from datetime import timedelta

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import async_mock_service

from tests.home.blueprints.automations import (
    EVENT,
    HOUR,
    NOW,
    SIGNAL,
    code,
    pass_time,
    start_again,
    tell,
    turn,
    use,
)

READY = "input_boolean.washing_is_in"


@pytest.fixture
async def washing(hass: HomeAssistant, village: str) -> list[ServiceCall]:
    """Return the presses on the start button; the washing machine has a toggle that says it is filled."""
    assert await async_setup_component(hass, "input_boolean", {"input_boolean": {"washing_is_in": {}}})
    await async_setup_component(hass, "homeassistant", {})
    calls: list[ServiceCall] = async_mock_service(hass, "button", "press")
    return calls


WASHING = {
    "ready": READY,
    "start": [{"action": "button.press", "target": {"entity_id": "button.start"}}],
    "latest_start": "21:00:00",
}


async def test_a_filled_machine_starts_when_code_green_begins_and_only_once(
    hass: HomeAssistant, washing: list[ServiceCall], freezer: FrozenDateTimeFactory
) -> None:
    await use(hass, "appliance_in_code_green", **WASHING)
    await turn(hass, READY, "on")
    await tell(hass, "announced", code("green", NOW + HOUR))
    assert not washing

    await pass_time(hass, freezer, HOUR)
    await tell(hass, "started", code("green", NOW + HOUR))
    assert len(washing) == 1
    assert hass.states.is_state(READY, "off")
    await pass_time(hass, freezer, 24 * HOUR)
    assert len(washing) == 1


async def test_a_machine_filled_during_code_green_starts_at_once(
    hass: HomeAssistant, washing: list[ServiceCall]
) -> None:
    hass.states.async_set(SIGNAL, "green", {"codes": [code("green", NOW - HOUR)]})
    await use(hass, "appliance_in_code_green", **WASHING)
    await turn(hass, READY, "on")
    assert len(washing) == 1


async def test_an_empty_machine_does_not_start(hass: HomeAssistant, washing: list[ServiceCall]) -> None:
    await use(hass, "appliance_in_code_green", **WASHING)
    await tell(hass, "started", code("green", NOW))
    assert not washing


async def test_code_red_and_a_green_that_is_called_off_start_nothing(
    hass: HomeAssistant, washing: list[ServiceCall]
) -> None:
    await use(hass, "appliance_in_code_green", **WASHING)
    await turn(hass, READY, "on")
    await tell(hass, "started", code("red", NOW))
    # The signal may be a moment behind the event.
    hass.states.async_set(SIGNAL, "green", {"codes": [code("green", NOW - HOUR, code_id="c2")]})
    await tell(hass, "withdrawn", code("green", NOW - HOUR, code_id="c2"))
    assert not washing


async def test_without_a_code_green_the_machine_starts_at_the_latest_time(
    hass: HomeAssistant, washing: list[ServiceCall], freezer: FrozenDateTimeFactory
) -> None:
    await use(hass, "appliance_in_code_green", **WASHING)
    await turn(hass, READY, "on")
    hass.states.async_set(EVENT, "unavailable")
    hass.states.async_set(SIGNAL, "unavailable")
    await pass_time(hass, freezer, timedelta(hours=4, minutes=59))
    assert not washing
    await pass_time(hass, freezer, timedelta(minutes=1))
    assert len(washing) == 1


@pytest.mark.parametrize(("later", "starts"), [(timedelta(minutes=20), 1), (timedelta(hours=2), 0)])
async def test_a_latest_time_that_passed_during_a_restart_counts_for_an_hour(
    hass: HomeAssistant,
    washing: list[ServiceCall],
    freezer: FrozenDateTimeFactory,
    later: timedelta,
    starts: int,
) -> None:
    await turn(hass, READY, "on")
    freezer.tick(timedelta(hours=5) + later)
    await start_again(hass, "appliance_in_code_green", **WASHING)
    assert len(washing) == starts
