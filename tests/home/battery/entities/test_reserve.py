"""A battery that only knows a reserve."""

import pytest
from homeassistant.core import HomeAssistant
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from custom_components.battery_commons.battery.driver import BatteryError, Bounds, SteppedDriver
from custom_components.battery_commons.battery.entities.base import EntityBattery
from tests.home.battery.entities.simulated import MAX_CHARGE_W, MAX_DISCHARGE_W, RESERVE, Accu

ABLE = Bounds(-MAX_DISCHARGE_W, MAX_CHARGE_W)


def enphase(accu: Accu) -> EntityBattery:
    return accu.open("enphase", {"reserve": RESERVE}, own_reserve=20.0)


async def keep(hass: HomeAssistant, percent: float) -> None:
    await hass.services.async_call(
        "input_number", "set_value", {"entity_id": RESERVE, "value": percent}, blocking=True
    )


@pytest.mark.parametrize(
    ("wish_w", "reserve"), [(MAX_CHARGE_W, 100), (1_300, 100), (400, 50), (0, 50), (-1_500, 20)]
)
async def test_a_wish_becomes_a_reserve(accu: Accu, wish_w: float, reserve: float) -> None:
    battery = enphase(accu)
    assert isinstance(battery, SteppedDriver)

    power_w = battery.nearest(wish_w, ABLE, None)
    if power_w is None:
        await battery.release()
    else:
        await battery.set_power(power_w, 900)

    assert accu.number(RESERVE) == reserve
    assert (await battery.read()).setpoint_w == power_w


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25, deadline=None)
@given(state_of_charge=st.floats(0, 100), power_w=st.sampled_from([0.0, MAX_CHARGE_W]))
async def test_the_village_never_sets_a_reserve_below_the_residents_own(
    accu: Accu, state_of_charge: float, power_w: float
) -> None:
    accu.state_of_charge = state_of_charge
    accu.show()

    await enphase(accu).set_power(power_w, 900)

    assert accu.number(RESERVE) >= 20


@pytest.mark.parametrize(("reserve", "order_w"), [(20, None), (80, MAX_CHARGE_W), (50, 0), (49, 0), (35, 0)])
async def test_a_reserve_from_before_a_restart_is_an_order_unless_it_is_the_residents_own(
    accu: Accu, hass: HomeAssistant, reserve: float, order_w: float | None
) -> None:
    await keep(hass, reserve)

    assert (await enphase(accu).read()).setpoint_w == order_w


async def test_holding_writes_the_reserve_once_whatever_the_sun_adds(accu: Accu, hass: HomeAssistant) -> None:
    battery = enphase(accu)
    await battery.set_power(0, 900)
    written: list[object] = []
    hass.bus.async_listen("call_service", written.append)

    for _ in range(10):
        accu.live(60, 1_000)
        reading = await battery.read()
        assert reading.setpoint_w == 0
    await hass.async_block_till_done()

    assert written == []
    assert accu.number(RESERVE) == 50


async def test_a_reserve_within_a_percent_is_not_written_again(accu: Accu, hass: HomeAssistant) -> None:
    await keep(hass, 50)
    accu.state_of_charge = 50.9
    accu.show()
    written: list[object] = []
    hass.bus.async_listen("call_service", written.append)

    await enphase(accu).set_power(0, 900)
    await hass.async_block_till_done()

    assert written == []


async def test_a_full_battery_that_charges_on_order_is_still_under_that_order(accu: Accu) -> None:
    battery = enphase(accu)
    await battery.set_power(MAX_CHARGE_W, 900)
    accu.state_of_charge = 100
    accu.show()

    assert (await battery.read()).setpoint_w == MAX_CHARGE_W


async def test_it_cannot_be_told_to_discharge(accu: Accu) -> None:
    with pytest.raises(BatteryError, match="cannot be told to discharge"):
        await enphase(accu).set_power(-1_000, 900)


async def test_a_battery_that_a_reserve_does_not_charge_is_never_told_to(accu: Accu) -> None:
    growatt = accu.open("growatt", {"reserve": RESERVE}, own_reserve=20.0)
    assert isinstance(growatt, SteppedDriver)

    assert growatt.nearest(MAX_CHARGE_W, ABLE, None) == 0


async def test_a_battery_whose_own_reserve_nobody_knows_is_left_alone(accu: Accu) -> None:
    battery = accu.open("enphase", {"reserve": RESERVE})

    with pytest.raises(BatteryError, match="which reserve the resident keeps"):
        await battery.release()


async def test_it_stays_at_what_it_does_unless_something_else_is_markedly_closer(accu: Accu) -> None:
    battery = enphase(accu)
    assert isinstance(battery, SteppedDriver)
    await battery.set_power(MAX_CHARGE_W, 900)
    assert battery.nearest(1_150, ABLE, None) == MAX_CHARGE_W

    await battery.set_power(0, 900)
    assert battery.nearest(1_250, ABLE, None) == 0
