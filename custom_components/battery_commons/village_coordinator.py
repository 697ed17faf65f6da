"""The conversation with the village: how the batteries stand, and how the village stands."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import override

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_NAME, CONF_URL
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import ConfigEntryAuthFailed
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator, UpdateFailed
from homeassistant.util import dt as dt_util

from .battery.driver import BatteryLimits, BatteryReading
from .battery.follower import Mode
from .battery_coordinator import BATTERY_INTERVAL, BatteryCoordinator, battery_limits
from .community.certificate import prove
from .community.client import (
    BatteryDescription,
    BatteryTelemetry,
    CertificateReplacedError,
    CommunityClient,
    CommunityError,
    GridTelemetry,
    TooManyCallsError,
    UnauthorizedError,
    VillageRefusesError,
)
from .community.envelope import Refusal
from .community.fields import MAX_POWER_W
from .community.invitation import public_key
from .community.status import VillageStatus
from .community.stream import Way
from .const import CONF_CERTIFICATE, CONF_KEY, DOMAIN, LOGGER
from .entry_change import async_change_entry
from .memory import HomeMemory
from .meter import HouseMeter

VILLAGE_INTERVAL = timedelta(seconds=10)
GRID_INTERVAL = timedelta(minutes=1)
"""How often the house's meter is shared, at the most: the village only needs means of quarter hours."""
LOAD_FRESH_FOR = timedelta(minutes=15)
"""A transformer's load older than this says nothing about now."""
_SENSIBLE = {CommunityError, UnauthorizedError, CertificateReplacedError, TooManyCallsError}


@dataclass(frozen=True, slots=True)
class Exchange:
    """When the village was asked, when it answered, and when that was by its own clock."""

    asked_at: datetime
    answered_at: datetime
    village_at: datetime

    @property
    def latency(self) -> timedelta:
        """How long the answer took."""
        return self.answered_at - self.asked_at

    @property
    def clock_error(self) -> timedelta:
        """How far the two clocks are certainly apart, positive when the village's is ahead.

        The village looked at its clock somewhere between the question and the answer.
        """
        if self.village_at > self.answered_at:
            return self.village_at - self.answered_at
        return min(self.village_at - self.asked_at, timedelta(0))


@dataclass(frozen=True, slots=True)
class RefusedPlan:
    """A plan that this home did not believe."""

    at: datetime
    refusal: Refusal


