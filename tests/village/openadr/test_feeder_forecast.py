"""What the operator expects of the medium-voltage feeder, from its server over real HTTP to the plan."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from battery_commons.domain.grid import FEEDER_ID
from battery_commons.domain.plan import ControlModel, Plan
from battery_commons.domain.reading import MeterReading
from battery_commons.domain.time import SLOT, WallClock, slot_start
from battery_commons.openadr.in_force import EventsInForce
from battery_commons.openadr.ven import OperatorLines
from battery_commons.store import Store
from tests.village.flexibility.test_activation_log import SOON_S, street
from tests.village.openadr.village_line import QUICK, line_to
from tests.village.openadr.vtn_peer import vtn

LOW_KW, PEAK_KW = 200.0, 400.0
SLOTS = 8
"""How long an interval of the forecast is; the second is the peak."""


def forecast(now: datetime) -> dict[str, Any]:
    """Return what an event says of the feeder: two hours low, two hours of peak, and low for eight more."""
    kind = "GRID_LOAD_FORECAST"
    return {
        "targets": [FEEDER_ID],
        "payloadDescriptors": [{"payloadType": kind, "units": "KW"}],
        "intervalPeriod": {"start": now.isoformat(), "duration": "PT2H"},
        "intervals": [
            {"id": n, "payloads": [{"type": kind, "values": [PEAK_KW if n == 1 else LOW_KW]}]}
            for n in range(6)
        ],
    }


@contextmanager
def calling(lines: OperatorLines) -> Iterator[None]:
    task = asyncio.create_task(lines.run())
    try:
        yield
    finally:
        task.cancel()


def peak(plan: Plan, now: datetime) -> slice:
    """Return in which quarter hours of a plan the told peak is."""
    first = (now + SLOTS * SLOT - plan.grid.start) // SLOT
    return slice(first, first + SLOTS)


def drawn_w(plan: Plan, now: datetime) -> float:
    """Return what all batteries are planned to draw in the mean of the told peak."""
    return sum(power_w or 0.0 for each in plan.batteries for power_w in each.power_w[peak(plan, now)]) / SLOTS


@pytest.mark.parametrize("model", [ControlModel.M5, ControlModel.LAYERED])
async def test_less_is_drawn_at_a_peak_of_the_feeder_that_is_told(store: Store, model: ControlModel) -> None:
    now = slot_start(datetime.now(UTC))
    store.add_meter_readings("t1", [MeterReading(now - i * SLOT, 50_000.0) for i in range(1, 97)])
    store.put_feeder("Middle voltage", 1_000_000, ["t1"])
    store.change_settings(lambda former: replace(former, control_model=model))
    events = EventsInForce(store, WallClock())
    async with vtn() as fake, street(store, events.signals, events.received) as village:
        without = village.service.plan
        assert without is not None
        assert without.feeder_base_w is None
        store.add_operator_line(line_to(fake))
        fake.add_event(**forecast(now))
        with calling(OperatorLines(store, WallClock(), village.service.operator_changed, pace=QUICK)):
            async with asyncio.timeout(SOON_S):
                while (told := village.service.plan) is None or told.feeder_base_w is None:
                    await asyncio.sleep(0.05)

    assert told.feeder_base_w[peak(told, now)] == [1000 * PEAK_KW] * SLOTS
    assert drawn_w(told, now) < drawn_w(without, now) - 2_000
    assert drawn_w(told, now) < 0
