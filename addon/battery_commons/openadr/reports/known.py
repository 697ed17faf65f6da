"""What the store knows of the village at a moment, as reports need it."""

from collections.abc import Sequence
from datetime import datetime

from battery_commons.domain.grid import FEEDER_ID
from battery_commons.domain.plan import Plan
from battery_commons.domain.time import SLOT, slot_start
from battery_commons.openadr.reports.schedule import Span
from battery_commons.openadr.reports.values import Known, Measure
from battery_commons.store import Store


def known_of(
    store: Store, now: datetime, plan: Plan | None, intervals: Sequence[Span], measure: Measure
) -> Known:
    """Return what is known at `now` (village time) of these intervals, as far as `measure` needs it.

    Raises StoreError.
    """
    start = slot_start(min(each.start for each in intervals))
    # Whole quarter hours, but none that is not over: its mean would still change.
    end = min(max(each.end for each in intervals) + SLOT, slot_start(now))
    transformers = store.transformers()
    batteries = store.batteries()
    suspended = {each.id for each in store.homes() if each.suspended_at is not None}
    meters = [*(each.id for each in transformers), *([FEEDER_ID] if store.feeder() is not None else [])]
    needs_loads = measure.is_metered and start < end
    return Known(
        now=now,
        transformers=transformers,
        batteries=[each.battery for each in batteries],
        at_hand=[each.battery for each in batteries if each.home_id not in suspended],
        latest={} if measure.is_metered else store.latest_battery_readings(),
        loads={id_: store.meter_slot_means(id_, start, end) for id_ in meters} if needs_loads else {},
        drawn=store.battery_slot_means(start, end) if needs_loads and measure.needs_batteries else {},
        plan=plan,
    )
