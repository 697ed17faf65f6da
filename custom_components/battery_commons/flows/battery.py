"""Naming a battery: which kind it is, where it is, and whether what is found there is right."""

from collections.abc import Mapping
from typing import Any

import probatio as vol
from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigEntryState,
    ConfigSubentry,
    SubentryFlowResult,
)
from homeassistant.const import CONF_HOST, CONF_NAME, CONF_PORT
from homeassistant.data_entry_flow import AbortFlow
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.selector import (
    BooleanSelector,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
)
from homeassistant.helpers.translation import async_get_translations

from ..battery.driver import BatteryError, BatteryReading
from ..battery.entities.mapping import CONF_ENTITIES, CONF_PRESET
from ..battery.entities.roles import Role
from ..battery.modbus.catalogue import MAPS, ModbusBattery
from ..connect import async_borrowed_battery
from ..const import (
    CONF_CAPACITY_WH,
    CONF_KIND,
    CONF_MANUFACTURER,
    CONF_MAP,
    CONF_MAX_CHARGE_W,
    CONF_MAX_DISCHARGE_W,
    CONF_MODEL,
    CONF_SERIAL_NUMBER,
    CONF_SHADOW,
    CONF_UNIT_ID,
    DOMAIN,
    KIND_ENTITIES,
    KIND_MODBUS,
    LOGGER,
    SUBENTRY_BATTERY,
)
from .entity_answer import EntityMappingError, entity_data
from .entity_form import async_entity_form, entity_form_values, presets_found
from .ratings import RATINGS, kept_ratings, missing_rating, rating_fields, shown_ratings
from .trial import TrialFlow, battery_unique_id

CONF_SELF_TEST = "self_test"
_SAYS_NOTHING_OF_THE_WAY = frozenset(
    {CONF_NAME, CONF_SHADOW, *RATINGS.values(), CONF_MANUFACTURER, CONF_MODEL, CONF_SERIAL_NUMBER}
)
"""What may differ while it is the same battery, reached and read in the same way."""


