"""The two conversations of a home: with each of its batteries, and with its village."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import override

from homeassistant.components.modbus import async_get_unit
from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.const import CONF_HOST, CONF_NAME, CONF_PORT
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.event import async_track_point_in_utc_time
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator, UpdateFailed
from homeassistant.util import dt as dt_util
from modbus_connection import ModbusTcpParams, ModbusUnit

from .battery.controller import BatteryController, Outcome
from .battery.driver import BatteryError, BatteryLimits
from .battery.follower import UNREACHABLE, next_change
from .battery.sunspec import SunSpecBattery
from .community.client import BatteryDescription, BatteryTelemetry, CommunityClient, CommunityError
from .community.plan import BatteryPlan
from .community.status import VillageStatus
from .const import (
    CONF_CAPACITY_WH,
    CONF_MAX_CHARGE_W,
    CONF_MAX_DISCHARGE_W,
    CONF_UNIT_ID,
    DOMAIN,
    LOGGER,
)
from .memory import HomeMemory

BATTERY_INTERVAL = timedelta(seconds=5)
VILLAGE_INTERVAL = timedelta(seconds=10)
LOAD_FRESH_FOR = timedelta(minutes=15)
"""A transformer's load older than this says nothing about now."""


@dataclass
class HomeData:
    """What a loaded entry works with."""

    client: CommunityClient
    memory: HomeMemory
    village: VillageCoordinator
    batteries: dict[str, BatteryCoordinator]
    """By the id of their subentry."""
    village_device_id: str


type BatteryCommonsConfigEntry = ConfigEntry[HomeData]


def battery_limits(subentry: ConfigSubentry) -> BatteryLimits:
    """Return what the battery could do when it was set up."""
    return BatteryLimits(
        capacity_wh=subentry.data[CONF_CAPACITY_WH],
        max_charge_w=subentry.data[CONF_MAX_CHARGE_W],
        max_discharge_w=subentry.data[CONF_MAX_DISCHARGE_W],
    )


class BatteryCoordinator(DataUpdateCoordinator[Outcome]):
    """Keeps one battery to the plan, and knows how it stands.

    It looks every few seconds, and at the very moment at which a slot or the lease ends.
    """

    config_entry: BatteryCommonsConfigEntry

    def __init__(
        self,
        hass: HomeAssistant,
        entry: BatteryCommonsConfigEntry,
        subentry: ConfigSubentry,
        memory: HomeMemory,
    ) -> None:
        """Steer the battery of `subentry`."""
        super().__init__(
            hass, LOGGER, config_entry=entry, name=subentry.title, update_interval=BATTERY_INTERVAL
        )
        self.subentry = subentry
        self.memory = memory
        self._unit: ModbusUnit | None = None
        self._controller: BatteryController | None = None
        self._lost = False
        self._one_at_a_time = asyncio.Lock()
        self._cancel_moment: Callable[[], None] | None = None
        # Nothing has been read: until it has been, nothing is known and nothing is moved.
        self.data = Outcome(None, UNREACHABLE)

    @property
    def plan(self) -> BatteryPlan | None:
        """The plan for this battery, whether or not its lease still runs."""
        plan = self.memory.inbox.plan
        return plan.batteries.get(self.subentry.subentry_id) if plan else None

    @callback
    def async_act_on_change(self) -> None:
        """Look at once: the plan or what the resident has decided is another."""
        self.config_entry.async_create_task(self.hass, self.async_refresh(), f"{self.name} follows a change")

    async def async_release(self) -> None:
        """Look no more, and leave the battery to its own house."""
        await self.async_shutdown()
        async with self._one_at_a_time:  # A look that is under way may still give an order.
            self._forget_moment()
            if self._controller is None:
                return
            try:
                await self._controller.release()
            except BatteryError as error:
                # Its own timer will end the order.
                LOGGER.warning("%s: %s", self.name, error)

    @override
    async def _async_update_data(self) -> Outcome:
        """Read the battery and make it do what is right now."""
        async with self._one_at_a_time:
            outcome = await self._async_step()
            self._log_once(outcome)
            self._schedule_next_change()
        return outcome

    async def _async_step(self) -> Outcome:
        try:
            if self._controller is None:
                self._controller = await self._async_connect()
        except BatteryError as error:
            return Outcome(None, UNREACHABLE, str(error))
        return await self._controller.step(self.plan, self.memory.settings(self.subentry.subentry_id))

    async def _async_connect(self) -> BatteryController:
        # The unit is asked for once: core holds it until the entry unloads, also while nothing answers there.
        if self._unit is None:
            data = self.subentry.data
            params = ModbusTcpParams(host=data[CONF_HOST], port=data[CONF_PORT])
            try:
                self._unit = async_get_unit(self.hass, self.config_entry, params, data[CONF_UNIT_ID])
            except HomeAssistantError as error:
                raise BatteryError(str(error)) from error
        return BatteryController(await SunSpecBattery.probe(self._unit, dt_util.utcnow), dt_util.utcnow)

    def _log_once(self, outcome: Outcome) -> None:
        if outcome.problem is not None and not self._lost:
            LOGGER.warning("%s is lost: %s", self.name, outcome.problem)
        elif outcome.problem is None and self._lost:
            LOGGER.info("%s is back", self.name)
        self._lost = outcome.problem is not None

    @callback
    def _schedule_next_change(self) -> None:
        self._forget_moment()
        if (moment := next_change(self.plan, dt_util.utcnow())) is not None:
            self._cancel_moment = async_track_point_in_utc_time(self.hass, self._async_at_moment, moment)

    @callback
    def _forget_moment(self) -> None:
        if self._cancel_moment is not None:
            self._cancel_moment()
            self._cancel_moment = None

    async def _async_at_moment(self, _now: datetime) -> None:
        self._cancel_moment = None
        await self.async_refresh()


