"""Naming the home's meters: what it draws from the grid, and what its main fuse carries."""

from collections.abc import Mapping
from typing import Any

import probatio as vol
from homeassistant.components.sensor import SensorDeviceClass
from homeassistant.config_entries import SOURCE_RECONFIGURE, ConfigSubentryFlow, SubentryFlowResult
from homeassistant.core import callback
from homeassistant.helpers.selector import (
    BooleanSelector,
    EntitySelector,
    EntitySelectorConfig,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)

from ..const import (
    CONF_FUSE_A,
    CONF_GRID_POWER,
    CONF_GRID_RETURN,
    CONF_INVERTED,
    CONF_PHASES,
    CONF_SHARED,
    CONF_SOLAR_POWER,
    SUBENTRY_METERS,
)
from ..meter import HouseMeter
from ..stated import power_w
from .energy_dashboard import async_proposed_meters

CONF_FUSE = "fuse"
CONF_REVERSED = "reversed"
FUSE_UNKNOWN = "unknown"
FUSES = {
    f"{phases}x{amperes}": {CONF_FUSE_A: amperes, CONF_PHASES: phases}
    for phases, ratings in {1: (25, 35, 40), 3: (25, 35, 40, 50, 63, 80)}.items()
    for amperes in ratings
}
"""The connections that grid operators offer to homes. A browser proposes the first: the smallest."""
SHOWN_AS_NOTHING_W = 5.0
"""Less than this is 0.00 kW in words."""

_POWER_SENSOR = EntitySelector(EntitySelectorConfig(domain="sensor", device_class=SensorDeviceClass.POWER))
STEP_METERS = vol.Schema(
    {
        vol.Required(CONF_GRID_POWER): _POWER_SENSOR,
        vol.Optional(CONF_GRID_RETURN): _POWER_SENSOR,
        vol.Required(CONF_INVERTED, default=False): BooleanSelector(),
        vol.Optional(CONF_SOLAR_POWER): _POWER_SENSOR,
        vol.Required(CONF_FUSE): SelectSelector(
            SelectSelectorConfig(
                options=[*FUSES, FUSE_UNKNOWN], translation_key=CONF_FUSE, mode=SelectSelectorMode.DROPDOWN
            )
        ),
        # Agreeing takes an act of its own: it is off until the resident says otherwise.
        vol.Required(CONF_SHARED, default=False): BooleanSelector(),
    }
)
STEP_CONFIRM = vol.Schema({vol.Required(CONF_REVERSED, default=False): BooleanSelector()})


class MetersSubentryFlow(ConfigSubentryFlow):
    """Name the sensors that measure the house, and have the resident confirm what they say now."""

    _answers: dict[str, Any]

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask for the sensors, proposing those of the energy dashboard. A home has one connection."""
        if any(self._get_entry().get_subentries_of_type(SUBENTRY_METERS)):
            return self.async_abort(reason="already_configured")
        return await self._async_ask(user_input, user_input or await async_proposed_meters(self.hass))

    async def async_step_reconfigure(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask for the sensors again."""
        return await self._async_ask(user_input, user_input or self._known_answers())

    async def async_step_confirm(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Show in words what the meter says now, and keep it once the resident agrees."""
        if user_input is not None:
            if not user_input[CONF_REVERSED]:
                return self._keep()
            self._answers[CONF_INVERTED] = not self._answers[CONF_INVERTED]
        if (reading := HouseMeter(self.hass, self._answers).reading()) is None:
            return await self._async_ask(self._answers, self._answers)
        if abs(reading.power_w) < SHOWN_AS_NOTHING_W:
            direction = "nothing"
        else:
            direction = "import" if reading.power_w > 0 else "export"
        return self.async_show_form(
            step_id=f"confirm_{direction}",
            data_schema=STEP_CONFIRM,
            description_placeholders={"power_kw": f"{abs(reading.power_w) / 1000:.2f}"},
        )

    async_step_confirm_import = async_step_confirm
    async_step_confirm_export = async_step_confirm
    async_step_confirm_nothing = async_step_confirm

    async def _async_ask(
        self, user_input: dict[str, Any] | None, suggested: Mapping[str, Any]
    ) -> SubentryFlowResult:
        errors: dict[str, str] = {}
        if user_input is not None:
            self._answers = user_input
            if not (errors := self._errors()):
                return await self.async_step_confirm()
        return self.async_show_form(
            step_id="reconfigure" if self.source == SOURCE_RECONFIGURE else "user",
            data_schema=self.add_suggested_values_to_schema(STEP_METERS, suggested),
            errors=errors,
        )

    def _errors(self) -> dict[str, str]:
        """Return which sensors do not say what is asked. Panels may be asleep: theirs is not looked at."""
        drawn, returned = (self._answers.get(role) for role in (CONF_GRID_POWER, CONF_GRID_RETURN))
        if drawn == returned:
            return {CONF_GRID_RETURN: "same_sensor"}
        named = {CONF_GRID_POWER: drawn, CONF_GRID_RETURN: returned}
        return {
            role: "no_power"
            for role, sensor in named.items()
            if sensor and power_w(self.hass.states.get(sensor)) is None
        }

    def _known_answers(self) -> dict[str, Any]:
        known = {**self._get_reconfigure_subentry().data}
        fuse = {part: known.pop(part, None) for part in (CONF_FUSE_A, CONF_PHASES)}
        return known | {CONF_FUSE: next((name for name, of in FUSES.items() if of == fuse), FUSE_UNKNOWN)}

    @callback
    def _keep(self) -> SubentryFlowResult:
        data = {**self._answers}
        data |= FUSES.get(data.pop(CONF_FUSE), {})
        sensor = self.hass.states.get(data[CONF_GRID_POWER])
        title = sensor.name if sensor else data[CONF_GRID_POWER]
        if self.source == SOURCE_RECONFIGURE:
            return self.async_update_and_abort(
                self._get_entry(), self._get_reconfigure_subentry(), title=title, data=data
            )
        return self.async_create_entry(title=title, data=data)
