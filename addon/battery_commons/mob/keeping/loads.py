"""What village, transformers and homes drew in some hours, without their batteries, from the store."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np

from battery_commons.domain.flash_mob import VILLAGE, of_home, of_transformer
from battery_commons.domain.time import TimeGrid
from battery_commons.mob.baseline import Floats
from battery_commons.sense.situation import without_batteries
from battery_commons.store import Store

type Slots = Mapping[datetime, float]


@dataclass(frozen=True, slots=True)
class _Heard:
    """From when to when a battery is to be heard of."""

    first: datetime
    last: datetime | None
    """None for one that is still there."""

    def counts_in(self, slot: datetime) -> bool:
        """Return whether what it did in a slot has to be known."""
        return self.first <= slot and (self.last is None or slot <= self.last)


@dataclass(slots=True)
class MobLoads:
    """Reads loads by whose they are (domain/flash_mob.py), of the members as they are now."""

    store: Store
    _transformers: Sequence[str] = field(init=False)
    _behind: Mapping[str, Sequence[str]] = field(init=False)
    """By transformer, its batteries."""
    _of_home: dict[str, dict[str, _Heard]] = field(init=False)
    """By home, its batteries that ever reported."""

    def __post_init__(self) -> None:
        """Look up who is there. Raises StoreError."""
        batteries = [each.battery for each in self.store.batteries()]
        self._transformers = [each.id for each in self.store.transformers()]
        self._behind = {
            id_: [each.id for each in batteries if each.transformer_id == id_] for id_ in self._transformers
        }
        present = {each.id for each in batteries}
        self._of_home = {home.id: self._heard(home.id, present) for home in self.store.homes()}

    def over(self, grid: TimeGrid) -> dict[str, Floats]:
        """Return (slots,) in W what was measured in every slot of `grid`; what was not is left out.

        The village is measured where all of its transformers are; a battery behind one that was not heard of
        counts as standing still. Of a home, each battery that had reported before has to have reported; what
        one drew that the home has no more is not known. Raises StoreError.
        """
        batteries = self.store.battery_slot_means(grid.start, grid.end)
        transformers = {}
        for id_ in self._transformers:
            meter = self.store.meter_slot_means(id_, grid.start, grid.end)
            behind = [batteries.get(battery, {}) for battery in self._behind[id_]]
            if (loads_w := _whole(without_batteries(meter, behind), grid)) is not None:
                transformers[of_transformer(id_)] = loads_w
        found = dict(transformers)
        if transformers and len(transformers) == len(self._transformers):
            found[VILLAGE] = np.sum(list(transformers.values()), axis=0)
        houses = self.store.house_slot_means(list(self._of_home), grid.start, grid.end)
        for home_id, house in houses.items():
            own = self._of_home[home_id]
            known = {
                slot: power_w
                for slot, power_w in house.items()
                if all(slot in batteries.get(id_, {}) for id_, heard in own.items() if heard.counts_in(slot))
            }
            loads = without_batteries(known, [batteries.get(id_, {}) for id_ in own])
            if (loads_w := _whole(loads, grid)) is not None:
                found[of_home(home_id)] = loads_w
        return found

    def is_silent(self, grid: TimeGrid) -> bool:
        """Return whether a battery has not told yet what it did in all of `grid`. Raises StoreError."""
        batteries = self.store.battery_slot_means(grid.start, grid.end)
        return any(
            heard.counts_in(slot) and slot not in batteries.get(id_, {})
            for own in self._of_home.values()
            for id_, heard in own.items()
            if heard.last is None
            for slot in grid.starts()
        )

    def _heard(self, home_id: str, present: Collection[str]) -> dict[str, _Heard]:
        """Return from when to when each battery of a home is to be heard of, by the village's id."""
        return {
            id_: _Heard(first, None if id_ in present else self.store.last_heard(home_id, battery_id))
            for battery_id, first in self.store.first_heard(home_id).items()
            for id_ in [f"{home_id}/{battery_id}"]
        }


def _whole(loads_w: Slots, grid: TimeGrid) -> Floats | None:
    slots = grid.starts()
    if not all(slot in loads_w for slot in slots):
        return None
    return np.array([loads_w[slot] for slot in slots])
