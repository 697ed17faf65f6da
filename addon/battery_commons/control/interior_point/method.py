"""A primal-dual interior-point method for many batteries behind shared loads.

Mehrotra's predictor and corrector (SIAM J. Optim. 2, 1992) on the formulation of objective.py. Each Newton
step is taken apart along the structure: batteries by sweeps over time (battery_block.py), loads by their
small dense system (coupling.py). It ends when the plan's cost is certified: within a small share of what the
batteries save of a lower bound that no plan can undercut (bound.py).
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from battery_commons.control.interior_point.battery_block import BatteryBlock
from battery_commons.control.interior_point.bound import curtailment_bound, loads_bound
from battery_commons.control.interior_point.boxed import Boxed
from battery_commons.control.interior_point.coupling import Coupling
from battery_commons.control.interior_point.layout import Layout
from battery_commons.control.interior_point.load_state import Hinges
from battery_commons.control.interior_point.peaks import Peaks
from battery_commons.control.problem import Floats
from battery_commons.domain.time import SLOT_HOURS

MAX_ITERATIONS = 80
BLOCK_COLUMNS = 2500
"""Batteries per block. Fixed, so that the answer does not depend on the number of cores."""
GAP_SHARE = 3e-4
"""The certified gap to stop at, as a share of what the batteries save."""
MANY_BATTERIES, GAP_SHARE_OF_MANY = 3_000, 3e-3
"""From so many on, a second less is worth more than the last tenths of a per cent."""
GAP_EUR = 1e-6
"""And a gap that is nothing at all, where they save nothing."""
LIKELY = 8.0
"""The products overstate the gap by up to this factor: from there on it pays to compute the bound."""
EXHAUSTED = 1e-4
"""Products of this share of the gap that would do are below what rounding lets the method improve."""
IMBALANCE_KWH = 1e-6
"""How exactly energy follows from the flows in a finished plan."""
LEAST_FIRST_MU = 1e-3
"""EUR: where nothing has a price of its own."""
KEEP_INSIDE = 0.995
"""How far towards the nearest bound a step may go."""


@dataclass(frozen=True, slots=True)
class Solution:
    """Where the method stopped, in the layout's order."""

    charge: Floats
    """(T, N)"""
    discharge: Floats
    """(T, N)"""
    curtailed: Floats
    """(T, J)"""
    prices: Floats
    """(R, T)"""
    worth: Floats
    """(T, N)"""
    peak_forces: Floats
    """(2, T)"""
    bound_eur: float
    tolerance_eur: float
    """How far above its bound a plan may cost to be certified."""
    certified: bool
    iterations: int


class _Part(Protocol):
    """What has slacks and multipliers: see boxed.py for what each of these returns."""

    @property
    def products(self) -> float: ...

    def complementarity(self) -> float: ...

    def predict(self) -> tuple[float, float, float]: ...

    def overshoot(self) -> tuple[float, float]: ...