class VillageCoordinator(DataUpdateCoordinator[VillageStatus]):
    """Tells the village how the home's batteries stand, and hears how the village stands."""

    config_entry: BatteryCommonsConfigEntry

    def __init__(
        self,
        hass: HomeAssistant,
        entry: BatteryCommonsConfigEntry,
        client: CommunityClient,
        batteries: Mapping[str, BatteryCoordinator],
        webhook_urls: list[str],
    ) -> None:
        """Speak for the `batteries` of the home that is reached at `webhook_urls`."""
        super().__init__(hass, LOGGER, config_entry=entry, name=entry.title, update_interval=VILLAGE_INTERVAL)
        self._client = client
        self._batteries = batteries
        self._webhook_urls = webhook_urls
        self._described = False

    @callback
    def async_keep_pace(self, slot_length: timedelta) -> None:
        """Look more often where slots are short, as in a demonstration that runs faster than the wall."""
        self.update_interval = min(VILLAGE_INTERVAL, slot_length / 2)
        for battery in self._batteries.values():
            battery.update_interval = min(BATTERY_INTERVAL, slot_length / 3)

    @callback
    def async_describe_again(self) -> None:
        """Tell the village anew about the batteries: a reserve has changed."""
        self._described = False

    def load_is_fresh(self, now: datetime) -> bool:
        """Return whether the transformer's load still says something about `now`."""
        at = self.data.load_at if self.data else None
        plan = self.config_entry.runtime_data.memory.inbox.plan
        limit = min(LOAD_FRESH_FOR, 4 * plan.slot_length) if plan else LOAD_FRESH_FOR
        return at is not None and now - at <= limit

    @override
    async def _async_update_data(self) -> VillageStatus:
        """Send what was measured, and return what the village answers."""
        try:
            if not self._described:
                await self._client.describe_home(self._webhook_urls, self._descriptions())
                self._described = True
            return await self._client.send_telemetry(dt_util.utcnow(), self._telemetry())
        except CommunityError as error:
            raise UpdateFailed(
                translation_domain=DOMAIN,
                translation_key=error.code,
                translation_placeholders={"error": str(error)},
            ) from error

    def _descriptions(self) -> list[BatteryDescription]:
        return [
            BatteryDescription(
                battery_id=battery_id,
                name=battery.subentry.data[CONF_NAME],
                limits=battery_limits(battery.subentry),
                reserve=battery.memory.settings(battery_id).reserve,
            )
            for battery_id, battery in self._batteries.items()
        ]

    def _telemetry(self) -> list[BatteryTelemetry]:
        return [
            BatteryTelemetry(
                battery_id=battery_id,
                at=reading.at,
                state_of_charge=reading.state_of_charge,
                power_w=reading.power_w,
                setpoint_w=battery.data.decision.setpoint_w,
                mode=battery.data.decision.mode,
                reason=battery.data.decision.reason,
                plan_sequence=battery.plan.sequence if battery.plan else None,
            )
            for battery_id, battery in self._batteries.items()
            if (reading := battery.data.reading) is not None
        ]
