"""What a state of Home Assistant says, in our units."""

import math

from homeassistant.const import ATTR_UNIT_OF_MEASUREMENT, UnitOfPower
from homeassistant.core import State
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util.unit_conversion import PowerConverter


def power_w(state: State | None) -> float | None:
    """Return the power that a sensor states, in W; None where it states none."""
    if state is None:
        return None
    try:
        power = float(state.state)
        unit = state.attributes.get(ATTR_UNIT_OF_MEASUREMENT)
        converted: float = PowerConverter.convert(power, unit, UnitOfPower.WATT)
    except ValueError, HomeAssistantError:
        return None
    return converted if math.isfinite(converted) else None
