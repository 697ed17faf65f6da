"""From a merged problem to flows, by the interior-point method."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from os import process_cpu_count
from time import monotonic

import numpy as np
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from battery_commons.control.alike import AlikeBatteries
from battery_commons.control.interior_point.bound import lower_bound
from battery_commons.control.interior_point.layout import Layout, lay_out
from battery_commons.control.interior_point.method import Method, Solution
from battery_commons.control.objective import Objective
from battery_commons.control.schedule import Flows, schedule_of
from battery_commons.control.valuation import value_eur


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
        flows = _netted(whole, found, found.bound_eur)
        # Netting may cost as much again as the plan was above its bound: more says that burning paid.
        if too_late() or _value(alike, objective, flows) <= found.bound_eur + 2 * found.tolerance_eur:
            return flows
        charges = flows.charge > flows.discharge
        layout = lay_out(alike, objective, charges, ~charges)
        again = Method(layout, pool).run(too_late)
    bound = lower_bound(whole, again.prices, again.worth, again.peak_forces)
    return _netted(layout, again, max(found.bound_eur, bound))


def _netted(layout: Layout, found: Solution, bound_eur: float) -> Flows:
    """Return the flows without what goes both ways at once."""
    net = layout.rows_of(found.charge - found.discharge)
    return Flows(
        charge=np.maximum(net, 0.0),
        discharge=np.maximum(-net, 0.0),
        curtailed=np.ascontiguousarray(found.curtailed.T),
        optimal=found.certified,
        bound_eur=bound_eur,
    )


def _value(alike: AlikeBatteries, objective: Objective, flows: Flows) -> float:
    """Return what the flows cost as the batteries can follow them."""
    problem = alike.whole
    power_w = 1000 * alike.spread(flows.charge - flows.discharge)
    schedule = schedule_of(problem, power_w, 1000 * flows.curtailed, optimal=flows.optimal)
    return value_eur(problem, objective, schedule.power_w, schedule.curtailed_w)


def _stillness(layout: Layout) -> Flows:
    """Return the only flows there are where no battery and no PV can do anything."""
    n, j = len(layout.order), layout.most_curtailed.shape[1]
    slots = layout.loads.base.shape[1]
    still = np.zeros((n, slots))
    return Flows(still, still.copy(), np.zeros((j, slots)), optimal=True, bound_eur=layout.idle_eur)
