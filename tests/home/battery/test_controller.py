"""When a battery is written to, and that an order of ours never goes on unanswered for."""

import math
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from custom_components.battery_commons.battery.controller import BatteryController, Outcome
from custom_components.battery_commons.battery.driver import (
    BatteryError,
    BatteryLimits,
    BatteryReading,
    Bounds,
    Control,
    Traits,
)
from custom_components.battery_commons.battery.follower import FULL, Mode, Reason
from custom_components.battery_commons.battery.house import (
    GUARD_MARGIN_W,
    ConnectionLimits,
    House,
    MeterReading,
)
from custom_components.battery_commons.battery.settings import Preference, Settings
from custom_components.battery_commons.battery.watch import Finding
from custom_components.battery_commons.community.plan import BatteryPlan, Slot, VillageReason
from tests.home.village import NOW


class Device:
    """A battery in memory that behaves as a real one does: an order ends by its own timer, if it has one."""

    limits = BatteryLimits(10_000, 5_000, 5_000)

    def __init__(
        self,
        *,
        control: Control = Control.WATTS,
        own_timer: timedelta | None = timedelta(days=1),
        regulates: bool = True,
    ) -> None:
        self.traits = Traits(control, own_timer, regulates)
        self.now = NOW
        self.order: tuple[float, datetime] | None = None
        self.writes: list[float | None] = []
        self.lost = False
        self.state_of_charge = 0.5
        self.does_w: float | None = None
        """What it does whatever it is told; None where it does as it is told."""

    def clock(self) -> datetime:
        return self.now

    async def read(self) -> BatteryReading:
        self._answer()
        if self.order and self.traits.own_timer and self.order[1] <= self.now:
            self.order = None
        ordered_w = self.order[0] if self.order else None
        power_w = (ordered_w or 0.0) if self.does_w is None else self.does_w
        return BatteryReading(self.now, self.state_of_charge, power_w, ordered_w)

    async def set_power(self, power_w: float, revert_after_s: int) -> None:
        self._answer()
        self.writes.append(power_w)
        self.order = (power_w, self.now + timedelta(seconds=revert_after_s))

    async def release(self) -> None:
        self._answer()
        self.writes.append(None)
        self.order = None

    def _answer(self) -> None:
        if self.lost:
            raise BatteryError("no answer")


class SteppedDevice(Device):
    """A battery that charges at full power, stands still, or serves its own house."""

    def __init__(self, **traits: Any) -> None:
        super().__init__(control=Control.MODE, own_timer=None, **traits)
        self.asked: list[tuple[float, Bounds, float | None]] = []
        self.steps_w: tuple[float, ...] = (0.0, 5_000.0)

    def nearest(self, power_w: float, bounds: Bounds, own_house_w: float | None) -> float | None:
        self.asked.append((power_w, bounds, own_house_w))
        return min(self.steps_w, key=lambda step_w: abs(step_w - power_w))


@pytest.fixture
def device() -> Device:
    return Device()


@pytest.fixture
def controller(device: Device) -> BatteryController:
    return BatteryController(device, device.clock)


def plan(*power_w: float | None, lease_minutes: float = 45) -> BatteryPlan:
    quarter = timedelta(minutes=15)
    slots = tuple(
        Slot(NOW + i * quarter, NOW + (i + 1) * quarter, power, VillageReason.HIGH_PRICE)
        for i, power in enumerate(power_w)
    )
    return BatteryPlan(7, NOW + timedelta(minutes=lease_minutes), slots)


async def test_a_setpoint_is_written_once_and_not_again_while_nothing_changes(
    controller: BatteryController, device: Device
) -> None:
    for _ in range(10):
        await controller.step(plan(-2000), Settings())
        device.now += timedelta(seconds=30)

    assert device.writes == [-2000]


async def test_a_change_within_the_dead_band_is_not_worth_a_write(
    controller: BatteryController, device: Device
) -> None:
    await controller.step(plan(-2000), Settings())
    await controller.step(plan(-2020), Settings())
    assert device.writes == [-2000]

    await controller.step(plan(-2030), Settings())
    assert device.writes == [-2000, -2030]


async def test_a_stop_is_written_however_small_the_power_was(
    controller: BatteryController, device: Device
) -> None:
    await controller.step(plan(-20), Settings())
    await controller.step(plan(0), Settings())

    assert device.writes == [-20, 0]


