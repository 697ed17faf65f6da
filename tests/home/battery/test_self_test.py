"""A battery that is tried out at set-up: what is seen of it, and that it is released whatever happens."""

import asyncio
import random
from collections.abc import Callable
from datetime import datetime, timedelta
from math import exp

import pytest

from custom_components.battery_commons.battery.driver import (
    BatteryError,
    BatteryLimits,
    BatteryReading,
    Bounds,
    Control,
    Traits,
)
from custom_components.battery_commons.battery.self_test import SelfTestResult, Verdict, self_test
from tests.home.village import NOW

STEP = timedelta(seconds=0.5)


class Battery:
    """A battery that takes time to answer; released, it serves a house that draws `house_w`."""

    traits = Traits(Control.WATTS, own_timer=timedelta(days=1), regulates=True)

    def __init__(
        self,
        *,
        state_of_charge: float = 0.5,
        maximum_w: float = 5_000.0,
        time_constant_s: float = 1.0,
        heard: float = 1.0,
        measured: float = 1.0,
        noise_w: float = 0.0,
        house_w: Callable[[int], float] = lambda _second: 300.0,
        reports_every: timedelta = timedelta(),
    ) -> None:
        """Let it do `heard` times what is ordered, and measure `measured` times what it does."""
        self.limits = BatteryLimits(10_000.0, maximum_w, maximum_w)
        self.now = NOW
        self.order_w: float | None = None
        self.power_w = -house_w(0)
        self.orders: list[float | None] = []
        self.released = False
        self.fails_from: datetime | None = None
        self._state_of_charge = state_of_charge
        self._time_constant_s = time_constant_s
        self._heard = heard
        self._measured = measured
        self._noise_w = noise_w
        self._house_w = house_w
        self._reports_every = reports_every
        self._random = random.Random(4)  # noqa: S311 - noise, not a secret
        self._reported = BatteryReading(NOW, state_of_charge, self.power_w, None)

    def clock(self) -> datetime:
        return self.now

    async def sleep(self, seconds: float) -> None:
        for _ in range(round(seconds / STEP.total_seconds())):
            self._pass(STEP)

    async def read(self) -> BatteryReading:
        self._answer()
        if self.now - self._reported.at >= self._reports_every:
            measured_w = self._measured * self.power_w + self._random.gauss(0, self._noise_w)
            self._reported = BatteryReading(self.now, self._state_of_charge, measured_w, self.order_w)
        return self._reported

    async def set_power(self, power_w: float, revert_after_s: int) -> None:
        self._answer()
        assert revert_after_s > 0
        self.released = False
        self.orders.append(power_w)
        self.order_w = power_w

    async def release(self) -> None:
        self._answer()
        self.released = True
        self.orders.append(None)
        self.order_w = None

    def _answer(self) -> None:
        if self.fails_from is not None and self.now >= self.fails_from:
            raise BatteryError("no answer")

    def _pass(self, step: timedelta) -> None:
        self.now += step
        second = int((self.now - NOW).total_seconds())
        target_w = -self._house_w(second)
        if self.order_w is not None and self._heard:
            target_w = self._heard * self.order_w
        target_w = min(max(target_w, -self.limits.max_discharge_w), self.limits.max_charge_w)
        left = exp(-step.total_seconds() / self._time_constant_s)
        self.power_w = target_w + (self.power_w - target_w) * left


class ModeBattery(Battery):
    """A battery that knows full charge, standing still and its own house, and is not exact."""

    traits = Traits(Control.MODE, own_timer=None, regulates=True)

    still_w: float | None = 0.0

    def nearest(self, power_w: float, bounds: Bounds, own_house_w: float | None) -> float | None:
        assert own_house_w is None
        known_w = [self.limits.max_charge_w, self.still_w]
        allowed_w = [w for w in known_w if w is not None and bounds.lowest_w <= w <= bounds.highest_w]
        return min(allowed_w, key=lambda w: abs(w - power_w), default=None)


async def tried(battery: Battery) -> SelfTestResult:
    shares: list[float] = []
    result = await self_test(battery, battery.clock, battery.sleep, shares.append)
    assert battery.released
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    return result


async def test_a_battery_that_does_as_it_is_told_is_right() -> None:
    battery = Battery()

    result = await tried(battery)

    assert result.verdict is Verdict.RIGHT
    assert result.charge_w == pytest.approx(500, abs=25)
    assert result.discharge_w == pytest.approx(-500, abs=25)
    assert battery.orders == [0, 500, 0, -500, None]
    assert battery.now - NOW < timedelta(seconds=60)


@pytest.mark.parametrize(("maximum_w", "tried_w"), [(800, 200), (3_000, 300), (20_000, 500), (150, 150)])
async def test_the_power_that_is_tried_is_small_for_the_battery(maximum_w: float, tried_w: float) -> None:
    battery = Battery(maximum_w=maximum_w)

    result = await tried(battery)

    assert result.verdict is Verdict.RIGHT
    assert battery.orders == [0, tried_w, 0, -tried_w, None]


