"""What a month rests on, by all that the store knows of it now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from hashlib import sha256

import numpy as np

from battery_commons.account.basis import Flags, GridMonth, HomeMonth, Ints, MonthBasis, Revenue
from battery_commons.account.keeping.gathering import TERMS, MonthTerms, read_home, tariffs_over
from battery_commons.account.period import month_grid
from battery_commons.domain.grid import FEEDER_ID
from battery_commons.domain.home_tariff import HomeTariff
from battery_commons.store import Store


def month_terms(store: Store, period: str) -> MonthTerms:
    """Return what a month is settled by.

    Raises KeyError for a month that the account does not know, and StoreError.
    """
    return TERMS.validate_json(store.account_months()[period])


@dataclass(frozen=True, slots=True)
class _Around:
    """What a month rests on beside what was gathered of homes."""

    terms: MonthTerms
    prices_1e5: Mapping[datetime, int]
    revenues: Mapping[str, int]
    """By contract, in cents."""
    loads_w: Mapping[str, Mapping[datetime, int]]
    """By meter, where anything was measured."""
    own_tariffs: Mapping[str, Sequence[tuple[date, HomeTariff]]]
    """By account, of homes that have not left: what counted for others is in what was gathered."""


def month_basis(store: Store, period: str) -> MonthBasis:
    """Return what a month rests on. Raises what `month_terms` does."""
    around, starts = _around(store, period), month_grid(period).starts()
    return MonthBasis(
        period,
        around.terms.rules,
        *_column(starts, around.prices_1e5),
        tuple(Revenue(contract, cents) for contract, cents in around.revenues.items()),
        tuple(GridMonth(meter, *_column(starts, loads_w)) for meter, loads_w in around.loads_w.items()),
        _homes(store, period, around),
    )


def basis_stamp(store: Store, period: str) -> str:
    """Return what is another whenever `month_basis` is, for much less work. Raises what that does."""
    rests_on = _around(store, period), sorted(store.gathered_stamps(period).items())
    return sha256(repr(rests_on).encode()).hexdigest()


def _around(store: Store, period: str) -> _Around:
    terms, grid = month_terms(store, period), month_grid(period)
    prices = store.prices(grid.start, grid.end)
    revenues: dict[str, int] = {}
    for each in store.revenues(period):
        revenues[each.contract] = revenues.get(each.contract, 0) + each.cents
    meters = [each.id for each in store.transformers()]
    if store.feeder() is not None:
        meters.append(FEEDER_ID)
    loads = {meter: store.meter_slot_means(meter, grid.start, grid.end) for meter in sorted(meters)}
    own = store.home_tariffs()
    return _Around(
        terms,
        {at: round(each.eur_per_kwh * 100_000) for at, each in prices.items()},
        dict(sorted(revenues.items())),
        {
            meter: {at: round(load_w) for at, load_w in means.items()}
            for meter, means in loads.items()
            if means
        },
        {each.account: own.get(each.home_id, []) for each in store.memberships() if each.home_id is not None},
    )


def _homes(store: Store, period: str, around: _Around) -> tuple[HomeMonth, ...]:
    """Return homes as gathered, under the tariffs that they have told by now."""
    grid = month_grid(period)
    found = []
    for account, gathered in sorted(store.gathered(period).items()):
        home = read_home(period, gathered.tables)
        if (own := around.own_tariffs.get(account)) is not None:
            home = replace(home, tariffs=tariffs_over(grid, around.terms.tariff, own))
        found.append(home)
    return tuple(found)


def _column(starts: Sequence[datetime], figures: Mapping[datetime, int]) -> tuple[Ints, Flags]:
    """Return figures by slot, 0 where there is none, and where there is one."""
    known = np.array([at in figures for at in starts], dtype=np.bool_)
    return np.array([figures.get(at, 0) for at in starts], dtype=np.int64), known
