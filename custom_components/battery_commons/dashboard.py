"""Offers the browser our card and our dashboard."""

from hashlib import sha256
from pathlib import Path

from homeassistant.components.frontend import DOMAIN as FRONTEND_DOMAIN
from homeassistant.components.frontend import add_extra_js_url
from homeassistant.components.http import StaticPathConfig
from homeassistant.core import HomeAssistant
from homeassistant.util.hass_dict import HassKey

from .const import DOMAIN

FOLDER = Path(__file__).parent / "frontend"
ENTRY = "battery-commons.js"

_OFFERED: HassKey[bool] = HassKey(f"{DOMAIN}_dashboard")


async def async_offer_dashboard(hass: HomeAssistant) -> None:
    """Serve the browser's modules, and have every page load the first of them.

    A home without the frontend has no use for them. The address changes with what is in the folder, so a
    browser may keep each module for good and still never mixes two versions.
    """
    if FRONTEND_DOMAIN not in hass.config.components or _OFFERED in hass.data:
        return
    hass.data[_OFFERED] = True
    address = f"/{DOMAIN}/{await hass.async_add_executor_job(_fingerprint)}"
    await hass.http.async_register_static_paths([StaticPathConfig(address, str(FOLDER))])
    add_extra_js_url(hass, f"{address}/{ENTRY}")


def _fingerprint() -> str:
    """Return a few letters that say which modules these are."""
    content = sha256()
    for module in sorted(FOLDER.glob("*.js")):
        content.update(module.name.encode())
        content.update(module.read_bytes())
    return content.hexdigest()[:12]
