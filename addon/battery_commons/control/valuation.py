"""What a schedule is worth in the terms of an objective: the formula itself, computed from powers alone."""

import numpy as np

from battery_commons.control.objective import (
    CHANGE_OF_MIND_EUR_PER_KW2H,
    CURTAILMENT_EUR_PER_KWH,
    EVEN_SHARING_EUR_PER_KW2H,
    Objective,
    local_days,
    overload_prices,
)
from battery_commons.control.problem import ControlProblem, Floats
from battery_commons.control.schedule import transformer_loads_w
from battery_commons.domain.time import SLOT_HOURS


def value_eur(problem: ControlProblem, objective: Objective, power_w: Floats, curtailed_w: Floats) -> float:
    """Return what `objective` makes of powers (N, T) and curtailed PV (J, T): less is better.

    Independent of any solver, so that solvers can be compared by it.
    """
    load_kw = transformer_loads_w(problem, power_w, curtailed_w) / 1000
    parts = [
        objective.bill * bill_eur(problem, power_w, curtailed_w),
        _grid_eur(problem, objective, load_kw),
        _battery_eur(problem, objective, power_w / 1000),
        SLOT_HOURS * CURTAILMENT_EUR_PER_KWH * float(curtailed_w.sum()) / 1000,
    ]
    return float(sum(parts))


def bill_eur(problem: ControlProblem, power_w: Floats, curtailed_w: Floats) -> float:
    """Return what all meters together pay."""
    meter_of = problem.meter_of()
    total = 0.0
    for m, meter in enumerate(problem.meters):
        net_w = meter.net_w + power_w[meter_of == m].sum(axis=0)
        for pv, off_w in zip(problem.curtailable, curtailed_w, strict=True):
            if pv.meter == m:
                net_w = net_w + off_w
        price = np.where(net_w >= 0, meter.import_price, meter.export_price)
        total += SLOT_HOURS * float(net_w @ price) / 1000
    return total


def _grid_eur(problem: ControlProblem, objective: Objective, load_kw: Floats) -> float:
    target = 0.0 if objective.transformer_target_kw is None else objective.transformer_target_kw
    highest, lowest = problem.limits_kw()
    beyond = np.maximum(np.maximum(load_kw - highest, lowest - load_kw), 0.0)
    of_transformers, of_feeder = overload_prices(problem)
    overload = of_transformers @ beyond.sum(axis=1)
    pull = objective.transformer_eur_per_kw2h * ((load_kw - target) ** 2).sum()
    total = SLOT_HOURS * (pull + overload)
    if problem.feeder:
        feeder = problem.feeder.background_w / 1000 + load_kw[problem.on_feeder()].sum(axis=0)
        highest, lowest = problem.feeder_limits_kw()
        beyond = np.maximum(np.maximum(feeder - highest, lowest - feeder), 0.0)
        total += SLOT_HOURS * of_feeder * beyond.sum()
        if objective.feeder_eur_per_kw2h is not None:
            aim = 0.0 if objective.feeder_target_kw is None else objective.feeder_target_kw
            total += SLOT_HOURS * float(objective.feeder_eur_per_kw2h @ (feeder - aim) ** 2)
        if objective.feeder_peak_eur_per_kw:
            days = local_days(problem)
            peaks = [np.abs(feeder[days == day]).max() for day in np.unique(days)]
            total += objective.feeder_peak_eur_per_kw * float(sum(peaks))
    return float(total)


def _battery_eur(problem: ControlProblem, objective: Objective, power_kw: Floats) -> float:
    charge, discharge = np.maximum(power_kw, 0.0), np.maximum(-power_kw, 0.0)
    wear = objective.wear_eur_per_kwh / 2 * (charge + discharge).sum()
    sharing = EVEN_SHARING_EUR_PER_KW2H * (power_kw**2).sum()
    change = 0.0
    if problem.former_power_w is not None:
        difference = np.nan_to_num(power_kw - problem.former_power_w / 1000)
        change = CHANGE_OF_MIND_EUR_PER_KW2H * (difference**2).sum()
    gain = np.array([b.charge_efficiency for b in problem.batteries])
    worth = np.array([b.discharge_efficiency for b in problem.batteries])
    stored = problem.stored_wh / 1000 + SLOT_HOURS * (
        gain * charge.sum(axis=1) - discharge.sum(axis=1) / worth
    )
    return float(SLOT_HOURS * (wear + sharing + change) - objective.stored_eur_per_kwh * (worth @ stored))
