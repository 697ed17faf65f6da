"""What a resident decides about a battery: kept, acted upon at once, and told to the village."""

from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from .battery.settings import Settings
from .battery_coordinator import BatteryCoordinator

OWN_HOUSE_FOR = timedelta(minutes=15)
"""How long a battery that is taken back for a moment stays with its own house."""


async def async_decide(battery: BatteryCoordinator, **changes: Any) -> None:  # noqa: ANN401 - fields of Settings
    """Change what counts for a battery."""
    await battery.memory.async_put_settings(battery.battery_id, partial(replace, **changes))
    battery.config_entry.runtime_data.village.async_describe_again()


async def async_pause(battery: BatteryCoordinator, until: datetime | None) -> None:
    """Keep a battery to its own house; without an end until the resident ends it."""
    await async_decide(battery, paused=True, paused_until=until)


async def async_resume(battery: BatteryCoordinator) -> None:
    """Let the village steer a battery again."""
    await async_decide(battery, paused=False, paused_until=None)


async def async_take_back(battery: BatteryCoordinator, now: datetime) -> None:
    """Keep a battery to its own house for a moment; a pause that lasts longer goes on."""
    settings: Settings = battery.settings
    until = now + OWN_HOUSE_FOR
    if settings.is_paused(now) and (settings.paused_until is None or settings.paused_until > until):
        return
    await async_pause(battery, until)
