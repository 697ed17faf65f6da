"""Steers one battery: reads, decides, and writes only where something changes."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ..community.plan import BatteryPlan
from .driver import BatteryDriver, BatteryError, BatteryReading, Bounds, SteppedDriver
from .follower import UNREACHABLE, Decision, Mode, Reason, bounds, decide, whole_seconds
from .house import UNMETERED, House
from .regulator import SelfConsumptionRegulator
from .settings import Settings
from .watch import Finding, Watch

DEAD_BAND_W = 25.0
"""A smaller change of the setpoint is not worth a write."""
REFRESH_WITHIN = timedelta(seconds=30)
"""How long before the device's timer ends it is set again, where the order goes on; and how much later than
is right it may end, since the moment at which a battery will be full or empty is an estimate."""
REFRESH_GAIN = timedelta(seconds=1)
"""What setting the timer again must win at least."""
REGULATED_FOR = timedelta(minutes=2)
"""How long an order of our own regulator counts when nothing more is heard from the home."""
_BACKING_OFF = {
    Finding.SIGN_REVERSED: Reason.SIGN_REVERSED,
    Finding.SECOND_CONTROLLER: Reason.SECOND_CONTROLLER,
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
    findings: frozenset[Finding] = frozenset()
    """What is not as it should be with a battery that answers."""


class BatteryController:
    """Keeps one battery to its plan.

    Nothing is assumed of the device: each step reads what order it is really under. At the first step, and
    after every failure, an order that the plan does not ask for is taken back, whoever gave it.
    """

    def __init__(self, driver: BatteryDriver, now: Callable[[], datetime]) -> None:
        """Steer the battery of `driver` by the clock `now`."""
        self.driver = driver
        self.orders_given = 0
        """How often the device has been written to."""
        self._now = now
        self._regulator = SelfConsumptionRegulator()
        self._watch = Watch()
        self._revert_at: datetime | None = None
        """When the device ends the order that we gave; None when it is not known to be under one."""
        self._ordered_w: float | None = None
        """The power that we ordered last; None when we released it or it is not known to have heard us."""
        self._answerable = True
        """Whether an order that the device is under may be ours, so that we must end it."""

    async def step(self, plan: BatteryPlan | None, settings: Settings, house: House = UNMETERED) -> Outcome:
        """Read the battery and make it do what is right now."""
        try:
            reading = await self.driver.read()
            findings = self._watch.observe(reading, self._ordered_w, self._now())
            decision = self._decide(plan, reading, settings, house, findings)
            if decision.mode is Mode.SHADOW or decision.setpoint_w is None:
                await self._release_if_ordered(reading)
            else:
                latest = plan.lease_until if plan and decision.mode is Mode.VILLAGE else None
                await self._order_if_changed(decision, reading, latest)
        except BatteryError as error:
            # How far a failed write got is not known; the device's own timer ends what it may have started.
            self._revert_at, self._ordered_w, self._answerable = None, None, True
            return Outcome(None, UNREACHABLE, str(error))
        return Outcome(reading, decision, findings=findings)

    async def release(self) -> None:
        """Leave the battery to its own house, as when nobody will look any more. Raises BatteryError."""
        self._revert_at = self._ordered_w = None
        self.orders_given += 1
        await self.driver.release()

    def _decide(
        self,
        plan: BatteryPlan | None,
        reading: BatteryReading,
        settings: Settings,
        house: House,
        findings: frozenset[Finding],
    ) -> Decision:
        now, traits = self._now(), self.driver.traits
        decision = decide(
            plan, reading, self.driver.limits, settings, now, house=house, fresh_for=traits.fresh_for
        )
        for finding, reason in _BACKING_OFF.items():
            if finding in findings and decision.mode is Mode.VILLAGE:
                return Decision(Mode.SELF_CONSUMPTION, reason)
        if decision.setpoint_w is not None:
            return self._expressed(decision, reading, settings, house)
        if decision.mode in {Mode.SELF_CONSUMPTION, Mode.PAUSED} and not traits.regulates:
            power_w = self._regulator.next_power_w(house, reading, self.driver.limits, now)
            if power_w is not None:
                return replace(decision, setpoint_w=power_w, revert_at=now + REGULATED_FOR)
        return decision

    def _expressed(
        self, decision: Decision, reading: BatteryReading, settings: Settings, house: House
    ) -> Decision:
        """Return the decision as this kind of battery can carry it out."""
        if not isinstance(self.driver, SteppedDriver) or decision.setpoint_w is None:
            return decision
        now = self._now()
        own, connection = bounds(reading, self.driver.limits, settings), house.bounds(reading, now)
        if connection is not None:
            own = Bounds(own.clip(connection.lowest_w), own.clip(connection.highest_w))
        rest_w = house.without_battery_w(reading, now)
        own_house_w = None if rest_w is None else own.clip(-rest_w)
        power_w = self.driver.nearest(decision.setpoint_w, own, own_house_w)
        return replace(
            decision, setpoint_w=power_w, revert_at=None if power_w is None else decision.revert_at
        )

    async def _order_if_changed(
        self, decision: Decision, reading: BatteryReading, lease_until: datetime | None
    ) -> None:
        setpoint_w, revert_at = decision.setpoint_w, decision.revert_at
        if setpoint_w is None or revert_at is None:
            raise ValueError("an order has a power and an end")
        if self.driver.traits.own_timer is not None:
            revert_at = min(revert_at, self._now() + self.driver.traits.own_timer)
        latest = lease_until or revert_at
        if self._differs(setpoint_w, reading) or self._mistimed(revert_at, latest):
            self._revert_at, self._ordered_w, self._answerable = None, None, True
            self.orders_given += 1
            await self.driver.set_power(setpoint_w, whole_seconds(revert_at, latest, self._now()))
            self._revert_at, self._ordered_w = revert_at, setpoint_w

    async def _release_if_ordered(self, reading: BatteryReading) -> None:
        if reading.setpoint_w is None:
            self._revert_at, self._ordered_w, self._answerable = None, None, False
        elif self._answerable:
            await self.release()

    def _differs(self, setpoint_w: float, reading: BatteryReading) -> bool:
        """Return whether the battery is under another order than it should be."""
        if reading.setpoint_w is None:
            return True
        stopped_or_turned = _direction(setpoint_w) != _direction(reading.setpoint_w)
        return stopped_or_turned or abs(setpoint_w - reading.setpoint_w) > DEAD_BAND_W

    def _mistimed(self, revert_at: datetime, latest: datetime) -> bool:
        """Return whether the device's timer ends at another moment than it should."""
        if self._revert_at is None:
            return True
        if self.driver.traits.own_timer is None:
            return False
        runs_out = self._revert_at - self._now() < REFRESH_WITHIN
        return (
            self._revert_at > latest
            or (runs_out and revert_at - self._revert_at > REFRESH_GAIN)
            or self._revert_at - revert_at > REFRESH_WITHIN
        )


def _direction(power_w: float) -> int:
    return (power_w > 0) - (power_w < 0)
