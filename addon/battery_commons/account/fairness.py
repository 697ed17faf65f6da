"""Holding a month's sharing against the Shapley values of what homes took off each transformer's peak."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from battery_commons.account.basis import GridMonth, MonthBasis
from battery_commons.account.settle import MonthSettlement
from battery_commons.account.shapley import shapley


@dataclass(frozen=True, slots=True)
class PeakValue:
    """What one home took off a peak, with half of the interval that holds it in 95 of 100 cases."""

    watts: float
    within_w: float
    """Zero where the value is exact."""


@dataclass(frozen=True, slots=True)
class PeakAudit:
    """A month's peak of one transformer, or of the feeder, and whose doing it is that it was lower."""

    grid_id: str
    alone_peak_w: float
    """The highest load, either way, as it would have been under M1."""
    peak_w: float
    """As it was."""
    values: Mapping[str, PeakValue]
    """By account; together, what the peak was lower. Homes that did as under M1 are left out: 0."""
    orders: int
    """How many orders of joining were sampled; 0 where all were counted."""


def peak_audits(basis: MonthBasis, settlement: MonthSettlement) -> tuple[PeakAudit, ...]:
    """Return what homes took off the peaks of each transformer that was measured, and the feeder."""
    return tuple(_peak_audit(basis, settlement, grid) for grid in basis.grids if grid.known.any())


def _peak_audit(basis: MonthBasis, settlement: MonthSettlement, grid: GridMonth) -> PeakAudit:
    behind = {home.account for home in basis.homes if home.is_behind(grid.id)}
    differences = {
        home.account: home.cost.difference_w[grid.known]
        for home in settlement.homes
        if home.account in behind and home.cost.difference_w.any()
    }
    load_w = grid.load_w[grid.known].astype(np.float64)
    difference_w = np.array([*differences.values()], dtype=np.float64).reshape(-1, load_w.size)
    alone_w = load_w - difference_w.sum(axis=0)
    # The month is the seed: anybody who repeats the estimate finds the same.
    found = shapley(alone_w, difference_w, seed=int(basis.period.replace("-", "")))
    values = zip(differences, found.value_w.tolist(), found.within_w.tolist(), strict=True)
    return PeakAudit(
        grid.id,
        float(np.abs(alone_w).max()),
        float(np.abs(load_w).max()),
        {account: PeakValue(watts, within_w) for account, watts, within_w in values},
        found.orders,
    )
