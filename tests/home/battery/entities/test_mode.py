"""A battery that only knows modes."""

import pytest
from homeassistant.core import HomeAssistant

from custom_components.battery_commons.battery.driver import BatteryError, Bounds, SteppedDriver
from tests.home.battery.entities.simulated import MAX_CHARGE_W, MODE, Accu

HOMEWIZARD = {
    "own_house": "zero",
    "charge": "to_full",
    "standby": "standby",
    "charge_only": "zero_charge_only",
    "discharge_only": "zero_discharge_only",
}
ABLE = Bounds(-2_000, MAX_CHARGE_W)


async def choose(hass: HomeAssistant, option: str) -> None:
    await hass.services.async_call(
        "input_select", "select_option", {"entity_id": MODE, "option": option}, blocking=True
    )


@pytest.mark.parametrize(
    ("before", "wish_w", "own_house_w", "mode"),
    [
        ("zero", 2_000, None, "to_full"),
        ("zero", 2_000, -400, "to_full"),
        ("zero", 0, 300, "standby"),
        ("zero", -600, None, "zero"),
        ("zero", 600, 400, "zero"),
        ("zero", 600, -400, "zero_charge_only"),
        ("standby", 600, 400, "zero_charge_only"),
        ("standby", -600, -400, "zero_discharge_only"),
        ("standby", -600, 400, "standby"),
        ("predictive", -600, 400, "zero_discharge_only"),
    ],
)
async def test_a_wish_becomes_a_mode(
    accu: Accu, hass: HomeAssistant, before: str, wish_w: float, own_house_w: float | None, mode: str
) -> None:
    await choose(hass, before)
    battery = accu.open("homewizard", {"mode": MODE}, options=HOMEWIZARD)
    assert isinstance(battery, SteppedDriver)

    power_w = battery.nearest(wish_w, ABLE, own_house_w)
    if power_w is None:
        await battery.release()
    else:
        await battery.set_power(power_w, 900)

    assert accu.state(MODE) == mode
    assert (await battery.read()).setpoint_w == power_w


@pytest.mark.parametrize(
    ("mode", "order_w"),
    [
        ("zero", None),
        ("predictive", None),
        ("to_full", MAX_CHARGE_W),
        ("standby", 0),
        ("zero_charge_only", 0),
    ],
)
async def test_a_mode_from_before_a_restart_is_an_order_unless_it_is_the_residents_own(
    accu: Accu, hass: HomeAssistant, mode: str, order_w: float | None
) -> None:
    await choose(hass, mode)

    battery = accu.open("homewizard", {"mode": MODE}, options=HOMEWIZARD)

    assert (await battery.read()).setpoint_w == order_w


async def test_the_mode_is_not_written_again_while_it_stands(accu: Accu, hass: HomeAssistant) -> None:
    battery = accu.open("homewizard", {"mode": MODE}, options=HOMEWIZARD)
    await battery.set_power(0, 900)
    written: list[object] = []
    hass.bus.async_listen("call_service", written.append)

    await battery.set_power(0, 900)
    await hass.async_block_till_done()

    assert written == []


async def test_the_energy_that_a_mode_moves_is_seen(accu: Accu) -> None:
    battery = accu.open("homewizard", {"mode": MODE}, options=HOMEWIZARD)
    await battery.set_power(MAX_CHARGE_W, 900)

    accu.live(900, MAX_CHARGE_W if accu.state(MODE) == "to_full" else 0)

    reading = await battery.read()
    assert reading.state_of_charge == pytest.approx(0.56, abs=1e-3)
    assert reading.power_w == MAX_CHARGE_W


async def test_a_power_that_no_mode_has_is_refused(accu: Accu) -> None:
    battery = accu.open("homewizard", {"mode": MODE}, options=HOMEWIZARD)

    with pytest.raises(BatteryError, match="no mode for -500 W"):
        await battery.set_power(-500, 900)


async def test_an_option_that_was_renamed_is_named(accu: Accu) -> None:
    battery = accu.open("homewizard", {"mode": MODE}, options=HOMEWIZARD | {"standby": "idle"})

    with pytest.raises(BatteryError, match=f"{MODE} has no option idle"):
        await battery.set_power(0, 900)


async def test_an_integration_that_is_gone_is_a_lost_battery(accu: Accu, hass: HomeAssistant) -> None:
    battery = accu.open("homewizard", {"mode": MODE}, options=HOMEWIZARD)
    hass.states.async_set(MODE, "unavailable")

    with pytest.raises(BatteryError, match=f"{MODE} is unavailable"):
        await battery.read()
