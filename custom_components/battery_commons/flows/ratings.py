"""What a battery can do, where its resident has to say it: asked in thousands, kept in ones."""

from collections.abc import Mapping
from typing import Any

import probatio as vol
from homeassistant.const import UnitOfEnergy, UnitOfPower
from homeassistant.helpers.selector import NumberSelector, NumberSelectorConfig, NumberSelectorMode

from ..const import CONF_CAPACITY_WH, CONF_MAX_CHARGE_W, CONF_MAX_DISCHARGE_W

CONF_CAPACITY_KWH = "capacity_kwh"
CONF_MAX_CHARGE_KW = "max_charge_kw"
CONF_MAX_DISCHARGE_KW = "max_discharge_kw"
RATINGS = {
    CONF_CAPACITY_KWH: CONF_CAPACITY_WH,
    CONF_MAX_CHARGE_KW: CONF_MAX_CHARGE_W,
    CONF_MAX_DISCHARGE_KW: CONF_MAX_DISCHARGE_W,
}
"""What a resident is asked in thousands, and how it is kept."""
_LARGEST_KWH = 1000
_LARGEST_KW = 1000


def rating_fields(suggested: Mapping[str, Any]) -> dict[vol.Marker, Any]:
    """Return the fields in which a resident says what a battery can do."""
    return {
        required_field(CONF_CAPACITY_KWH, suggested): number_box(
            0, _LARGEST_KWH, UnitOfEnergy.KILO_WATT_HOUR
        ),
        required_field(CONF_MAX_CHARGE_KW, suggested): number_box(0, _LARGEST_KW, UnitOfPower.KILO_WATT),
        required_field(CONF_MAX_DISCHARGE_KW, suggested): number_box(0, _LARGEST_KW, UnitOfPower.KILO_WATT),
    }


def missing_rating(user_input: Mapping[str, Any]) -> str | None:
    """Return the first rating that was asked and left at 0, as a form shows one that nobody has filled in."""
    return next((rating for rating in RATINGS if rating in user_input and user_input[rating] <= 0), None)


def kept_ratings(user_input: Mapping[str, Any]) -> dict[str, float]:
    """Return the ratings of a filled-in form as they are kept."""
    return {kept: 1000 * user_input[asked] for asked, kept in RATINGS.items() if asked in user_input}


def shown_ratings(data: Mapping[str, Any]) -> dict[str, float]:
    """Return the ratings that were kept as a form asks for them."""
    return {asked: data[kept] / 1000 for asked, kept in RATINGS.items() if kept in data}


def required_field(key: str, suggested: Mapping[str, Any]) -> vol.Required:
    """Return a field that must be filled in, with what is known of it already."""
    return vol.Required(key, description={"suggested_value": suggested.get(key)})


def number_box(lowest: float, highest: float, unit: str) -> NumberSelector:
    """Return a box for a number within bounds, in `unit`."""
    return NumberSelector(
        NumberSelectorConfig(
            min=lowest, max=highest, step="any", unit_of_measurement=unit, mode=NumberSelectorMode.BOX
        )
    )
