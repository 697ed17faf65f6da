"""From a problem and an objective to a schedule, by the solver that fits the size."""

from collections.abc import Callable
from importlib import import_module
from time import monotonic

import numpy as np

from battery_commons.control.alike import AlikeBatteries, merge_alike
from battery_commons.control.objective import Objective
from battery_commons.control.problem import ControlProblem
from battery_commons.control.program import QuadraticProgram
from battery_commons.control.schedule import Flows, Schedule, schedule_of
from battery_commons.control.valuation import value_eur

WHOLE_UP_TO = 50
"""Batteries that differ; above this the interior-point method is faster than the program as a whole."""
MANY_METERS = 24
"""The interior-point method's dense system grows with the meters: above this the whole program is solved."""


def optimise(
    problem: ControlProblem,
    objective: Objective,
    *,
    seconds: float | None = None,
    clock: Callable[[], float] = monotonic,
) -> Schedule:
    """Return the best schedule for `problem` under `objective`. Raises SolverError without any answer.

    Where many batteries are still being planned for after `seconds` of `clock`, the best plan so far counts.
    """
    if not problem.batteries and not problem.curtailable:
        nothing = np.zeros((0, problem.grid.slots))
        return schedule_of(problem, nothing, nothing, optimal=True)
    alike = merge_alike(problem)
    flows = _flows(alike, objective, seconds, clock)
    power_w = 1000 * alike.spread(flows.charge - flows.discharge)
    found = schedule_of(problem, power_w, 1000 * flows.curtailed, optimal=flows.optimal)
    return found if found.optimal else _no_worse_than_idle(problem, objective, found)


def _flows(
    alike: AlikeBatteries, objective: Objective, seconds: float | None, clock: Callable[[], float]
) -> Flows:
    few = len(alike.problem.batteries) <= WHOLE_UP_TO
    if few or len(alike.problem.meters) > MANY_METERS:
        return QuadraticProgram(alike, objective).solve()
    # Loaded where it is needed: with its part of SciPy it fills 5 MB, which a small village can do without.
    solve: Callable[..., Flows] = import_module("battery_commons.control.interior_point.solve").solve
    return solve(alike, objective, seconds=seconds, clock=clock)


def _no_worse_than_idle(problem: ControlProblem, objective: Objective, found: Schedule) -> Schedule:
    """Return what was found, unless it was stopped so early that doing nothing is better."""
    idle = schedule_of(problem, 0 * found.power_w, 0 * found.curtailed_w, optimal=False)
    values = [value_eur(problem, objective, s.power_w, s.curtailed_w) for s in (found, idle)]
    return found if values[0] <= values[1] else idle
