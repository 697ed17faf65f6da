"""Why a planned battery does what it does: the largest of three motives, transformer, feeder or price."""

import numpy as np

from battery_commons.control.objective import Objective, marginal_prices
from battery_commons.control.problem import ControlProblem, Floats
from battery_commons.domain.plan import PlanReason

HOLD_BELOW_W = 50.0
"""Less power than this is standing still."""


def explain(problem: ControlProblem, objective: Objective, power_w: Floats) -> list[list[PlanReason]]:
    """Return, for each battery and slot of `power_w` (N, T), the motive that weighed most.

    Each motive is what a kWh less import is worth there, in EUR: the slope of the objective at the load
    without the batteries; of the energy price its distance from the mean over the horizon.
    """
    target = 0.0 if objective.transformer_target_kw is None else objective.transformer_target_kw
    slopes = 2 * objective.transformer_eur_per_kw2h * (problem.base_load_w / 1000 - target)
    transformer = slopes[problem.transformer_of()]
    price = objective.bill * marginal_prices(problem)
    motives = {
        PlanReason.RELIEVE_IMPORT: transformer,
        PlanReason.RELIEVE_FEEDER: np.broadcast_to(_feeder_motive(problem, objective), transformer.shape),
        PlanReason.HIGH_PRICE: np.broadcast_to(price - price.mean(), transformer.shape),
    }
    names = list(motives)
    # What speaks for a battery's action: a positive motive for discharging, a negative one for charging.
    speaking = -np.sign(power_w) * np.stack(list(motives.values()))
    strongest = speaking.argmax(axis=0)
    return [
        [
            PlanReason.HOLD if abs(power) < HOLD_BELOW_W else _when(names[which], charging=power > 0)
            for power, which in zip(powers, row, strict=True)
        ]
        for powers, row in zip(power_w, strongest, strict=True)
    ]


def _feeder_motive(problem: ControlProblem, objective: Objective) -> Floats:
    if objective.feeder_eur_per_kw2h is None:
        return np.zeros(problem.grid.slots)
    target = 0.0 if objective.feeder_target_kw is None else objective.feeder_target_kw
    motive: Floats = 2 * objective.feeder_eur_per_kw2h * (problem.base_feeder_w() / 1000 - target)
    return motive


def _when(discharging: PlanReason, *, charging: bool) -> PlanReason:
    """Return the reason as it is called in the direction of the battery."""
    if not charging:
        return discharging
    opposite = {
        PlanReason.RELIEVE_IMPORT: PlanReason.RELIEVE_EXPORT,
        PlanReason.HIGH_PRICE: PlanReason.LOW_PRICE,
    }
    return opposite.get(discharging, discharging)