async def test_the_timer_is_renewed_in_every_slot_also_where_the_power_stays(
    controller: BatteryController, device: Device
) -> None:
    two_slots = plan(-2000, -2000)
    await controller.step(two_slots, Settings())
    device.now += timedelta(minutes=15)
    await controller.step(two_slots, Settings())

    assert device.writes == [-2000, -2000]
    assert device.order is not None
    assert device.order[1] == NOW + timedelta(minutes=30, seconds=10)


@pytest.mark.parametrize("lease_minutes", [5, 15])
async def test_a_lease_that_was_shortened_shortens_the_timer(
    controller: BatteryController, device: Device, lease_minutes: float
) -> None:
    await controller.step(plan(-2000), Settings())
    await controller.step(plan(-2000, lease_minutes=lease_minutes), Settings())

    assert device.order == (-2000, NOW + timedelta(minutes=lease_minutes))


async def test_a_reserve_that_was_raised_shortens_the_timer(
    controller: BatteryController, device: Device
) -> None:
    """At half of 10 kWh, 200 Wh lie above a reserve of 48 %: six minutes at 2 kW."""
    await controller.step(plan(-2000), Settings())
    await controller.step(plan(-2000), Settings(reserve=0.48))

    assert device.order is not None
    assert abs(device.order[1] - (NOW + timedelta(minutes=6))) <= timedelta(seconds=1)


async def test_the_devices_own_timer_ends_the_order_when_nobody_comes_back(
    controller: BatteryController, device: Device
) -> None:
    await controller.step(plan(-2000, lease_minutes=5), Settings())
    device.now += timedelta(minutes=5)

    assert (await device.read()).setpoint_w is None


async def test_a_battery_is_released_when_the_lease_is_over(
    controller: BatteryController, device: Device
) -> None:
    await controller.step(plan(-2000, lease_minutes=5), Settings())
    device.now += timedelta(minutes=4, seconds=59.5)
    outcome = await controller.step(plan(-2000, lease_minutes=5), Settings())

    assert device.order is None
    assert outcome.decision.reason is Reason.LEASE_EXPIRED


async def test_a_release_is_written_once(controller: BatteryController, device: Device) -> None:
    await controller.step(plan(-2000), Settings())
    for _ in range(5):
        await controller.step(plan(-2000), Settings(paused=True))

    assert device.writes == [-2000, None]


async def test_an_order_found_at_the_start_is_taken_back_when_no_lease_asks_for_it(
    controller: BatteryController, device: Device
) -> None:
    device.order = (-5000, NOW + timedelta(hours=1))

    await controller.step(None, Settings())

    assert device.order is None


async def test_a_lease_that_still_runs_is_resumed_at_the_start(
    controller: BatteryController, device: Device
) -> None:
    device.order = (-2000, NOW + timedelta(seconds=30))

    outcome = await controller.step(plan(-2000), Settings())

    assert outcome.decision.mode is Mode.VILLAGE
    assert device.order is not None
    assert device.order[1] > NOW + timedelta(minutes=14)


async def test_an_order_of_somebody_else_is_left_alone_once_ours_has_ended(
    controller: BatteryController, device: Device
) -> None:
    await controller.step(None, Settings())
    device.order = (1000, NOW + timedelta(hours=1))

    await controller.step(None, Settings())

    assert device.order is not None


async def test_a_lost_battery_is_said_to_be_lost_and_followed_again_when_it_is_back(
    controller: BatteryController, device: Device
) -> None:
    await controller.step(plan(-2000), Settings())
    device.lost = True
    lost = await controller.step(plan(-2000), Settings())
    device.lost = False
    back = await controller.step(plan(-2000), Settings())

    assert (lost.reading, lost.decision.mode, lost.problem) == (None, Mode.UNREACHABLE, "no answer")
    assert back.decision.mode is Mode.VILLAGE
    assert device.writes == [-2000, -2000]


async def test_an_order_left_behind_by_a_loss_is_taken_back_when_the_battery_is_back(
    controller: BatteryController, device: Device
) -> None:
    await controller.step(plan(-2000), Settings())
    device.lost = True
    await controller.step(plan(-2000), Settings(paused=True))
    device.lost = False
    await controller.step(plan(-2000), Settings(paused=True))

    assert device.order is None


async def look(
    controller: BatteryController,
    device: Device,
    current: BatteryPlan | None,
    times: int = 1,
    *,
    decided: Settings | None = None,
    house: House | None = None,
) -> Outcome:
    """Look every five seconds; return what the last look found."""
    for _ in range(times):
        outcome = await controller.step(current, decided or Settings(), lambda: house or House())
        device.now += timedelta(seconds=5)
        if device.lost:
            continue
        device.state_of_charge += (await device.read()).power_w * 5 / 3600 / device.limits.capacity_wh
    return outcome


