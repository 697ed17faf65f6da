"""M4, balance of community and grid: the community's energy bill with a shadow price on congestion.

    minimise  sum_mt dt (p_imp [G]+ - p_exp [G]-) + mu sum_kt dt L_kt^2 + wear - value of what is stored

with mu = 0.001 EUR/kW2h: at 125 kW on a transformer, relieving it by 1 kWh is worth 25 cents. The village may
choose to have it weigh more or less. The price is quadratic since a linear one above a limit lets the yearly
peak rise: its kink saturates.
"""

from battery_commons.control.objective import Objective, stored_value
from battery_commons.control.problem import ControlProblem

CONGESTION_EUR_PER_KW2H = 0.001


def objective_m4(problem: ControlProblem) -> Objective:
    """Return the weights of M4."""
    return Objective(
        bill=1.0,
        transformer_eur_per_kw2h=problem.congestion_weight * CONGESTION_EUR_PER_KW2H,
        stored_eur_per_kwh=stored_value(problem),
    )
