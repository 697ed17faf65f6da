"""The home that an action is about."""

import probatio as vol
from homeassistant.core import ServiceCall
from homeassistant.helpers.selector import ConfigEntrySelector
from homeassistant.helpers.service import async_get_config_entry

from .const import DOMAIN
from .home import BatteryCommonsConfigEntry

ATTR_CONFIG_ENTRY = "config_entry"
HOME = {vol.Optional(ATTR_CONFIG_ENTRY): ConfigEntrySelector({"integration": DOMAIN})}
"""Part of the schema of every action that is about a home."""


def home_of(call: ServiceCall) -> BatteryCommonsConfigEntry:
    """Return the home that an action is about: the only one, where none is named."""
    return async_get_config_entry(call.hass, DOMAIN, call.data.get(ATTR_CONFIG_ENTRY))
