"""A car charges less in code red, and as before afterwards."""

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component

from tests.home.blueprints.automations import EVENT, HOUR, NOW, SIGNAL, code, start_again, tell, turn, use

CHARGER, MEMORY, CURRENT = "input_boolean.charger", "input_boolean.held", "input_number.current"


@pytest.fixture
async def car(hass: HomeAssistant, village: str) -> None:
    """Let a car charge, on a charger with a switch and on one with a current."""
    switches = {"charger": {"initial": True}, "held": {}}
    current = {"min": 0, "max": 32, "initial": 16}
    assert await async_setup_component(hass, "input_boolean", {"input_boolean": switches})
    assert await async_setup_component(hass, "input_number", {"input_number": {"current": current}})
    await async_setup_component(hass, "homeassistant", {})


BY_SWITCH = {"charger": CHARGER, "memory": MEMORY}
BY_CURRENT = {"charger": CURRENT, "memory": MEMORY}


async def test_a_charger_is_off_in_code_red_and_on_again_afterwards(hass: HomeAssistant, car: None) -> None:
    await use(hass, "ev_in_code_red", **BY_SWITCH)
    await tell(hass, "announced", code("red", NOW + HOUR))
    assert hass.states.is_state(CHARGER, "on")
    await tell(hass, "started", code("red", NOW))
    assert hass.states.is_state(CHARGER, "off")
    await tell(hass, "ended", code("red", NOW))
    assert hass.states.is_state(CHARGER, "on")
    assert hass.states.is_state(MEMORY, "off")


async def test_a_charger_that_was_off_stays_off(hass: HomeAssistant, car: None) -> None:
    await turn(hass, CHARGER, "off")
    await use(hass, "ev_in_code_red", **BY_SWITCH)
    await tell(hass, "started", code("red", NOW))
    await tell(hass, "ended", code("red", NOW))
    assert hass.states.is_state(CHARGER, "off")


async def test_who_switches_the_charger_on_in_code_red_keeps_it_on(hass: HomeAssistant, car: None) -> None:
    await use(hass, "ev_in_code_red", **BY_SWITCH)
    await tell(hass, "started", code("red", NOW))
    await turn(hass, CHARGER, "on")
    await tell(hass, "announced", code("green", NOW + 9 * HOUR, code_id="c2"))
    assert hass.states.is_state(CHARGER, "on")


async def test_another_code_that_is_announced_meanwhile_does_not_free_the_charger(
    hass: HomeAssistant, car: None
) -> None:
    await use(hass, "ev_in_code_red", **BY_SWITCH)
    await tell(hass, "started", code("red", NOW))
    hass.states.async_set(SIGNAL, "red", {"codes": [code("red", NOW)]})
    await tell(hass, "announced", code("green", NOW + 9 * HOUR, code_id="c2"))
    assert hass.states.is_state(CHARGER, "off")


async def test_a_code_red_that_is_called_off_frees_the_charger_at_once(
    hass: HomeAssistant, car: None
) -> None:
    await use(hass, "ev_in_code_red", **BY_SWITCH)
    await tell(hass, "started", code("red", NOW))
    hass.states.async_set(SIGNAL, "red", {"codes": [code("red", NOW)]})
    await tell(hass, "withdrawn", code("red", NOW))
    assert hass.states.is_state(CHARGER, "on")


async def test_a_current_is_lowered_and_put_back(hass: HomeAssistant, car: None) -> None:
    await use(hass, "ev_in_code_red", **BY_CURRENT)
    await tell(hass, "started", code("red", NOW))
    assert hass.states.is_state(CURRENT, "6.0")
    await tell(hass, "ended", code("red", NOW))
    assert hass.states.is_state(CURRENT, "16.0")


async def test_a_current_that_was_set_by_hand_meanwhile_stays(hass: HomeAssistant, car: None) -> None:
    await use(hass, "ev_in_code_red", **BY_CURRENT)
    await tell(hass, "started", code("red", NOW))
    await hass.services.async_call(
        "input_number", "set_value", {"entity_id": CURRENT, "value": 10}, blocking=True
    )
    await tell(hass, "ended", code("red", NOW))
    assert hass.states.is_state(CURRENT, "10.0")
    assert hass.states.is_state(MEMORY, "off")


async def test_a_charger_is_put_back_when_code_red_ended_during_a_restart(
    hass: HomeAssistant, car: None
) -> None:
    await turn(hass, MEMORY, "on")
    await turn(hass, CHARGER, "off")
    await tell(hass, "ended", code("red", NOW - 4 * HOUR))
    await start_again(hass, "ev_in_code_red", **BY_SWITCH)
    assert hass.states.is_state(CHARGER, "on")


async def test_a_charger_stays_held_when_code_red_still_runs_after_a_restart(
    hass: HomeAssistant, car: None
) -> None:
    await turn(hass, MEMORY, "on")
    await turn(hass, CHARGER, "off")
    hass.states.async_set(SIGNAL, "unavailable")
    await tell(hass, "started", code("red", NOW - HOUR))
    await start_again(hass, "ev_in_code_red", **BY_SWITCH)
    assert hass.states.is_state(CHARGER, "off")


async def test_a_charger_that_could_not_be_reached_is_put_back_when_it_is_back(
    hass: HomeAssistant, car: None
) -> None:
    await use(hass, "ev_in_code_red", **BY_CURRENT)
    await tell(hass, "started", code("red", NOW))
    hass.states.async_set(CURRENT, "unavailable")
    await tell(hass, "ended", code("red", NOW))
    assert hass.states.is_state(MEMORY, "on")
    hass.states.async_set(CURRENT, "6.0")
    await hass.async_block_till_done()
    assert hass.states.is_state(CURRENT, "16.0")


async def test_an_unavailable_event_moves_no_charger(hass: HomeAssistant, car: None) -> None:
    await use(hass, "ev_in_code_red", **BY_SWITCH)
    await tell(hass, "started", code("red", NOW))
    hass.states.async_set(EVENT, "unavailable")
    await hass.async_block_till_done()
    assert hass.states.is_state(CHARGER, "off")
    assert hass.states.is_state(MEMORY, "on")
