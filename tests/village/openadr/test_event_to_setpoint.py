"""An operator's event, from its server over real HTTP to the setpoint that a home accepts, and back."""

import asyncio
from datetime import UTC, datetime, timedelta

from battery_commons.domain.activation import Asked
from battery_commons.domain.plan import PlanReason
from battery_commons.domain.reading import MeterReading
from battery_commons.domain.time import SLOT, WallClock, slot_start
from battery_commons.openadr.in_force import EventsInForce
from battery_commons.openadr.ven import OperatorLines
from battery_commons.store import Store
from tests.village.flexibility.test_activation_log import street
from tests.village.openadr.village_line import QUICK, line_to
from tests.village.openadr.vtn_peer import vtn


async def test_an_event_is_answered_by_homes_within_seconds_and_gone_when_it_is_withdrawn(
    store: Store,
) -> None:
    now = slot_start(datetime.now(UTC))
    store.add_meter_readings("t1", [MeterReading(now - i * SLOT, 50_000.0) for i in range(1, 97)])
    events = EventsInForce(store, WallClock())
    async with vtn() as fake, street(store, events.signals, events.received) as village:
        store.add_operator_line(line_to(fake))
        lines = OperatorLines(store, WallClock(), village.service.operator_changed, pace=QUICK)
        calling = asyncio.create_task(lines.run())
        try:
            period = {"start": now.isoformat(), "duration": "PT2H"}
            event_id = fake.add_event(47.0, targets=["t1"], intervalPeriod=period)["id"]

            done = await village.until(lambda each: each.homes_accepted == 2)

            assert (done.ask.event_id, done.ask.subject, done.ask.kind) == (event_id, "t1", Asked.LIMIT)
            assert done.response is not None
            assert done.response < timedelta(seconds=5)
            plan = village.service.plan
            assert plan is not None
            assert {battery.reasons[0] for battery in plan.batteries} == {PlanReason.GRID_OPERATOR}
            assert sum(battery.power_w[0] or 0 for battery in plan.batteries) <= -3_000 + 20

            del fake.events[event_id]

            await village.until(lambda each: each.withdrawn_at is not None)
            plan = village.service.plan
            assert plan is not None
            assert PlanReason.GRID_OPERATOR not in {battery.reasons[0] for battery in plan.batteries}
        finally:
            calling.cancel()
            await asyncio.gather(calling, return_exceptions=True)
