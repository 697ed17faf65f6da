"""M4 + M5: the local layer runs always, the regional service is on top of it, on call.

    minimise  M4's objective + M5's terms

M4's congestion price and the transformers' limits stay in force before, during and after the service: that is
what prices the rebound, when all batteries would recharge or discharge together after a regional call.
"""

from battery_commons.control.m4 import objective_m4
from battery_commons.control.m5 import with_service
from battery_commons.control.objective import Objective
from battery_commons.control.problem import ControlProblem


def objective_layered(problem: ControlProblem) -> Objective:
    """Return the weights of both layers, M5's in the slots in which the feeder is called for."""
    return with_service(objective_m4(problem), problem)
