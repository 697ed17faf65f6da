"""Steers one battery: reads, decides, and writes only where something changes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from ..community.plan import BatteryPlan
from .driver import BatteryDriver, BatteryError, BatteryReading, Bounds, SteppedDriver
from .follower import (
    LIMIT_TOLERANCE_W,
    UNREACHABLE,
    Decision,
    Mode,
    Reason,
    bounds,
    decide,
    whole_seconds,
)
from .house import UNMETERED, ConnectionGuard, House, LoadEstimate
from .order import StandingOrder
from .regulator import SelfConsumptionRegulator
from .settings import Settings
from .trail import Trail
from .watch import Finding, Watch

REGULATED_FOR = timedelta(minutes=2)
"""How long an order of our own regulator counts when nothing more is heard from the home."""
_BACKING_OFF = {
    Finding.SIGN_REVERSED: Reason.SIGN_REVERSED,
    Finding.SECOND_CONTROLLER: Reason.SECOND_CONTROLLER,
    Finding.FROZEN_READINGS: Reason.STALE_READING,
}
"""What makes us stop steering, whatever the plan says."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a step found and did."""

    reading: BatteryReading | None
    """None when the battery did not answer."""
    decision: Decision
    problem: str | None = None
    """What went wrong with the device, in words."""
    findings: Mapping[Finding, datetime] = field(default_factory=dict)
    """What is not as it should be with a battery that answers, and since when."""


