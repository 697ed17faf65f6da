"""The village as it stands at a tick, read from the store."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from battery_commons.domain.battery import Battery
from battery_commons.domain.grid import Transformer
from battery_commons.domain.series import MeasuredSeries
from battery_commons.domain.situation import Situation
from battery_commons.domain.time import SLOT, slot_start
from battery_commons.store import Store
from battery_commons.store.records import HomeBattery

HISTORY = timedelta(days=372)
"""How far back loads are looked up: a year and a week, so that the forecast has seen every season."""
STILL_COMING = timedelta(days=1)
"""Readings may come in so long after they were taken: those slots are read again."""
PRICE_HISTORY = timedelta(days=8)
PRICES_AHEAD = timedelta(days=2)
PLANNABLE_FOR = 2 * SLOT
"""A battery that has not been heard of for longer than this is not planned for."""
STEERABLE_MODES = frozenset({"village", "self_consumption"})
"""The modes of a home (wire/messages.py) in which it lets the village steer."""


@dataclass(slots=True)
class StockTaker:
    """Reads situations from the store, and remembers the slots that will not change any more."""

    store: Store
    _base_load_w: dict[str, dict[datetime, float]] = field(default_factory=dict)
    _read_until: datetime | None = None

    def take_stock(self, now: datetime) -> Situation:
        """Return the village's situation at `now`. Raises StoreError."""
        homes_batteries = self.store.batteries()
        transformers = self.store.transformers()
        self._read_loads(transformers, homes_batteries, now)
        readings = self.store.latest_battery_readings()
        batteries = [each.battery for each in homes_batteries]
        prices = self.store.prices(now - PRICE_HISTORY, now + PRICES_AHEAD)
        return Situation(
            now=now,
            transformers=transformers,
            base_load={
                transformer.id: MeasuredSeries.of_slots(self._base_load_w[transformer.id], slot_start(now))
                for transformer in transformers
            },
            batteries=batteries,
            stored_wh={
                battery.id: reading.state_of_charge * battery.capacity_wh
                for battery in batteries
                if (reading := readings.get(battery.id))
                and reading.mode in STEERABLE_MODES
                and now - reading.at <= PLANNABLE_FOR
            },
            prices={start: price.eur_per_kwh for start, price in prices.items()},
        )

    def _read_loads(
        self, transformers: Sequence[Transformer], batteries: Sequence[HomeBattery], now: datetime
    ) -> None:
        """Bring the loads up to date: all of the history at first, then what may still have changed."""
        # From a slot's start on: the mean of a part would take the place of the whole slot's.
        beginning = slot_start(now - HISTORY)
        since = slot_start(self._read_until - STILL_COMING) if self._read_until else beginning
        known = self._base_load_w if self._read_until else {}
        means = self.store.battery_slot_means(since, now)
        self._base_load_w = {
            transformer.id: {
                slot: load
                for slot, load in known.get(transformer.id, {}).items()
                if beginning <= slot < since
            }
            | without_batteries(
                # A transformer that is new to us is read from the beginning.
                self.store.meter_slot_means(
                    transformer.id, since if transformer.id in known else beginning, now
                ),
                [means.get(battery.id, {}) for battery in _behind(transformer, batteries)],
            )
            for transformer in transformers
        }
        self._read_until = now


def without_batteries(
    load_w: Mapping[datetime, float], battery_w: Sequence[Mapping[datetime, float]]
) -> dict[datetime, float]:
    """Return the load that a meter would have seen without the batteries behind it.

    A slot in which a battery was not heard of counts as standing still: its own meter is the only witness.
    """
    return {slot: load - sum(means.get(slot, 0.0) for means in battery_w) for slot, load in load_w.items()}


def _behind(transformer: Transformer, batteries: Sequence[HomeBattery]) -> list[Battery]:
    return [b.battery for b in batteries if b.battery.transformer_id == transformer.id]
