"""Joining a village, by its invitation; and staying in it when it moves or no longer knows the home."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, override

import probatio as vol
from homeassistant.components import webhook
from homeassistant.config_entries import (
    SOURCE_IGNORE,
    ConfigEntry,
    ConfigEntryState,
    ConfigFlow,
    ConfigFlowResult,
    ConfigSubentryFlow,
)
from homeassistant.const import (
    CONF_HOST,
    CONF_NAME,
    CONF_PORT,
    CONF_SSL,
    CONF_TOKEN,
    CONF_URL,
    CONF_WEBHOOK_ID,
)
from homeassistant.core import callback
from homeassistant.data_entry_flow import AbortFlow
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.selector import BooleanSelector, TextSelector
from homeassistant.helpers.service_info.hassio import HassioServiceInfo
from homeassistant.helpers.service_info.zeroconf import ZeroconfServiceInfo
from yarl import URL

from .community.certificate import Proven, prove
from .community.client import (
    CertificateReplacedError,
    CommunityClient,
    CommunityError,
    InvitationDetails,
    VillageRefusesError,
    WrongVillageError,
)
from .community.discovery import OtherVersionError, parse_name, parse_record
from .community.invitation import Invitation, InvitationError, parse_address, parse_invitation, public_key
from .const import (
    CONF_CERTIFICATE,
    CONF_CONSENT,
    CONF_HOME_ID,
    CONF_INVITATION,
    CONF_KEY,
    CONF_TRANSFORMER_NAME,
    CONF_VILLAGE_NAME,
    DOMAIN,
    SUBENTRY_BATTERY,
    SUBENTRY_METERS,
)
from .entry_change import async_change_entry
from .flows.battery import BatterySubentryFlow
from .flows.meters import MetersSubentryFlow
from .flows.tariff import TariffFlow, async_tell_again
from .memory import HomeMemory
from .webhook import webhook_urls

STEP_INVITATION = vol.Schema({vol.Required(CONF_INVITATION): TextSelector()})
STEP_ADDRESS = vol.Schema({vol.Required(CONF_URL): TextSelector()})


class BatteryCommonsConfigFlow(ConfigFlow, domain=DOMAIN):
    """Join a village by its invitation."""

    VERSION = 1
    MINOR_VERSION = 3

    _invitation: Invitation
    _details: InvitationDetails
    _address: str
    """Where a village was discovered. Whether it is one shows once it signs with an invitation's key."""

    @classmethod
    @callback
    @override
    def async_get_supported_subentry_types(
        cls, config_entry: ConfigEntry
    ) -> dict[str, type[ConfigSubentryFlow]]:
        """Return what a home can add: batteries, and the meters of the house."""
        return {SUBENTRY_BATTERY: BatterySubentryFlow, SUBENTRY_METERS: MetersSubentryFlow}

    @staticmethod
    @callback
    @override
    def async_get_options_flow(config_entry: ConfigEntry) -> TariffFlow:
        """Return how to tell what this home pays for energy."""
        return TariffFlow()

    # --- Joining ------------------------------------------------------------------------------

    @override
    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for the invitation, and look up what it is to."""
        return await self._async_ask_invitation("user", user_input)

    async def async_step_code(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for the invitation to a village that was discovered: its code is enough."""
        return await self._async_ask_invitation("code", user_input, self._address)

    async def _async_ask_invitation(
        self, step_id: str, user_input: dict[str, Any] | None, address: str | None = None
    ) -> ConfigFlowResult:
        errors: dict[str, str] = {}
        if user_input is not None:
            errors = await self._async_read(user_input[CONF_INVITATION], address)
            if not errors:
                return await self._async_invited()
        return self._show_invitation_form(step_id, user_input, errors)

    def _show_invitation_form(
        self, step_id: str, user_input: dict[str, Any] | None, errors: dict[str, str]
    ) -> ConfigFlowResult:
        placeholders = {**self.context.get("title_placeholders", {})}
        if step_id == "code":
            placeholders["address"] = self._address
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(STEP_INVITATION, user_input),
            errors=errors,
            description_placeholders=placeholders,
        )

    async def _async_read(self, text: str, address: str | None) -> dict[str, str]:
        """Look up what an invitation is to. Return what is wrong with it: nothing where it counts."""
        try:
            self._invitation = parse_invitation(text, address)
            self._details = await self._async_details()
        except InvitationError:
            return {CONF_INVITATION: "invalid_invitation"}
        except CommunityError as error:
            return {"base": error.code}
        return {}

    async def _async_details(self) -> InvitationDetails:
        """Return what the invitation is to, also where the village has another certificate by now."""
        invitation = self._invitation
        try:
            return await self._client().read_invitation(invitation.code)
        except CertificateReplacedError:
            session, key = async_get_clientsession(self.hass), public_key(invitation.key)
            proven = await prove(session, invitation.url, key, invitation.certificate)
            self._invitation = replace(invitation, certificate=proven.certificate)
            return await self._client().read_invitation(invitation.code)

    async def _async_invited(self) -> ConfigFlowResult:
        # A village that was discovered too does not keep its resident from the invitation in hand.
        await self.async_set_unique_id(self._details.village_id, raise_on_progress=False)
        self._abort_if_unique_id_configured()
        return await self.async_step_confirm()

    async def async_step_confirm(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Show what is shared and what the village may do, and join once the resident agrees."""
        errors: dict[str, str] = {}
        if user_input is not None:
            if not user_input[CONF_CONSENT]:
                errors[CONF_CONSENT] = "consent_needed"
            else:
                webhook_id = webhook.async_generate_id()
                try:
                    membership = await self._async_join(user_input[CONF_NAME], webhook_id)
                except CommunityError as error:
                    errors["base"] = error.code
                else:
                    return self.async_create_entry(
                        title=self._details.village_name,
                        description_placeholders={"village": self._details.village_name},
                        data=membership | {CONF_WEBHOOK_ID: webhook_id},
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

    async def _async_join(self, name: str, webhook_id: str) -> dict[str, str | None]:
        """Join, and return what an entry keeps of it. Raises CommunityError.

        A home that knows no address of its own is reached by the stream that it opens; villages of a former
        version take no such home.
        """
        name, urls = name.strip(), webhook_urls(self.hass, webhook_id)
        try:
            membership = await self._client().join(self._invitation.code, name, urls)
        except VillageRefusesError as error:
            if not urls:
                raise AbortFlow("no_address") from error
            raise
        return {
            CONF_URL: self._invitation.url,
            CONF_KEY: self._invitation.key,
            CONF_CERTIFICATE: self._invitation.certificate,
            CONF_HOME_ID: membership.home_id,
            CONF_TOKEN: membership.token,
            CONF_NAME: name,
            CONF_VILLAGE_NAME: self._details.village_name,
            CONF_TRANSFORMER_NAME: self._details.transformer_name,
        }

    def _client(self, token: str | None = None) -> CommunityClient:
        return CommunityClient(
            async_get_clientsession(self.hass),
            self._invitation.url,
            public_key(self._invitation.key),
            token,
            certificate=self._invitation.certificate,
        )

    # --- Being discovered ---------------------------------------------------------------------

    @override
    async def async_step_hassio(self, discovery_info: HassioServiceInfo) -> ConfigFlowResult:
        """Take up a village whose coordinator runs as an app beside this Home Assistant."""
        config = discovery_info.config
        try:
            scheme = "https" if config.get(CONF_SSL) else "http"
            url = URL.build(scheme=scheme, host=config[CONF_HOST], port=int(config[CONF_PORT]))
            self._address = parse_address(str(url))
            self.context["title_placeholders"] = {"name": parse_name(discovery_info.name)}
        except KeyError, TypeError, ValueError:
            return self.async_abort(reason="invalid_discovery_info")
        for entry in self._async_current_entries(include_ignore=False):
            try:
                is_it = await self._async_is_here(entry)
            except CommunityError:
                return self.async_abort(reason="cannot_connect")
            if is_it:
                return self.async_abort(reason="already_configured")
        await self.async_set_unique_id(discovery_info.uuid)
        self._abort_if_unique_id_configured()
        if not isinstance(link := config.get(CONF_INVITATION), str):
            return await self.async_step_code()
        # An app is reached at the address that the Supervisor gives, whatever address other homes use.
        if errors := await self._async_read(link.rpartition("#")[2], self._address):
            return self._show_invitation_form("code", None, errors)
        self.context["title_placeholders"] = {"name": self._details.village_name}
        return await self._async_invited()

    async def _async_is_here(self, entry: ConfigEntry) -> bool:
        """Return whether the village of `entry` is what was discovered; it is found there from now on."""
        if entry.data[CONF_URL] == self._address:
            return True
        if (proven := await self._async_at(entry, self._address)) is None:
            return False
        self._move(entry, self._address, proven)
        return True

    @override
    async def async_step_zeroconf(self, discovery_info: ZeroconfServiceInfo) -> ConfigFlowResult:
        """Take up a village that announces itself on the local network, whether or not it is one."""
        try:
            discovered = parse_record(discovery_info.properties)
        except OtherVersionError:
            return self.async_abort(reason="other_version")
        except ValueError:
            return self.async_abort(reason="invalid_discovery_info")
        entry = await self.async_set_unique_id(discovered.village_id)
        if entry is not None and entry.source != SOURCE_IGNORE:
            await self._async_follow(entry, discovered.url)
        self._abort_if_unique_id_configured()
        self._address = discovered.url
        self.context["title_placeholders"] = {"name": discovered.name}
        return await self.async_step_code()

    async def _async_follow(self, entry: ConfigEntry, url: str) -> None:
        """Move with a village that has moved.

        Anybody on this network can hand the village's signed answers on, and would then be given the home's
        token. So a village that still answers where it was has not moved, and what was encrypted stays so.
        """
        known = entry.data[CONF_URL]
        if url == known or (known.startswith("https:") and not url.startswith("https:")):
            return
        try:
            if await self._async_at(entry, known) is not None:
                return
        except CommunityError:
            pass
        try:
            if (proven := await self._async_at(entry, url)) is not None:
                self._move(entry, url, proven)
        except CommunityError:
            return

    async def _async_at(self, entry: ConfigEntry, url: str) -> Proven | None:
        """Return that the village of `entry` answers at `url`; None if another does.

        Raises CommunityError if nobody does.
        """
        session, key = async_get_clientsession(self.hass), public_key(entry.data[CONF_KEY])
        try:
            proven = await prove(session, url, key, entry.data.get(CONF_CERTIFICATE))
        except WrongVillageError:
            return None
        return proven if proven.identity.village_id == entry.unique_id else None

    # --- Staying ------------------------------------------------------------------------------

    async def async_step_reauth(self, _entry_data: Mapping[str, Any]) -> ConfigFlowResult:
        """Come back into a village that no longer knows this home."""
        return await self.async_step_reauth_confirm()

    async def async_step_reauth_confirm(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for a new invitation to the same village, and join again with it."""
        entry = self._get_reauth_entry()
        errors: dict[str, str] = {}
        if user_input is not None:
            errors = await self._async_read(user_input[CONF_INVITATION], entry.data[CONF_URL])
            if not errors:
                await self.async_set_unique_id(self._details.village_id, raise_on_progress=False)
                self._abort_if_unique_id_mismatch(reason="wrong_village_account")
                # Homes that joined long ago did not keep their name.
                name = entry.data.get(CONF_NAME, self.hass.config.location_name)
                try:
                    membership = await self._async_join(name, entry.data[CONF_WEBHOOK_ID])
                except CommunityError as error:
                    errors["base"] = error.code
                else:
                    return await self._async_rejoined(entry, membership)
        return self.async_show_form(
            step_id="reauth_confirm",
            data_schema=self.add_suggested_values_to_schema(STEP_INVITATION, user_input),
            errors=errors,
            description_placeholders={"village": entry.title},
        )

    async def _async_rejoined(
        self, entry: ConfigEntry, membership: Mapping[str, str | None]
    ) -> ConfigFlowResult:
        if entry.state is ConfigEntryState.LOADED:
            memory: HomeMemory = entry.runtime_data.memory
        else:
            memory = HomeMemory(self.hass, entry.entry_id, public_key(entry.data[CONF_KEY]))
            await memory.async_load()
        # To the village this is another home: its contract is not known, and its plans count from one again.
        if entry.options:
            await async_tell_again(self._client(membership[CONF_TOKEN]), entry.options)
        await memory.async_forget_plan()
        return self._stay(entry, membership)

    async def async_step_reconfigure(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask where the village has moved to, and go there once it has proved that it is the same."""
        entry = self._get_reconfigure_entry()
        errors: dict[str, str] = {}
        if user_input is not None:
            try:
                url = _address(user_input[CONF_URL])
                proven = await self._async_at(entry, url)
            except InvitationError:
                errors[CONF_URL] = "invalid_address"
            except CommunityError as error:
                errors["base"] = error.code
            else:
                if proven is not None:
                    return self._stay(entry, {CONF_URL: url, CONF_CERTIFICATE: proven.certificate})
                errors["base"] = WrongVillageError.code
        return self.async_show_form(
            step_id="reconfigure",
            data_schema=self.add_suggested_values_to_schema(STEP_ADDRESS, user_input or entry.data),
            errors=errors,
            description_placeholders={"village": entry.title},
        )

    @callback
    def _stay(self, entry: ConfigEntry, changes: Mapping[str, str | None]) -> ConfigFlowResult:
        async_change_entry(self.hass, entry, changes)
        return self.async_update_and_abort(entry)

    @callback
    def _move(self, entry: ConfigEntry, url: str, proven: Proven) -> None:
        """Let the village of `entry` be found at `url` from now on, where it has proven to be."""
        async_change_entry(self.hass, entry, {CONF_URL: url, CONF_CERTIFICATE: proven.certificate})


def _address(text: str) -> str:
    """Return the address in a text that is one, or an invitation link. Raises InvitationError."""
    return parse_invitation(text).url if "#" in text else parse_address(text)