class BatteryController:
    """Keeps one battery to its plan.

    Nothing is assumed of the device: each step reads what order it is really under. An order that is found at
    the first step may be left from before a restart: where the plan does not ask for it, it is taken back.
    """

    def __init__(self, driver: BatteryDriver, now: Callable[[], datetime]) -> None:
        """Steer the battery of `driver` by the clock `now`."""
        self.driver = driver
        self.orders_given = 0
        """How often the device has been told something."""
        self.trail = Trail()
        """What the battery drew lately, for the house's other batteries too."""
        self._now = now
        self._load = LoadEstimate()
        self._guard = ConnectionGuard()
        self._regulator = SelfConsumptionRegulator()
        self._watch = Watch()
        self._order = StandingOrder()
        self._is_new = True
        """Whether the battery was never seen released: its order may be ours, from before a restart."""
        self.is_answerable = False
        """Whether an order that the device may be under is known to be ours, so that we must end it."""

    async def step(
        self,
        plan: BatteryPlan | None,
        settings: Settings,
        house: Callable[[], House] = lambda: UNMETERED,
    ) -> Outcome:
        """Read the battery and make it do what is right now.

        `house` is asked after the battery has been read. From then until the order is noted in the trail
        nothing is waited for, so that two batteries cannot both take what is left of one connection.
        """
        try:
            reading = await self.driver.read()
            now = self._now()
            overruled = self._order.see(reading, now)
            self.trail.add(reading)
            self._watch.observe(
                reading,
                self._order.power_w,
                now,
                limits=self.driver.limits,
                control=self.driver.traits.control,
                overruled=overruled,
            )
            decision = self._decide(plan, reading, settings, house())
            if settings.shadow or decision.setpoint_w is None:
                await self._release_if_ordered(reading, shadow=settings.shadow)
            else:
                latest = plan.lease_until if plan and decision.mode is Mode.VILLAGE else None
                await self._order_if_changed(decision, reading, latest)
        except BatteryError as error:
            # How far a failed write got is not known; the device's own timer ends what it may have started.
            self._order.lose()
            self.trail.lose()
            self._regulator.rest()
            return Outcome(None, UNREACHABLE, str(error))
        return Outcome(reading, decision, findings=self._watch.findings)

    async def release(self) -> None:
        """Leave the battery to its own house, as when nobody will look any more. Raises BatteryError."""
        self._order.lose()
        self.trail.ordered_w = None
        self.orders_given += 1
        await self.driver.release()

    def trust_again(self) -> None:
        """Forget what was wrong with the battery: its resident says that it has been put right."""
        self._watch = Watch()

    def _decide(
        self, plan: BatteryPlan | None, reading: BatteryReading, settings: Settings, house: House
    ) -> Decision:
        now, traits, limits = self._now(), self.driver.traits, self.driver.limits
        self._load.update(house, self.trail, now)
        rest_w = self._load.rest_w(house)
        connection = self._guard.left_to_battery(house, rest_w, now)
        decision = decide(
            plan, reading, limits, settings, now, connection=connection, fresh_for=traits.fresh_for
        )
        reason = _BACKING_OFF.get(self._watch.backs_off) if self._watch.backs_off else None
        if decision.mode in {Mode.VILLAGE, Mode.SELF_CONSUMPTION} and reason is not None:
            decision = Decision(Mode.SELF_CONSUMPTION, reason)
        if decision.mode is Mode.VILLAGE:
            self._regulator.rest()
            own = bounds(reading, limits, settings)
            return self._expressed(decision, _within(own, connection), rest_w)
        serves_house = decision.mode in {Mode.SELF_CONSUMPTION, Mode.PAUSED} and not settings.shadow
        is_fresh = -traits.fresh_for <= now - reading.at <= traits.fresh_for
        needs_us = serves_house and not traits.regulates and reason is None and is_fresh
        if not needs_us or rest_w is None or connection is None:
            self._regulator.rest()
            return decision
        own = self._regulator.able(reading, limits)
        power_w = self._regulator.next_power_w(rest_w, reading, own, connection, now)
        regulated = replace(decision, setpoint_w=power_w, revert_at=now + REGULATED_FOR)
        return self._expressed(regulated, _within(own, connection), rest_w)

    def _expressed(self, decision: Decision, allowed: Bounds, rest_w: float | None) -> Decision:
        """Return the decision as this kind of battery can carry it out."""
        if not isinstance(self.driver, SteppedDriver) or decision.setpoint_w is None:
            return decision
        own_house_w = None if rest_w is None else allowed.clip(-rest_w)
        power_w = self.driver.nearest(decision.setpoint_w, allowed, own_house_w)
        if power_w is None or not abs(allowed.clip(power_w) - power_w) <= LIMIT_TOLERANCE_W:
            return replace(decision, setpoint_w=None, revert_at=None)
        return replace(decision, setpoint_w=power_w)

    async def _order_if_changed(
        self, decision: Decision, reading: BatteryReading, lease_until: datetime | None
    ) -> None:
        setpoint_w, revert_at, now = decision.setpoint_w, decision.revert_at, self._now()
        if setpoint_w is None or revert_at is None:
            raise ValueError("an order has a power and an end")
        own_timer = self.driver.traits.own_timer
        if own_timer is not None:
            revert_at = min(revert_at, now + own_timer)
        latest = lease_until or revert_at
        if self._order.must_tell(setpoint_w, None if own_timer is None else revert_at, latest, now):
            self.is_answerable = True
            self.trail.ordered_w = setpoint_w
            self.orders_given += 1
            await self.driver.set_power(setpoint_w, whole_seconds(revert_at, latest, now))
            self._order.told(setpoint_w, None if own_timer is None else revert_at, reading.setpoint_w, now)

    async def _release_if_ordered(self, reading: BatteryReading, *, shadow: bool) -> None:
        now = self._now()
        self.trail.ordered_w = None
        if reading.setpoint_w is None and not self._order.is_on_its_way(now):
            self._order.lose()
            self._is_new = self.is_answerable = False
            return
        # A second controller is not fought: its order is taken for ours once, and then left alone.
        is_enough = self._watch.backs_off is Finding.SECOND_CONTROLLER and self._order.is_released
        may_be_ours = self.is_answerable or (self._is_new and not shadow)
        if may_be_ours and not is_enough and self._order.must_release(now):
            self.orders_given += 1
            await self.driver.release()
            self._order.told(None, None, reading.setpoint_w, now)


def _within(own: Bounds, connection: Bounds | None) -> Bounds:
    """Return what is left of a battery's own bounds by the connection of its house."""
    if connection is None:
        return own
    return Bounds(own.clip(connection.lowest_w), own.clip(connection.highest_w))
