"""The present moment as the guard needs it: what transformers and batteries report right now."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from battery_commons.domain.battery import Battery
from battery_commons.domain.quality import Source, SourceKind, battery_bound_w
from battery_commons.domain.reading import BatteryReading
from battery_commons.store import Store

PRESENT_FOR = timedelta(minutes=2)
"""An older reading says nothing of the present."""


SETTLED_AFTER = timedelta(seconds=20)
"""So long after their setpoints changed, batteries have done what was asked. A meter that was read before
then would be set against batteries read after it: the change would count twice, and the guard swing."""


@dataclass(frozen=True, slots=True)
class Present:
    """What was reported within the last two minutes and is not wrong."""

    base_w: Mapping[str, float]
    """By transformer, its load without the batteries behind it. One that is not measured, or behind which a
    steered battery is silent, is left out: its load without batteries is then not known."""
    readings: Mapping[str, BatteryReading]
    """By battery id."""


def look(
    store: Store, steered: Mapping[str, Battery], now: datetime, changed_at: Mapping[str, datetime]
) -> Present:
    """Return the present of the transformers and of the batteries that a plan steers.

    `changed_at` is by transformer, when the setpoints behind it last changed; a meter that was read before
    that had settled is left out. Raises StoreError.
    """
    wrong = store.wrong_sources()
    readings = {
        battery_id: reading
        for battery_id, reading in store.latest_battery_readings().items()
        if now - reading.at <= PRESENT_FOR
        and Source(SourceKind.BATTERY, battery_id) not in wrong
        and (battery_id not in steered or abs(reading.power_w) <= battery_bound_w(steered[battery_id]))
    }
    base_w = {}
    for transformer in store.transformers():
        behind = [b.id for b in steered.values() if b.transformer_id == transformer.id]
        meter = store.latest_meter_reading(transformer.id)
        if meter is None or now - meter.at > PRESENT_FOR:
            continue
        changed = changed_at.get(transformer.id)
        settled = changed is None or meter.at >= changed + SETTLED_AFTER
        if settled and all(id_ in readings for id_ in behind):
            base_w[transformer.id] = meter.power_w - sum(readings[id_].power_w for id_ in behind)
    return Present(base_w, readings)