class VillageCoordinator(DataUpdateCoordinator[VillageStatus]):
    """Tells the village how the home's batteries stand, and hears how the village stands."""

    config_entry: ConfigEntry

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        client: CommunityClient,
        memory: HomeMemory,
        *,
        batteries: Mapping[str, BatteryCoordinator],
        meter: HouseMeter | None,
        webhook_urls: list[str],
    ) -> None:
        """Speak for the `batteries` and the `meter` of the home that is reached at `webhook_urls`."""
        super().__init__(hass, LOGGER, config_entry=entry, name=entry.title, update_interval=VILLAGE_INTERVAL)
        self._client = client
        self._memory = memory
        self._batteries = batteries
        self._meter = meter
        self._webhook_urls = webhook_urls
        self._described = False
        self.lost_since: datetime | None = None
        """Since when the village does not answer, or not sensibly; None while it does."""
        self.exchange: Exchange | None = None
        """The last question that was answered."""
        self.refused_plan: RefusedPlan | None = None
        """The last plan that was refused, until one is accepted again."""
        self.stream_is_open = False
        self.stream_problem: str | None = None
        """Why the stream ended last, or could not be opened."""
        self._last_plan_by: Way | None = None
        self._grid_interval = GRID_INTERVAL
        self._grid_shared_at: datetime | None = None

    @property
    def has_address(self) -> bool:
        """Whether there is any address at which the village could try to reach this home."""
        return bool(self._webhook_urls)

    @property
    def reached_by(self) -> Way | None:
        """How plans reach this home now; None where that is not known, or they do not."""
        if self.stream_is_open:
            return Way.STREAM
        return Way.WEBHOOK if self._last_plan_by is Way.WEBHOOK else None

    @callback
    def async_plan_came(self, way: Way) -> None:
        """Take note of the way on which a plan has reached this home."""
        if way is not self._last_plan_by:
            self._last_plan_by = way
            self.async_update_listeners()

    @callback
    def async_stream_changed(self, *, is_open: bool, problem: str | None = None) -> None:
        """Take note that the stream has opened, or that it has ended."""
        self.stream_problem = problem
        if is_open is not self.stream_is_open:
            self.stream_is_open = is_open
            self.async_update_listeners()

    @callback
    def async_keep_pace(self, slot_length: timedelta) -> None:
        """Look more often where slots are short, as in a demonstration that runs faster than the wall."""
        self.update_interval = min(VILLAGE_INTERVAL, slot_length / 2)
        self._grid_interval = min(GRID_INTERVAL, slot_length / 3)
        for battery in self._batteries.values():
            battery.update_interval = min(BATTERY_INTERVAL, slot_length / 3)

    @callback
    def async_describe_again(self) -> None:
        """Tell the village anew about the batteries: a reserve has changed."""
        self._described = False

    def load_is_fresh(self, now: datetime) -> bool:
        """Return whether the transformer's load still says something about `now`."""
        at = self.data.load_at if self.data else None
        plan = self._memory.inbox.plan
        limit = min(LOAD_FRESH_FOR, 4 * plan.slot_length) if plan else LOAD_FRESH_FOR
        return at is not None and now - at <= limit

    @override
    async def _async_update_data(self) -> VillageStatus:
        """Send what was measured, and return what the village answers.

        A village that no longer knows this home is asked nothing more until the resident has joined again;
        the batteries follow what was planned until then, and serve their house when its lease is over.
        """
        try:
            status = await self._async_exchange()
        except CommunityError as error:
            self.lost_since = self.lost_since or dt_util.utcnow()
            if isinstance(error, CertificateReplacedError):
                await self._async_follow_certificate()
            raise _failure(error) from error
        self.lost_since = None
        return status

    async def _async_follow_certificate(self) -> None:
        """Believe the village's new certificate, where it proves by its signature that it is its own."""
        data = self.config_entry.data
        session, key = async_get_clientsession(self.hass), public_key(data[CONF_KEY])
        try:
            proven = await prove(session, data[CONF_URL], key, data.get(CONF_CERTIFICATE))
        except CommunityError:
            return  # Nothing is sent to whoever that is; the next look tries again.
        LOGGER.info("The village has another certificate, and has signed that it is its own")
        async_change_entry(self.hass, self.config_entry, {CONF_CERTIFICATE: proven.certificate})

    async def _async_exchange(self) -> VillageStatus:
        """Tell what there is to tell, and keep when it was answered. Raises CommunityError."""
        if not self._described:
            await self._client.describe_home(self._webhook_urls, self._descriptions())
            self._described = True
        asked_at = dt_util.utcnow()
        grid = self._grid()
        status = await self._client.send_telemetry(asked_at, self._telemetry(), grid)
        if grid is not None:
            self._grid_shared_at = grid.at
        self.exchange = Exchange(asked_at, dt_util.utcnow(), status.at)
        return status

    def _descriptions(self) -> list[BatteryDescription]:
        return [
            BatteryDescription(
                battery_id=battery_id,
                name=battery.subentry.data[CONF_NAME],
                limits=_left_to_village(battery),
                reserve=battery.settings.floor,
            )
            for battery_id, battery in self._batteries.items()
        ]

    def _telemetry(self) -> list[BatteryTelemetry]:
        return [
            _telemetry(battery, reading)
            for battery in self._batteries.values()
            if (reading := battery.data.reading) is not None
        ]

    def _grid(self) -> GridTelemetry | None:
        """Return what the house's meter says, where the resident shares it and it is time to tell."""
        if self._meter is None or not self._meter.is_shared or (reading := self._meter.reading()) is None:
            return None
        is_due = self._grid_shared_at is None or reading.at - self._grid_shared_at >= self._grid_interval
        # A village refuses a whole message for one figure that is none.
        is_sane = abs(reading.power_w) <= MAX_POWER_W
        return GridTelemetry(reading.at, reading.power_w) if is_due and is_sane else None


def _failure(error: CommunityError) -> Exception:
    """Return what Home Assistant is to make of an error."""
    wait_s = error.retry_after_s if isinstance(error, TooManyCallsError) else None
    is_known = not isinstance(error, UnauthorizedError)
    failure = partial(UpdateFailed, retry_after=wait_s) if is_known else ConfigEntryAuthFailed
    return failure(
        translation_domain=DOMAIN,
        # What is an answer to another call is no sensible one here.
        translation_key=error.code if type(error) in _SENSIBLE else VillageRefusesError.code,
        translation_placeholders={"error": str(error)},
    )


def _left_to_village(battery: BatteryCoordinator) -> BatteryLimits:
    """Return what the resident leaves to the village of what the battery can."""
    limits = battery_limits(battery.subentry)
    return replace(
        limits,
        max_charge_w=battery.settings.capped_w(limits.max_charge_w),
        max_discharge_w=battery.settings.capped_w(limits.max_discharge_w),
    )


def _telemetry(battery: BatteryCoordinator, reading: BatteryReading) -> BatteryTelemetry:
    decision = battery.data.decision
    # The village cannot count on a battery that only shows what it would do, whatever it does meanwhile.
    is_shadow = battery.settings.shadow and decision.mode is not Mode.UNREACHABLE
    return BatteryTelemetry(
        battery_id=battery.battery_id,
        at=reading.at,
        state_of_charge=reading.state_of_charge,
        power_w=reading.power_w,
        # An order of the home's own regulator is the own house's matter.
        setpoint_w=decision.setpoint_w if decision.mode is Mode.VILLAGE else None,
        mode=Mode.SHADOW if is_shadow else decision.mode,
        reason=decision.reason,
        plan_sequence=battery.plan.sequence if battery.plan else None,
    )
