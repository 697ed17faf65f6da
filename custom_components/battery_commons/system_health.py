"""How this home's villages are doing, on Home Assistant's page of system information."""

from typing import Any

from homeassistant.components.system_health import SystemHealthRegistration
from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util

from .community.envelope import PROTOCOL_VERSION
from .const import DOMAIN
from .home import BatteryCommonsConfigEntry, HomeData


@callback
def async_register(_hass: HomeAssistant, register: SystemHealthRegistration) -> None:
    """Offer the information."""
    register.async_register_info(_async_info)


async def _async_info(hass: HomeAssistant) -> dict[str, Any]:
    """Return what there is to tell; a home in several villages tells about each."""
    entries: list[BatteryCommonsConfigEntry] = hass.config_entries.async_loaded_entries(DOMAIN)
    homes = [_home(entry.runtime_data) for entry in entries]
    told = {key: _together([home[key] for home in homes]) for key in homes[0]} if homes else {}
    return {"homes": len(homes), **told, "protocol_version": PROTOCOL_VERSION}


def _home(data: HomeData) -> dict[str, Any]:
    exchange, plan = data.village.exchange, data.memory.inbox.plan
    age = dt_util.utcnow() - plan.issued_at if plan else None
    return {
        "village_reachable": data.village.last_update_success,
        "latency": f"{exchange.latency.total_seconds() * 1000:.0f} ms" if exchange else "-",
        "last_plan": f"{age.total_seconds() / 60:.0f} min" if age else "-",
        "reached_by": data.village.reached_by or "-",
        "batteries": len(data.batteries),
    }


def _together(values: list[Any]) -> Any:  # noqa: ANN401 - whatever the page can show
    return values[0] if len(values) == 1 else ", ".join(str(value) for value in values)
