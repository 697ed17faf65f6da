"""Batteries in memory, what is planned for them, and looks at them."""

from datetime import datetime, timedelta
from typing import Any

from custom_components.battery_commons.battery.controller import BatteryController, Outcome
from custom_components.battery_commons.battery.driver import (
    BatteryError,
    BatteryLimits,
    BatteryReading,
    Bounds,
    Control,
    Traits,
)
from custom_components.battery_commons.battery.house import ConnectionLimits, House, MeterReading
from custom_components.battery_commons.battery.settings import Settings
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


def plan(*power_w: float | None, lease_minutes: float = 45) -> BatteryPlan:
    quarter = timedelta(minutes=15)
    slots = tuple(
        Slot(NOW + i * quarter, NOW + (i + 1) * quarter, power, VillageReason.HIGH_PRICE)
        for i, power in enumerate(power_w)
    )
    return BatteryPlan(7, NOW + timedelta(minutes=lease_minutes), slots)


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
