"""What this home pays for energy, told to the village: its account is reckoned with it."""

from datetime import date
from typing import Any

import probatio as vol
from homeassistant.config_entries import ConfigEntryState, ConfigFlowResult, OptionsFlow
from homeassistant.const import CURRENCY_EURO
from homeassistant.helpers.selector import (
    BooleanSelector,
    DateSelector,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectSelector,
    SelectSelectorConfig,
)
from homeassistant.util import dt as dt_util

from ..community.account import HomeTariff
from ..community.client import CommunityError, NotOfferedError, VillageRefusesError

CONF_FIRST_DAY = "first_day"
CONF_TARIFF_KIND = "tariff_kind"
CONF_ENERGY = "energy"
CONF_ENERGY_LOW = "energy_low"
CONF_ENERGY_TAX = "energy_tax"
CONF_FEED_IN = "feed_in"
CONF_FEED_IN_COSTS = "feed_in_costs"
CONF_NET_METERING = "net_metering"
TWO_TARIFF = "two_tariff"
KINDS = ["dynamic", "fixed", TWO_TARIFF]
DUTCH_ENERGY_TAX = 0.123
"""EUR per kWh with VAT, filled in at first."""
DUTCH_VAT = 0.21
"""On the market's price of a dynamic tariff; all other prices are asked for with VAT."""
_HIGHEST_PRICE = 2.0
"""A higher one is in cents."""


def _price(lowest: float) -> NumberSelector:
    return NumberSelector(
        NumberSelectorConfig(
            min=lowest,
            max=_HIGHEST_PRICE,
            step="any",
            unit_of_measurement=f"{CURRENCY_EURO}/kWh",
            mode=NumberSelectorMode.BOX,
        )
    )


def _form() -> vol.Schema:
    kinds = SelectSelectorConfig(options=KINDS, translation_key="tariff_kind")
    today = dt_util.now().date()
    return vol.Schema(
        {
            vol.Required(CONF_FIRST_DAY, default=today.replace(day=1).isoformat()): DateSelector(),
            vol.Required(CONF_TARIFF_KIND, default=KINDS[0]): SelectSelector(kinds),
            vol.Required(CONF_ENERGY): _price(-_HIGHEST_PRICE),
            vol.Optional(CONF_ENERGY_LOW): _price(-_HIGHEST_PRICE),
            vol.Required(CONF_ENERGY_TAX, default=DUTCH_ENERGY_TAX): _price(0),
            vol.Required(CONF_FEED_IN, default=0.0): _price(-_HIGHEST_PRICE),
            vol.Required(CONF_FEED_IN_COSTS, default=0.0): _price(0),
            vol.Required(CONF_NET_METERING, default=False): BooleanSelector(),
        }
    )


class TariffFlow(OptionsFlow):
    """Asks for the contract, tells the village, and keeps it to be shown the next time."""

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for it, and tell the village."""
        entry = self.config_entry
        if entry.state is not ConfigEntryState.LOADED:
            return self.async_abort(reason="not_running")
        errors: dict[str, str] = {}
        said = ""
        if user_input is not None:
            if user_input[CONF_TARIFF_KIND] == TWO_TARIFF and CONF_ENERGY_LOW not in user_input:
                errors[CONF_ENERGY_LOW] = "low_price_missing"
            else:
                try:
                    await entry.runtime_data.account.calls.tell_tariff(_tariff(user_input))
                except NotOfferedError:
                    errors["base"] = "no_account_yet"
                except VillageRefusesError as error:
                    errors["base"], said = "tariff_refused", str(error)
                except CommunityError:
                    errors["base"] = "village_silent"
                else:
                    return self.async_create_entry(data=user_input)
        form = self.add_suggested_values_to_schema(_form(), user_input or dict(entry.options))
        return self.async_show_form(
            step_id="init", data_schema=form, errors=errors, description_placeholders={"error": said}
        )


def _tariff(told: dict[str, Any]) -> HomeTariff:
    """Return the tariff; a low price that is left from another kind does not count."""
    kind = told[CONF_TARIFF_KIND]
    return HomeTariff(
        first_day=date.fromisoformat(told[CONF_FIRST_DAY]),
        kind=kind,
        energy=told[CONF_ENERGY],
        energy_low=told[CONF_ENERGY_LOW] if kind == TWO_TARIFF else None,
        energy_tax=told[CONF_ENERGY_TAX],
        vat=DUTCH_VAT,
        feed_in=told[CONF_FEED_IN],
        feed_in_costs=told[CONF_FEED_IN_COSTS],
        net_metering=told[CONF_NET_METERING],
    )
