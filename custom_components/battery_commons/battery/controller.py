"""Steers one battery: reads, decides, and writes only where something changes."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from ..community.plan import BatteryPlan
from .driver import BatteryDriver, BatteryError, BatteryReading
from .follower import Decision, Settings, decide, whole_seconds

DEAD_BAND_W = 25.0
"""A smaller change of the setpoint is not worth a write."""
REFRESH_MARGIN = timedelta(seconds=1)


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
            elif self._differs(decision.setpoint_w, decision.revert_at, reading):
                self._revert_at, self._answerable = None, True
                seconds = whole_seconds(decision.revert_at, plan.lease_until, self._now())
                await self.driver.set_power(decision.setpoint_w, seconds)
                self._revert_at = decision.revert_at
        except BatteryError as error:
            # How far a failed write got is not known; the device's own timer ends what it may have started.
            self._revert_at, self._answerable = None, True
            decision = decide(None, None, self.driver.limits, settings, self._now())
            return Outcome(None, decision, str(error))
        return Outcome(reading, decision)

    async def release(self) -> None:
        """Leave the battery to its own house, as when Home Assistant stops. Raises BatteryError."""
        self._revert_at = None
        await self.driver.release()

    async def _release_if_ordered(self, reading: BatteryReading) -> None:
        if reading.setpoint_w is None:
            self._revert_at, self._answerable = None, False
        elif self._answerable:
            await self.release()

    def _differs(self, setpoint_w: float, revert_at: datetime, reading: BatteryReading) -> bool:
        if reading.setpoint_w is None or self._revert_at is None:
            return True
        stopped_or_turned = _direction(setpoint_w) != _direction(reading.setpoint_w)
        moved = abs(setpoint_w - reading.setpoint_w) > DEAD_BAND_W
        runs_out = revert_at - self._revert_at > REFRESH_MARGIN
        return stopped_or_turned or moved or runs_out


def _direction(power_w: float) -> int:
    return (power_w > 0) - (power_w < 0)
