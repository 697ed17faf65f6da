"""When a battery is written to, and that an order of ours never goes on unanswered for."""

from datetime import datetime, timedelta

import pytest

from custom_components.battery_commons.battery.controller import BatteryController
from custom_components.battery_commons.battery.driver import (
    BatteryError,
    BatteryLimits,
    BatteryReading,
    Control,
    Traits,
)
from custom_components.battery_commons.battery.follower import Mode, Reason
from custom_components.battery_commons.battery.settings import Settings
from custom_components.battery_commons.community.plan import BatteryPlan, Slot, VillageReason
from tests.home.village import NOW


class Device:
    """A battery in memory that behaves as a real one does: an order ends by its own timer."""

    limits = BatteryLimits(10_000, 5_000, 5_000)
    traits = Traits(Control.WATTS, own_timer=timedelta(days=1), regulates=True)

    def __init__(self) -> None:
        self.now = NOW
        self.order: tuple[float, datetime] | None = None
        self.writes: list[float | None] = []
        self.lost = False

    def clock(self) -> datetime:
        return self.now

    async def read(self) -> BatteryReading:
        self._answer()
        if self.order and self.order[1] <= self.now:
            self.order = None
        power = self.order[0] if self.order else 0.0
        return BatteryReading(self.now, 0.5, power, self.order[0] if self.order else None)

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
