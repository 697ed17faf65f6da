"""Why a planned battery does what it does: the larger of two motives, the grid or the price."""

import numpy as np

from battery_commons.control.problem import ControlProblem, Floats
from battery_commons.control.program import Weights
from battery_commons.domain.plan import PlanReason

HOLD_BELOW_W = 50.0
"""Less power than this is standing still."""


def explain(problem: ControlProblem, weights: Weights, power_w: Floats) -> list[list[PlanReason]]:
    """Return, for each battery and slot of `power_w` (N, T), the motive that weighed most.

    The grid's motive is the congestion price on the transformer's base load, the purse's is the
    distance of the energy price from its mean over the horizon, both in EUR per kWh.
    """
    loads_kw = problem.behind().T @ problem.base_load_w / 1000
    grid_motive = 2 * weights.congestion_eur_per_kw2h * loads_kw
    importing = problem.base_load_w.sum(axis=0) >= 0
    price = np.where(importing, problem.import_price, problem.export_price)
    price_motive = np.broadcast_to(price - price.mean(), grid_motive.shape)
    return [
        [_motive(*slot) for slot in zip(powers, grids, prices, strict=True)]
        for powers, grids, prices in zip(power_w, grid_motive, price_motive, strict=True)
    ]


def _motive(power_w: float, grid_motive: float, price_motive: float) -> PlanReason:
    if abs(power_w) < HOLD_BELOW_W:
        return PlanReason.HOLD
    if power_w < 0:
        return PlanReason.RELIEVE_IMPORT if grid_motive > max(price_motive, 0) else PlanReason.HIGH_PRICE
    return PlanReason.RELIEVE_EXPORT if grid_motive < min(price_motive, 0) else PlanReason.LOW_PRICE
