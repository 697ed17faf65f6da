"""M2, neighbourhood coordination: the batteries as one, so that a surplus next door serves a need here.

    minimise  sum_mt dt (p_imp [G]+ - p_exp [G]-) + wear - value of what is stored,   G = the meter's net load

With the whole community behind one (administrative) meter. The grid does not occur in it but for its limits.
"""

from battery_commons.control.objective import Objective, stored_value
from battery_commons.control.problem import ControlProblem


def objective_m2(problem: ControlProblem) -> Objective:
    """Return the weights of M2."""
    return Objective(bill=1.0, stored_eur_per_kwh=stored_value(problem))
