"""A whole village in processes of its own: a coordinator, two real Home Assistants, ten Modbus batteries."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from battery_commons.domain.plan import ControlModel
from battery_commons.simulation.demo_day import demo_day
from battery_commons.simulation.village import load_village
from demo.village import Options, RunningVillage, running_village

SPEED = 60.0
"""Slots of 15 s and leases of 45 s: long enough to restart something within one."""


@pytest.fixture(scope="session")
async def running(worker_id: str) -> AsyncIterator[RunningVillage]:
    """Start the village on a sunny forenoon, on ports of its own for each of the tests' processes."""
    worker = 0 if worker_id == "master" else int(worker_id.removeprefix("gw"))
    village = load_village()
    options = Options(
        speed=SPEED,
        real_homes=2,
        model=ControlModel.M4,
        port_base=28_477 + 1_000 * worker,
        begins_at=demo_day(village) + timedelta(hours=9),
    )
    async with running_village(village, options, print) as started:
        yield started