class Method:
    """One run on one layout."""

    def __init__(self, layout: Layout, pool: ThreadPoolExecutor) -> None:
        """Start well inside every box."""
        self._layout, self._pool = layout, pool
        groups, arrays, costs = layout.groups, layout.batteries, layout.loads
        mu = first_mu(layout)
        n = len(groups.of_battery)
        ranges = [slice(a, min(a + BLOCK_COLUMNS, n)) for a in range(0, n, BLOCK_COLUMNS)]
        self._blocks = [BatteryBlock(arrays.part(r), groups.of_battery[r], mu) for r in ranges]
        most = layout.most_curtailed
        self._curtailed = Boxed(np.zeros_like(most), most, most / 2, most <= 0, mu)
        self._loads = costs.base + self._on_loads(
            [block.net_power() for block in self._blocks], self._curtailed.value
        )
        self._hinges = Hinges(costs, self._loads, mu)
        self._peaks = Peaks(costs.days, costs.peak_price, costs.peak_share, self._feeder(self._loads), mu)
        self._parts: list[_Part] = [
            *(variable for block in self._blocks for variable in block.variables),
            self._curtailed,
            self._hinges,
            self._peaks,
        ]
        self._products = sum(part.products for part in self._parts)
        of_groups = self._prices().T @ groups.in_loads.T
        for block in self._blocks:
            block.expect(of_groups[:, block.groups])

    def run(self, stop: Callable[[], bool]) -> Solution:
        """Iterate until the plan is certified, until `stop` says so, or as long as that helps."""
        idle_eur = self._layout.idle_eur
        many = len(self._layout.groups.of_battery) >= MANY_BATTERIES
        share = GAP_SHARE_OF_MANY if many else GAP_SHARE
        bound, iterations = -np.inf, 0
        while True:
            gap = self._complementarity()
            plan_eur = self._plan_eur()
            enough = max(share * (idle_eur - plan_eur), GAP_EUR)
            if gap <= LIKELY * enough and self._imbalance() <= IMBALANCE_KWH:
                bound = max(bound, self._bound_eur())
            certified = plan_eur - bound <= enough
            over = iterations >= MAX_ITERATIONS or gap <= EXHAUSTED * enough
            if certified or over or stop() or not self._iterate(gap / self._products):
                break
            iterations += 1
        return Solution(
            charge=self._gathered([block.charge.value for block in self._blocks]),
            discharge=self._gathered([block.discharge.value for block in self._blocks]),
            curtailed=self._curtailed.value,
            prices=self._prices(),
            worth=self._gathered([block.worth for block in self._blocks]),
            peak_forces=self._peaks.force,
            bound_eur=max(bound, self._bound_eur()),
            tolerance_eur=enough,
            certified=certified,
            iterations=iterations,
        )

    def _gathered(self, parts: Sequence[Floats]) -> Floats:
        empty = np.zeros((self._loads.shape[1], 0))
        return np.concatenate([empty, *parts], axis=1)

    def _each_block[T](self, work: Callable[[BatteryBlock], T]) -> list[T]:
        """Return what `work` makes of each block, on all cores, in order."""
        return list(self._pool.map(work, self._blocks))

    def _on_loads(self, of_blocks: Sequence[Floats], curtailed: Floats) -> Floats:
        """Return (R, T) the sums over batteries, given (T, g) for each block, and over PV, given (T, J)."""
        groups = self._layout.groups
        sums = np.zeros((curtailed.shape[0], len(groups.in_loads)))
        for block, part in zip(self._blocks, of_blocks, strict=True):
            sums[:, block.groups] += part
        np.add.at(sums.T, groups.of_pv, curtailed.T)
        loads: Floats = groups.in_loads.T @ sums.T
        return loads

    def _feeder(self, loads: Floats) -> Floats:
        """Return (T,) the feeder's row, or as many slots as there are with a priced peak: none."""
        row = self._layout.loads.feeder_row
        load: Floats = loads[0 if row is None else row][: len(self._layout.loads.days)]
        return load

    def _prices(self) -> Floats:
        costs = self._layout.loads
        prices: Floats = costs.linear + costs.quadratic * self._loads + self._hinges.price()
        if costs.days.size:
            prices[costs.feeder_row] += self._peaks.price()
        return prices

    def _iterate(self, mu: float) -> bool:
        """Take one step from products of `mu`, and say whether it could be computed at all."""
        layout, costs = self._layout, self._layout.loads
        response = np.zeros((len(layout.groups.in_loads), *2 * (costs.base.shape[1],)))
        for block, part in zip(self._blocks, self._each_block(BatteryBlock.factorise), strict=True):
            response[block.groups] += part
        self._curtailed_response = self._curtailed.response(0.0)
        every = np.arange(costs.base.shape[1])
        for j, g in enumerate(layout.groups.of_pv):
            response[g, every, every] += self._curtailed_response[:, j]
        try:
            coupling = Coupling(
                response, layout.groups.in_loads, layout.groups.transformer, self._roots(), costs.transformers
            )
        except np.linalg.LinAlgError:
            return False
        self._direct(coupling, None)
        primal, dual, curvature = np.array(self._each_part(lambda part: part.predict())).T
        share = 1.0 / max(1.0, primal.max(), dual.max())
        affine = (1 - share) * mu + share**2 * curvature.sum() / self._products
        self._direct(coupling, mu * max(affine / mu, 0.0) ** 3)
        primal, dual = np.array(self._each_part(lambda part: part.overshoot())).max(axis=0)
        self._move(*(min(1.0, KEEP_INSIDE / max(most, KEEP_INSIDE)) for most in (primal, dual)))
        return True

    def _roots(self) -> list[Floats]:
        costs = self._layout.loads
        stiffness = costs.quadratic + self._hinges.stiffness()
        roots = list(np.sqrt(stiffness))
        of_peaks = self._peaks.stiffness()
        if costs.feeder_row is not None and costs.days.size:
            whole = np.diag(stiffness[costs.feeder_row]) + of_peaks
            scale = np.sqrt(np.maximum(np.diag(whole), np.finfo(float).tiny))
            # Where only one slot of a day matters the stiffness is singular, but for this.
            scaled = whole / np.outer(scale, scale) + 1e-13 * np.eye(len(scale))
            roots[costs.feeder_row] = scale[:, np.newaxis] * np.linalg.cholesky(scaled)
        return roots

    def _direct(self, coupling: Coupling, mu: float | None) -> None:
        """Set all steps towards products of `mu` after a prediction, or of nothing."""
        costs, groups = self._layout.loads, self._layout.groups
        self._each_block(lambda block: block.aim(mu))
        force = -self._layout.curtailed_linear + (0.0 if mu is None else self._curtailed.force(mu))
        prices = self._prices() + self._hinges.aim(mu, self._loads)
        of_peaks = self._peaks.aim(mu, self._feeder(self._loads))
        if costs.days.size:
            prices[costs.feeder_row] += of_peaks

        def curtail(of_groups: Floats) -> Floats:
            self._curtailed.step = self._curtailed_response * (force - of_groups[:, groups.of_pv])
            return self._curtailed.step

        of_groups = prices.T @ groups.in_loads.T
        would = self._each_block(lambda block: block.respond(of_groups[:, block.groups]))
        prices = prices + coupling.prices(self._on_loads(would, curtail(of_groups)))
        of_groups = prices.T @ groups.in_loads.T
        does = self._each_block(lambda block: block.settle(of_groups[:, block.groups]))
        self._step = self._on_loads(does, curtail(of_groups))
        self._hinges.settle(self._step)
        self._peaks.settle(self._feeder(self._step))

    def _move(self, primal: float, dual: float) -> None:
        self._each_block(lambda block: block.move(primal, dual))
        for part in (self._curtailed, self._hinges, self._peaks):
            part.move(primal, dual)
        self._loads += primal * self._step

    def _complementarity(self) -> float:
        return float(sum(self._each_part(lambda part: part.complementarity())))

    def _each_part[T](self, work: Callable[[_Part], T]) -> list[T]:
        return list(self._pool.map(work, self._parts))

    def _imbalance(self) -> float:
        worst = self._each_block(lambda block: float(np.abs(block.imbalance()).max(initial=0.0)))
        return max(worst, default=0.0)

    def _plan_eur(self) -> float:
        layout = self._layout
        own = sum(self._each_block(BatteryBlock.own_cost))
        curtailed = layout.curtailed_linear * float(self._curtailed.value.sum())
        return own + curtailed + layout.loads.cost(self._loads) + layout.constant

    def _bound_eur(self) -> float:
        layout, prices = self._layout, self._prices()
        of_groups = prices.T @ layout.groups.in_loads.T
        own = sum(self._each_block(lambda block: block.bound(of_groups[:, block.groups])))
        return (
            own
            + layout.constant
            + loads_bound(layout, prices, self._peaks.force)
            + curtailment_bound(layout, prices)
        )


def first_mu(layout: Layout) -> float:
    """Return a product to start from: a usual price times a usual power, and rather more than that.

    The power is that of what can move at all: starting from almost nothing, as a dead battery beside PV that
    can be curtailed would say, the method never gets to where the multipliers must be.
    """
    costs, arrays = layout.loads, layout.batteries
    slopes = costs.linear + costs.quadratic * costs.base
    price = np.abs(slopes).max(initial=0.0) + SLOT_HOURS * arrays.end_worth.max(initial=0.0)
    flows = np.concatenate([arrays.most_charge, arrays.most_discharge, layout.most_curtailed], axis=1)
    power = flows.sum() / max(np.count_nonzero(flows), 1)
    return max(4 * float(price * power), LEAST_FIRST_MU)
