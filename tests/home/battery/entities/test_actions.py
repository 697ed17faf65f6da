"""A battery that takes a power by an action of its integration."""

from typing import Any

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_mock_service

from custom_components.battery_commons.battery.driver import BatteryError
from custom_components.battery_commons.battery.entities.base import EntityBattery
from tests.home.battery.entities.simulated import POWER, SOC, Accu

ENERGY_MODE, STOP = "select.energy_mode", "button.stop"
COMMAND, LIMIT, LOWEST = "sensor.realtime_command", "sensor.realtime_power_limit", "number.discharge_limit"
FORCIBLE = "sensor.forcible_charge"
MODES = ["self_consumed_prioritized", "real_time_control", "charge_discharge_schedule"]


def adopt(hass: HomeAssistant, accu: Accu, domain: str) -> str:
    """Let the state of charge belong to a device of the integration `domain`, and return its id."""
    entry = MockConfigEntry(domain=domain)
    entry.add_to_hass(hass)
    device = dr.async_get(hass).async_get_or_create(
        config_entry_id=entry.entry_id, identifiers={(domain, "1")}
    )
    hass.states.async_remove(SOC)
    er.async_get(hass).async_get_or_create(
        "sensor",
        domain,
        "1",
        suggested_object_id=SOC.partition(".")[2],
        config_entry=entry,
        device_id=device.id,
    )
    accu.show()
    return device.id


class Indevolt:
    """The entities and actions of core's `indevolt`, and the device behind them."""

    def __init__(self, hass: HomeAssistant, accu: Accu) -> None:
        self.hass = hass
        self.accu = accu
        self.device_id = adopt(hass, accu, "indevolt")
        self.calls: list[dict[str, Any]] = []
        hass.services.async_register("indevolt", "charge", self._charge)
        hass.services.async_register("indevolt", "discharge", self._discharge)
        hass.services.async_register("button", "press", self._stop)
        hass.services.async_register("select", "select_option", self._select)
        hass.states.async_set(STOP, "unknown")
        hass.states.async_set(LOWEST, "15", {"unit_of_measurement": "%"})
        self.show(MODES[0], None, None)

    def battery(self) -> EntityBattery:
        entities = {
            "charge_power": "sensor.ac_input",
            "discharge_power": "sensor.ac_output",
            "control": ENERGY_MODE,
            "stop": STOP,
            "order": COMMAND,
            "order_power": LIMIT,
            "lowest_state_of_charge": LOWEST,
        }
        options = {"obey": "real_time_control", "own_house": "self_consumed_prioritized"}
        return self.accu.open("indevolt", entities, options=options)

    def show(self, mode: str, command: str | None, limit: int | None) -> None:
        watt = {"unit_of_measurement": "W"}
        self.hass.states.async_set(ENERGY_MODE, mode, {"options": MODES})
        self.hass.states.async_set(COMMAND, command or "unavailable")
        self.hass.states.async_set(LIMIT, "unavailable" if limit is None else str(limit), watt)
        self.hass.states.async_set("sensor.ac_input", str(limit if command == "charging" else 0), watt)
        self.hass.states.async_set("sensor.ac_output", str(limit if command == "discharging" else 0), watt)

    async def _charge(self, call: ServiceCall) -> None:
        self.calls.append(dict(call.data))
        self.show(MODES[1], "charging", call.data["power"])

    async def _discharge(self, call: ServiceCall) -> None:
        self.calls.append(dict(call.data))
        self.show(MODES[1], "discharging", call.data["power"])

    async def _stop(self, _call: ServiceCall) -> None:
        self.show(MODES[1], "standby", 0)

    async def _select(self, call: ServiceCall) -> None:
        self.show(call.data["option"], None, None)


@pytest.fixture
def indevolt(hass: HomeAssistant, accu: Accu) -> Indevolt:
    return Indevolt(hass, accu)


async def test_indevolt_charges_towards_full_and_discharges_as_far_as_it_may(indevolt: Indevolt) -> None:
    battery = indevolt.battery()

    await battery.set_power(1_200.9, 900)
    assert (await battery.read()).power_w == 1_200
    await battery.set_power(-800, 900)
    assert (await battery.read()).power_w == -800

    device = {"device_id": indevolt.device_id}
    assert indevolt.calls == [
        device | {"power": 1_200, "target_soc": 100},
        device | {"power": 800, "target_soc": 15},
    ]


async def test_indevolt_serves_its_own_house_by_itself(indevolt: Indevolt) -> None:
    assert indevolt.battery().traits.regulates


