"""M5, regional grid support: the batteries follow the peaks of the medium-voltage feeder; then cost.

    minimise  sum_t dt phi_t (F_t - F*)^2 + pi sum_d max_t |F_t| + the community's bill + wear - stored value

F* is the mean of the expected load and phi_t > 0 inside the windows that the grid operator signals (without a
signal: always; with one pi is zero, since the highest load of a day may be outside). Least squares, because a
plan that only minimises the highest point of a forecast realises almost nothing once the forecast is a little
wrong; the small price pi on each day's highest load decides between plans that least squares holds for equal.
"""

from dataclasses import replace

import numpy as np

from battery_commons.control.m2 import objective_m2
from battery_commons.control.objective import Objective
from battery_commons.control.problem import ControlProblem

FLATTENING_EUR_PER_KW2H = 0.001
"""phi: 500 kW from the mean, moving a kWh closer is worth a euro: the service comes before the bill."""
PEAK_EUR_PER_KW = 10.0
"""pi: per day."""


def objective_m5(problem: ControlProblem) -> Objective:
    """Return the weights of M5, in the slots in which the feeder is called for.

    Raises ValueError where the village knows nothing of a feeder.
    """
    return with_service(objective_m2(problem), problem)


def with_service(base: Objective, problem: ControlProblem) -> Objective:
    """Return `base` with the regional service of M5 on top of it."""
    expected_kw = problem.base_feeder_w() / 1000
    called = problem.feeder.called if problem.feeder else None
    return replace(
        base,
        feeder_eur_per_kw2h=np.where(
            np.ones(problem.grid.slots, dtype=bool) if called is None else called,
            FLATTENING_EUR_PER_KW2H,
            0.0,
        ),
        feeder_target_kw=np.full(problem.grid.slots, expected_kw.mean()),
        feeder_peak_eur_per_kw=PEAK_EUR_PER_KW if called is None else 0.0,
    )
