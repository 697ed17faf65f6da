"""Why a planned battery does what it does: the largest motive of its model: transformer, feeder or price."""

import numpy as np

from battery_commons.control.asked_limits import AskedLimits
from battery_commons.control.objective import ASKED_EUR_PER_KWH, Objective, marginal_prices
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
    motives = {PlanReason.RELIEVE_IMPORT: transformer}
    # What a model does not weigh is no reason, not even where nothing that it weighs speaks for an action.
    if objective.bill:
        price = objective.bill * marginal_prices(problem)
        motives[PlanReason.HIGH_PRICE] = np.broadcast_to(price - price.mean(), transformer.shape)
    if objective.feeder_eur_per_kw2h is not None:
        target = 0.0 if objective.feeder_target_kw is None else objective.feeder_target_kw
        feeder = 2 * objective.feeder_eur_per_kw2h * (problem.base_feeder_w() / 1000 - target)
        motives[PlanReason.RELIEVE_FEEDER] = problem.behind_feeder()[:, np.newaxis] * feeder
    if problem.asked or (problem.feeder and problem.feeder.asked):
        motives[PlanReason.GRID_OPERATOR] = _asked(problem)[problem.transformer_of()]
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


def _when(discharging: PlanReason, *, charging: bool) -> PlanReason:
    """Return the reason as it is called in the direction of the battery."""
    if not charging:
        return discharging
    opposite = {
        PlanReason.RELIEVE_IMPORT: PlanReason.RELIEVE_EXPORT,
        PlanReason.HIGH_PRICE: PlanReason.LOW_PRICE,
    }
    return opposite.get(discharging, discharging)


def _asked(problem: ControlProblem) -> Floats:
    """Return (K, T) the price of what operators ask, where the load without the batteries is beyond it."""
    beyond = np.zeros(problem.base_load_w.shape)
    if problem.asked:
        beyond = _side(problem.base_load_w / 1000, problem.limits_kw(), problem.asked)
    if problem.feeder and problem.feeder.asked:
        feeder = _side(problem.base_feeder_w() / 1000, problem.feeder_limits_kw(), problem.feeder.asked)
        of_feeder = problem.on_feeder()[:, np.newaxis] * feeder
        beyond = np.where(beyond == 0.0, of_feeder, beyond)
    return ASKED_EUR_PER_KWH * beyond


def _side(load_kw: Floats, limits_kw: tuple[Floats, Floats], asked: AskedLimits) -> Floats:
    """Return 1 where a load is above its limits, -1 where it is below, and 0 where it is neither, or free."""
    highest, lowest = limits_kw
    sides = (load_kw > highest).astype(float) - (load_kw < lowest)
    return np.where(asked.there(), sides, 0.0)
