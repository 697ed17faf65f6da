"""Going through the integration's forms, as a resident does."""

from typing import Any

import probatio as vol
from homeassistant.config_entries import SOURCE_USER
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType

from custom_components.battery_commons.const import DOMAIN
from tests.home.coordinator import FakeCoordinator

OWN_ADDRESS = "http://192.0.2.2:8123"
ELSEWHERE = "http://192.0.2.50:8477"
"""Where a village is that has moved."""


async def start(hass: HomeAssistant) -> str:
    """Begin to join a village by hand."""
    hass.config.internal_url = OWN_ADDRESS
    result = await hass.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_USER})
    assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "user")
    return result["flow_id"]


async def discovered(hass: HomeAssistant, source: str, found: Any) -> Any:
    """Let something be found that may be a village."""
    hass.config.internal_url = OWN_ADDRESS
    return await hass.config_entries.flow.async_init(DOMAIN, context={"source": source}, data=found)


async def give(hass: HomeAssistant, flow_id: str, answer: dict[str, Any]) -> Any:
    """Fill in the form that a village's flow shows."""
    return await hass.config_entries.flow.async_configure(flow_id, answer)


async def fill(hass: HomeAssistant, flow_id: str, answer: dict[str, Any]) -> Any:
    """Fill in the form that the flow of a part of the home shows."""
    return await hass.config_entries.subentries.async_configure(flow_id, answer)


def suggested(form: Any) -> dict[str, Any]:
    """Return what a form proposes."""
    return suggested_by(form["data_schema"])


def suggested_by(schema: vol.Schema) -> dict[str, Any]:
    """Return what the fields of a form propose."""
    fields = {str(field): (field.description or {}) for field in schema.schema}
    return {
        name: told["suggested_value"]
        for name, told in fields.items()
        if told.get("suggested_value") is not None
    }


def code_of(coordinator: FakeCoordinator) -> str:
    """Return what a resident needs of an invitation to a village that was found."""
    return coordinator.invitation.rpartition("#")[2]
