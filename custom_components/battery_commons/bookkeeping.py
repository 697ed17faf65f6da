"""Keeps the account of a battery: every look at it is entered."""

from homeassistant.core import callback
from homeassistant.util import dt as dt_util

from .battery.account import Observation
from .battery.follower import Mode
from .battery_coordinator import BatteryCoordinator


@callback
def async_enter_last_look(battery: BatteryCoordinator) -> None:
    """Enter what the last look at a battery found in its account."""
    reading, decision = battery.data.reading, battery.data.decision
    observation = None
    if reading is not None:
        for_village = decision.mode is Mode.VILLAGE
        observation = Observation(
            at=reading.at,
            power_w=reading.power_w,
            for_village=for_village,
            setpoint_w=decision.setpoint_w if for_village else None,
        )
    account = battery.memory.account(battery.battery_id)
    account = account.observed(observation, dt_util.get_default_time_zone())
    battery.memory.async_put_account(battery.battery_id, account)
