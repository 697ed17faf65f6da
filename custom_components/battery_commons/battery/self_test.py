"""Tries a battery out at set-up: a small charge, a small discharge, and whether it does that and not another.

Pure but for the battery: clock and waiting are handed in. Whatever happens, the battery is released.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from statistics import median

from .driver import BatteryDriver, Bounds, SteppedDriver

LOOK_EVERY_S = 2.0
WATCHED_FOR = timedelta(seconds=30)
"""How long a battery may take to do as it was told."""
ORDER_S = 60
"""What the device's own timer is set to: longer than it is watched, and over soon if nobody comes back."""
SMALLEST_W = 200.0
LARGEST_W = 500.0
SHARE_OF_MAXIMUM = 0.1
CHARGED_BELOW = 0.97
"""A fuller battery may refuse to charge, and be right."""
DISCHARGED_ABOVE = 0.12
"""An emptier battery may refuse to discharge, and be right."""
ENOUGH = 3
"""How many readings in a row must agree."""
STEADY_W = 20.0
"""How far readings that agree are apart at most."""
STILL_W = 50.0
"""What a battery that stands still may draw."""
RESTLESS_W = 100.0
"""How far readings must be apart to tell nothing, where the response is no larger."""
RESPONSE = 0.25
"""Which share of what was ordered is certainly a response."""
RUNAWAY = 3.0
"""How many times the ordered power is stopped at once."""
EXACT = (0.4, 2.5)
"""Between which shares of the order a battery keeps to it that can keep any power."""
ROUGH = (0.15, 5.0)
"""The same for a battery that only knows modes, whose power is its own choice."""
TINY = ((1 / 2000, 1 / 500), (1 / 20, 1 / 5))
"""Between which shares of an order it was taken, or measured, in another unit: 1000 or 10 times too small."""


class Verdict(StrEnum):
    """What came out of trying the battery."""

    RIGHT = "right"
    REVERSED = "reversed"
    """It charges when it should discharge, and the other way round."""
    NO_RESPONSE = "no_response"
    WRONG_UNIT = "wrong_unit"
    """It goes the right way, by a power that is many times too large or too small."""
    UNCLEAR = "unclear"
    """Nothing could be seen: full, empty, or too restless to tell."""


@dataclass(frozen=True, slots=True)
class SelfTestResult:
    """What came out of trying the battery, and what was measured."""

    verdict: Verdict
    charge_w: float | None
    """How its power changed when it was to charge; positive where that is right. None where not tried."""
    discharge_w: float | None
    """How its power changed when it was to discharge; negative where that is right. None where not tried."""


@dataclass(frozen=True, slots=True)
class _Response:
    """How a battery took an order."""

    ordered_w: float
    change_w: float
    restless_w: float
    """How far the readings before and after were apart."""

    @property
    def share(self) -> float:
        """The response as a share of the order: 1 where it is exact, negative where it is reversed."""
        return self.change_w / self.ordered_w

    def verdict(self, right: tuple[float, float]) -> Verdict:
        """Return what this response alone tells."""
        lowest, highest = right
        if self.restless_w > max(RESTLESS_W, abs(self.change_w) / 2):
            return Verdict.UNCLEAR
        if self.share <= -lowest:
            return Verdict.REVERSED
        if lowest <= self.share <= highest:
            return Verdict.RIGHT
        # A hum is no response: what is so small must stand out from what is there anyway.
        stands_out = self.restless_w <= abs(self.change_w) / 2
        is_tiny = any(least <= self.share <= most for least, most in TINY) and stands_out
        if self.share > highest or is_tiny:
            return Verdict.WRONG_UNIT
        return Verdict.NO_RESPONSE if abs(self.share) < min(RESPONSE, lowest) else Verdict.UNCLEAR


async def self_test(
    driver: BatteryDriver,
    now: Callable[[], datetime],
    sleep: Callable[[float], Awaitable[object]],
    progress: Callable[[float], None],
) -> SelfTestResult:
    """Let the battery charge and discharge a little, release it, and return what was seen.

    Raises BatteryError when it stops answering; an order that could not be taken back ends by its own timer.
    """
    return await _SelfTest(driver, now, sleep, progress).run()


