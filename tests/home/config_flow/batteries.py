"""What a resident fills in about a battery, and going through its forms."""

from typing import Any

from homeassistant.config_entries import SOURCE_USER, ConfigSubentry
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.home.battery.entities.simulated import MODE, POWER, SETPOINT, SOC
from tests.home.config_flow.flows import fill
from tests.home.conftest import BATTERY_DATA

WHERE = {"name": "Schuur", "host": "192.0.2.8", "port": 502, "unit_id": 1}
HERE = {part: BATTERY_DATA[part] for part in ("name", "host", "port", "unit_id")}
NO_TEST = {"self_test": False}
MEASURED = {"name": "Accu", "state_of_charge": SOC, "power": POWER, "inverted": False}
RATED = {"capacity_kwh": 10, "max_charge_kw": 2.4, "max_discharge_kw": 2}
BY_WATTS = MEASURED | RATED | {"setpoint": SETPOINT, "setpoint_inverted": False}
BY_MODE = MEASURED | RATED | {"mode": MODE, "option_own_house": "zero", "option_charge": "to_full"}


async def begin(hass: HomeAssistant, home: MockConfigEntry, kind: str | None = None) -> Any:
    """Start to add a battery, and choose how it is reached."""
    shown = await hass.config_entries.subentries.async_init(
        (home.entry_id, "battery"), context={"source": SOURCE_USER}
    )
    return shown if kind is None else await fill(hass, shown["flow_id"], {"next_step_id": kind})


async def look_at(hass: HomeAssistant, home: MockConfigEntry, where: dict[str, Any]) -> Any:
    """Go as far as what is found at a SunSpec battery's address."""
    flow = (await begin(hass, home, "modbus"))["flow_id"]
    await fill(hass, flow, {"map": "sunspec_der"})
    return await fill(hass, flow, where)


async def look_behind(hass: HomeAssistant, home: MockConfigEntry, preset: str, mapped: dict[str, Any]) -> Any:
    """Go as far as what is found behind a battery's entities."""
    flow = (await begin(hass, home, "entities"))["flow_id"]
    await fill(hass, flow, {"preset": preset})
    return await fill(hass, flow, mapped)


def added(home: MockConfigEntry, title: str) -> ConfigSubentry:
    battery: ConfigSubentry
    (battery,) = [each for each in home.subentries.values() if each.title == title]
    return battery


async def let_take_part(hass: HomeAssistant, flow: str, *, shadow: bool = False) -> Any:
    """Agree with what was found, without trying it out, and say how the battery begins."""
    await fill(hass, flow, NO_TEST)
    done = await fill(hass, flow, {"shadow": shadow})
    await hass.async_block_till_done()
    return done