async def test_indevolt_stands_still_by_its_button(indevolt: Indevolt) -> None:
    battery = indevolt.battery()

    await battery.set_power(0, 900)

    assert indevolt.accu.state(COMMAND) == "standby"
    assert (await battery.read()).setpoint_w == 0


@pytest.mark.parametrize(("power_w", "found_w"), [(1_200, 1_200), (-800, -800), (0, 0)])
async def test_indevolts_order_from_before_a_restart_is_found(
    indevolt: Indevolt, power_w: float, found_w: float
) -> None:
    await indevolt.battery().set_power(power_w, 900)

    assert (await indevolt.battery().read()).setpoint_w == found_w


async def test_indevolt_released_serves_its_own_house(indevolt: Indevolt) -> None:
    battery = indevolt.battery()
    await battery.set_power(-800, 900)

    await battery.release()

    assert indevolt.accu.state(ENERGY_MODE) == "self_consumed_prioritized"
    assert (await battery.read()).setpoint_w is None
    assert (await indevolt.battery().read()).setpoint_w is None


async def test_what_somebody_else_tells_it_is_seen_once_its_integration_has_looked(
    indevolt: Indevolt, freezer: FrozenDateTimeFactory
) -> None:
    battery = indevolt.battery()
    await battery.set_power(-800, 900)
    indevolt.show(MODES[1], "charging", 300)
    assert (await battery.read()).setpoint_w == -800

    freezer.tick(91)

    assert (await battery.read()).setpoint_w == 300


async def test_a_battery_without_a_device_cannot_be_told_anything(
    indevolt: Indevolt, hass: HomeAssistant
) -> None:
    er.async_get(hass).async_remove(SOC)
    indevolt.accu.show()

    with pytest.raises(BatteryError, match="belongs to no device"):
        await indevolt.battery().set_power(1_000, 900)


class Huawei:
    """The sensors and actions of `huawei_solar`."""

    def __init__(self, hass: HomeAssistant, accu: Accu) -> None:
        self.accu = accu
        self.hass = hass
        self.device_id = adopt(hass, accu, "huawei_solar")
        self.charges = async_mock_service(hass, "huawei_solar", "forcible_charge")
        self.discharges = async_mock_service(hass, "huawei_solar", "forcible_discharge")
        self.stops = async_mock_service(hass, "huawei_solar", "stop_forcible_charge")
        self.show("Stopped")

    def show(self, summary: str, **attributes: object) -> None:
        self.hass.states.async_set(FORCIBLE, summary, attributes)

    def battery(self) -> EntityBattery:
        return self.accu.open("huawei", {"order": FORCIBLE, "power": POWER})


@pytest.fixture
def huawei(hass: HomeAssistant, accu: Accu) -> Huawei:
    return Huawei(hass, accu)


@pytest.mark.parametrize(("revert_after_s", "minutes"), [(10, 1), (119, 1), (910, 15)])
async def test_huaweis_order_ends_by_itself_and_rather_too_early(
    huawei: Huawei, revert_after_s: int, minutes: int
) -> None:
    await huawei.battery().set_power(2_000, revert_after_s)

    assert huawei.charges[0].data == {
        "device_id": huawei.device_id,
        "power": 2_000,
        "duration": minutes,
    }


async def test_huawei_stands_still_by_discharging_with_nothing(huawei: Huawei) -> None:
    await huawei.battery().set_power(0, 900)

    assert huawei.discharges[0].data["power"] == 0


async def test_huawei_released_is_told_to_stop(huawei: Huawei) -> None:
    await huawei.battery().release()

    assert huawei.stops[0].data == {"device_id": huawei.device_id}


@pytest.mark.parametrize(
    ("summary", "order_w"),
    [
        ("Stopped", None),
        ("Charging at 2000W for 15 minutes", 2_000),
        ("Discharging at 1500W for 15 minutes", -1_500),
    ],
)
async def test_huaweis_order_from_before_a_restart_is_found(
    huawei: Huawei, summary: str, order_w: float | None
) -> None:
    huawei.show(summary, charge_power=2_000, discharge_power=1_500)

    assert (await huawei.battery().read()).setpoint_w == order_w


async def test_an_order_that_does_not_tell_its_power_is_no_order_to_rely_on(huawei: Huawei) -> None:
    huawei.show("Charging at 2000W for 15 minutes")

    with pytest.raises(BatteryError, match="does not tell the power"):
        await huawei.battery().read()
