"""Trying a battery out before it takes part, and keeping it."""

from asyncio import Task, sleep
from collections.abc import Mapping
from typing import Any

import probatio as vol
from homeassistant.config_entries import SOURCE_RECONFIGURE, ConfigSubentryFlow, SubentryFlowResult
from homeassistant.const import CONF_NAME
from homeassistant.core import callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.selector import BooleanSelector
from homeassistant.util import dt as dt_util

from ..battery.driver import BatteryError
from ..battery.entities.mapping import CONF_ENTITIES, CONF_SETPOINT_INVERTED
from ..battery.entities.roles import Role
from ..battery.self_test import SelfTestResult, Verdict, self_test
from ..connect import async_borrowed_battery
from ..const import (
    CONF_INVERTED,
    CONF_KIND,
    CONF_MANUFACTURER,
    CONF_SERIAL_NUMBER,
    CONF_SHADOW,
    KIND_MODBUS,
    LOGGER,
)

NOT_TRIED = "\N{EN DASH}"


class TrialFlow(ConfigSubentryFlow):
    """The second half of naming a battery: what was found is tried out, and kept."""

    _data: dict[str, Any]
    """What is to be kept of the battery."""
    _trial: Task[SelfTestResult] | None = None
    _result: SelfTestResult | None = None
    """What came out of the trial; None where it was broken off."""
    _starts_in_shadow = False
    """Whether the last step proposes shadow mode."""

    async def async_step_self_test(self, _user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Let the battery charge and discharge a little, and show how far that is."""
        if self._trial is None:
            self._trial = self.hass.async_create_task(self._async_try(), f"try out {self._data[CONF_NAME]}")
        if not self._trial.done():
            return self.async_show_progress(
                step_id="self_test", progress_action="self_test", progress_task=self._trial
            )
        return self.async_show_progress_done(next_step_id="tried")

    async def _async_try(self) -> SelfTestResult:
        """Try the battery. A window that is closed meanwhile cancels this, which releases the battery.

        A battery that takes part already has its coordinator, which would take the small orders of the trial
        for somebody else's and undo them. There is no way to still one coordinator that leaves its entities
        honest, so the whole home steps aside: everything is released and shown as unavailable for the minute
        that it takes, and starts anew whatever comes of it.
        """
        entry = self._get_entry()
        takes_part = self.source == SOURCE_RECONFIGURE
        try:
            if takes_part and not await self.hass.config_entries.async_unload(entry.entry_id):
                raise BatteryError("the home could not step aside")
            async with async_borrowed_battery(self.hass, self._data) as battery:
                return await self_test(battery, dt_util.utcnow, sleep, self.async_update_progress)
        finally:
            if takes_part:
                self.hass.config_entries.async_schedule_reload(entry.entry_id)

    async def async_step_tried(self, _user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Take note of what came out of the trial."""
        trial, self._trial = self._trial, None
        assert trial is not None  # noqa: S101 - the flow comes here only from its trial
        try:
            self._result = trial.result()
        except (BatteryError, HomeAssistantError) as error:
            LOGGER.info("The battery could not be tried out: %s", error)
            self._result = None
        return await self.async_step_result()

    async def async_step_result(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Show what came out of the trial, with the ways on; keep a battery that did as it was told."""
        if user_input is not None:
            return self._keep(user_input)
        if self._result is None:
            return self.async_show_menu(step_id="result_failed", menu_options=["self_test", "leave"])
        figures = {
            "charge_w": _watts(self._result.charge_w),
            "discharge_w": _watts(self._result.discharge_w),
        }
        if self._result.verdict is Verdict.RIGHT:
            return self._show_last("result_right", figures)
        step_id, ways_on = self._ways_on(self._result.verdict)
        return self.async_show_menu(
            step_id=step_id, menu_options=[*ways_on, "leave"], description_placeholders=figures
        )

    async_step_result_right = async_step_result
    async_step_result_failed = async_step_result
    async_step_result_no_response = async_step_result
    async_step_result_wrong_unit = async_step_result
    async_step_result_unclear = async_step_result
    async_step_result_reversed_modbus = async_step_result
    async_step_result_reversed_entities = async_step_result

    def _ways_on(self, verdict: Verdict) -> tuple[str, list[str]]:
        """Return how a resident can go on from a trial that did not end well."""
        if verdict is not Verdict.REVERSED:
            return f"result_{verdict}", ["self_test", "by_eye"]
        if self._data[CONF_KIND] == KIND_MODBUS:
            # One that takes part already would not start anew in shadow mode, so it stays as it was.
            insisting = [] if self.source == SOURCE_RECONFIGURE else ["accept"]
            return "result_reversed_modbus", ["self_test", *insisting]
        # Which of the two signs is wrong shows only on the battery itself.
        turnable = {Role.POWER: "turn_sensor", Role.SETPOINT: "turn_setpoint"}
        ways_on = [way for role, way in turnable.items() if role in self._data[CONF_ENTITIES]]
        return "result_reversed_entities", [*ways_on, "self_test"]

    async def async_step_turn_sensor(self, _user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Take the battery's power sensor the other way round, and try again."""
        return await self._async_turned(CONF_INVERTED)

    async def async_step_turn_setpoint(self, _user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Give the battery its orders the other way round, and try again."""
        return await self._async_turned(CONF_SETPOINT_INVERTED)

    async def _async_turned(self, sign: str) -> SubentryFlowResult:
        self._data = self._data | {sign: not self._data.get(sign, False)}
        return await self.async_step_self_test()

    async def async_step_by_eye(self, _user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Believe the resident, who has seen that the battery did as it was told."""
        return await self.async_step_finish()

    async def async_step_accept(self, _user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Take a battery that seems to do the opposite, as its resident insists; best only watched."""
        self._starts_in_shadow = True
        return await self.async_step_finish()

    async def async_step_leave(self, _user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Leave everything as it was."""
        return self.async_abort(reason="not_changed" if self.source == SOURCE_RECONFIGURE else "not_added")

    async def async_step_finish(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask how the battery is to start, and keep it."""
        if user_input is not None or self.source == SOURCE_RECONFIGURE:
            return self._keep(user_input or {})
        return self._show_last("finish")

    @callback
    def _show_last(self, step_id: str, figures: dict[str, str] | None = None) -> SubentryFlowResult:
        """Show the last form. How a battery that takes part goes on is no question: it has its switch."""
        schema = vol.Schema({vol.Required(CONF_SHADOW, default=self._starts_in_shadow): BooleanSelector()})
        if self.source == SOURCE_RECONFIGURE:
            schema = vol.Schema({})
        return self.async_show_form(
            step_id=step_id, data_schema=schema, description_placeholders=figures, last_step=True
        )

    @callback
    def _keep(self, decided: dict[str, Any]) -> SubentryFlowResult:
        title, unique_id = self._data[CONF_NAME], battery_unique_id(self._data)
        if self.source != SOURCE_RECONFIGURE:
            return self.async_create_entry(title=title, data=self._data | decided, unique_id=unique_id)
        subentry = self._get_reconfigure_subentry()
        start = {CONF_SHADOW: subentry.data[CONF_SHADOW]} if CONF_SHADOW in subentry.data else {}
        return self.async_update_and_abort(
            self._get_entry(), subentry, title=title, data=self._data | start, unique_id=unique_id
        )


def battery_unique_id(data: Mapping[str, Any]) -> str | None:
    """Return what a battery is known by wherever it is; None where it does not state a serial number."""
    if not (serial_number := data[CONF_SERIAL_NUMBER]):
        return None
    return f"{data[CONF_MANUFACTURER]} {serial_number}".strip().casefold()


def _watts(power_w: float | None) -> str:
    return NOT_TRIED if power_w is None else f"{power_w:+.0f}"
