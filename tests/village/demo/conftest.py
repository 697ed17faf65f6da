"""A clock that stands still until a test moves it, and a battery on a real port."""

import socket
import warnings
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import override

import pytest

from battery_commons.domain.battery import Battery
from battery_commons.domain.time import ScaledClock
from battery_commons.simulation.battery import PhysicalBattery
from demo.battery_simulator import BatterySimulator

with warnings.catch_warnings():
    # Home Assistant's own import warns (it inherits from aiohttp's Application); here a warning is an error.
    warnings.simplefilter("ignore", DeprecationWarning)
    import custom_components.battery_commons  # noqa: F401 - so that it is imported here, and quietly

WALL = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
VILLAGE = datetime(2016, 6, 14, 10, 0, tzinfo=UTC)
SPEED = 60.0
SPEC = Battery(id="h1/b1", transformer_id="t1", capacity_wh=10_000, max_charge_w=5_000, max_discharge_w=4_000)


@dataclass(frozen=True)
class HandClock(ScaledClock):
    """A clock that a test moves by hand, in wall seconds."""

    passed: list[float]

    @override
    def now(self) -> datetime:
        return self.to_village(self.wall_origin + timedelta(seconds=sum(self.passed)))

    def wait(self, wall_seconds: float) -> None:
        """Let wall time pass."""
        self.passed.append(wall_seconds)


@dataclass
class House:
    """A house whose load a test sets."""

    load_w: float = 800.0

    def __call__(self, _moment: datetime) -> float:
        """Return the load, whatever the time."""
        return self.load_w


@pytest.fixture
def clock() -> HandClock:
    return HandClock(speed=SPEED, wall_origin=WALL, village_origin=VILLAGE, passed=[])


@pytest.fixture
def house() -> House:
    return House()


@pytest.fixture
def simulator(clock: HandClock, house: House) -> BatterySimulator:
    return BatterySimulator(
        battery=PhysicalBattery(SPEC, 5_000), serial="BC-0001", house_w=house, clock=clock
    )


@pytest.fixture
def port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        free: int = probe.getsockname()[1]
        return free


@pytest.fixture
async def served(simulator: BatterySimulator, port: int) -> AsyncIterator[BatterySimulator]:
    await simulator.listen("127.0.0.1", port)
    yield simulator
    await simulator.drop_link()
