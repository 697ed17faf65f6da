"""The schedule is the optimum: HiGHS, told the same problem independently, finds no better one."""

import highspy
import numpy as np

from battery_commons.control.objective import Objective, stored_value
from battery_commons.control.optimise import optimise
from battery_commons.control.problem import ControlProblem

from .conftest import make_problem


def least_cost_of_highs(problem: ControlProblem) -> float:
    """Return the least bill plus wear less end value, as a linear program written out slot by slot."""
    highs = highspy.Highs()
    highs.silent()
    end_value = max(problem.meters[0].import_price.mean(), 0.0) * 0.95
    objective = 0.0
    exchange = [-load / 1000 for load in problem.base_load_w.sum(axis=0)]
    for n in range(len(problem.batteries)):
        energy = problem.stored_wh[n] / 1000
        for t in range(problem.grid.slots):
            charge, discharge = highs.addVariable(0, 5), highs.addVariable(0, 5)
            after = highs.addVariable(1, 10)
            highs.addConstr(after == energy + 0.25 * (0.95 * charge - discharge / 0.95))
            objective = objective + 0.25 * 0.01 * (charge + discharge)
            exchange[t] = exchange[t] - charge + discharge
            energy = after
        objective = objective - end_value * energy
    for t in range(problem.grid.slots):
        imported, exported = highs.addVariable(0, 1000), highs.addVariable(0, 1000)
        highs.addConstr(imported - exported + exchange[t] == 0)
        objective = (
            objective
            + 0.25 * float(problem.meters[0].import_price[t]) * imported
            - 0.25 * float(problem.meters[0].export_price[t]) * exported
        )
    highs.minimize(objective)
    return float(highs.getInfo().objective_function_value)


def cost_of(problem: ControlProblem, power_w: np.ndarray) -> float:
    """Return the same figure for a schedule, from its powers alone."""
    power_kw = power_w / 1000
    stored = np.where(power_kw > 0, 0.95 * power_kw, power_kw / 0.95).sum(axis=1) / 4
    village = problem.base_load_w.sum(axis=0) / 1000 + power_kw.sum(axis=0)
    bill = np.where(village > 0, problem.meters[0].import_price, problem.meters[0].export_price) @ village / 4
    wear = 0.25 * 0.01 * np.abs(power_kw).sum()
    end_value = max(problem.meters[0].import_price.mean(), 0.0) * 0.95
    return float(bill + wear - end_value * (problem.stored_wh / 1000 + stored).sum())


def test_without_a_congestion_price_the_schedule_costs_what_highs_finds_within_a_cent() -> None:
    price = 0.25 + 0.2 * np.sin(np.arange(96) / 96 * 4 * np.pi)
    problem = make_problem(import_price=price, base_load_kw=np.linspace(5, 60, 96))

    ours = cost_of(
        problem, optimise(problem, Objective(bill=1.0, stored_eur_per_kwh=stored_value(problem))).power_w
    )

    assert abs(ours - least_cost_of_highs(problem)) < 0.01
