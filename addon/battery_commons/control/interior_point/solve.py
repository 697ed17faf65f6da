"""From a merged problem to flows, by the interior-point method."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from os import process_cpu_count
from time import monotonic

import numpy as np
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from battery_commons.control.alike import AlikeBatteries
from battery_commons.control.interior_point.bound import lower_bound
from battery_commons.control.interior_point.layout import Layout, lay_out
from battery_commons.control.interior_point.method import Method, Solution
from battery_commons.control.objective import Objective
from battery_commons.control.schedule import Flows

BURNING_SHARE = 0.005
"""An interior point is never quite on a bound: so little flow both ways at once is that, and is netted."""


def solve(
    alike: AlikeBatteries,
    objective: Objective,
    *,
    seconds: float | None = None,
    clock: Callable[[], float] = monotonic,
) -> Flows:
    """Return the optimum, or the best found where `seconds` of `clock` have passed before it is certified.

    Batteries never burn energy in it, by the same repair as program.py: where charge and discharge at once
    would pay, the larger flow is kept and the problem solved again.
    """
    end = None if seconds is None else clock() + seconds

    def too_late() -> bool:
        return end is not None and clock() >= end

    everywhere = np.ones((len(alike.problem.batteries), alike.problem.grid.slots), dtype=bool)
    # The matrices are small and the blocks keep all cores busy: threads within products get in the way.
    with threadpool_limits(1, "blas"), ThreadPoolExecutor(process_cpu_count() or 1) as pool:
        whole = lay_out(alike, objective, everywhere, everywhere)
        if not whole.can_move:
            return _stillness(whole)
        found = Method(whole, pool).run(too_late)
        flows = _flows(whole, found, found.bound_eur)
        if _burning(flows) > BURNING_SHARE and not too_late():
            charges = flows.charge > flows.discharge
            layout = lay_out(alike, objective, charges, ~charges)
            again = Method(layout, pool).run(too_late)
            bound = lower_bound(whole, again.prices, again.worth, again.peak_forces)
            flows = _flows(layout, again, max(found.bound_eur, bound))
    return _netted(flows)


def _burning(flows: Flows) -> float:
    """Return the flow that goes both ways at once, as a share of all."""
    both = float(np.minimum(flows.charge, flows.discharge).sum())
    return both / max(float(np.maximum(flows.charge, flows.discharge).sum()), np.finfo(float).tiny)


def _netted(flows: Flows) -> Flows:
    net = flows.charge - flows.discharge
    return replace(flows, charge=np.maximum(net, 0.0), discharge=np.maximum(-net, 0.0))


def _stillness(layout: Layout) -> Flows:
    """Return the only flows there are where no battery and no PV can do anything."""
    n, j = len(layout.order), layout.most_curtailed.shape[1]
    slots = layout.loads.base.shape[1]
    still = np.zeros((n, slots))
    return Flows(still, still.copy(), np.zeros((j, slots)), optimal=True, bound_eur=layout.idle_eur)


def _flows(layout: Layout, found: Solution, bound_eur: float) -> Flows:
    return Flows(
        charge=layout.rows_of(found.charge),
        discharge=layout.rows_of(found.discharge),
        curtailed=np.ascontiguousarray(found.curtailed.T),
        optimal=found.certified,
        bound_eur=bound_eur,
    )
