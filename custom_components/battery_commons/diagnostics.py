"""What helps to find a problem, without what would open a door."""

from dataclasses import asdict
from typing import Any

from homeassistant.components.diagnostics import async_redact_data
from homeassistant.const import CONF_HOST, CONF_TOKEN, CONF_URL, CONF_WEBHOOK_ID
from homeassistant.core import HomeAssistant

from .battery_coordinator import BatteryCoordinator
from .const import CONF_HOME_ID, CONF_SERIAL_NUMBER
from .home import BatteryCommonsConfigEntry

TO_REDACT = {CONF_TOKEN, CONF_WEBHOOK_ID, CONF_URL, CONF_HOST, CONF_HOME_ID, CONF_SERIAL_NUMBER}


async def async_get_config_entry_diagnostics(
    _hass: HomeAssistant, entry: BatteryCommonsConfigEntry
) -> dict[str, Any]:
    """Return how the home and its village stand."""
    data = entry.runtime_data
    return {
        "entry": async_redact_data(dict(entry.data), TO_REDACT),
        "village": {
            "reachable": data.village.last_update_success,
            "status": asdict(data.village.data) if data.village.data else None,
        },
        "plan_sequence": data.memory.inbox.sequence,
        "batteries": [_battery(battery) for battery in data.batteries.values()],
    }


def _battery(battery: BatteryCoordinator) -> dict[str, Any]:
    return {
        "set_up_with": async_redact_data(dict(battery.subentry.data), TO_REDACT),
        "settings": asdict(battery.memory.settings(battery.subentry.subentry_id)),
        "outcome": asdict(battery.data),
        "lease_until": battery.plan.lease_until if battery.plan else None,
    }
