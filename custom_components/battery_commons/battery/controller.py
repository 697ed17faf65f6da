"""Steers one battery: reads, decides, and writes only where something changes."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from ..community.plan import BatteryPlan
from .driver import BatteryDriver, BatteryError, BatteryReading
from .follower import UNREACHABLE, Decision, Settings, decide, whole_seconds

DEAD_BAND_W = 25.0
"""A smaller change of the setpoint is not worth a write."""
REFRESH_WITHIN = timedelta(seconds=30)
"""How long before the device's timer ends it is set again, where the order goes on; and how much later than
is right it may end, since the moment at which a battery will be full or empty is an estimate."""
REFRESH_GAIN = timedelta(seconds=1)
"""What setting the timer again must win at least."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a step found and did."""

    reading: BatteryReading | None
    """None when the battery did not answer."""
    decision: Decision
    problem: str | None = None
    """What went wrong with the device, in words."""


class BatteryController:
    """Keeps one battery to its plan.

    Nothing is assumed of the device: each step reads what order it is really under. At the first step, and
    after every failure, an order that the plan does not ask for is taken back, whoever gave it.
    """

    def __init__(self, driver: BatteryDriver, now: Callable[[], datetime]) -> None:
        """Steer the battery of `driver` by the clock `now`."""
        self.driver = driver
        self._now = now
        self._revert_at: datetime | None = None
        """When the device ends the order that we gave; None when it is not known to be under one."""
        self._answerable = True
        """Whether an order that the device is under may be ours, so that we must end it."""

    async def step(self, plan: BatteryPlan | None, settings: Settings) -> Outcome:
        """Read the battery and make it do what is right now."""
        try:
            reading = await self.driver.read()
            decision = decide(plan, reading, self.driver.limits, settings, self._now())
            if plan is None or decision.setpoint_w is None or decision.revert_at is None:
                await self._release_if_ordered(reading)
            elif self._differs(decision.setpoint_w, reading) or self._mistimed(
                decision.revert_at, plan.lease_until
            ):
                self._revert_at, self._answerable = None, True
                seconds = whole_seconds(decision.revert_at, plan.lease_until, self._now())
                await self.driver.set_power(decision.setpoint_w, seconds)
                self._revert_at = decision.revert_at
        except BatteryError as error:
            # How far a failed write got is not known; the device's own timer ends what it may have started.
            self._revert_at, self._answerable = None, True
            return Outcome(None, UNREACHABLE, str(error))
        return Outcome(reading, decision)

    async def release(self) -> None:
        """Leave the battery to its own house, as when nobody will look any more. Raises BatteryError."""
        self._revert_at = None
        await self.driver.release()

    async def _release_if_ordered(self, reading: BatteryReading) -> None:
        if reading.setpoint_w is None:
            self._revert_at, self._answerable = None, False
        elif self._answerable:
            await self.release()

    def _differs(self, setpoint_w: float, reading: BatteryReading) -> bool:
        """Return whether the battery is under another order than it should be."""
        if reading.setpoint_w is None:
            return True
        stopped_or_turned = _direction(setpoint_w) != _direction(reading.setpoint_w)
        return stopped_or_turned or abs(setpoint_w - reading.setpoint_w) > DEAD_BAND_W

    def _mistimed(self, revert_at: datetime, lease_until: datetime) -> bool:
        """Return whether the device's timer ends at another moment than it should."""
        if self._revert_at is None or self._revert_at > lease_until:
            return True
        runs_out = self._revert_at - self._now() < REFRESH_WITHIN
        return (runs_out and revert_at - self._revert_at > REFRESH_GAIN) or (
            self._revert_at - revert_at > REFRESH_WITHIN
        )


def _direction(power_w: float) -> int:
    return (power_w > 0) - (power_w < 0)
