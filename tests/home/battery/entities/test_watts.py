"""A battery that takes a power through numbers, and what it says when one cannot be set."""

import re

import pytest
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_homeassistant_custom_component.common import async_mock_service

from custom_components.battery_commons.battery.driver import BatteryError
from tests.home.battery.entities.simulated import (
    CHARGE_SETPOINT,
    DISCHARGE_SETPOINT,
    MAX_DISCHARGE_W,
    SETPOINT,
    SLOW,
    Accu,
    SlowNumber,
    order_of,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25, deadline=None)
@given(power_w=st.floats(-MAX_DISCHARGE_W, MAX_DISCHARGE_W))
async def test_a_number_takes_no_more_than_was_ordered_and_the_order_is_read_as_it_was_given(
    accu: Accu, power_w: float
) -> None:
    battery = accu.open("generic_watts", {"setpoint": SETPOINT})

    await battery.set_power(power_w, 900)

    set_w = -accu.number(SETPOINT)
    assert abs(set_w) - 1e-6 <= abs(power_w) < abs(set_w) + 1
    assert set_w * power_w >= 0
    assert (await battery.read()).setpoint_w == power_w


async def test_a_number_that_counts_charging_as_positive_is_set_so(accu: Accu) -> None:
    battery = accu.open("generic_watts", {"setpoint": SETPOINT}, setpoint_inverted=True)

    await battery.set_power(1_500, 900)

    assert accu.number(SETPOINT) == 1_500


async def test_a_number_in_kilowatts_is_set_in_kilowatts(accu: Accu, hass: HomeAssistant) -> None:
    calls = async_mock_service(hass, "number", "set_value")
    hass.states.async_set("number.kw", "0", {"min": -5, "max": 5, "step": 0.1, "unit_of_measurement": "kW"})
    battery = accu.open("generic_watts", {"setpoint": "number.kw"}, setpoint_inverted=True)

    await battery.set_power(1_580, 900)

    assert calls[0].data["value"] == pytest.approx(1.5)
    assert calls[0].context.id


async def test_a_number_is_not_set_beyond_what_it_takes(accu: Accu) -> None:
    battery = accu.open("generic_watts", {"setpoint": SETPOINT}, max_discharge_w=5_000.0)

    await battery.set_power(-4_000, 900)

    assert accu.number(SETPOINT) == 2_400


async def test_a_number_that_cannot_be_nothing_is_refused(accu: Accu, hass: HomeAssistant) -> None:
    hass.states.async_set(
        "number.least", "100", {"min": 100, "max": 2_000, "step": 1, "unit_of_measurement": "W"}
    )
    battery = accu.open("generic_watts", {"setpoint": "number.least"}, setpoint_inverted=True)

    with pytest.raises(BatteryError, match=re.escape("number.least cannot be set to 0")):
        await battery.set_power(0, 900)


async def test_numbers_only_stand_still_when_released_and_that_is_no_order(accu: Accu) -> None:
    battery = accu.open("generic_watts", {"setpoint": SETPOINT})
    await battery.set_power(1_000, 900)

    await battery.release()

    assert accu.number(SETPOINT) == 0
    assert (await battery.read()).setpoint_w is None


async def test_standing_still_on_order_is_an_order(accu: Accu) -> None:
    battery = accu.open("generic_watts", {"setpoint": SETPOINT})

    await battery.set_power(0, 900)

    assert (await battery.read()).setpoint_w == 0


async def test_an_order_from_before_a_restart_is_found(accu: Accu) -> None:
    await accu.open("generic_watts", {"setpoint": SETPOINT}).set_power(1_000, 900)

    assert await order_of(accu, "generic_watts", {"setpoint": SETPOINT}) == 1_000


async def test_what_somebody_else_sets_is_seen_at_once(accu: Accu, hass: HomeAssistant) -> None:
    battery = accu.open("generic_watts", {"setpoint": SETPOINT})
    await battery.set_power(1_000, 900)

    await hass.services.async_call(
        "input_number", "set_value", {"entity_id": SETPOINT, "value": 700}, blocking=True
    )

    assert (await battery.read()).setpoint_w == -700


async def test_the_direction_that_is_not_ordered_is_set_to_nothing_first(
    accu: Accu, hass: HomeAssistant
) -> None:
    both = {"charge_setpoint": CHARGE_SETPOINT, "discharge_setpoint": DISCHARGE_SETPOINT}
    battery = accu.open("generic_watts", both)
    await battery.set_power(1_230, 900)
    assert (accu.number(CHARGE_SETPOINT), accu.number(DISCHARGE_SETPOINT)) == (1_200, 0)
    seen: list[tuple[float, float]] = []
    hass.bus.async_listen(
        "state_changed",
        lambda _event: seen.append((accu.number(CHARGE_SETPOINT), accu.number(DISCHARGE_SETPOINT))),
    )

    await battery.set_power(-800, 900)
    await hass.async_block_till_done()

    assert (1_200, 800) not in seen
    assert (accu.number(CHARGE_SETPOINT), accu.number(DISCHARGE_SETPOINT)) == (0, 800)
    assert await order_of(accu, "generic_watts", both) == -800


@pytest.mark.parametrize(
    "error", [HomeAssistantError("busy"), ServiceValidationError("busy"), RuntimeError("busy")]
)
async def test_an_action_that_fails_is_a_battery_that_did_not_obey(
    accu: Accu, hass: HomeAssistant, error: Exception
) -> None:
    SlowNumber(hass)
    async_mock_service(hass, "number", "set_value", raise_exception=error)
    battery = accu.open("generic_watts", {"setpoint": SLOW})

    with pytest.raises(BatteryError, match=re.escape("number.set_value failed: busy")):
        await battery.set_power(1_000, 900)


async def test_an_action_that_is_not_there_is_a_battery_that_did_not_obey(
    accu: Accu, hass: HomeAssistant
) -> None:
    SlowNumber(hass)
    hass.services.async_remove("number", "set_value")
    battery = accu.open("generic_watts", {"setpoint": SLOW})

    with pytest.raises(BatteryError, match=re.escape("number.set_value failed")):
        await battery.set_power(1_000, 900)


async def test_an_action_that_does_not_end_is_a_battery_that_did_not_obey(
    accu: Accu, hass: HomeAssistant
) -> None:
    async def hang(_call: ServiceCall) -> None:
        raise TimeoutError

    SlowNumber(hass)
    hass.services.async_register("number", "set_value", hang)

    with pytest.raises(BatteryError, match="does not come to an end"):
        await accu.open("generic_watts", {"setpoint": SLOW}).set_power(1_000, 900)
