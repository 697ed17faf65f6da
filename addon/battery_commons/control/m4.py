"""M4, balance of community and grid: the community's energy bill with a shadow price on congestion.

    minimise  sum_t dt (p_imp [G]+ - p_exp [G]-) + mu sum_kt dt L_kt^2 + wear,   G_t = sum_k L_kt

with mu = 0.001 EUR/kW2h: at 125 kW on a transformer, relieving it by 1 kWh is worth 25 cents.
"""

from battery_commons.control.problem import ControlProblem
from battery_commons.control.program import Weights, optimise
from battery_commons.control.reasons import explain
from battery_commons.domain.plan import BatteryPlan, ControlModel, Plan

WEIGHTS = Weights(congestion_eur_per_kw2h=0.001)


def plan_m4(problem: ControlProblem) -> Plan:
    """Return the plan of M4. Raises SolverError when the solver gives no answer."""
    schedule = optimise(problem, WEIGHTS)
    reasons = explain(problem, WEIGHTS, schedule.power_w)
    return Plan(
        model=ControlModel.M4,
        grid=problem.grid,
        batteries=[
            BatteryPlan(battery.id, [round(float(p)) for p in powers], why)
            for battery, powers, why in zip(problem.batteries, schedule.power_w, reasons, strict=True)
        ],
        base_load_w=problem.base_loads(),
    )
