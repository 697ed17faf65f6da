"""What comes in from the village, whichever way it came: believed and put in force, or refused."""

from typing import Any

from homeassistant.core import callback
from homeassistant.util import dt as dt_util

from .battery_coordinator import battery_limits
from .community.envelope import RefusedError, read_json
from .community.inbox import accepted, refused
from .community.stream import Way
from .const import CONF_HOME_ID, LOGGER
from .home import BatteryCommonsConfigEntry
from .village_coordinator import RefusedPlan


async def async_take_in(entry: BatteryCommonsConfigEntry, message: bytes | str, way: Way) -> dict[str, Any]:
    """Take in a plan that came by `way`; return the answer: whether it counts, and if not, why."""
    data = entry.runtime_data
    try:
        await data.memory.async_admit(
            read_json(message),
            home_id=entry.data[CONF_HOME_ID],
            batteries={id_: battery_limits(b.subentry) for id_, b in data.batteries.items()},
            now=dt_util.utcnow(),
        )
    except RefusedError as error:
        return async_refuse(entry, error)
    data.village.refused_plan = None
    data.village.async_plan_came(way)
    return accepted(data.memory.inbox)


@callback
def async_refuse(entry: BatteryCommonsConfigEntry, error: RefusedError) -> dict[str, Any]:
    """Keep that a plan was refused, and return the answer to it."""
    LOGGER.warning("A plan was refused: %s", error.refusal)
    entry.runtime_data.village.refused_plan = RefusedPlan(dt_util.utcnow(), error.refusal)
    return refused(error)
