"""M3, local congestion management on the grid's command: every transformer's load is held level.

    minimise  mu sum_kt dt (L_kt - L*_kt)^2 + wear

The target L* is what the grid operator asks, or else the mean of the expected load. Cost does not enter, so
mu only has to be large beside the wear.
"""

import numpy as np

from battery_commons.control.objective import Objective
from battery_commons.control.problem import ControlProblem, Floats

LEVELLING_EUR_PER_KW2H = 0.02
"""mu: at 10 kW from the target, moving a kWh closer is worth 40 cents."""


def objective_m3(problem: ControlProblem, target_w: Floats | None = None) -> Objective:
    """Return the weights of M3, towards `target_w` (K, T) or towards the mean of what is expected."""
    if target_w is None:
        means = problem.base_load_w.mean(axis=1, keepdims=True)
        target_w = np.broadcast_to(means, problem.base_load_w.shape)
    return Objective(transformer_eur_per_kw2h=LEVELLING_EUR_PER_KW2H, transformer_target_kw=target_w / 1000)
