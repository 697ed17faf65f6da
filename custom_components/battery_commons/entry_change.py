"""Changes what is kept of a home that has joined."""

from collections.abc import Mapping

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback


@callback
def async_change_entry(hass: HomeAssistant, entry: ConfigEntry, changes: Mapping[str, str | None]) -> None:
    """Keep the changes, and start anew once: an entry that works does so by itself, one that failed not.

    Which of both it is must be known before: while it starts anew, it listens to no change.
    """
    restarts_itself = bool(entry.update_listeners)
    changed = hass.config_entries.async_update_entry(entry, data={**entry.data, **changes})
    if changed and not restarts_itself:
        hass.config_entries.async_schedule_reload(entry.entry_id)
