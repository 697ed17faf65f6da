"""The shared formulation (objective.py) as one sparse quadratic program, solved exactly by PIQP.

Variables, in kW and kWh per slot: charge c, discharge d, energy e of each battery; load L and overload o of
each transformer; import g+ and feed-in g- of each meter; curtailed PV q; where the objective or a limit
watches the feeder also its load F, its overload and the highest |F| of each local day.

PIQP is a proximal interior-point method for sparse quadratic programs (Schwan et al., CDC 2023).
"""

import numpy as np
import piqp
from scipy import sparse

from battery_commons.control.alike import AlikeBatteries
from battery_commons.control.matrices import Matrices, Shape, matrices
from battery_commons.control.objective import (
    CHANGE_OF_MIND_EUR_PER_KW2H,
    CURTAILMENT_EUR_PER_KWH,
    EVEN_SHARING_EUR_PER_KW2H,
    Objective,
    counted_prices,
    overload_prices,
)
from battery_commons.control.problem import ControlProblem, Floats, Indices, strongest_w
from battery_commons.control.schedule import BURNING_KW, Flows, SolverError
from battery_commons.domain.time import SLOT_HOURS

MAX_ITERATIONS = 250


class QuadraticProgram:
    """One problem and objective, ready to be solved, and to be solved again with some flows forbidden."""

    def __init__(self, alike: AlikeBatteries, objective: Objective) -> None:
        """Lay out the variables and fill the matrices."""
        self._problem = alike.problem
        self._objective = objective
        self._counts = alike.counts
        shape = Shape.of(self._problem, objective)
        self._matrices = matrices(shape)
        self._columns = self._matrices.columns
        self._rights = _rights(self._problem, shape)
        self._floor, self._ceiling = _floor_and_ceiling(self._problem, shape)
        self._lower, self._upper = _bounds(self._problem, self._matrices)
        self._linear, self._quadratic = self._costs()

    def solve(self) -> Flows:
        """Return the optimum, or the best iterate where the solver ran out of iterations.

        Batteries never burn energy in it: a relaxation without binaries may charge and discharge at once
        where energy is worth less than nothing. Where it does, the larger flow is kept and the program
        solved again.

        Raises SolverError when the solver fails altogether.
        """
        flows = self._run()
        if np.minimum(flows.charge, flows.discharge).max(initial=0.0) > BURNING_KW:
            charges = flows.charge > flows.discharge
            self._upper[self._columns["charge"][~charges]] = 0.0
            self._upper[self._columns["discharge"][charges]] = 0.0
            flows = self._run()
        return flows

    def _run(self) -> Flows:
        solver = piqp.SparseSolver()
        solver.settings.max_iter = MAX_ITERATIONS
        # Every problem of this form has a solution: every limit is soft, and standing still is allowed. The
        # solver's tests for the opposite are heuristics that large loads can trip.
        solver.settings.eps_primal_inf = solver.settings.eps_dual_inf = 1e-20
        solver.setup(
            P=sparse.csc_matrix(sparse.diags_array(self._quadratic)),
            c=self._linear,
            A=self._matrices.balances,
            b=self._rights,
            G=self._matrices.limits,
            h_l=self._floor,
            h_u=self._ceiling,
            x_l=self._lower,
            x_u=self._upper,
        )
        status = solver.solve()
        found = np.asarray(solver.result.x)
        if status not in {piqp.PIQP_SOLVED, piqp.PIQP_MAX_ITER_REACHED} or not np.isfinite(found).all():
            raise SolverError(f"no optimum: {status.name}")
        found = np.clip(found, self._lower, self._upper)
        return Flows(
            charge=found[self._columns["charge"]],
            discharge=found[self._columns["discharge"]],
            curtailed=found[self._columns["curtailed"]],
            optimal=status == piqp.PIQP_SOLVED,
        )

    def _costs(self) -> tuple[Floats, Floats]:
        """Return the linear costs, and the diagonal of Q in 1/2 x'Qx."""
        objective, problem, columns = self._objective, self._problem, self._columns
        linear, quadratic = np.zeros(self._matrices.variables), np.zeros(self._matrices.variables)
        for m, meter in enumerate(problem.meters):
            buy, sell = counted_prices(meter)
            linear[columns["imported"][m]] = SLOT_HOURS * objective.bill * buy
            linear[columns["exported"][m]] = -SLOT_HOURS * objective.bill * sell
        for flow in ("charge", "discharge"):
            linear[columns[flow]] = SLOT_HOURS * objective.wear_eur_per_kwh / 2
            quadratic[columns[flow]] = (
                2 * SLOT_HOURS * EVEN_SHARING_EUR_PER_KW2H / self._counts[:, np.newaxis]
            )
        self._cling_to_former(linear, quadratic)
        _pull(
            linear,
            quadratic,
            columns["load"],
            objective.transformer_eur_per_kw2h,
            objective.transformer_target_kw,
        )
        if objective.feeder_eur_per_kw2h is not None:
            _pull(
                linear,
                quadratic,
                columns["feeder"],
                objective.feeder_eur_per_kw2h,
                objective.feeder_target_kw,
            )
        linear[columns["peak"]] = objective.feeder_peak_eur_per_kw
        of_transformers, of_feeder = overload_prices(problem)
        linear[columns["overload"]] = SLOT_HOURS * of_transformers[:, np.newaxis]
        linear[columns["feeder_overload"]] = SLOT_HOURS * of_feeder
        linear[columns["curtailed"]] = SLOT_HOURS * CURTAILMENT_EUR_PER_KWH
        efficiency = np.array([battery.discharge_efficiency for battery in problem.batteries])
        linear[columns["energy"][:, -1]] = -objective.stored_eur_per_kwh * efficiency
        return linear, quadratic

    def _cling_to_former(self, linear: Floats, quadratic: Floats) -> None:
        """Price the distance from the plan in force: (c - d - b°)^2, apart for the side that b° is on."""
        if self._problem.former_power_w is None:
            return
        said = np.isfinite(self._problem.former_power_w)
        former = np.where(said, self._problem.former_power_w, 0.0) / 1000
        price = 2 * SLOT_HOURS * CHANGE_OF_MIND_EUR_PER_KW2H * said / self._counts[:, np.newaxis]
        for flow, aim in (("charge", np.maximum(former, 0.0)), ("discharge", np.maximum(-former, 0.0))):
            quadratic[self._columns[flow]] += price
            linear[self._columns[flow]] -= price * aim