def metered(device: Device, power_w: float, limits: ConnectionLimits | None = None) -> House:
    return House(limits or ConnectionLimits(), MeterReading(device.now, power_w))


async def test_shadow_mode_leaves_the_battery_alone_also_when_it_starts() -> None:
    """On the first day somebody else may steer it."""
    device = Device()
    device.order = (1_000, NOW + timedelta(hours=1))
    outcome = await look(
        BatteryController(device, device.clock), device, plan(-2000), 20, decided=Settings(shadow=True)
    )

    assert device.writes == []
    assert (outcome.decision.mode, outcome.decision.setpoint_w) == (Mode.SHADOW, -2000)


async def test_shadow_mode_ends_an_order_of_ours_once(controller: BatteryController, device: Device) -> None:
    await look(controller, device, plan(-2000))
    await look(controller, device, plan(-2000), 10, decided=Settings(shadow=True))

    assert device.writes == [-2000, None]


async def test_shadow_mode_leaves_a_battery_alone_that_does_not_regulate() -> None:
    device = Device(regulates=False)
    controller = BatteryController(device, device.clock)
    for decided in (Settings(shadow=True), Settings(shadow=True, paused=True)):
        await look(controller, device, plan(None), 10, decided=decided, house=metered(device, 2_000))

    assert device.writes == []


async def test_a_lost_battery_in_shadow_mode_keeps_the_order_of_somebody_else() -> None:
    device = Device()
    controller = BatteryController(device, device.clock)
    await look(controller, device, None, decided=Settings(shadow=True))
    device.lost = True
    await look(controller, device, None, decided=Settings(shadow=True))
    device.lost, device.order = False, (1_000, NOW + timedelta(hours=1))
    await look(controller, device, None, 10, decided=Settings(shadow=True))

    assert device.writes == []


async def test_a_pause_ends_by_itself(controller: BatteryController, device: Device) -> None:
    pause = Settings(paused=True, paused_until=NOW + timedelta(minutes=5))
    paused = await look(controller, device, plan(-2000), 60, decided=pause)
    assert (paused.decision.mode, device.writes) == (Mode.PAUSED, [])

    after = await look(controller, device, plan(-2000), decided=pause)
    assert (after.decision.mode, device.writes) == (Mode.VILLAGE, [-2000])


async def test_a_timer_of_a_minute_is_set_again_in_time_and_no_more_often_than_that_takes() -> None:
    device = Device(own_timer=timedelta(seconds=60))
    controller = BatteryController(device, device.clock)
    orders = []
    for _ in range(12 * 14):
        await look(controller, device, plan(-2000))
        orders.append((await device.read()).setpoint_w)

    assert set(orders) == {-2000}
    assert 14 * 60 / 60 <= len(device.writes) <= 14 * 60 / 30


async def test_a_battery_without_a_timer_is_told_once_and_released_when_the_lease_ends() -> None:
    device = Device(own_timer=None)
    controller = BatteryController(device, device.clock)
    await look(controller, device, plan(-2000, -2000, lease_minutes=20), 12 * 20 - 1)
    assert device.writes == [-2000]

    device.now = NOW + timedelta(minutes=19, seconds=59.5)
    await look(controller, device, plan(-2000, -2000, lease_minutes=20))
    assert device.writes == [-2000, None]


async def test_an_order_that_a_battery_is_slow_to_tell_is_taken_back_all_the_same() -> None:
    """The order is given, and the resident pauses before the battery's sensors show it."""
    device = Device(own_timer=None)
    controller = BatteryController(device, device.clock)
    await look(controller, device, plan(-2000))
    device.order = None
    await look(controller, device, plan(-2000), decided=Settings(paused=True))

    assert device.writes == [-2000, None]


async def test_a_battery_that_only_knows_steps_is_ordered_one_within_its_bounds() -> None:
    device = SteppedDevice()
    controller = BatteryController(device, device.clock)
    outcome = await look(controller, device, plan(3000), house=metered(device, 700.0))

    assert (device.writes, outcome.decision.setpoint_w) == ([5_000], 5_000)
    assert device.asked == [(3_000, Bounds(-5_000, 5_000), -700)]


