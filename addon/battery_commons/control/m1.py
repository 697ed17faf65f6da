"""M1, maximal self-consumption: each battery for its own house.

    b = -n   while reserve <= e <= capacity, with n the net load of the battery's own house

A rule in the home: it needs no coordinator, so the plan only says "your own house" for every slot. It is
also what a home falls back to.
"""

from battery_commons.control.problem import ControlProblem
from battery_commons.domain.plan import BatteryPlan, ControlModel, Plan, PlanReason


def plan_m1(problem: ControlProblem) -> Plan:
    """Return the plan that leaves every battery to its own house."""
    slots = problem.grid.slots
    return Plan(
        model=ControlModel.M1,
        grid=problem.grid,
        batteries=[
            BatteryPlan(battery.id, [None] * slots, [PlanReason.OWN_HOUSE] * slots)
            for battery in problem.batteries
        ],
        base_load_w=problem.base_loads(),
    )
