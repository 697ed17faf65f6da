"""The heating shifts in a code, within limits, and back afterwards."""

import pytest
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.setup import async_setup_component

from tests.home.blueprints.automations import EVENT, HOUR, NOW, SIGNAL, code, start_again, tell, use

THERMOSTAT, KEPT = "climate.living_room", "input_number.kept"
HEATING = {
    "thermostat": THERMOSTAT,
    "memory": KEPT,
    "warmer": 1.5,
    "cooler": 2,
    "highest": 22,
    "lowest": 18.5,
}


@pytest.fixture
async def heating(hass: HomeAssistant, village: str) -> None:
    """Let a thermostat stand at 20 degrees, which does what it is told."""
    assert await async_setup_component(
        hass, "input_number", {"input_number": {"kept": {"min": 0, "max": 100, "step": 0.1, "initial": 0}}}
    )
    hass.states.async_set(THERMOSTAT, "heat", {"temperature": 20})

    async def obey(call: ServiceCall) -> None:
        hass.states.async_set(THERMOSTAT, "heat", {"temperature": call.data["temperature"]})

    hass.services.async_register("climate", "set_temperature", obey)


def temperature(hass: HomeAssistant) -> float:
    state = hass.states.get(THERMOSTAT)
    assert state is not None
    return float(state.attributes["temperature"])


@pytest.mark.parametrize(("kind", "during"), [("green", 21.5), ("red", 18.5)])
async def test_the_heating_shifts_within_its_limits_during_a_code_and_back_afterwards(
    hass: HomeAssistant, heating: None, kind: str, during: float
) -> None:
    await use(hass, "heat_pump_boost", **HEATING)
    await tell(hass, "announced", code(kind, NOW + HOUR))
    assert temperature(hass) == 20
    await tell(hass, "started", code(kind, NOW))
    assert temperature(hass) == during
    await tell(hass, "ended", code(kind, NOW))
    assert temperature(hass) == 20
    assert hass.states.is_state(KEPT, "0.0")


@pytest.mark.parametrize(("normal", "kind"), [(23, "green"), (17, "red")])
async def test_a_home_beyond_the_limits_is_never_moved_the_other_way(
    hass: HomeAssistant, heating: None, normal: float, kind: str
) -> None:
    hass.states.async_set(THERMOSTAT, "heat", {"temperature": normal})
    await use(hass, "heat_pump_boost", **HEATING)
    await tell(hass, "started", code(kind, NOW))
    assert temperature(hass) == normal


async def test_code_red_goes_before_code_green_and_one_follows_the_other(
    hass: HomeAssistant, heating: None
) -> None:
    await use(hass, "heat_pump_boost", **HEATING)
    await tell(hass, "started", code("green", NOW))
    hass.states.async_set(SIGNAL, "green", {"codes": [code("green", NOW)]})
    await tell(hass, "started", code("red", NOW, code_id="c2"))
    assert temperature(hass) == 18.5
    await tell(hass, "ended", code("red", NOW, code_id="c2"))
    assert temperature(hass) == 21.5
    hass.states.async_set(SIGNAL, "neutral", {"codes": []})
    await tell(hass, "ended", code("green", NOW))
    assert temperature(hass) == 20


async def test_a_temperature_that_was_set_by_hand_meanwhile_stays(hass: HomeAssistant, heating: None) -> None:
    await use(hass, "heat_pump_boost", **HEATING)
    await tell(hass, "started", code("red", NOW))
    hass.states.async_set(THERMOSTAT, "heat", {"temperature": 21})
    await tell(hass, "ended", code("red", NOW))
    assert temperature(hass) == 21
    assert hass.states.is_state(KEPT, "0.0")


async def test_the_heating_is_put_back_when_the_code_ended_during_a_restart(
    hass: HomeAssistant, heating: None
) -> None:
    await hass.services.async_call(
        "input_number", "set_value", {"entity_id": KEPT, "value": 20}, blocking=True
    )
    hass.states.async_set(THERMOSTAT, "heat", {"temperature": 18.5})
    await tell(hass, "ended", code("red", NOW - 4 * HOUR))
    await start_again(hass, "heat_pump_boost", **HEATING)
    assert temperature(hass) == 20


async def test_a_thermostat_that_could_not_be_reached_is_put_back_when_it_is_back(
    hass: HomeAssistant, heating: None
) -> None:
    await use(hass, "heat_pump_boost", **HEATING)
    await tell(hass, "started", code("red", NOW))
    hass.states.async_set(THERMOSTAT, "unavailable")
    await tell(hass, "ended", code("red", NOW))
    assert hass.states.is_state(THERMOSTAT, "unavailable")
    hass.states.async_set(THERMOSTAT, "heat", {"temperature": 18.5})
    await hass.async_block_till_done()
    assert temperature(hass) == 20


async def test_an_unavailable_event_moves_no_heating(hass: HomeAssistant, heating: None) -> None:
    await use(hass, "heat_pump_boost", **HEATING)
    await tell(hass, "started", code("red", NOW))
    hass.states.async_set(EVENT, "unavailable")
    await hass.async_block_till_done()
    assert temperature(hass) == 18.5