class _SelfTest:
    """One trial of one battery."""

    def __init__(
        self,
        driver: BatteryDriver,
        now: Callable[[], datetime],
        sleep: Callable[[float], Awaitable[object]],
        progress: Callable[[float], None],
    ) -> None:
        self._driver = driver
        self._now = now
        self._sleep = sleep
        self._progress = progress
        self._phases_done = 0
        self._phases = 1

    async def run(self) -> SelfTestResult:
        """Try what the state of charge allows."""
        state_of_charge = (await self._driver.read()).state_of_charge
        charge_w = self._orderable(self._small_w(self._driver.limits.max_charge_w))
        discharge_w = self._orderable(-self._small_w(self._driver.limits.max_discharge_w))
        charges = state_of_charge < CHARGED_BELOW and charge_w > 0
        discharges = state_of_charge > DISCHARGED_ABOVE and discharge_w < 0
        self._phases = 2 * (charges + discharges)
        try:
            charged = await self._tried(charge_w) if charges else None
            discharged = await self._tried(discharge_w) if discharges else None
        finally:
            await self._driver.release()
        self._progress(1.0)
        return SelfTestResult(
            self._verdict([response for response in (charged, discharged) if response]),
            charged.change_w if charged else None,
            discharged.change_w if discharged else None,
        )

    @staticmethod
    def _small_w(maximum_w: float) -> float:
        return min(max(SHARE_OF_MAXIMUM * maximum_w, SMALLEST_W), LARGEST_W, maximum_w)

    def _orderable(self, power_w: float) -> float:
        """Return what the battery can be ordered that is closest to `power_w`; 0 where that is no order.

        Standing still is no answer: a battery that only charges at full power is tried at full power.
        """
        if not isinstance(self._driver, SteppedDriver):
            return power_w
        limits = self._driver.limits
        way = Bounds(power_w, limits.max_charge_w)
        if power_w < 0:
            way = Bounds(-limits.max_discharge_w, power_w)
        return self._driver.nearest(power_w, way, None) or 0.0

    async def _tried(self, power_w: float) -> _Response | None:
        """Let the battery stand still, then keep to a power; None where it says nothing new meanwhile."""
        before = await self._watched(0.0, power_w, 0.0)
        if not before:
            return None
        still_w = median(before)
        after = await self._watched(power_w, power_w, still_w)
        if not after:
            return None
        return _Response(power_w, median(after) - still_w, max(_spread(before), _spread(after)))

    async def _watched(self, ordered_w: float, tried_w: float, still_w: float) -> Sequence[float]:
        """Order a power and return the last readings, once they agree or nothing more is to be expected."""
        await self._order(ordered_w)
        ordered_at = self._now()
        latest_at, seen_w = ordered_at, list[float]()
        passed = timedelta()
        while passed < WATCHED_FOR + self._driver.traits.fresh_for:
            await self._sleep(LOOK_EVERY_S)
            passed = self._now() - ordered_at
            self._progress(min(0.99, (self._phases_done + min(1.0, passed / WATCHED_FOR)) / self._phases))
            reading = await self._driver.read()
            if reading.at <= latest_at:
                continue
            latest_at = reading.at
            seen_w.append(reading.power_w)
            changed = abs(reading.power_w - still_w) / abs(tried_w)
            if ordered_w and changed > RUNAWAY and not isinstance(self._driver, SteppedDriver):
                seen_w = [reading.power_w]
                break
            # Standing still is seen at zero; a power is seen where it is a response.
            arrived = changed >= RESPONSE if ordered_w else abs(reading.power_w) <= STILL_W
            last_w = seen_w[-ENOUGH:]
            if len(last_w) == ENOUGH and (passed >= WATCHED_FOR or (arrived and _spread(last_w) <= STEADY_W)):
                break
        self._phases_done += 1
        return seen_w[-ENOUGH:]

    async def _order(self, power_w: float) -> None:
        orderable_w: float | None = power_w
        if power_w == 0 and isinstance(self._driver, SteppedDriver):
            orderable_w = self._driver.nearest(0.0, Bounds(0.0, 0.0), None)
        if orderable_w is None:
            await self._driver.release()
        else:
            await self._driver.set_power(orderable_w, ORDER_S)

    def _verdict(self, responses: Sequence[_Response]) -> Verdict:
        """Return what the responses tell together: the same each, or nothing certain."""
        right = ROUGH if isinstance(self._driver, SteppedDriver) else EXACT
        verdicts = {response.verdict(right) for response in responses}
        return verdicts.pop() if len(verdicts) == 1 else Verdict.UNCLEAR


def _spread(powers_w: Sequence[float]) -> float:
    return max(powers_w) - min(powers_w)
