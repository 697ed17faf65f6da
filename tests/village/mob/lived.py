"""A village with a past in a real database: what it drew, evening after evening."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import override

import numpy as np

from battery_commons.domain.battery import Battery
from battery_commons.domain.grid import CongestionSignal, Transformer
from battery_commons.domain.reading import BatteryReading, MeterReading
from battery_commons.domain.situation import Situation
from battery_commons.domain.time import SLOT, TimeGrid, WallClock
from battery_commons.mob.baseline import around
from battery_commons.mob.keeping.keeper import MobKeeper
from battery_commons.store import Store
from battery_commons.store.records import HomeBattery
from battery_commons.tick.planner import Decision

FIRST = datetime(2026, 1, 1, 16, tzinfo=UTC)
"""The first evening: 17:00 on the wall's clock."""
HOURS = around(TimeGrid(FIRST, 24))
"""The two hours of a window and the four after it, with those around them."""
HOMES = ("zon", "accu", "stil")
"""One with a meter, one with a battery as well, one that shares nothing."""


@dataclass
class SetClock(WallClock):
    """A clock that shows what it is told to."""

    at: datetime = FIRST

    @override
    def now(self) -> datetime:
        return self.at


@dataclass
class LivedVillage:
    """One transformer and three homes. Every evening is 60 kW, a home's 1 kW, with a little noise."""

    store: Store
    clock: SetClock = field(default_factory=SetClock)
    decided: tuple[Situation, Decision] | None = None
    homes: dict[str, str] = field(default_factory=dict)
    """Ids by name."""
    names: Sequence[str] = HOMES
    metered: bool = True
    """Whether the transformer has a meter."""
    battery: tuple[str, str] = "accu", "b1"
    """Whose it is, and what that home calls it."""
    rng: np.random.Generator = field(default_factory=lambda: np.random.default_rng(7))

    def __post_init__(self) -> None:
        """Let the homes join, unless they have."""
        if not self.store.homes():
            self._found()
        self.homes = {home.name: home.id for home in self.store.homes()}
        self.keeper = MobKeeper(self.store, self.clock, lambda: self.decided)

    def _found(self) -> None:
        self.store.put_transformer(Transformer("t1", "Brink", 100_000))
        for name in self.names:
            self.store.add_invitation("t1", f"code-{name}", FIRST + timedelta(days=1))
            self.store.join(f"code-{name}", name, [], FIRST)
        self.homes = {home.name: home.id for home in self.store.homes()}
        self.has_battery(*self.battery)

    def has_battery(self, name: str, battery_id: str) -> None:
        """Have a home say that this is its battery, and no other; it is the one that `live` is about."""
        home_id = self.homes[name]
        self.battery = name, battery_id
        battery = Battery(f"{home_id}/{battery_id}", "t1", 10_000, 5_000, 5_000)
        self.store.describe_home(home_id, [], [HomeBattery(home_id, battery_id, "Garage", battery)])

    def evening(self, day: int) -> datetime:
        """Return when the evening of a day begins."""
        return FIRST + timedelta(days=day)

    def live(
        self, day: int, change_w: float = 0.0, battery_w: float = 0.0, silent: Collection[str] = ()
    ) -> None:
        """Let an evening pass: in its first two hours village and homes draw `change_w` more, each.

        `battery_w` is what the battery draws meanwhile. Of homes that are `silent` nothing is known.
        """
        starts = self._hours(day)
        change = np.where(
            [self.evening(day) <= at < self.evening(day) + 8 * SLOT for at in starts], change_w, 0.0
        )
        level = self.rng.normal(0, 200)
        house = 1_000 + self.rng.normal(0, 20, HOURS.slots) + self.rng.normal(0, 30) + change
        whole = 60_000 + level + self.rng.normal(0, 100, HOURS.slots) + change + battery_w
        if self.metered:
            self._meter("t1", starts, whole)
        for name in sorted(self.homes.keys() - {"stil", *silent}):
            of_battery_w = battery_w if name == self.battery[0] else 0.0
            readings = [
                MeterReading(at, float(w)) for at, w in zip(starts, house + of_battery_w, strict=True)
            ]
            self.store.add_house_readings(self.homes[name], readings)
        if self.battery[0] not in silent:
            self.battery_reports(day, battery_w)

    def battery_reports(self, day: int, battery_w: float) -> None:
        """Have the battery's home tell of an evening what that drew."""
        starts = self._hours(day)
        name, battery_id = self.battery
        battery = f"{self.homes[name]}/{battery_id}"
        self.store.add_battery_readings(
            self.homes[name],
            [BatteryReading(battery, at, 0.5, battery_w, None, "village", "hold", None) for at in starts],
        )

    def live_through(self, days: range) -> None:
        """Let evenings pass without a code."""
        with self.store.together():
            for day in days:
                self.live(day)

    def announce(
        self, day: int, hours_ahead: float = 5, code: CongestionSignal = CongestionSignal.RED
    ) -> str:
        """Announce the first two hours of an evening, and let the keeper see it."""
        start = self.evening(day)
        self.clock.at = start - timedelta(hours=hours_ahead)
        code_id = self.store.announce_code(code, start, start + 8 * SLOT, self.clock.at)
        self.keeper.look()
        return code_id

    def look_after(self, day: int, hours: float) -> None:
        """Have the keeper look so long after an evening began."""
        self.clock.at = self.evening(day) + timedelta(hours=hours)
        self.keeper.look()

    def _hours(self, day: int) -> list[datetime]:
        return [at + timedelta(days=day) for at in HOURS.starts()]

    def _meter(self, transformer_id: str, starts: list[datetime], loads_w: np.ndarray) -> None:
        self.store.add_meter_readings(
            transformer_id, [MeterReading(at, float(w)) for at, w in zip(starts, loads_w, strict=True)]
        )
