"""What an entity can be to a battery, and what the options of a choice can mean. Pure."""

from collections.abc import Mapping
from enum import StrEnum


class Role(StrEnum):
    """What an entity tells of a battery, or sets in it."""

    STATE_OF_CHARGE = "state_of_charge"
    POWER = "power"
    """Both directions in one sensor."""
    CHARGE_POWER = "charge_power"
    DISCHARGE_POWER = "discharge_power"
    SETPOINT = "setpoint"
    """Both directions in one number."""
    CHARGE_SETPOINT = "charge_setpoint"
    DISCHARGE_SETPOINT = "discharge_setpoint"
    MODE = "mode"
    """What it does: charge, discharge, stand still."""
    CONTROL = "control"
    """Who decides what it does: it itself, or whoever sets its setpoints."""
    RESERVE = "reserve"
    """The state of charge that it keeps."""
    STOP = "stop"
    """Makes it stand still."""
    ORDER = "order"
    """Tells what it was last told to do."""
    ORDER_POWER = "order_power"
    """Tells with what power."""
    LOWEST_STATE_OF_CHARGE = "lowest_state_of_charge"
    """Below it, the device takes no order to discharge."""


class Option(StrEnum):
    """What an option of a choice means."""

    CHARGE = "charge"
    """Charge with all it has."""
    STANDBY = "standby"
    DISCHARGE = "discharge"
    CHARGE_ONLY = "charge_only"
    """Serve the own house, but never discharge."""
    DISCHARGE_ONLY = "discharge_only"
    """Serve the own house, but never charge."""
    OBEY = "obey"
    """Keep to the setpoints."""
    OWN_HOUSE = "own_house"


SENSORS = ("sensor",)
NUMBERS = ("number", "input_number")
CHOICES = ("select", "input_select")
SWITCHES = ("switch", "input_boolean")

DOMAINS: Mapping[Role, tuple[str, ...]] = {
    Role.STATE_OF_CHARGE: SENSORS,
    Role.POWER: SENSORS,
    Role.CHARGE_POWER: SENSORS,
    Role.DISCHARGE_POWER: SENSORS,
    Role.SETPOINT: NUMBERS,
    Role.CHARGE_SETPOINT: NUMBERS,
    Role.DISCHARGE_SETPOINT: NUMBERS,
    Role.MODE: CHOICES,
    Role.CONTROL: (*CHOICES, *SWITCHES),
    Role.RESERVE: NUMBERS,
    Role.STOP: ("button", "input_button"),
    Role.ORDER: SENSORS,
    Role.ORDER_POWER: SENSORS,
    Role.LOWEST_STATE_OF_CHARGE: (*NUMBERS, *SENSORS),
}
"""What kinds of entities can have a role."""

POWERS = frozenset(
    {
        Role.POWER,
        Role.CHARGE_POWER,
        Role.DISCHARGE_POWER,
        Role.SETPOINT,
        Role.CHARGE_SETPOINT,
        Role.DISCHARGE_SETPOINT,
        Role.ORDER_POWER,
    }
)
"""The roles whose entity counts watts."""
PERCENTAGES = frozenset({Role.STATE_OF_CHARGE, Role.RESERVE, Role.LOWEST_STATE_OF_CHARGE})
"""The roles whose entity counts percent."""
