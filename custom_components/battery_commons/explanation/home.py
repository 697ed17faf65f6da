"""Explains the batteries and the village of this home, in the language and on the clock of Home Assistant."""

from datetime import datetime

from homeassistant.util import dt as dt_util

from ..battery_coordinator import BatteryCoordinator, battery_limits
from ..community.plan import Slot
from ..const import CONF_TRANSFORMER_NAME
from ..village_coordinator import VillageCoordinator
from .sentence import explain, explain_next, explain_slot
from .village import tell_village


def explain_battery(battery: BatteryCoordinator, now: datetime, language: str | None = None) -> str:
    """Return one sentence about what a battery does at `now` and why."""
    return explain(
        battery.data,
        battery.plan,
        battery_limits(battery.subentry),
        now,
        language=language or battery.hass.config.language,
        time_zone=dt_util.get_default_time_zone(),
        settings=battery.settings,
        transformer=_transformer(battery),
    )


def explain_planned(battery: BatteryCoordinator, slot: Slot) -> str:
    """Return one sentence about what the village asks of a battery in a slot of its plan and why."""
    return explain_slot(
        slot,
        battery.hass.config.language,
        dt_util.get_default_time_zone(),
        transformer=_transformer(battery),
    )


def explain_next_action(
    battery: BatteryCoordinator, now: datetime, language: str | None = None
) -> str | None:
    """Return one sentence about what the plan asks of a battery after this; None where it says nothing."""
    if battery.plan is None:
        return None
    return explain_next(
        battery.plan,
        now,
        language or battery.hass.config.language,
        dt_util.get_default_time_zone(),
        transformer=_transformer(battery),
    )


def explain_village(village: VillageCoordinator, now: datetime, language: str | None = None) -> str:
    """Return one sentence about how the village is doing."""
    return tell_village(
        village.data if village.last_update_success else None,
        now,
        load_is_fresh=village.load_is_fresh(now),
        language=language or village.hass.config.language,
        time_zone=dt_util.get_default_time_zone(),
    )


def _transformer(battery: BatteryCoordinator) -> str:
    return str(battery.config_entry.data[CONF_TRANSFORMER_NAME])