@pytest.mark.parametrize(
    ("battery", "verdict"),
    [
        (Battery(time_constant_s=10), Verdict.RIGHT),
        (Battery(noise_w=20), Verdict.RIGHT),
        (Battery(reports_every=timedelta(seconds=15)), Verdict.RIGHT),
        (Battery(heard=-1), Verdict.REVERSED),
        (Battery(measured=-1), Verdict.REVERSED),
        (Battery(heard=-1, time_constant_s=10), Verdict.REVERSED),
        (Battery(heard=0), Verdict.NO_RESPONSE),
        (Battery(heard=0, noise_w=5), Verdict.NO_RESPONSE),
        (Battery(heard=1000), Verdict.WRONG_UNIT),
        (Battery(measured=0.001), Verdict.WRONG_UNIT),
        (Battery(measured=1000), Verdict.WRONG_UNIT),
        (Battery(heard=0.1), Verdict.WRONG_UNIT),
        (Battery(heard=10), Verdict.WRONG_UNIT),
        (Battery(heard=10, maximum_w=800), Verdict.WRONG_UNIT),
        (Battery(reports_every=timedelta(hours=1)), Verdict.UNCLEAR),
    ],
    ids=[
        "slow",
        "noisy",
        "reports rarely",
        "reversed",
        "measured reversed",
        "slow and reversed",
        "dead",
        "dead with a hum",
        "kW for W",
        "measured in kW",
        "measured in mW",
        "ten times too weak",
        "ten times too strong",
        "ten times too strong for a small battery",
        "reports too rarely",
    ],
)
async def test_what_is_wrong_with_a_battery_is_seen(battery: Battery, verdict: Verdict) -> None:
    assert (await tried(battery)).verdict is verdict


@pytest.mark.parametrize("seed", range(20))
async def test_a_dead_battery_in_a_restless_house_is_never_taken_for_a_good_one(seed: int) -> None:
    loads = random.Random(seed)  # noqa: S311 - a house, not a secret
    house_w = [loads.uniform(-3_000, 3_000) for _ in range(400)]
    battery = Battery(heard=0, house_w=lambda second: house_w[second // 4])

    assert (await tried(battery)).verdict in {Verdict.NO_RESPONSE, Verdict.UNCLEAR}


async def test_a_battery_that_does_as_it_is_told_in_a_restless_house_is_right() -> None:
    battery = Battery(house_w=lambda second: 2_500.0 * (second % 7) - 5_000)

    assert (await tried(battery)).verdict is Verdict.RIGHT


async def test_a_power_without_a_sign_is_unclear() -> None:
    """A sensor that only tells how much, not which way."""

    class Unsigned(Battery):
        async def read(self) -> BatteryReading:
            found = await super().read()
            return BatteryReading(found.at, found.state_of_charge, abs(found.power_w), found.setpoint_w)

    assert (await tried(Unsigned())).verdict is Verdict.UNCLEAR


async def test_a_battery_that_takes_too_much_is_stopped_at_once() -> None:
    battery = Battery(heard=10, time_constant_s=0.2)
    strong: list[datetime] = []
    pass_ = battery._pass

    def watch(step: timedelta) -> None:
        pass_(step)
        strong.extend([battery.now] if battery.power_w > 2_000 else [])

    battery._pass = watch  # type: ignore[method-assign]
    await tried(battery)

    assert strong[-1] - strong[0] <= timedelta(seconds=3)


@pytest.mark.parametrize(("state_of_charge", "orders"), [(0.99, [0, -500, None]), (0.05, [0, 500, None])])
async def test_a_direction_that_the_state_of_charge_does_not_allow_is_left_out(
    state_of_charge: float, orders: list[float | None]
) -> None:
    battery = Battery(state_of_charge=state_of_charge)

    result = await tried(battery)

    assert result.verdict is Verdict.RIGHT
    assert battery.orders == orders
    assert (result.charge_w is None, result.discharge_w is None) == (500 not in orders, -500 not in orders)


async def test_a_battery_with_modes_is_tried_in_the_directions_that_it_can_be_ordered() -> None:
    battery = ModeBattery(maximum_w=800)

    result = await tried(battery)

    assert (result.verdict, result.discharge_w) == (Verdict.RIGHT, None)
    assert battery.orders == [0, 800, None]


async def test_a_battery_with_modes_that_charges_at_its_own_pace_is_right() -> None:
    assert (await tried(ModeBattery(maximum_w=800, heard=0.3))).verdict is Verdict.RIGHT


async def test_a_full_battery_that_can_only_be_charged_is_unclear() -> None:
    battery = ModeBattery(state_of_charge=1.0)

    assert await tried(battery) == SelfTestResult(Verdict.UNCLEAR, None, None)


async def test_a_battery_that_cannot_stand_still_is_released_in_between() -> None:
    battery = ModeBattery(maximum_w=800, house_w=lambda _second: 0.0)
    battery.still_w = None

    assert (await tried(battery)).verdict is Verdict.RIGHT
    assert battery.orders == [None, 800, None]


async def test_a_test_that_is_cancelled_releases_the_battery() -> None:
    battery = Battery()
    forever = asyncio.Event()

    async def sleep(_seconds: float) -> None:
        if battery.order_w:
            await forever.wait()
        await battery.sleep(2)

    task = asyncio.create_task(self_test(battery, battery.clock, sleep, lambda _share: None))
    while not battery.order_w:
        await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert battery.released


async def test_a_battery_that_stops_answering_is_said_to_and_released_once_it_can_be() -> None:
    battery = Battery()
    battery.fails_from = NOW + timedelta(seconds=10)
    release = battery.release
    asked: list[None] = []

    async def try_to_release() -> None:
        asked.append(None)
        await release()

    battery.release = try_to_release  # type: ignore[method-assign]
    with pytest.raises(BatteryError, match="no answer"):
        await self_test(battery, battery.clock, battery.sleep, lambda _share: None)

    assert asked
