"""The conversation with one battery."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import override

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.event import async_track_point_in_utc_time
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator
from homeassistant.util import dt as dt_util

from .battery.controller import BatteryController, Outcome
from .battery.driver import BatteryError, BatteryLimits, BatteryReading
from .battery.follower import UNREACHABLE, next_change
from .battery.house import House
from .battery.lease import LeaseClock
from .battery.settings import Settings
from .battery.trail import Trail
from .community.plan import BatteryPlan
from .connect import BatteryLink
from .const import CONF_CAPACITY_WH, CONF_MAX_CHARGE_W, CONF_MAX_DISCHARGE_W, LOGGER
from .memory import HomeMemory

BATTERY_INTERVAL = timedelta(seconds=5)


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

    config_entry: ConfigEntry

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        subentry: ConfigSubentry,
        memory: HomeMemory,
        house: Callable[[str], House],
    ) -> None:
        """Steer the battery of `subentry`; `house` tells it about its house, given its id."""
        super().__init__(
            hass, LOGGER, config_entry=entry, name=subentry.title, update_interval=BATTERY_INTERVAL
        )
        self.subentry = subentry
        self.memory = memory
        self._house = house
        self._lease_clock = LeaseClock(hass.loop.time)
        self._link = BatteryLink(hass, entry, subentry.data)
        self._controller: BatteryController | None = None
        self._lost = False
        self._orders_day = dt_util.utcnow().date()
        self._orders_today = 0
        self._one_at_a_time = asyncio.Lock()
        self._cancel_moment: Callable[[], None] | None = None
        # Nothing has been read: until it has been, nothing is known and nothing is moved.
        self.data = Outcome(None, UNREACHABLE)

    @property
    def battery_id(self) -> str:
        """The battery's id, at home and in the village: that of its subentry."""
        return self.subentry.subentry_id

    @property
    def plan(self) -> BatteryPlan | None:
        """The plan for this battery, whether or not its lease still runs."""
        home_plan = self.memory.inbox.plan
        plan = home_plan.batteries.get(self.battery_id) if home_plan else None
        if home_plan is None or plan is None:
            return None
        return self._lease_clock.in_force(home_plan, plan, dt_util.utcnow())

    @property
    def settings(self) -> Settings:
        """What the resident has decided about this battery."""
        return self.memory.settings(self.battery_id)

    @property
    def fresh_reading(self) -> BatteryReading | None:
        """How the battery stands; None where it does not answer, or answers with what is no longer so."""
        reading = self.data.reading
        if reading is None or self._controller is None:
            return None
        fresh_for = self._controller.driver.traits.fresh_for
        return reading if -fresh_for <= dt_util.utcnow() - reading.at <= fresh_for else None

    @property
    def trail(self) -> Trail:
        """What the battery drew lately and is ordered to draw, for the house's other batteries."""
        return self._controller.trail if self._controller else Trail()

    @property
    def orders_today(self) -> int:
        """How often the battery has been told something on this day of UTC."""
        return self._orders_today if self._orders_day == dt_util.utcnow().date() else 0

    @callback
    def async_act_on_change(self) -> None:
        """Look at once: the plan is another, or the resident's decision, or the meter shows too much."""
        self.config_entry.async_create_task(self.hass, self.async_refresh(), f"{self.name} follows a change")

    async def async_trust_again(self) -> None:
        """Steer again a battery that was left alone: its resident says that what was wrong is put right."""
        if self._controller is not None:
            self._controller.trust_again()
        await self.async_refresh()

    async def async_release(self) -> None:
        """Look no more, and leave the battery to its own house."""
        await self.async_shutdown()
        async with self._one_at_a_time:  # A look that is under way may still give an order.
            self._forget_moment()
            if self._controller is None or (self.settings.shadow and not self._controller.is_answerable):
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
        given_before = self._controller.orders_given
        try:
            return await self._controller.step(
                self.plan, self.settings, partial(self._house, self.battery_id)
            )
        finally:
            self._count_orders(self._controller.orders_given - given_before)

    async def _async_connect(self) -> BatteryController:
        return BatteryController(await self._link.async_open(), dt_util.utcnow)

    def _count_orders(self, given: int) -> None:
        self._orders_today = self.orders_today + given
        self._orders_day = dt_util.utcnow().date()

    def _log_once(self, outcome: Outcome) -> None:
        if outcome.problem is not None and not self._lost:
            LOGGER.warning("%s is lost: %s", self.name, outcome.problem)
        elif outcome.problem is None and self._lost:
            LOGGER.info("%s is back", self.name)
        self._lost = outcome.problem is not None

    @callback
    def _schedule_next_change(self) -> None:
        self._forget_moment()
        if (moment := next_change(self.plan, dt_util.utcnow(), self.settings)) is not None:
            self._cancel_moment = async_track_point_in_utc_time(self.hass, self._async_at_moment, moment)

    @callback
    def _forget_moment(self) -> None:
        if self._cancel_moment is not None:
            self._cancel_moment()
            self._cancel_moment = None

    async def _async_at_moment(self, _now: datetime) -> None:
        self._cancel_moment = None
        await self.async_refresh()
