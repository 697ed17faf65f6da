"""What a resident fills in about a battery behind entities, and what is proposed."""

from typing import Any

import probatio as vol

from tests.home.battery.entities.simulated import MODE, POWER, SETPOINT, SOC

RATED = {"capacity_kwh": 10.0, "max_charge_kw": 2.4, "max_discharge_kw": 2.0}
WATTS = {"state_of_charge": SOC, "power": POWER, "setpoint": SETPOINT, **RATED}
MODES = {
    "state_of_charge": SOC,
    "power": POWER,
    "mode": MODE,
    "option_own_house": "zero",
    "option_charge": "to_full",
    "option_standby": "standby",
    **RATED,
}


def selector(schema: vol.Schema, key: str) -> Any:
    return next(value for marker, value in schema.schema.items() if marker == key)
