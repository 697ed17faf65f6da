"""Loads of transformers that no meter tells of now, estimated from what the store knows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from battery_commons.domain.grid import Transformer
from battery_commons.domain.privacy import LEAST_HOMES
from battery_commons.domain.situation import EstimatedLoad
from battery_commons.domain.time import SLOT, slot_start
from battery_commons.sense.estimation import Estimate, estimate_loads
from battery_commons.store import Store
from battery_commons.store.records import HomeBattery

SILENT = timedelta(hours=1)
"""A meter that said nothing for so long is no longer waited for."""
ESTIMATED_BACK = timedelta(days=15)
"""Two weeks and a day: a forecast compares with the same day of the weeks before."""


@dataclass(slots=True)
class LoadEstimator:
    """Estimates loads without batteries, slot by slot, and remembers those of the past."""

    store: Store
    _known: dict[str, dict[datetime, Estimate]] = field(default_factory=dict)

    def estimate(
        self, transformer: Transformer, batteries: Sequence[HomeBattery], now: datetime
    ) -> Mapping[datetime, Estimate]:
        """Return the estimate of each slot of the last two weeks that has ended by `now`.

        `batteries` are those behind it. None where nobody said how much is connected. Raises StoreError.
        """
        if transformer.connections is None:
            return {}
        beginning, end = slot_start(now - ESTIMATED_BACK), slot_start(now)
        known = self._known.get(transformer.id, {})
        # Homes only tell the present: what is older than a slot comes no more.
        since = max(max(known) - SLOT, beginning) if known else beginning
        homes = [home.id for home in self.store.homes() if home.transformer_id == transformer.id]
        fresh = estimate_loads(
            self._houses_w(homes, batteries, since, end), transformer.connections, _slots(since, end)
        )
        kept = {slot: each for slot, each in known.items() if beginning <= slot < since}
        self._known[transformer.id] = kept | fresh
        return self._known[transformer.id]

    def forget(self, transformer_id: str) -> None:
        """Estimate a transformer anew, from the beginning."""
        self._known.pop(transformer_id, None)

    def _houses_w(
        self, homes: Sequence[str], batteries: Sequence[HomeBattery], start: datetime, end: datetime
    ) -> dict[str, dict[datetime, float]]:
        """Return what each home drew without its batteries. A slot in which one was silent is out."""
        drawn_w = self.store.house_slot_means(homes, start, end)
        if not drawn_w:
            return {}
        batteries_w = self.store.battery_slot_means(start, end)
        houses_w: dict[str, dict[datetime, float]] = {}
        for home_id, slots_w in drawn_w.items():
            own = [batteries_w.get(each.battery.id, {}) for each in batteries if each.home_id == home_id]
            houses_w[home_id] = {
                slot: power_w - sum(means[slot] for means in own)
                for slot, power_w in slots_w.items()
                if all(slot in means for means in own)
            }
        return houses_w


def newest(
    estimates: Mapping[datetime, Estimate],
    batteries: Sequence[HomeBattery],
    batteries_w: Mapping[str, Mapping[datetime, float]],
) -> EstimatedLoad | None:
    """Return the newest of `estimates`, with what the `batteries` behind the transformer did then."""
    if not estimates:
        return None
    slot = max(estimates)
    last = estimates[slot]
    stored_w = sum(batteries_w.get(each.battery.id, {}).get(slot, 0.0) for each in batteries)
    return EstimatedLoad(
        at=slot + SLOT,
        load_w=last.load_w + stored_w,
        spread_w=last.spread_w,
        homes=last.homes,
        may_be_told=len({each.home_id for each in batteries}) >= LEAST_HOMES,
    )


def _slots(start: datetime, end: datetime) -> list[datetime]:
    return [start + n * SLOT for n in range((end - start) // SLOT)]
