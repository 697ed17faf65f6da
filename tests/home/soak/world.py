"""The house as it really is: what it draws, what its batteries do, and a clock that may be wrong."""

import math
import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

FUSE_A = 35
FUSE_W = 230.0 * FUSE_A
EFFICIENCY = 0.95


@dataclass
class Clock:
    """The time as it is, and the time that the home believes it is."""

    start: datetime
    second: int = 0
    """Seconds since the start: nobody can set these."""
    wrong_by: timedelta = timedelta()

    @property
    def true_time(self) -> datetime:
        return self.start + timedelta(seconds=self.second)

    @property
    def wall_time(self) -> datetime:
        return self.true_time + self.wrong_by


class Order(Protocol):
    """What makes a battery do something."""

    @property
    def order_w(self) -> float | None:
        """The power that it is under orders to keep, positive = charge; None while it serves its house."""
        ...

    def advance(self, second: int) -> None:
        """Let a second pass."""
        ...


@dataclass
class SimulatedBattery:
    """A battery that does what it is told, also when that is wrong: nothing but an order protects it."""

    name: str
    capacity_wh: float
    maximum_w: float
    state_of_charge: float
    order: Order
    stops_when_full: bool = False
    """Whether it stops by itself when an order has filled it."""
    time_constant_s: float = 1.5
    power_w: float = 0.0
    charged_wh: float = 0.0
    discharged_wh: float = 0.0

    def advance(self, second: int, own_house_w: float) -> None:
        """Let a second pass in which its house would have it draw `own_house_w`."""
        self.order.advance(second)
        order_w = self.order.order_w
        target_w = own_house_w if order_w is None else order_w
        target_w = min(max(target_w, -self.maximum_w), self.maximum_w)
        protects_itself = order_w is None or self.stops_when_full
        if protects_itself and self.state_of_charge >= 1:
            target_w = min(target_w, 0.0)
        if order_w is None and self.state_of_charge <= 0.05:
            target_w = max(target_w, 0.0)
        self.power_w += (target_w - self.power_w) * (1 - math.exp(-1 / self.time_constant_s))
        moved_wh = self.power_w / 3600
        self.charged_wh += max(moved_wh, 0.0)
        self.discharged_wh += max(-moved_wh, 0.0)
        stored_wh = moved_wh * EFFICIENCY if moved_wh > 0 else moved_wh / EFFICIENCY
        self.state_of_charge += stored_wh / self.capacity_wh


@dataclass
class Appliance:
    """Something that draws much for a while."""

    power_w: float
    lasts_s: tuple[int, int]
    times_a_day: int


APPLIANCES = (
    Appliance(2_000, (120, 300), 12),  # kettle
    Appliance(2_400, (900, 2_400), 3),  # oven
    Appliance(1_800, (1_800, 4_000), 3),  # washing machine, dryer
    Appliance(3_700, (5_000, 9_000), 1),  # car
)


@dataclass
class House:
    """Draws by chance, but the same for the same seed."""

    seed: int
    seconds: int
    rest_w: list[float] = field(init=False)
    """What it draws without batteries, second by second."""

    def __post_init__(self) -> None:
        """Draw what it draws."""
        chance = random.Random(self.seed)  # noqa: S311 - a house, not a secret
        self.rest_w = [0.0] * self.seconds
        base_w, cloud, cloud_target = 300.0, 1.0, 1.0
        for second in range(self.seconds):
            hour = second / 3600 % 24
            if second % 60 == 0:
                base_w = 250 + 100 * chance.random() + (500 if 17 <= hour < 23 else 0)
                cloud_target = chance.choice([0.2, 0.5, 0.9, 1.0]) if chance.random() < 0.2 else cloud_target
            cloud += (cloud_target - cloud) / 20
            sun = max(0.0, math.sin((hour - 6) / 12 * math.pi)) if 6 <= hour <= 18 else 0.0
            self.rest_w[second] = base_w - 4_500 * sun * cloud
        for appliance in APPLIANCES:
            for _ in range(max(1, round(appliance.times_a_day * self.seconds / 86_400))):
                start = chance.randrange(self.seconds)
                for second in range(start, min(self.seconds, start + chance.randint(*appliance.lasts_s))):
                    self.rest_w[second] += appliance.power_w


@dataclass
class World:
    """Everything together, second by second."""

    clock: Clock
    house: House
    batteries: list[SimulatedBattery]
    grid_w: float = 0.0

    @property
    def rest_w(self) -> float:
        return self.house.rest_w[self.clock.second]

    def advance(self) -> None:
        """Let a second pass. Batteries that serve the house share it, the first one first."""
        for battery in self.batteries:
            others_w = sum(other.power_w for other in self.batteries if other is not battery)
            battery.advance(self.clock.second, -(self.rest_w + others_w))
        self.grid_w = self.rest_w + sum(battery.power_w for battery in self.batteries)
        self.clock.second += 1
