"""Writes the batteries' decisions in the logbook, as sentences."""

from collections.abc import Callable

from homeassistant.components.logbook import LOGBOOK_ENTRY_MESSAGE, LOGBOOK_ENTRY_NAME
from homeassistant.const import ATTR_NAME
from homeassistant.core import Event, HomeAssistant, callback

from .announcement import ATTR_EXPLANATION, EVENT_DECISION
from .const import DOMAIN


@callback
def async_describe_events(
    _hass: HomeAssistant,
    async_describe_event: Callable[[str, str, Callable[[Event], dict[str, str]]], None],
) -> None:
    """Say how a decision is written down."""
    async_describe_event(DOMAIN, EVENT_DECISION, _describe)


@callback
def _describe(event: Event) -> dict[str, str]:
    """Return the entry; the logbook writes the name before the message, and together they are a sentence."""
    sentence = str(event.data[ATTR_EXPLANATION])
    return {
        LOGBOOK_ENTRY_NAME: str(event.data[ATTR_NAME]),
        LOGBOOK_ENTRY_MESSAGE: sentence[:1].lower() + sentence[1:].removesuffix("."),
    }