async def test_a_step_beyond_what_is_allowed_is_not_ordered() -> None:
    device = SteppedDevice()
    controller = BatteryController(device, device.clock)
    house = metered(device, 700.0, ConnectionLimits(import_w=4_000))
    outcome = await look(controller, device, plan(3000), house=house)

    assert device.asked[0][1] == Bounds(-5_000, 3_300)
    assert (device.writes, outcome.decision.setpoint_w) == ([], None)


@pytest.mark.parametrize("step_w", [math.nan, math.inf])
async def test_a_step_that_is_no_power_is_not_ordered(step_w: float) -> None:
    device = SteppedDevice()
    device.steps_w = (step_w,)
    await look(BatteryController(device, device.clock), device, plan(3000), house=metered(device, 0))

    assert device.writes == []


@pytest.mark.parametrize("decided", [Settings(), Settings(paused=True)])
async def test_a_battery_that_does_not_regulate_is_made_to_serve_its_house(decided: Settings) -> None:
    device = Device(regulates=False)
    controller = BatteryController(device, device.clock)
    outcome = await look(controller, device, plan(None), decided=decided, house=metered(device, 900.0))

    assert device.writes == [-900]
    assert outcome.decision.mode is (Mode.PAUSED if decided.paused else Mode.SELF_CONSUMPTION)
    assert outcome.decision.setpoint_w == -900


async def test_a_battery_that_does_not_regulate_stands_still_without_a_meter() -> None:
    device = Device(regulates=False)
    controller = BatteryController(device, device.clock)
    await look(controller, device, None, house=metered(device, 900.0))
    device.now += timedelta(minutes=1, seconds=1)
    await look(controller, device, None, house=House(meter=MeterReading(NOW, 900.0)))

    assert device.writes == [-900, None]


async def test_limits_that_cannot_be_guarded_release_the_battery(
    controller: BatteryController, device: Device
) -> None:
    limits = ConnectionLimits(import_w=5_000)
    await look(controller, device, plan(2000), house=metered(device, 900.0, limits))
    outcome = await look(controller, device, plan(2000), house=House(limits))

    assert device.writes == [2000, None]
    assert outcome.decision.reason is Reason.METER_LOST


async def test_two_batteries_do_not_both_take_what_is_left_of_one_connection() -> None:
    """Neither has moved yet when the other decides."""
    first, second = Device(), Device()
    one, other = BatteryController(first, first.clock), BatteryController(second, second.clock)
    limits, meter = ConnectionLimits(import_w=6_000), MeterReading(NOW, 1_000.0)
    await one.step(plan(4000), Settings(), lambda: House(limits, meter, [other.trail]))
    await other.step(plan(4000), Settings(), lambda: House(limits, meter, [one.trail]))

    assert (first.writes, second.writes) == ([4_000], [1_000])


async def test_two_batteries_that_are_reduced_give_up_no_more_than_they_must() -> None:
    first, second = Device(), Device()
    one, other = BatteryController(first, first.clock), BatteryController(second, second.clock)
    limits, load_w = ConnectionLimits(import_w=6_000), 500.0
    for turn in range(8):
        if turn == 4:
            load_w = 2_500.0
        drawn_w = sum(device.order[0] for device in (first, second) if device.order)
        meter = MeterReading(first.now, load_w + drawn_w)
        await one.step(plan(2500), Settings(), partial(House, limits, meter, [other.trail]))
        await other.step(plan(2500), Settings(), partial(House, limits, meter, [one.trail]))
        first.now += timedelta(seconds=5)
        second.now += timedelta(seconds=5)

    # 1.5 kW too much, and the margin that is kept for a minute.
    assert (first.writes, second.writes) == ([2_500, 1_000 - GUARD_MARGIN_W], [2_500])


async def test_a_second_controller_is_left_the_battery_for_half_an_hour(
    controller: BatteryController, device: Device
) -> None:
    for _ in range(3):
        await look(controller, device, plan(-2000), 2)
        device.order = (1_500, NOW + timedelta(hours=2))
    outcome = await look(controller, device, plan(-2000))
    assert set(outcome.findings) == {Finding.SECOND_CONTROLLER}
    assert outcome.decision.reason is Reason.SECOND_CONTROLLER

    device.writes.clear()
    device.order = (1_500, NOW + timedelta(hours=2))
    await look(controller, device, plan(-2000), 12 * 12)
    assert device.writes == []


async def test_a_resident_who_has_put_things_right_is_believed_at_once(
    controller: BatteryController, device: Device
) -> None:
    device.does_w = 2_000
    await look(controller, device, plan(-2000), 30)
    assert device.order is None

    controller.trust_again()
    device.does_w = None
    outcome = await look(controller, device, plan(-2000))

    assert (outcome.findings, outcome.decision.mode) == ({}, Mode.VILLAGE)