def _pull(
    linear: Floats, quadratic: Floats, block: Indices, price: Floats | float, target: Floats | None
) -> None:
    """Add dt price (x - target)^2 for a block of variables, but for its constant."""
    quadratic[block] += 2 * SLOT_HOURS * price
    if target is not None:
        linear[block] -= 2 * SLOT_HOURS * price * target


def _bounds(problem: ControlProblem, program: Matrices) -> tuple[Floats, Floats]:
    columns = program.columns
    lower, upper = np.zeros(program.variables), np.full(program.variables, np.inf)
    lower[columns["load"]] = lower[columns["feeder"]] = -np.inf
    available = problem.is_available()
    batteries = problem.batteries
    upper[columns["charge"]] = available * np.array([[b.max_charge_w / 1000] for b in batteries])
    upper[columns["discharge"]] = available * np.array([[b.max_discharge_w / 1000] for b in batteries])
    upper[columns["energy"]] = np.array([[b.capacity_wh / 1000] for b in batteries])
    # A battery found below its reserve may stay there; it is only not taken further down.
    reserve_wh = np.array([b.reserve * b.capacity_wh for b in batteries])
    lower[columns["energy"]] = np.minimum(reserve_wh, problem.stored_wh)[:, np.newaxis] / 1000
    for j, pv in enumerate(problem.curtailable):
        upper[columns["curtailed"][j]] = pv.yield_w / 1000
    # Import and feed-in at once would be free where both have one price: bound what cannot happen.
    reach_kw = _reach_w(problem) / 1000
    for m, meter in enumerate(problem.meters):
        most_kw = np.abs(meter.net_w) / 1000 + reach_kw + 1
        upper[columns["imported"][m]] = upper[columns["exported"][m]] = most_kw
    return lower, upper


def _reach_w(problem: ControlProblem) -> Floats:
    """Return (T,) by how much batteries and curtailed PV can move a load together."""
    return strongest_w(problem.batteries) + sum(
        (pv.yield_w for pv in problem.curtailable), np.zeros(problem.grid.slots)
    )


def _rights(problem: ControlProblem, shape: Shape) -> Floats:
    """Return what the balances are equal to: what is stored at first, and the loads without the batteries."""
    stored_kwh = np.zeros((len(problem.batteries), shape.slots))
    stored_kwh[:, 0] = problem.stored_wh / 1000
    rights = [stored_kwh.ravel(), problem.base_load_w.ravel() / 1000]
    rights += [meter.net_w / 1000 for meter in problem.meters]
    if problem.feeder and shape.watches_feeder:
        rights.append(problem.feeder.background_w / 1000)
    return np.concatenate(rights)


def _floor_and_ceiling(problem: ControlProblem, shape: Shape) -> tuple[Floats, Floats]:
    """Return between what the limits' rows stay: lowest - o <= L <= highest + o, and so for the feeder."""
    highest, lowest = problem.limits_kw()
    edges = [(lowest.ravel(), highest.ravel())]
    each_slot = np.ones(shape.slots)
    if problem.feeder and shape.limits_feeder:
        # Where nothing is asked the limit is what it can never reach: PIQP has no use for rows without any.
        reach_kw = (np.abs(problem.base_feeder_w()) + _reach_w(problem)) / 1000 + 1
        feeder_highest, feeder_lowest = problem.feeder_limits_kw()
        edges.append((np.maximum(feeder_lowest, -reach_kw), np.minimum(feeder_highest, reach_kw)))
    if shape.peak_days:
        edges.append((0 * each_slot, 0 * each_slot))
    floors = [np.concatenate([np.full_like(low, -np.inf), low]) for low, _ in edges]
    ceilings = [np.concatenate([high, np.full_like(high, np.inf)]) for _, high in edges]
    return np.concatenate(floors), np.concatenate(ceilings)
