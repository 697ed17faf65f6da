"""Joining a village, and naming the batteries that take part."""

from collections.abc import Mapping
from typing import Any, override

import probatio as vol
from homeassistant.components import webhook
from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigEntry,
    ConfigEntryState,
    ConfigFlow,
    ConfigFlowResult,
    ConfigSubentryFlow,
    SubentryFlowResult,
)
from homeassistant.const import CONF_HOST, CONF_NAME, CONF_PORT, CONF_TOKEN, CONF_URL, CONF_WEBHOOK_ID
from homeassistant.core import callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.selector import (
    BooleanSelector,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    TextSelector,
)

from .battery.driver import BatteryError, BatteryReading
from .community.client import CommunityClient, CommunityError, InvitationDetails
from .community.invitation import Invitation, InvitationError, parse_invitation, public_key
from .connect import async_borrowed_battery
from .const import (
    CONF_CAPACITY_WH,
    CONF_CONSENT,
    CONF_HOME_ID,
    CONF_INVITATION,
    CONF_KEY,
    CONF_KIND,
    CONF_MANUFACTURER,
    CONF_MAP,
    CONF_MAX_CHARGE_W,
    CONF_MAX_DISCHARGE_W,
    CONF_MODEL,
    CONF_SERIAL_NUMBER,
    CONF_TRANSFORMER_NAME,
    CONF_UNIT_ID,
    CONF_VILLAGE_NAME,
    DEFAULT_MODBUS_PORT,
    DEFAULT_UNIT_ID,
    DOMAIN,
    KIND_MODBUS,
    LOGGER,
    SUBENTRY_BATTERY,
)
from .webhook import webhook_urls

STEP_INVITATION = vol.Schema({vol.Required(CONF_INVITATION): TextSelector()})

STEP_BATTERY = vol.Schema(
    {
        vol.Required(CONF_NAME): TextSelector(),
        vol.Required(CONF_HOST): TextSelector(),
        vol.Required(CONF_PORT, default=DEFAULT_MODBUS_PORT): vol.All(
            NumberSelector(NumberSelectorConfig(min=1, max=65535, step=1, mode=NumberSelectorMode.BOX)),
            vol.Coerce(int),
        ),
        vol.Required(CONF_UNIT_ID, default=DEFAULT_UNIT_ID): vol.All(
            NumberSelector(NumberSelectorConfig(min=1, max=247, step=1, mode=NumberSelectorMode.BOX)),
            vol.Coerce(int),
        ),
    }
)


class BatteryCommonsConfigFlow(ConfigFlow, domain=DOMAIN):
    """Join a village by its invitation."""

    VERSION = 1
    MINOR_VERSION = 2

    _invitation: Invitation
    _details: InvitationDetails

    @classmethod
    @callback
    @override
    def async_get_supported_subentry_types(
        cls, config_entry: ConfigEntry
    ) -> dict[str, type[ConfigSubentryFlow]]:
        """Return what a home can add: batteries."""
        return {SUBENTRY_BATTERY: BatterySubentryFlow}

    @override
    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for the invitation, and look up what it is to."""
        errors: dict[str, str] = {}
        if user_input is not None:
            try:
                self._invitation = parse_invitation(user_input[CONF_INVITATION])
                self._details = await self._client().read_invitation(self._invitation.code)
            except InvitationError:
                errors[CONF_INVITATION] = "invalid_invitation"
            except CommunityError as error:
                errors["base"] = error.code
            else:
                await self.async_set_unique_id(self._details.village_id)
                self._abort_if_unique_id_configured()
                return await self.async_step_confirm()
        return self.async_show_form(
            step_id="user",
            data_schema=self.add_suggested_values_to_schema(STEP_INVITATION, user_input),
            errors=errors,
        )

    async def async_step_confirm(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Show what is shared and what the village may do, and join once the resident agrees."""
        errors: dict[str, str] = {}
        if user_input is not None:
            if not user_input[CONF_CONSENT]:
                errors[CONF_CONSENT] = "consent_needed"
            else:
                webhook_id = webhook.async_generate_id()
                urls = webhook_urls(self.hass, webhook_id)
                if not urls:
                    return self.async_abort(reason="no_address")
                try:
                    membership = await self._client().join(
                        self._invitation.code, user_input[CONF_NAME].strip(), urls
                    )
                except CommunityError as error:
                    errors["base"] = error.code
                else:
                    return self.async_create_entry(
                        title=self._details.village_name,
                        data={
                            CONF_URL: self._invitation.url,
                            CONF_KEY: self._invitation.key,
                            CONF_HOME_ID: membership.home_id,
                            CONF_TOKEN: membership.token,
                            CONF_WEBHOOK_ID: webhook_id,
                            CONF_VILLAGE_NAME: self._details.village_name,
                            CONF_TRANSFORMER_NAME: self._details.transformer_name,
                        },
                    )
        schema = vol.Schema(
            {
                vol.Required(CONF_NAME, default=self.hass.config.location_name): vol.All(
                    TextSelector(), vol.Length(min=1, max=80)
                ),
                vol.Required(CONF_CONSENT, default=False): BooleanSelector(),
            }
        )
        return self.async_show_form(
            step_id="confirm",
            data_schema=self.add_suggested_values_to_schema(schema, user_input),
            errors=errors,
            description_placeholders={
                "village": self._details.village_name,
                "transformer": self._details.transformer_name,
            },
        )

    def _client(self) -> CommunityClient:
        session = async_get_clientsession(self.hass)
        return CommunityClient(session, self._invitation.url, public_key(self._invitation.key))


