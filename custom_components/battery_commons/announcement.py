"""Tells the home, on its event bus, what a battery does when that changes; the logbook writes it down."""

from datetime import datetime, timedelta
from typing import Final

from homeassistant.const import ATTR_DEVICE_ID, ATTR_NAME
from homeassistant.core import callback
from homeassistant.helpers import device_registry as dr
from homeassistant.util import dt as dt_util

from .battery.follower import Mode, Reason
from .battery_coordinator import BatteryCoordinator
from .const import DOMAIN
from .explanation.home import explain_battery

EVENT_DECISION: Final = f"{DOMAIN}_decision"
ATTR_MODE: Final = "mode"
ATTR_REASON: Final = "reason"
ATTR_EXPLANATION: Final = "explanation"
AT_MOST_EVERY = timedelta(minutes=1)
"""A battery at the edge of a limit may change its reason with every look; nobody wants to read that."""


class Announcer:
    """Announces the decisions about one battery: each other mode or reason once."""

    def __init__(self, battery: BatteryCoordinator) -> None:
        """Speak for `battery`."""
        self._battery = battery
        self._told: tuple[Mode, Reason] | None = None
        self._told_at: datetime | None = None

    @callback
    def async_announce(self) -> None:
        """Announce what the battery does, where that is another thing than was told last."""
        decision, now = self._battery.data.decision, dt_util.utcnow()
        does = decision.mode, decision.reason
        if does == self._told or (self._told_at and timedelta(0) <= now - self._told_at < AT_MOST_EVERY):
            return
        battery = self._battery
        device = dr.async_get(battery.hass).async_get_device_by_identifier(
            (DOMAIN, battery.battery_id), battery.config_entry.entry_id
        )
        if device is None:  # The home is still setting up: the next look tells.
            return
        self._told, self._told_at = does, now
        battery.hass.bus.async_fire(
            EVENT_DECISION,
            {
                ATTR_DEVICE_ID: device.id,
                ATTR_NAME: battery.name,
                ATTR_MODE: decision.mode.value,
                ATTR_REASON: decision.reason.value,
                ATTR_EXPLANATION: explain_battery(battery, now),
            },
        )
