"""A home with an automation of ours in it: made from a blueprint, and told what happens with codes."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import CoreState, HomeAssistant
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import async_fire_time_changed

FOLDER = Path(__file__).parents[3] / "blueprints" / "automation"
NOW = datetime(2026, 1, 14, 15, 0, tzinfo=dt_util.UTC)
EVENT = "event.ansen_code"
SIGNAL = "sensor.ansen_congestion_signal"
HOUR = timedelta(hours=1)


def code(
    kind: str, start: datetime, *, code_id: str = "c1", hours: float = 3, reason: str = ""
) -> dict[str, Any]:
    end = start + timedelta(hours=hours)
    return {"id": code_id, "code": kind, "start": start.isoformat(), "end": end.isoformat(), "reason": reason}


async def tell(hass: HomeAssistant, moment: str, told: dict[str, Any]) -> None:
    """Let the event entity tell that something happened with a code now, as ours does."""
    state = dt_util.utcnow().isoformat(timespec="milliseconds")
    hass.states.async_set(EVENT, state, {"event_type": moment, **told})
    await hass.async_block_till_done()


async def use(hass: HomeAssistant, name: str, **inputs: Any) -> None:
    """Set up an automation from a blueprint, in a Home Assistant that runs."""
    if name != "weekly_summary":
        inputs["code_event"] = EVENT
    config = {"use_blueprint": {"path": f"battery_commons/{name}.yaml", "input": inputs}}
    assert await async_setup_component(
        hass, "automation", {"automation": {"alias": "ours", "id": "ours", **config}}
    )
    await hass.async_block_till_done()
    assert hass.states.is_state("automation.ours", "on")


async def start_again(hass: HomeAssistant, name: str, **inputs: Any) -> None:
    """Set the automation up in a Home Assistant that is only starting, and let it start."""
    hass.set_state(CoreState.not_running)
    await use(hass, name, **inputs)
    await hass.async_start()
    await hass.async_block_till_done()


async def pass_time(hass: HomeAssistant, freezer: FrozenDateTimeFactory, length: timedelta) -> None:
    freezer.tick(length)
    async_fire_time_changed(hass)
    await hass.async_block_till_done()


async def turn(hass: HomeAssistant, entity_id: str, state: str) -> None:
    await hass.services.async_call("input_boolean", f"turn_{state}", {"entity_id": entity_id}, blocking=True)
    await hass.async_block_till_done()
