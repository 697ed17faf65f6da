"""What a resident has confirmed: which entities make up a battery, and what their options mean. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from ...const import (
    CONF_CAPACITY_WH,
    CONF_INVERTED,
    CONF_MANUFACTURER,
    CONF_MAX_CHARGE_W,
    CONF_MAX_DISCHARGE_W,
    CONF_MODEL,
    CONF_SERIAL_NUMBER,
)
from ..driver import BatteryError, BatteryIdentity, BatteryLimits
from .presets import PRESETS, Preset
from .roles import Option, Role

CONF_PRESET = "preset"
CONF_CONTROL = "control"
CONF_ENTITIES = "entities"
CONF_OPTIONS = "options"
CONF_SETPOINT_INVERTED = "setpoint_inverted"
CONF_OWN_RESERVE = "own_reserve"


@dataclass(frozen=True, slots=True)
class EntityMapping:
    """Which entities make up a battery, and what their options mean."""

    preset: Preset
    entities: Mapping[Role, str]
    options: Mapping[Option, str]
    limits: BatteryLimits
    identity: BatteryIdentity
    inverted: bool = False
    setpoint_inverted: bool = False
    own_reserve: float | None = None
    """The percentage that the resident keeps by themselves, restored when the village lets go."""

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        """Return what the `data` of a battery say. Raises BatteryError when they are not understood."""
        if (preset := PRESETS.get(data[CONF_PRESET])) is None:
            raise BatteryError(f"this version knows no batteries of the kind {data[CONF_PRESET]}")
        return cls(
            preset=preset,
            entities={Role(role): entity_id for role, entity_id in data[CONF_ENTITIES].items()},
            options={Option(option): name for option, name in data.get(CONF_OPTIONS, {}).items()},
            limits=BatteryLimits(data[CONF_CAPACITY_WH], data[CONF_MAX_CHARGE_W], data[CONF_MAX_DISCHARGE_W]),
            identity=BatteryIdentity(data[CONF_MANUFACTURER], data[CONF_MODEL], data[CONF_SERIAL_NUMBER]),
            inverted=data.get(CONF_INVERTED, False),
            setpoint_inverted=data.get(CONF_SETPOINT_INVERTED, False),
            own_reserve=data.get(CONF_OWN_RESERVE),
        )

    def option_of(self, name: str, *meanings: Option) -> Option | None:
        """Return which of the `meanings` the option `name` has; None where it has none of them."""
        return next((option for option in meanings if self.options.get(option) == name), None)