async def test_a_reversed_battery_is_not_regulated_either() -> None:
    device = Device(regulates=False)
    device.does_w = 1_000
    controller = BatteryController(device, device.clock)
    for _ in range(30):
        outcome = await look(controller, device, None, house=metered(device, 2_000.0))

    assert Finding.SIGN_REVERSED in outcome.findings
    assert device.order is None


@pytest.mark.parametrize("jump", [-timedelta(hours=1), timedelta(minutes=20), timedelta(days=400)])
async def test_a_clock_that_is_set_leaves_no_order_behind(
    controller: BatteryController, device: Device, jump: timedelta
) -> None:
    await look(controller, device, plan(-2000))
    device.now += jump
    device.order = (-2000, datetime.max.replace(tzinfo=NOW.tzinfo))  # The device's own timer knows no clock.
    await look(controller, device, plan(-2000), 2)

    assert device.order is None


@dataclass
class Moment:
    """What a look may come upon."""

    powers_w: list[float | None]
    lease_s: float
    passed_s: float
    state_of_charge: float
    settings: Settings
    limits: ConnectionLimits
    meter_w: float
    meter_age_s: float
    others_w: list[float] = field(default_factory=list)


watts = st.floats(-20_000, 20_000)
any_float = st.floats(allow_nan=True, allow_infinity=True)
moments = st.builds(
    Moment,
    powers_w=st.lists(st.none() | any_float, min_size=1, max_size=4),
    lease_s=st.floats(-100, 3_600),
    passed_s=st.floats(0, 600),
    state_of_charge=st.floats(0, 1),
    settings=st.builds(
        Settings,
        paused=st.booleans(),
        reserve=st.floats(0, 1),
        preference=st.sampled_from(Preference),
        max_power_w=st.none() | st.floats(0, 10_000),
        shadow=st.booleans(),
    ),
    limits=st.builds(ConnectionLimits, st.just(math.inf) | st.floats(0, 20_000), st.floats(0, 20_000)),
    meter_w=any_float | watts,
    meter_age_s=st.floats(-200, 200) | st.just(0.0),
)


@pytest.mark.parametrize("kind", [Device, SteppedDevice])
@pytest.mark.parametrize("regulates", [True, False])
@given(met=st.lists(moments, min_size=1, max_size=6))
@settings(max_examples=60, deadline=None)
async def test_nothing_that_a_look_may_come_upon_makes_an_order_that_must_not_be(
    kind: type[Device],
    *,
    regulates: bool,
    met: list[Moment],
) -> None:
    device = kind(regulates=regulates)
    controller = BatteryController(device, device.clock)
    for moment in met:
        device.now += timedelta(seconds=moment.passed_s)
        device.state_of_charge = moment.state_of_charge
        lease_until = device.now + timedelta(seconds=moment.lease_s)
        slots = tuple(
            Slot(
                device.now + i * (q := timedelta(minutes=15)), device.now + (i + 1) * q, w, VillageReason.HOLD
            )
            for i, w in enumerate(moment.powers_w)
        )
        meter = MeterReading(device.now - timedelta(seconds=moment.meter_age_s), moment.meter_w)
        already = (await device.read()).power_w
        device.writes.clear()

        outcome = await controller.step(
            BatteryPlan(1, lease_until, slots), moment.settings, partial(House, moment.limits, meter)
        )

        for written_w in device.writes:
            if written_w is None:
                continue
            decision = outcome.decision
            assert not moment.settings.shadow
            assert math.isfinite(written_w)
            assert -5_000 <= written_w <= 5_000
            assert written_w <= 0 or moment.state_of_charge < FULL
            if decision.mode is Mode.VILLAGE:
                assert abs(written_w) <= moment.settings.capped_w(5_000) + 1
                assert written_w >= 0 or moment.state_of_charge > moment.settings.floor
                assert device.order is not None
                assert device.order[1] <= lease_until
            else:
                assert not regulates
                assert moment.state_of_charge > 0 or written_w >= 0
            if moment.limits.bind:
                assert math.isfinite(moment.meter_w)
                assert abs(moment.meter_age_s) <= 60
            if moment is met[0] and moment.meter_age_s == 0:
                # The battery has stood still so far: what the meter shows is the house, and it may not be
                # brought further beyond a limit than it is.
                limits, house_w = moment.limits, moment.meter_w - already
                assert limits.excess_w(house_w + written_w) <= limits.excess_w(house_w) + 1
