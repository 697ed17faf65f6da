"""The village's own past as a record that a backtest can live through, made of what is stored.

A home whose connection is not measured counts as a usual one (sense/standard_profile.py). What a transformer
carries beside its homes is one site more, so that the sites add up to what its meter measured.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from battery_commons.domain.grid import Transformer
from battery_commons.domain.time import SLOT, SLOTS_PER_DAY, TimeGrid, slot_start
from battery_commons.sense.situation import without_batteries
from battery_commons.sense.standard_profile import standard_w
from battery_commons.simulation.recorded import Floats, RecordedVillage, Site
from battery_commons.store import Store
from battery_commons.store.records import HomeBattery

LEAST = timedelta(days=7)
"""Weekdays and weekends differ: less than a week says nothing."""
MOST = timedelta(days=28)
"""Longer would keep a small machine busy for hours."""
KNOWN_SHARE = 0.9
"""Of the quarter hours, this many must be known; the others are drawn as a line between them."""


@dataclass(frozen=True, eq=False)
class OwnRecord:
    """What there is of the village's past."""

    days: int
    """How many whole days, back from the last quarter hour that is over, are known well enough."""
    village: RecordedVillage | None
    """None where that is too little, or where there is no battery."""
    left_out: Sequence[str] = ()
    """Names of the transformers of which too little is measured."""
    as_usual: frozenset[str] = frozenset()
    """Homes whose connection is not measured well enough, by id: they count as usual ones."""


def own_record(store: Store, now: datetime, most: timedelta = MOST) -> OwnRecord:
    """Return the village's newest weeks before `now`, at most so many whole days. Raises StoreError."""
    end = slot_start(now)
    start = end - most
    batteries = store.batteries()
    battery_w = store.battery_slot_means(start, end)
    base_w: dict[str, Mapping[datetime, float]] = {}
    for transformer in store.transformers():
        behind = [battery_w.get(b.battery.id, {}) for b in _behind(transformer, batteries)]
        base_w[transformer.id] = without_batteries(store.meter_slot_means(transformer.id, start, end), behind)
    prices = {at: price.eur_per_kwh for at, price in store.prices(start, end).items()}
    usable = {
        transformer: days
        for transformer in store.transformers()
        if (days := _days_known(base_w[transformer.id], prices, end, most)) >= LEAST.days
    }
    most_known = max((_days_known(loads, prices, end, most) for loads in base_w.values()), default=0)
    living = [b for b in batteries if b.battery.transformer_id in {each.id for each in usable}]
    left_out = [each.name for each in store.transformers() if each not in usable]
    if not usable or not living:
        return OwnRecord(most_known, None, left_out)
    days = min(usable.values())
    grid = TimeGrid(end - timedelta(days=days), days * SLOTS_PER_DAY)
    loads_w = {each.id: _without_gaps(base_w[each.id], grid) for each in usable}
    sites, net_w, as_usual = _sites(store, grid, living, loads_w)
    index = {site.id: s for s, site in enumerate(sites)}
    village = RecordedVillage(
        name=store.village().name,
        grid=grid,
        transformers=tuple(usable),
        base_load_w=np.stack(list(loads_w.values())),
        sites=tuple(sites),
        site_net_w=np.stack(net_w),
        batteries=tuple(each.battery for each in living),
        site_of=np.array([index[each.home_id] for each in living], dtype=np.intp),
        day_ahead=_without_gaps(prices, grid),
    )
    return OwnRecord(days, village, left_out, as_usual)


def _behind(transformer: Transformer, batteries: Sequence[HomeBattery]) -> list[HomeBattery]:
    return [each for each in batteries if each.battery.transformer_id == transformer.id]


def _days_known(
    loads: Mapping[datetime, float], prices: Mapping[datetime, float], end: datetime, most: timedelta
) -> int:
    """Return of how many whole days before `end`, up to `most`, load and price are known well enough."""
    days = known = 0
    for day in range(1, most.days + 1):
        slots = [end - timedelta(days=day) + n * SLOT for n in range(SLOTS_PER_DAY)]
        of_day = sum(at in loads and at in prices for at in slots)
        known += of_day
        # The oldest day too: a record does not begin with what nobody measured.
        if min(of_day, known / day) >= KNOWN_SHARE * SLOTS_PER_DAY:
            days = day
    return days


def _without_gaps(values: Mapping[datetime, float], grid: TimeGrid) -> Floats:
    """Return (T,) the values on a grid, with straight lines across what is missing."""
    known = [n for n, start in enumerate(grid.starts()) if start in values]
    starts = grid.starts()
    filled: Floats = np.interp(np.arange(grid.slots), known, [values[starts[n]] for n in known])
    return filled


def _sites(
    store: Store, grid: TimeGrid, living: Sequence[HomeBattery], loads_w: Mapping[str, Floats]
) -> tuple[list[Site], list[Floats], frozenset[str]]:
    """Return each home with a battery, and what else each transformer carries, with their net loads.

    And which homes are not measured.
    """
    names = {home.id: home.name for home in store.homes()}
    usual_w, _ = standard_w(grid.starts())
    homes = {each.home_id: each.battery.transformer_id for each in living}
    measured = store.house_slot_means(list(homes), grid.start, grid.end)
    battery_w = store.battery_slot_means(grid.start, grid.end)
    sites, net_w, as_usual = [], [], set()
    rest_w = {id_: load.copy() for id_, load in loads_w.items()}
    for home_id, transformer_id in homes.items():
        own = [battery_w.get(each.battery.id, {}) for each in living if each.home_id == home_id]
        house = without_batteries(measured.get(home_id, {}), own)
        is_known = len(house) >= KNOWN_SHARE * grid.slots
        home_w = _without_gaps(house, grid) if is_known else usual_w
        if not is_known:
            as_usual.add(home_id)
        sites.append(Site(home_id, names.get(home_id, home_id), transformer_id))
        net_w.append(home_w)
        rest_w[transformer_id] -= home_w
    for transformer_id, load in rest_w.items():
        sites.append(Site(f"{transformer_id}/rest", transformer_id, transformer_id))
        net_w.append(load)
    return sites, net_w, frozenset(as_usual)
