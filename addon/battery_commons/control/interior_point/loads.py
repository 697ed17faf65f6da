"""The loads that carry a cost together, and what they cost: see layout.py for the formula."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from battery_commons.control.objective import Objective, counted_prices, local_days, overload_prices
from battery_commons.control.problem import ControlProblem, Floats, Indices
from battery_commons.domain.time import SLOT_HOURS


@dataclass(frozen=True, slots=True)
class LoadCosts:
    """The costs of R loads over T slots: K transformers, then perhaps the feeder, then M meters."""

    base: Floats
    """(R, T) without batteries, all PV on."""
    linear: Floats
    """(R, T)"""
    quadratic: Floats
    """(R, T)"""
    hinge_at: Indices
    """(H,) each hinge's place in the loads, row by row."""
    hinge_sign: Floats
    """(H,)"""
    hinge_threshold: Floats
    """(H,)"""
    hinge_weight: Floats
    """(H,) positive."""
    hinge_share: Floats
    """(H,) how many batteries share each hinge: its part in the barrier, see load_state.py."""
    peak_share: float
    """The same of each slot that may be the peak."""
    transformers: int
    """How many of the rows are transformers."""
    feeder_row: int | None
    days: Indices
    """(T,) the local day of each slot; of length zero where no daily peak is priced."""
    peak_price: float
    """EUR per kW of the feeder's highest |load| of each day."""
    constant: float
    """The part of the targets that does not depend on the loads."""

    def cost(self, loads: Floats) -> float:
        """Return what loads (R, T) cost, but for the constant."""
        smooth = self.linear * loads + self.quadratic / 2 * loads**2
        beyond = self.hinge_sign * loads.ravel()[self.hinge_at] - self.hinge_threshold
        total = smooth.sum() + self.hinge_weight @ np.maximum(beyond, 0.0)
        if self.days.size:
            feeder = np.abs(loads[self.feeder_row]).ravel()
            total += self.peak_price * sum(feeder[self.days == day].max() for day in np.unique(self.days))
        return float(total)


class _Rows:
    """Collects rows one by one."""

    def __init__(self, slots: int) -> None:
        self.slots = slots
        self.base: list[Floats] = []
        self.linear: list[Floats] = []
        self.quadratic: list[Floats] = []
        self.hinges: list[tuple[Indices, Floats, Floats, Floats]] = []
        self.constant = 0.0

    def add(self, base: Floats, linear: Floats | float = 0.0) -> None:
        self.base.append(base)
        self.linear.append(np.broadcast_to(linear, self.slots).astype(float))
        self.quadratic.append(np.zeros(self.slots))

    def pull(self, price: Floats | float, target: Floats | None) -> None:
        """Add dt price (x - target)^2 to the last row."""
        self.quadratic[-1] = self.quadratic[-1] + 2 * SLOT_HOURS * price
        if target is not None:
            self.linear[-1] = self.linear[-1] - 2 * SLOT_HOURS * price * target
            self.constant += SLOT_HOURS * float((price * target**2).sum())

    def hinge(self, sign: float, threshold: Floats | float, weight: Floats | float) -> None:
        """Add weight max(sign x - threshold, 0) to the last row."""
        weights = np.broadcast_to(weight, self.slots)
        there = np.flatnonzero(weights > 0)
        thresholds = np.broadcast_to(threshold, self.slots)[there]
        places = there + (len(self.base) - 1) * self.slots
        self.hinges.append((places, np.full(len(there), sign), thresholds, weights[there]))


def load_costs(
    problem: ControlProblem,
    objective: Objective,
    transformer: Indices,
    meter: Indices,
    members: Indices,
) -> tuple[LoadCosts, Floats]:
    """Return the costs, and (G, R) 1 where a group counts in a load.

    The groups are behind (G,) transformer and meter, and have (G,) members.
    """
    rows = _Rows(problem.grid.slots)
    overload = SLOT_HOURS * overload_prices(problem)[0]
    highest, lowest = problem.limits_kw()
    target = objective.transformer_target_kw
    counts_in = []
    for k in range(len(problem.transformers)):
        rows.add(problem.base_load_w[k] / 1000)
        rows.pull(objective.transformer_eur_per_kw2h, None if target is None else target[k])
        rows.hinge(1.0, highest[k], overload[k])
        rows.hinge(-1.0, -lowest[k], overload[k])
        counts_in.append(transformer == k)
    feeder_row = _add_feeder(rows, problem, objective)
    if feeder_row is not None:
        counts_in.append(problem.on_feeder()[transformer])
    for m, billing in enumerate(problem.meters):
        buy, sell = counted_prices(billing)
        rows.add(billing.net_w / 1000, SLOT_HOURS * objective.bill * sell)
        rows.hinge(1.0, 0.0, SLOT_HOURS * objective.bill * (buy - sell))
        counts_in.append(meter == m)
    in_loads = np.array(counts_in, dtype=float).reshape(-1, len(transformer)).T
    hinge_at = np.concatenate([np.zeros(0, dtype=np.intp), *(h[0] for h in rows.hinges)])
    shared_by = np.maximum(members @ in_loads, 1.0)
    peaked = feeder_row is not None and objective.feeder_peak_eur_per_kw > 0
    return (
        LoadCosts(
            base=_stacked(rows.base, rows.slots),
            linear=_stacked(rows.linear, rows.slots),
            quadratic=_stacked(rows.quadratic, rows.slots),
            hinge_at=hinge_at,
            hinge_sign=np.concatenate([np.zeros(0), *(h[1] for h in rows.hinges)]),
            hinge_threshold=np.concatenate([np.zeros(0), *(h[2] for h in rows.hinges)]),
            hinge_weight=np.concatenate([np.zeros(0), *(h[3] for h in rows.hinges)]),
            hinge_share=shared_by[hinge_at // rows.slots],
            peak_share=float(1.0 if feeder_row is None else shared_by[feeder_row]),
            transformers=len(problem.transformers),
            feeder_row=feeder_row,
            days=local_days(problem) if peaked else np.zeros(0, dtype=np.intp),
            peak_price=objective.feeder_peak_eur_per_kw if peaked else 0.0,
            constant=rows.constant,
        ),
        in_loads,
    )


def _add_feeder(rows: _Rows, problem: ControlProblem, objective: Objective) -> int | None:
    """Add the feeder's row where anything watches it, and return its number."""
    if problem.feeder is None:
        return None
    highest, lowest = problem.feeder_limits_kw()
    if not (objective.watches_feeder or np.isfinite((highest, lowest)).any()):
        return None
    rows.add(problem.base_feeder_w() / 1000)
    if objective.feeder_eur_per_kw2h is not None:
        rows.pull(objective.feeder_eur_per_kw2h, objective.feeder_target_kw)
    price = SLOT_HOURS * overload_prices(problem)[1]
    rows.hinge(1.0, highest, np.where(np.isfinite(highest), price, 0.0))
    rows.hinge(-1.0, -lowest, np.where(np.isfinite(lowest), price, 0.0))
    return len(rows.base) - 1


def _stacked(parts: Sequence[Floats], slots: int) -> Floats:
    return np.array(parts, dtype=float).reshape(-1, slots)
