"""From a problem and an objective to a schedule, by the solver that fits the size."""

import numpy as np

from battery_commons.control.alike import merge_alike
from battery_commons.control.objective import Objective
from battery_commons.control.problem import ControlProblem
from battery_commons.control.program import QuadraticProgram
from battery_commons.control.schedule import Schedule, schedule_of


def optimise(problem: ControlProblem, objective: Objective) -> Schedule:
    """Return the best schedule for `problem` under `objective`. Raises SolverError without any answer."""
    if not problem.batteries and not problem.curtailable:
        nothing = np.zeros((0, problem.grid.slots))
        return schedule_of(problem, nothing, nothing, optimal=True)
    alike = merge_alike(problem)
    flows = QuadraticProgram(alike, objective).solve()
    power_w = 1000 * alike.spread(flows.charge - flows.discharge)
    return schedule_of(problem, power_w, 1000 * flows.curtailed, optimal=flows.optimal)
