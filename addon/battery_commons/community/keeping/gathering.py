"""Works a month's days out for the community, from the store and the account's books."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

import numpy as np

from battery_commons.account.basis import HomeMonth, Ints, MonthBasis
from battery_commons.account.keeping.basis import month_basis
from battery_commons.account.keeping.books import Books
from battery_commons.account.keeping.gathering import LATE, day_of
from battery_commons.account.period import days_of, midnight, month_grid
from battery_commons.community.day import (
    DayFacts,
    Floats,
    GridLoads,
    HomeLoads,
    grid_day,
    known_share,
    sun_day,
)
from battery_commons.domain.battery import Battery
from battery_commons.domain.flash_mob import VILLAGE
from battery_commons.domain.grid import FEEDER_ID, Transformer
from battery_commons.domain.time import SLOT
from battery_commons.store import Store
from battery_commons.store.community import KeptDay


def community_days(store: Store, books: Books, period: str, now: datetime) -> Iterator[KeptDay]:
    """Yield the facts of those days of a month that are over and are not kept as they are by now.

    Raises StoreError, and KeyError for a month that the account does not know.
    """
    first, last = days_of(period)
    last = min(last, day_of(now) - timedelta(days=1))
    if last < first:
        return
    kept = store.community_days_made_of(first, last)
    month = _Month(store, books, period)
    for n in range((last - first).days + 1):
        day = first + timedelta(days=n)
        made_of = month.digest(day)
        # Of batteries that readings still come of, the digest knows nothing where a house is not measured.
        if kept.get(day) != made_of or midnight(day) > now - LATE:
            yield KeptDay(month.facts(day), made_of)


@dataclass(frozen=True, slots=True)
class _Behind:
    """A transformer, the feeder or the village, and what is behind it."""

    id: str
    limit_w: float | None
    transformers: frozenset[str]


class _Month:
    """A month by the slot: what was measured, and what the account made of it."""

    def __init__(self, store: Store, books: Books, period: str) -> None:
        self._store, self._books = store, books
        self._basis: MonthBasis = month_basis(store, period)
        self._start = month_grid(period).start
        self._batteries: Sequence[tuple[str, Battery]] = [
            (each.home_id, each.battery) for each in store.batteries()
        ]
        self._behind = _parts(store.transformers(), store)
        self._loads = {grid.id: np.where(grid.known, grid.load_w, np.nan) for grid in self._basis.grids}
        self._loads |= _village(self._behind[0], self._loads)

    @cached_property
    def _steered(self) -> Mapping[str, Ints]:
        """By account, (T,) what batteries drew more than under M1: replayed only where a day is made anew."""
        none = np.zeros(self._basis.slots, dtype=np.int64)
        settled = self._books.settlement(self._basis.period).homes
        steered = {home.account: home.cost.difference_w for home in settled}
        return {home.account: steered.get(home.account, none) for home in self._basis.homes}

    def digest(self, day: date) -> str:
        """Return a digest of what a day is made of, but for batteries of houses that are not measured."""
        span = self._span(day)
        made_of = hashlib.sha256(self._basis.price_known[span].tobytes())
        for part in self._behind:
            made_of.update(repr((part.id, part.limit_w, sorted(part.transformers))).encode())
            if part.id in self._loads:
                made_of.update(self._loads[part.id][span].tobytes())
        for home in self._basis.homes:
            made_of.update(f"{home.account} {home.transformer}".encode())
            for series in (home.known, home.house_w, home.net_w()):
                made_of.update(series[span].tobytes())
        return made_of.hexdigest()

    def facts(self, day: date) -> DayFacts:
        """Return a day's facts. Raises StoreError."""
        span = self._span(day)
        start, slots = midnight(day), span.stop - span.start
        means = self._store.battery_slot_means(start, start + slots * SLOT)
        starts = [start + n * SLOT for n in range(slots)]
        battery_w = {
            battery.id: np.array([means.get(battery.id, {}).get(at, np.nan) for at in starts])
            for _, battery in self._batteries
        }
        members = [home for home in self._basis.homes if home.first_day <= day <= home.last_day]
        within = np.ones(slots, dtype=np.bool_)
        return DayFacts(
            day,
            tuple(
                grid_day(self._grid_loads(part, span, battery_w))
                for part in self._behind
                if part.id in self._loads
            ),
            sun_day(_homes([(home, self._steered[home.account]) for home in members], span)),
            len(members),
            known_share([home.known[span] for home in members], [within for _ in members]),
        )

    def _span(self, day: date) -> slice:
        first = (midnight(day) - self._start) // SLOT
        return slice(first, (midnight(day + timedelta(days=1)) - self._start) // SLOT)

    def _grid_loads(self, part: _Behind, span: slice, battery_w: Mapping[str, Floats]) -> GridLoads:
        own = [each for each in self._batteries if each[1].transformer_id in part.transformers]
        homes = [home for home in self._basis.homes if home.transformer in part.transformers]
        slots = span.stop - span.start
        steered_w = np.zeros(slots)
        known_wh = 0.0
        for home in homes:
            steered_w += self._steered[home.account][span]
            capacity_wh = sum(battery.capacity_wh for battery in home.batteries)
            known_wh += capacity_wh * float(self._basis.counted(home)[span].sum())
        capacities = np.array([battery.capacity_wh for _, battery in own])
        all_wh = float(capacities.sum()) * slots
        return GridLoads(
            part.id,
            part.limit_w,
            self._loads[part.id][span],
            capacities,
            np.array([battery_w[battery.id] for _, battery in own]).reshape(len(own), slots),
            steered_w,
            min(known_wh / all_wh, 1.0) if all_wh else 0.0,
            len({home_id for home_id, _ in own}),
        )


def _parts(transformers: Sequence[Transformer], store: Store) -> list[_Behind]:
    """Return the village, the feeder where it has one, and its transformers."""
    found = [_Behind(VILLAGE, None, frozenset(each.id for each in transformers))]
    if (feeder := store.feeder()) is not None:
        limit_w = feeder.limit_w if np.isfinite(feeder.limit_w) else None
        below = frozenset(each.id for each in transformers if each.on_feeder)
        found.append(_Behind(FEEDER_ID, limit_w, below))
    return found + [_Behind(each.id, each.limit_w, frozenset({each.id})) for each in transformers]


def _village(village: _Behind, loads: Mapping[str, Floats]) -> dict[str, Floats]:
    """Return what all transformers carried together, where all of them are measured."""
    if not village.transformers or not village.transformers <= loads.keys():
        return {}
    return {VILLAGE: np.sum([loads[id_] for id_ in village.transformers], axis=0)}


def _homes(homes: Sequence[tuple[HomeMonth, Ints]], span: slice) -> HomeLoads:
    slots = span.stop - span.start

    def stacked(series: Sequence[Ints]) -> Floats:
        return np.array([each[span] for each in series], dtype=np.float64).reshape(len(homes), slots)

    known = np.array([home.known[span] for home, _ in homes], dtype=np.bool_).reshape(len(homes), slots)
    return HomeLoads(
        known,
        stacked([home.house_w for home, _ in homes]),
        stacked([home.net_w() - home.house_w for home, _ in homes]),
        stacked([steered for _, steered in homes]),
    )
