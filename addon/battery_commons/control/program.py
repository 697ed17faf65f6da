"""The one formulation behind the planned models: a convex quadratic program over all batteries.

Minimise over charge c, discharge d >= 0 (kW), stored energy e (kWh), transformer load L (kW),
community import g+ and feed-in g- (kW), and overload o >= 0 (kW), with dt hours per slot:

      sum_t dt (p_imp g+ - p_exp g-)                   the community's energy bill
    + sum_kt dt mu L^2                                 the shadow price on congestion
    + sum_it dt w/2 (c + d)                            wear, per kWh of throughput
    + sum_it dt s (c^2 + d^2)                          even sharing and calm setpoints
    + sum_kt dt P o                                    overload, reported rather than forbidden
    - sum_i  v e_T                                     what stored energy is worth afterwards

    subject to  e_t+1 = e_t + dt (eta_c c - d / eta_d),  reserve <= e <= capacity,
                L = base + sum_behind (c - d),  |L| <= limit + o,
                g+ - g- = sum_k L.

The quadratic congestion price follows the finding (docs/control-models.md) that a linear price above
a limit lets the yearly peak rise. PIQP solves it, a proximal interior-point method (Schwan et al., CDC 2023).
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import piqp
from numpy.typing import NDArray
from scipy import sparse

from battery_commons.control.problem import ControlProblem, Floats
from battery_commons.domain.time import SLOT_HOURS

SMOOTHING = 4e-5
"""EUR per kW2h: large enough to share work evenly among equal batteries, far below any price."""
OVERLOAD_PRICE = 5.0
"""EUR per kWh above a transformer's limit: dearer than any energy, so a last resort."""
MAX_ITERATIONS = 250
_SIMULTANEOUS_KW = 0.01
"""Less charge and discharge at once than this is the solver's tolerance, not a plan."""


class SolverError(RuntimeError):
    """The solver gave no usable answer; the message holds its own word for it."""


@dataclass(frozen=True, slots=True)
class Weights:
    """What a control model cares about."""

    congestion_eur_per_kw2h: float
    wear_eur_per_kwh: float = 0.02


@dataclass(frozen=True, slots=True)
class Schedule:
    """The optimal powers, and by how much they still overload a transformer."""

    power_w: Floats
    """(N, T) positive = charge."""
    overload_w: Floats
    """(K, T) load beyond the limit that no plan could avoid at a sane price."""


@dataclass(frozen=True, slots=True)
class _Columns:
    """Where each variable stands in the program's vector, as index arrays."""

    charge: NDArray[np.intp]
    discharge: NDArray[np.intp]
    energy: NDArray[np.intp]
    load: NDArray[np.intp]
    overload: NDArray[np.intp]
    imported: NDArray[np.intp]
    exported: NDArray[np.intp]

    @staticmethod
    def of(problem: ControlProblem) -> _Columns:
        """Lay the variables out block by block, each block row by row."""
        n, k, t = len(problem.batteries), len(problem.transformers), problem.grid.slots
        heights = np.cumsum([0, n, n, n, k, k, 1, 1])
        return _Columns(*(np.arange(top * t, bottom * t).reshape(-1, t) for top, bottom in pairwise(heights)))

    @property
    def total(self) -> int:
        """The number of variables."""
        return int(self.exported[-1, -1]) + 1


def optimise(problem: ControlProblem, weights: Weights) -> Schedule:
    """Return the best schedule for `problem`.

    A relaxation without binaries may charge and discharge at once to burn energy that is worth less than
    nothing. Where that happens, the sign of the net power is fixed and the program solved again.

    Raises SolverError when the solver finds no optimum.
    """
    if not problem.batteries:
        limits_w = np.array([[transformer.limit_w] for transformer in problem.transformers])
        overload_w = np.maximum(np.abs(problem.base_load_w) - limits_w.reshape(-1, 1), 0.0)
        return Schedule(power_w=np.zeros((0, problem.grid.slots)), overload_w=overload_w)
    columns = _Columns.of(problem)
    lower, upper = _bounds(problem, columns)
    solution = _solve(problem, weights, columns, lower, upper)
    charge, discharge = solution[columns.charge], solution[columns.discharge]
    if np.minimum(charge, discharge).max(initial=0.0) > _SIMULTANEOUS_KW:
        charges = charge > discharge
        upper[columns.charge[~charges]] = 0.0
        upper[columns.discharge[charges]] = 0.0
        solution = _solve(problem, weights, columns, lower, upper)
    power_kw = solution[columns.charge] - solution[columns.discharge]
    return Schedule(power_w=1000 * power_kw, overload_w=1000 * solution[columns.overload])


def _solve(
    problem: ControlProblem, weights: Weights, columns: _Columns, lower: Floats, upper: Floats
) -> Floats:
    equalities, rights = _equalities(problem)
    limits, floor, ceiling = _transformer_limits(problem)
    solver = piqp.SparseSolver()
    solver.settings.max_iter = MAX_ITERATIONS
    solver.setup(
        P=_curvature(weights, columns),
        c=_costs(problem, weights, columns),
        A=equalities,
        b=rights,
        G=limits,
        h_l=floor,
        h_u=ceiling,
        x_l=lower,
        x_u=upper,
    )
    status = solver.solve()
    if status != piqp.PIQP_SOLVED:
        raise SolverError(f"no optimum: {status.name}")
    return np.asarray(np.clip(solver.result.x, lower, upper))


