"""What a resident has confirmed: which entities make up a battery, and what their options mean. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from ...const import (
    CONF_CAPACITY_WH,
    CONF_INVERTED,
    CONF_MAX_CHARGE_W,
    CONF_MAX_DISCHARGE_W,
)
from ..driver import BatteryError, BatteryLimits
from .presets import PRESETS, Preset
from .roles import CHOICES, Option, Role

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
            inverted=data.get(CONF_INVERTED, False),
            setpoint_inverted=data.get(CONF_SETPOINT_INVERTED, False),
            own_reserve=data.get(CONF_OWN_RESERVE),
        )

    def role_of(self, option: Option) -> Role | None:
        """Return the choice that an option belongs to; None where there is none that it could belong to."""
        return role_of(option, self.preset, self.entities)

    def option_of(self, name: str, *meanings: Option) -> Option | None:
        """Return which of the `meanings` the option `name` has; None where it has none of them."""
        return next((option for option in meanings if self.options.get(option) == name), None)


def role_of(option: Option, preset: Preset, entities: Mapping[Role, str]) -> Role | None:
    """Return which of the choices among `entities` an option belongs to."""
    control = entities.get(Role.CONTROL)
    decides = option is Option.OBEY or (option is Option.OWN_HOUSE and not preset.stays_in_control)
    if option is Option.OBEY or (control and decides):
        is_choice = control is not None and control.partition(".")[0] in CHOICES
        return Role.CONTROL if is_choice else None
    return Role.MODE if Role.MODE in entities else None
