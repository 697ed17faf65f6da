"""What a month rests on, by all that the store knows of it now."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

import numpy as np

from battery_commons.account.basis import Flags, GridMonth, HomeMonth, Ints, MonthBasis, Revenue
from battery_commons.account.period import month_grid
from battery_commons.account_gathering import TERMS, MonthTerms, read_home, tariffs_over
from battery_commons.domain.grid import FEEDER_ID
from battery_commons.store import Store


def month_terms(store: Store, period: str) -> MonthTerms:
    """Return what a month is settled by.

    Raises KeyError for a month that the account does not know, and StoreError.
    """
    return TERMS.validate_json(store.account_months()[period])


def month_basis(store: Store, period: str) -> MonthBasis:
    """Return what a month rests on. Raises what `month_terms` does."""
    terms, grid = month_terms(store, period), month_grid(period)
    known = store.prices(grid.start, grid.end)
    prices = {at: round(each.eur_per_kwh * 100_000) for at, each in known.items()}
    revenues: dict[str, int] = {}
    for each in store.revenues(period):
        revenues[each.contract] = revenues.get(each.contract, 0) + each.cents
    meters = [each.id for each in store.transformers()]
    if store.feeder() is not None:
        meters.append(FEEDER_ID)
    loads = {meter: store.meter_slot_means(meter, grid.start, grid.end) for meter in meters}
    return MonthBasis(
        period,
        terms.rules,
        *_column(grid.starts(), prices),
        tuple(Revenue(contract, cents) for contract, cents in sorted(revenues.items())),
        tuple(
            GridMonth(meter, *_column(grid.starts(), {at: round(load_w) for at, load_w in means.items()}))
            for meter, means in sorted(loads.items())
            if means
        ),
        _homes(store, period, terms),
    )


def _homes(store: Store, period: str, terms: MonthTerms) -> tuple[HomeMonth, ...]:
    """Return homes as gathered, under the tariffs that they have told by now."""
    grid, own = month_grid(period), store.home_tariffs()
    home_ids = {each.account: each.home_id for each in store.memberships()}
    found = []
    for account, gathered in sorted(store.gathered(period).items()):
        home = read_home(period, gathered.tables)
        # Of a home that has left, what counted then is in what was gathered.
        if (home_id := home_ids.get(account)) is not None:
            home = replace(home, tariffs=tariffs_over(grid, terms.tariff, own.get(home_id, [])))
        found.append(home)
    return tuple(found)


def _column(starts: Sequence[datetime], figures: Mapping[datetime, int]) -> tuple[Ints, Flags]:
    """Return figures by slot, 0 where there is none, and where there is one."""
    known = np.array([at in figures for at in starts], dtype=np.bool_)
    return np.array([figures.get(at, 0) for at in starts], dtype=np.int64), known
