"""The control models by name, and how each makes a plan from a problem."""

from collections.abc import Callable, Mapping

from battery_commons.control.layered import objective_layered
from battery_commons.control.m1 import plan_m1
from battery_commons.control.m2 import objective_m2
from battery_commons.control.m3 import objective_m3
from battery_commons.control.m4 import objective_m4
from battery_commons.control.m5 import objective_m5
from battery_commons.control.objective import Objective
from battery_commons.control.optimise import optimise
from battery_commons.control.problem import ControlProblem
from battery_commons.control.reasons import explain
from battery_commons.domain.plan import BatteryPlan, ControlModel, Plan

OBJECTIVES: Mapping[ControlModel, Callable[[ControlProblem], Objective]] = {
    ControlModel.M2: objective_m2,
    ControlModel.M3: objective_m3,
    ControlModel.M4: objective_m4,
    ControlModel.M5: objective_m5,
    ControlModel.M6: objective_m4,  # on the load as residents are expected to shift it: flash_mob.py
    ControlModel.LAYERED: objective_layered,
}
"""What each planned model asks of the shared formulation. M1 is a rule in the home and plans nothing."""
LONGEST_S = 120.0
"""A plan has to be there well before the next quarter hour: after so long the best one found counts."""


def make_plan(problem: ControlProblem, model: ControlModel) -> Plan:
    """Return the plan of `model`.

    Raises SolverError without any answer, ValueError where a feeder is missing.
    """
    if model == ControlModel.M1:
        return plan_m1(problem)
    objective = OBJECTIVES[model](problem)
    schedule = optimise(problem, objective, seconds=LONGEST_S)
    reasons = explain(problem, objective, schedule.power_w)
    return Plan(
        model=model,
        grid=problem.grid,
        batteries=[
            BatteryPlan(battery.id, [round(float(p)) for p in powers], why)
            for battery, powers, why in zip(problem.batteries, schedule.power_w, reasons, strict=True)
        ],
        base_load_w=problem.base_loads(),
    )
