"""The village as it stands at a tick: what has been measured, and what may be planned for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from battery_commons.domain.battery import Battery
from battery_commons.domain.grid import Transformer
from battery_commons.domain.reading import BatteryReading
from battery_commons.domain.time import SLOT
from battery_commons.store import Store
from battery_commons.store.records import HomeBattery, StoredPrice

HISTORY = timedelta(days=8)
"""How far back loads are looked up: a week, and the day that is under way."""
PLANNABLE_FOR = 2 * SLOT
"""A battery that has not been heard of for longer than this is not planned for."""
STEERABLE_MODES = frozenset({"village", "self_consumption"})
"""The modes of a home (wire/messages.py) in which it lets the village steer."""


@dataclass(frozen=True, slots=True)
class Situation:
    """Everything that forecast and control start from."""

    now: datetime
    transformers: Sequence[Transformer]
    batteries: Sequence[Battery]
    steerable: Mapping[str, BatteryReading]
    """The newest reading of each battery that may be planned for, by its id."""
    base_load_w: Mapping[str, Mapping[datetime, float]]
    """The mean load of each transformer without its batteries, per measured slot."""
    prices: Mapping[datetime, StoredPrice]
    """The day-ahead prices known from a day back onwards, by slot."""


def take_stock(store: Store, now: datetime, horizon: timedelta) -> Situation:
    """Read the store and return the village's situation at `now`. Raises StoreError."""
    homes_batteries = store.batteries()
    transformers = store.transformers()
    readings = store.latest_battery_readings()
    battery_means = store.battery_slot_means(now - HISTORY, now)
    return Situation(
        now=now,
        transformers=transformers,
        batteries=[battery.battery for battery in homes_batteries],
        steerable={
            battery_id: reading
            for battery_id, reading in readings.items()
            if reading.mode in STEERABLE_MODES and now - reading.at <= PLANNABLE_FOR
        },
        base_load_w={
            transformer.id: without_batteries(
                store.meter_slot_means(transformer.id, now - HISTORY, now),
                [battery_means.get(battery.id, {}) for battery in _behind(transformer, homes_batteries)],
            )
            for transformer in transformers
        },
        prices=store.prices(now - HISTORY, now + horizon),
    )


def without_batteries(
    load_w: Mapping[datetime, float], battery_w: Sequence[Mapping[datetime, float]]
) -> dict[datetime, float]:
    """Return the load that a meter would have seen without the batteries behind it.

    A slot in which a battery was not heard of counts as standing still: its own meter is the only witness.
    """
    return {slot: load - sum(means.get(slot, 0.0) for means in battery_w) for slot, load in load_w.items()}


def _behind(transformer: Transformer, batteries: Sequence[HomeBattery]) -> list[Battery]:
    return [b.battery for b in batteries if b.battery.transformer_id == transformer.id]
