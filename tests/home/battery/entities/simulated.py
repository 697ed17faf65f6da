"""A battery that another integration has brought into Home Assistant, with the inertia of a real one."""

from collections.abc import Mapping
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import async_mock_service

from custom_components.battery_commons.battery.entities.base import EntityBattery
from custom_components.battery_commons.battery.entities.driver import open_entity_battery

SOC = "sensor.accu_state_of_charge"
POWER = "sensor.accu_power"
SETPOINT = "input_number.accu_setpoint"
CHARGE_SETPOINT = "input_number.accu_charge_power"
DISCHARGE_SETPOINT = "input_number.accu_discharge_power"
RESERVE = "input_number.accu_reserve"
MODE = "input_select.accu_mode"
CONTROL = "input_boolean.accu_remote_control"

SLOW = "number.slow"

CAPACITY_WH = 10_000.0
MAX_CHARGE_W, MAX_DISCHARGE_W = 2_400.0, 2_000.0
MODES = ["zero", "to_full", "standby", "zero_charge_only", "zero_discharge_only", "predictive"]


def battery_data(preset: str, entities: Mapping[str, str], **changes: Any) -> dict[str, Any]:
    """Return what is kept of a battery behind `entities`."""
    measured = {"state_of_charge": SOC} | ({} if "charge_power" in entities else {"power": POWER})
    return {
        "kind": "entities",
        "name": "Accu",
        "preset": preset,
        "entities": measured | dict(entities),
        "options": {},
        "inverted": False,
        "setpoint_inverted": False,
        "capacity_wh": CAPACITY_WH,
        "max_charge_w": MAX_CHARGE_W,
        "max_discharge_w": MAX_DISCHARGE_W,
        "manufacturer": "Example",
        "model": "Accu 10",
        "serial_number": "A-1",
        "shadow": False,
    } | changes


class Accu:
    """A battery whose sensors show how it stands, and whose helpers are its controls."""

    def __init__(self, hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
        self.hass = hass
        self.freezer = freezer
        self.state_of_charge = 50.0
        self.power_w = 0.0
        """Positive = charging."""

    async def install(self) -> None:
        """Make the controls, and show how it stands."""
        watts = {"min": 0, "max": 2500, "step": 50, "initial": 0, "unit_of_measurement": "W"}
        numbers = {
            "accu_setpoint": watts | {"min": -2000, "max": 2400, "step": 1},
            "accu_charge_power": watts,
            "accu_discharge_power": watts,
            "accu_reserve": {"min": 5, "max": 100, "step": 1, "initial": 20, "unit_of_measurement": "%"},
        }
        assert await async_setup_component(self.hass, "input_number", {"input_number": numbers})
        choices = {"accu_mode": {"options": MODES, "initial": "zero"}}
        assert await async_setup_component(self.hass, "input_select", {"input_select": choices})
        switches = {"accu_remote_control": {"initial": False}}
        assert await async_setup_component(self.hass, "input_boolean", {"input_boolean": switches})
        self.show()

    def show(self) -> None:
        """Report, as an integration does that polls."""
        soc = {"unit_of_measurement": "%", "device_class": "battery"}
        self.hass.states.async_set(SOC, f"{self.state_of_charge:.2f}", soc)
        power = {"unit_of_measurement": "W", "device_class": "power"}
        self.hass.states.async_set(POWER, f"{-self.power_w:.1f}", power)

    def live(self, seconds: float, power_w: float) -> None:
        """Keep to a power for a while, as far as there is energy and room."""
        self.freezer.tick(seconds)
        after = self.state_of_charge + 100 * power_w * seconds / 3600 / CAPACITY_WH
        self.state_of_charge = min(100.0, max(0.0, after))
        self.power_w = power_w if self.state_of_charge == after else 0.0
        self.show()

    def state(self, entity_id: str) -> str:
        state = self.hass.states.get(entity_id)
        assert state is not None
        return state.state

    def number(self, entity_id: str) -> float:
        return float(self.state(entity_id))

    def open(self, preset: str, entities: Mapping[str, str], **changes: Any) -> EntityBattery:
        return open_entity_battery(self.hass, battery_data(preset, entities, **changes))


async def order_of(accu: Accu, *args: Any, **kwargs: Any) -> float | None:
    """Return the order that a home finds that has just started."""
    return (await accu.open(*args, **kwargs).read()).setpoint_w


class SlowNumber:
    """A number that shows what it was set to only when its integration looks again."""

    def __init__(self, hass: HomeAssistant) -> None:
        self.hass = hass
        self.calls = async_mock_service(hass, "number", "set_value")
        self.show(0)

    def show(self, value: float) -> None:
        attributes = {"min": -5_000, "max": 5_000, "step": 1, "unit_of_measurement": "W"}
        self.hass.states.async_set(SLOW, str(value), attributes)