class BatterySubentryFlow(ConfigSubentryFlow):
    """Name a battery, look at it, and have the resident confirm what is seen."""

    _data: dict[str, Any]
    _reading: BatteryReading

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask where a battery is, and look at it."""
        return await self._async_ask("user", user_input, suggested=user_input)

    async def async_step_reconfigure(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask where a battery that takes part is now, and look at it."""
        suggested = user_input or self._get_reconfigure_subentry().data
        return await self._async_ask("reconfigure", user_input, suggested=suggested)

    async def _async_ask(
        self, step_id: str, user_input: dict[str, Any] | None, *, suggested: Mapping[str, Any] | None
    ) -> SubentryFlowResult:
        if self._get_entry().state is not ConfigEntryState.LOADED:
            return self.async_abort(reason="entry_not_loaded")
        errors: dict[str, str] = {}
        if user_input is not None:
            user_input[CONF_HOST] = user_input[CONF_HOST].strip().lower()
            if self._is_known(user_input):
                return self.async_abort(reason="already_configured")
            try:
                await self._async_look(user_input)
            except BatteryError as error:
                LOGGER.info("The battery could not be set up: %s", error)
                errors["base"] = "no_battery"
            except HomeAssistantError as error:
                LOGGER.info("The battery's connection cannot be shared: %s", error)
                errors["base"] = "link_settings_in_use"
            else:
                return await self.async_step_confirm()
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(STEP_BATTERY, suggested),
            errors=errors,
        )

    async def async_step_confirm(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Show what was found, with its direction in words, and keep it once the resident agrees."""
        if user_input is not None:
            if self.source == SOURCE_RECONFIGURE:
                return self.async_update_and_abort(
                    self._get_entry(),
                    self._get_reconfigure_subentry(),
                    title=self._data[CONF_NAME],
                    data=self._data,
                )
            return self.async_create_entry(title=self._data[CONF_NAME], data=self._data)
        power_kw = self._reading.power_w / 1000
        direction = "charging" if power_kw > 0 else "discharging" if power_kw < 0 else "idle"
        return self.async_show_form(
            step_id=f"confirm_{direction}",
            description_placeholders={
                "device": f"{self._data[CONF_MANUFACTURER]} {self._data[CONF_MODEL]}".strip(),
                "capacity_kwh": f"{self._data[CONF_CAPACITY_WH] / 1000:.1f}",
                "charge_kw": f"{self._data[CONF_MAX_CHARGE_W] / 1000:.1f}",
                "discharge_kw": f"{self._data[CONF_MAX_DISCHARGE_W] / 1000:.1f}",
                "state_of_charge": f"{100 * self._reading.state_of_charge:.0f}",
                "power_kw": f"{abs(power_kw):.2f}",
            },
        )

    async_step_confirm_charging = async_step_confirm
    async_step_confirm_discharging = async_step_confirm
    async_step_confirm_idle = async_step_confirm

    async def _async_look(self, where: dict[str, Any]) -> None:
        """Read the battery once. Raises BatteryError or HomeAssistantError."""
        where = {CONF_KIND: KIND_MODBUS, CONF_MAP: "sunspec_der", **where}
        async with async_borrowed_battery(self.hass, where) as battery:
            self._reading = await battery.read()
        self._data = {
            **where,
            CONF_CAPACITY_WH: battery.limits.capacity_wh,
            CONF_MAX_CHARGE_W: battery.limits.max_charge_w,
            CONF_MAX_DISCHARGE_W: battery.limits.max_discharge_w,
            CONF_MANUFACTURER: battery.identity.manufacturer,
            CONF_MODEL: battery.identity.model,
            CONF_SERIAL_NUMBER: battery.identity.serial_number,
        }

    def _is_known(self, where: dict[str, Any]) -> bool:
        address = (CONF_HOST, CONF_PORT, CONF_UNIT_ID)
        itself = self._get_reconfigure_subentry() if self.source == SOURCE_RECONFIGURE else None
        return any(
            all(subentry.data[part] == where[part] for part in address)
            for subentry in self._get_entry().subentries.values()
            if subentry is not itself
        )
