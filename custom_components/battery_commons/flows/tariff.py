"""What this home pays for energy, told to the village: its account is reckoned with it."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import probatio as vol
from homeassistant.config_entries import ConfigEntryState, ConfigFlowResult, OptionsFlow
from homeassistant.const import CURRENCY_EURO
from homeassistant.helpers.selector import (
    BooleanSelector,
    DateSelector,
    NumberSelector,
    SelectSelector,
    SelectSelectorConfig,
)
from homeassistant.util import dt as dt_util

from ..community.account import AccountCalls, HomeTariff
from ..community.client import CommunityClient, CommunityError, NotOfferedError, VillageRefusesError
from ..const import LOGGER
from .ratings import number_box

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
DUTCH_ENERGY_TAX = 0.1108
"""On a kWh, in EUR with VAT, filled in at first: EUR 0.09161 and 21 % in 2026, for the first 10,000 of a year
(Belastingdienst). The village takes the same (domain/tariff.py)."""
DUTCH_VAT = 0.21
"""On the market's price of a dynamic tariff; all other prices are asked for with VAT."""
FIRST_DAY_BACK, FIRST_DAY_AHEAD = timedelta(days=31), timedelta(days=366)
"""From when on a village takes a contract: months before that may have been reckoned."""
_HIGHEST_PRICE = 2.0
"""A higher one is in cents."""


def _price(lowest: float) -> NumberSelector:
    return number_box(lowest, _HIGHEST_PRICE, f"{CURRENCY_EURO}/kWh")


def _form() -> vol.Schema:
    kinds = SelectSelectorConfig(options=KINDS, translation_key="tariff_kind")
    today = dt_util.now().date()
    return vol.Schema(
        {
            vol.Required(CONF_FIRST_DAY, default=today.replace(day=1).isoformat()): DateSelector(),
            vol.Required(CONF_TARIFF_KIND, default=KINDS[0]): SelectSelector(kinds),
            # A required number is filled in with the lowest that may be, and told by who overlooks it.
            vol.Optional(CONF_ENERGY): _price(-_HIGHEST_PRICE),
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
        errors = {} if user_input is None else _wrong(user_input)
        said = ""
        if user_input is not None and not errors:
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
        form = self.add_suggested_values_to_schema(_form(), user_input or _told_before(entry.options))
        return self.async_show_form(
            step_id="init", data_schema=form, errors=errors, description_placeholders={"error": said}
        )


def _wrong(told: Mapping[str, Any]) -> dict[str, str]:
    """Return what is missing or cannot be, by field."""
    errors = {}
    if CONF_ENERGY not in told:
        errors[CONF_ENERGY] = "price_missing"
    if told[CONF_TARIFF_KIND] == TWO_TARIFF and CONF_ENERGY_LOW not in told:
        errors[CONF_ENERGY_LOW] = "low_price_missing"
    if not _is_taken(told[CONF_FIRST_DAY]):
        errors[CONF_FIRST_DAY] = "first_day_too_far"
    return errors


def _is_taken(first_day: str) -> bool:
    today = dt_util.now().date()
    return today - FIRST_DAY_BACK <= date.fromisoformat(first_day) <= today + FIRST_DAY_AHEAD


def _told_before(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was told the last time: prices stay mostly; the day of another contract is another."""
    is_over = CONF_FIRST_DAY in options and not _is_taken(options[CONF_FIRST_DAY])
    return {key: value for key, value in options.items() if not (is_over and key == CONF_FIRST_DAY)}


async def async_tell_again(client: CommunityClient, told: Mapping[str, Any]) -> None:
    """Tell what was told before to a village that takes this home for a new one: from today at the earliest.

    A village that does not take it keeps nobody from coming back.
    """
    first_day = max(told[CONF_FIRST_DAY], dt_util.now().date().isoformat())
    try:
        await AccountCalls(client).tell_tariff(_tariff({**told, CONF_FIRST_DAY: first_day}))
    except CommunityError as error:
        LOGGER.warning(
            "The village was not told again what this home pays for energy (%s): tell it with Configure",
            error,
        )


def _tariff(told: Mapping[str, Any]) -> HomeTariff:
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