def _costs(problem: ControlProblem, weights: Weights, columns: _Columns) -> Floats:
    importing = problem.base_load_w.sum(axis=0) >= 0
    marginal_price = np.where(importing, problem.import_price, problem.export_price)
    # Below about EUR -0.12 the import price falls under the feed-in price, and buying to feed in would pay
    # without bound. There the price of the direction that the community already has counts for both.
    crossed = problem.import_price < problem.export_price
    cost = np.zeros(columns.total)
    cost[columns.imported] = SLOT_HOURS * np.where(crossed, marginal_price, problem.import_price)
    cost[columns.exported] = -SLOT_HOURS * np.where(crossed, marginal_price, problem.export_price)
    cost[columns.charge] = cost[columns.discharge] = SLOT_HOURS * weights.wear_eur_per_kwh / 2
    cost[columns.overload] = SLOT_HOURS * OVERLOAD_PRICE
    # Energy left at the end will replace energy at the horizon's mean price, less what discharging loses.
    efficiency = np.array([battery.discharge_efficiency for battery in problem.batteries])
    cost[columns.energy[:, -1]] = -max(marginal_price.mean(), 0.0) * efficiency
    return cost


def _curvature(weights: Weights, columns: _Columns) -> sparse.csc_matrix:
    """Return the matrix Q of 1/2 x'Qx: twice each quadratic price, on the diagonal."""
    diagonal = np.zeros(columns.total)
    diagonal[columns.load] = 2 * SLOT_HOURS * weights.congestion_eur_per_kw2h
    diagonal[columns.charge] = diagonal[columns.discharge] = 2 * SLOT_HOURS * SMOOTHING
    return sparse.csc_matrix(sparse.diags_array(diagonal))


def _bounds(problem: ControlProblem, columns: _Columns) -> tuple[Floats, Floats]:
    lower, upper = np.zeros(columns.total), np.full(columns.total, np.inf)
    lower[columns.load] = -np.inf
    for n, battery in enumerate(problem.batteries):
        upper[columns.charge[n]] = battery.max_charge_w / 1000
        upper[columns.discharge[n]] = battery.max_discharge_w / 1000
        upper[columns.energy[n]] = battery.capacity_wh / 1000
        # A battery found below its reserve may stay there; it is only not taken further down.
        lower[columns.energy[n]] = min(battery.reserve * battery.capacity_wh, problem.stored_wh[n]) / 1000
    # Import and feed-in at once would be free where both have one price: bound what cannot happen.
    reach_kw = sum(max(b.max_charge_w, b.max_discharge_w) for b in problem.batteries) / 1000
    most_kw = np.abs(problem.base_load_w.sum(axis=0)) / 1000 + reach_kw + 1
    upper[columns.imported] = upper[columns.exported] = most_kw
    return lower, upper


def _equalities(problem: ControlProblem) -> tuple[sparse.csc_matrix, Floats]:
    """Return the balances of each battery's energy, each transformer's load and the community."""
    n, k, t = len(problem.batteries), len(problem.transformers), problem.grid.slots
    each_slot = sparse.eye_array(t)
    step = each_slot - sparse.eye_array(t, k=-1)
    gain = np.array([battery.charge_efficiency for battery in problem.batteries])
    loss = np.array([1 / battery.discharge_efficiency for battery in problem.batteries])
    behind = sparse.kron(sparse.csc_array(problem.behind()), each_slot)
    overload = sparse.csc_array((k * t, k * t))
    balances = sparse.block_array(
        [
            [
                -SLOT_HOURS * sparse.kron(sparse.diags_array(gain), each_slot),
                SLOT_HOURS * sparse.kron(sparse.diags_array(loss), each_slot),
                sparse.kron(sparse.eye_array(n), step),
                None,
                None,
                None,
                None,
            ],
            [-behind, behind, None, sparse.eye_array(k * t), overload, None, None],
            [None, None, None, sparse.kron(np.ones((1, k)), each_slot), None, -each_slot, each_slot],
        ]
    )
    stored_kwh = np.zeros((n, t))
    stored_kwh[:, 0] = problem.stored_wh / 1000
    rights = [stored_kwh.ravel(), problem.base_load_w.ravel() / 1000, np.zeros(t)]
    return sparse.csc_matrix(balances), np.concatenate(rights)


def _transformer_limits(problem: ControlProblem) -> tuple[sparse.csc_matrix, Floats, Floats]:
    """Return |L| <= limit + o as two rows for each transformer and slot."""
    n, k, t = len(problem.batteries), len(problem.transformers), problem.grid.slots
    load = sparse.eye_array(k * t)
    batteries = sparse.csc_array((k * t, 3 * n * t))
    community = sparse.csc_array((k * t, 2 * t))
    rows = sparse.block_array([[batteries, load, -load, community], [batteries, load, load, community]])
    limit_kw = np.repeat([transformer.limit_w / 1000 for transformer in problem.transformers], t)
    unbounded = np.full(k * t, np.inf)
    return (
        sparse.csc_matrix(rows),
        np.concatenate([-unbounded, -limit_kw]),
        np.concatenate([limit_kw, unbounded]),
    )