class BatterySubentryFlow(TrialFlow):
    """Name a battery, look at it, and have the resident confirm what is seen."""

    _choice: str
    """The map or the preset that was chosen."""
    _reading: BatteryReading

    # --- Which kind ---------------------------------------------------------------------------

    async def async_step_user(self, _user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask how the battery is reached."""
        if self._get_entry().state is not ConfigEntryState.LOADED:
            return self.async_abort(reason="entry_not_loaded")
        return self.async_show_menu(step_id="user", menu_options=[KIND_MODBUS, KIND_ENTITIES])

    async def async_step_reconfigure(self, _user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask where a battery that takes part is now."""
        if self._get_entry().state is not ConfigEntryState.LOADED:
            return self.async_abort(reason="entry_not_loaded")
        known = self._get_reconfigure_subentry().data
        if known[CONF_KIND] == KIND_MODBUS:
            self._choice = known[CONF_MAP]
            return await self.async_step_where()
        self._choice = known[CONF_PRESET]
        return await self.async_step_mapping()

    async def async_step_modbus(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask what kind of Modbus battery it is."""
        if user_input is not None:
            self._choice = user_input[CONF_MAP]
            return await self.async_step_where()
        words = await async_get_translations(self.hass, self.hass.config.language, "selector", {DOMAIN})
        options: list[SelectOptionDict] = []
        for key, map_ in MAPS.items():
            state = "tested" if map_.tested_on_hardware else "untested"
            label = words[f"component.{DOMAIN}.selector.hardware.options.{state}"]
            options.append(SelectOptionDict(value=key, label=f"{map_.name} ({label})"))
        return self.async_show_form(
            step_id="modbus",
            data_schema=vol.Schema(
                {
                    vol.Required(CONF_MAP): SelectSelector(
                        SelectSelectorConfig(options=options, mode=SelectSelectorMode.LIST)
                    )
                }
            ),
        )

    async def async_step_entities(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask which integration brings the battery; those that are here come first."""
        if user_input is not None:
            self._choice = user_input[CONF_PRESET]
            return await self.async_step_mapping()
        presets = presets_found(self.hass)
        return self.async_show_form(
            step_id="entities",
            data_schema=vol.Schema(
                {
                    vol.Required(CONF_PRESET, default=presets[0]): SelectSelector(
                        SelectSelectorConfig(
                            options=presets, translation_key=CONF_PRESET, mode=SelectSelectorMode.DROPDOWN
                        )
                    )
                }
            ),
        )

    # --- Where it is --------------------------------------------------------------------------

    async def async_step_where(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask at which address a Modbus battery is, and look at it."""
        errors: dict[str, str] = {}
        if user_input is not None:
            user_input[CONF_HOST] = user_input[CONF_HOST].strip().lower()
            told = {name: value for name, value in user_input.items() if name not in RATINGS}
            if unrated := missing_rating(user_input):
                errors[unrated] = "rating_missing"
            else:
                where = {CONF_KIND: KIND_MODBUS, CONF_MAP: self._choice}
                errors = await self._async_look(where | told | kept_ratings(user_input))
            if not errors:
                return await self.async_step_confirm()
        suggested = user_input or self._known | shown_ratings(self._known)
        return self.async_show_form(
            step_id="where",
            data_schema=self.add_suggested_values_to_schema(self._address_form(), suggested),
            errors=errors,
            description_placeholders={"kind": MAPS[self._choice].name},
        )

    async def async_step_mapping(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask which entities are the battery's, and look at it."""
        errors: dict[str, str] = {}
        if user_input is not None:
            try:
                mapped = entity_data(self.hass, self._choice, user_input)
            except EntityMappingError as error:
                errors[error.field] = error.code
            else:
                errors = await self._async_look({CONF_NAME: user_input[CONF_NAME]} | mapped)
                if not errors:
                    return await self.async_step_confirm()
        if (filled_in := user_input) is None and (known := self._known):
            filled_in = {CONF_NAME: known[CONF_NAME]} | entity_form_values(known)
        form = await async_entity_form(self.hass, self._choice, filled_in)
        schema = vol.Schema({vol.Required(CONF_NAME): TextSelector(), **form.schema})
        if filled_in is not None:
            schema = self.add_suggested_values_to_schema(schema, filled_in)
        return self.async_show_form(step_id="mapping", data_schema=schema, errors=errors)

    def _address_form(self) -> vol.Schema:
        map_ = MAPS[self._choice]
        fields: dict[vol.Marker, Any] = {
            vol.Required(CONF_NAME): TextSelector(),
            vol.Required(CONF_HOST): TextSelector(),
            vol.Required(CONF_PORT, default=map_.port): _whole_number(1, 65535),
            vol.Required(CONF_UNIT_ID, default=map_.unit_id): _whole_number(0, 247),
        }
        if map_.asks_ratings:
            fields |= rating_fields({})
        return vol.Schema(fields)

    # --- Whether it is right ------------------------------------------------------------------

    async def _async_look(self, data: dict[str, Any]) -> dict[str, str]:
        """Read the battery once. Return what is wrong with it: nothing where it can take part."""
        others = self._others()
        if any(_place(other.data) == _place(data) for other in others):
            raise AbortFlow("already_configured")
        try:
            async with async_borrowed_battery(self.hass, data) as battery:
                self._reading = await battery.read()
        except BatteryError as error:
            LOGGER.info("The battery could not be set up: %s", error)
            return {"base": "no_battery" if data[CONF_KIND] == KIND_MODBUS else "no_reading"}
        except HomeAssistantError as error:
            LOGGER.info("The battery's connection cannot be shared: %s", error)
            return {"base": "link_settings_in_use"}
        self._data = data | {
            CONF_CAPACITY_WH: battery.limits.capacity_wh,
            CONF_MAX_CHARGE_W: battery.limits.max_charge_w,
            CONF_MAX_DISCHARGE_W: battery.limits.max_discharge_w,
        }
        if isinstance(battery, ModbusBattery):
            self._data |= {
                CONF_MANUFACTURER: battery.identity.manufacturer,
                CONF_MODEL: battery.identity.model,
                CONF_SERIAL_NUMBER: battery.identity.serial_number,
            }
        known_as = battery_unique_id(self._data)
        if known_as is not None and any(battery_unique_id(other.data) == known_as for other in others):
            raise AbortFlow("already_configured")
        known = self._known
        if known and battery_unique_id(known) not in {None, known_as}:
            return {"base": "other_battery"}
        return {}

    async def async_step_confirm(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Show what was found, with its direction in words, and offer to try it out."""
        if user_input is not None:
            if user_input.get(CONF_SELF_TEST):
                return await self.async_step_self_test()
            return await self.async_step_finish()
        power_kw = self._reading.power_w / 1000
        direction = "charging" if power_kw > 0 else "discharging" if power_kw < 0 else "idle"
        schema = vol.Schema({vol.Required(CONF_SELF_TEST, default=True): BooleanSelector()})
        if self._known and _way_to(self._known) == _way_to(self._data):
            schema = vol.Schema({})  # It was tried when it was added, and is being steered.
        return self.async_show_form(
            step_id=f"confirm_{direction}",
            data_schema=schema,
            description_placeholders={
                "device": f"{self._data[CONF_MANUFACTURER]} {self._data[CONF_MODEL]}".strip()
                or self._data[CONF_NAME],
                "capacity_kwh": f"{self._data[CONF_CAPACITY_WH] / 1000:.1f}",
                "charge_kw": f"{self._data[CONF_MAX_CHARGE_W] / 1000:.1f}",
                "discharge_kw": f"{self._data[CONF_MAX_DISCHARGE_W] / 1000:.1f}",
                "state_of_charge": f"{100 * self._reading.state_of_charge:.0f}",
                "power_kw": f"{abs(power_kw):.2f}",
            },
            last_step=False,
        )

    async_step_confirm_charging = async_step_confirm
    async_step_confirm_discharging = async_step_confirm
    async_step_confirm_idle = async_step_confirm

    @property
    def _known(self) -> dict[str, Any]:
        """What is kept of the battery that is being changed; nothing of a new one."""
        return {**self._get_reconfigure_subentry().data} if self.source == SOURCE_RECONFIGURE else {}

    def _others(self) -> list[ConfigSubentry]:
        """Return the batteries that take part already, but for the one that is being changed."""
        itself = self._get_reconfigure_subentry() if self.source == SOURCE_RECONFIGURE else None
        batteries = self._get_entry().get_subentries_of_type(SUBENTRY_BATTERY)
        return [battery for battery in batteries if battery is not itself]


def _place(data: Mapping[str, Any]) -> tuple[object, ...]:
    """Return where a battery is: at one place there is one."""
    if data[CONF_KIND] == KIND_MODBUS:
        return data[CONF_HOST], data[CONF_PORT], data[CONF_UNIT_ID]
    return (data[CONF_ENTITIES][Role.STATE_OF_CHARGE],)


def _way_to(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return how a battery is reached and read: what has to be tried out again when it is another."""
    return {name: value for name, value in data.items() if name not in _SAYS_NOTHING_OF_THE_WAY}


def _whole_number(lowest: int, highest: int) -> vol.All[Any]:
    box = NumberSelectorConfig(min=lowest, max=highest, step=1, mode=NumberSelectorMode.BOX)
    return vol.All(NumberSelector(box), vol.Coerce(int))
